"""Keeping payment providers: where they are, and what they call us. The secret itself stays in the environment."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Len

from ..kit.errors import Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..payments.model import Provider
from ..payments.store import PROVIDERS
from ..values.fields import Code, Reference

SECRET_PREFIX = "ORDERWELL_"


@dataclass(frozen=True, slots=True)
class KeepProvider:
    """Add a provider, or change it. `secret_env` names the environment variable that holds its signing secret."""

    code: Code
    url: Annotated[str, Len(1, 500)]
    account: Reference
    secret_env: Code = "ORDERWELL_PROVIDER_SECRET"
    status: Literal["open", "closed"] = "open"


@flow(KeepProvider)
def keep_provider(tx: Tx, ask: KeepProvider) -> dict[str, Any]:
    if not ask.url.startswith(("https://", "http://")):
        raise Invalid.at("/url", "A provider has an http or https address.")
    if not ask.secret_env.startswith(SECRET_PREFIX):  # no other variable of this process is anybody's signing secret
        raise Invalid.at("/secret_env", Sentence("The variable's name begins with {prefix}.", prefix=SECRET_PREFIX))
    there = tx.get(PROVIDERS, ask.code)
    if there is None:
        tx.add(PROVIDERS, Provider(ask.code, 1, ask.url, ask.account, ask.secret_env, ask.status))
    else:
        tx.put(
            PROVIDERS,
            there._replace(url=ask.url, account=ask.account, secret_env=ask.secret_env, status=ask.status),
        )
    announce(tx, "provider.kept", "provider", 0, provider=ask.code, status=ask.status)
    return {
        "object": "provider", "id": ask.code, "url": ask.url, "account": ask.account, "secret_env": ask.secret_env,
        "status": ask.status,
    }  # fmt: skip
