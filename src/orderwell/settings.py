"""The few knobs, from the environment. What a business decides for itself is in its database, not here."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Settings:
    """Each is read from ORDERWELL_ and its name in capitals: ORDERWELL_PUBLIC_URL."""

    public_url: str = ""  # where the API is seen from outside, for links to the docs; '' makes them relative
    body_limit_bytes: int = 1024 * 1024
    requests_per_second: int = 5_000  # of each API key, in each process; more is answered with 429
    request_burst: int = 10_000  # so many at once before that counts
    read_threads: int = 8  # reads at once; at most as many as the database's pool has connections
    trusted_proxies: str = ""  # addresses, by commas, whose X-Forwarded-For is believed; '' believes nobody

    @property
    def proxies(self) -> frozenset[str]:
        return frozenset(each.strip() for each in self.trusted_proxies.split(",") if each.strip())


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Raises ValueError naming a variable that is not a number where one is needed."""
    found: dict[str, str | int] = {}
    for each in fields(Settings):
        name = f"ORDERWELL_{each.name.upper()}"
        text = environment.get(name)
        if text is None:
            continue
        if each.type is int:
            if not text.isascii() or not text.isdigit() or int(text) == 0:
                raise ValueError(f"{name} is a whole number above zero, not {text!r}")
            found[each.name] = int(text)
        else:
            found[each.name] = text.rstrip("/")
    return Settings(**found)  # type: ignore[arg-type]
