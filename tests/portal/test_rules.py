"""Secrets, addresses, and how often one may ask."""

import pytest

from orderwell.portal.model import PortalAccount
from orderwell.portal.rules import address, after_asking, hash_of, is_secret, new_secret, session_holds
from orderwell.values.calendar import DAY, SECOND

MINUTE = 60 * SECOND


def test_secrets_are_long_differ_and_are_told_by_their_hash() -> None:
    made = {new_secret() for _ in range(100)}
    assert len({each.secret for each in made}) == len({each.hash for each in made}) == 100
    assert all(is_secret(each.secret) and hash_of(each.secret) == each.hash for each in made)
    assert not any(map(is_secret, ("", "a" * 39, "a" * 41, "A" * 40, "1" * 40, "a" * 39 + "\n", "a" * 40 + "\n")))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Noor@Example.com", "noor@example.com"), (" a@b ", "a@b"), ("", None), ("noor", None), ("@b", None),
        ("a@", None), ("a@b@c", None), ("a@b\r\nBcc: c@d", None), ("a b@c", None), ("<a@b>", None), ("a@b,c@d", None),
        ("a\0@b", None), ("é@example.com", "é@example.com"), ("a" * 65 + "@b", None),
    ],
)  # fmt: skip
def test_addresses(text: str, kept: str | None) -> None:
    assert address(text) == kept


def test_three_links_in_fifteen_minutes() -> None:
    account: PortalAccount | None = PortalAccount(1, 1, 1, "Noor", "a@b", "buyer", "active", 0, 0, 0)
    now = 100 * DAY
    for _ in range(3):
        assert account is not None
        asked = after_asking(account, now)
        assert asked is not None
        account = asked
    assert after_asking(account, now + 14 * MINUTE) is None
    again = after_asking(account, now + 15 * MINUTE)
    assert again is not None
    assert again.asks == 1


@pytest.mark.parametrize(
    ("used_at", "now", "ended_at", "holds"),
    [(0, 29 * DAY, None, True), (0, 30 * DAY, None, False), (80 * DAY, 89 * DAY, None, True),
     (80 * DAY, 90 * DAY, None, False), (0, DAY, DAY, False)],
)  # fmt: skip
def test_how_long_a_session_holds(used_at: int, now: int, ended_at: int | None, holds: bool) -> None:
    assert session_holds(expires_at=90 * DAY, ended_at=ended_at, used_at=used_at, now=now) is holds
