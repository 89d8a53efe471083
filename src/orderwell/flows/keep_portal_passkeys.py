"""Passkeys of the portal: a way in besides the mailed link. The face has seen what was signed."""

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge, Len

from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..portal import actions as portal
from ..portal import passkeys
from ..portal.answers import shown_session
from ..values.fields import Reference
from ..values.ids import show
from .keep_portal import Hash, end_if_there


@dataclass(frozen=True, slots=True)
class KeepPortalPasskey:
    """The face has seen that whoever asks holds the private half."""

    portal_account: Reference
    credential: Annotated[str, Len(8, 1_500)]
    public_key: Annotated[str, Len(8, 2_000)]
    name: Annotated[str, Len(1, 60)]
    signs: Annotated[int, Ge(0)] = 0


@dataclass(frozen=True, slots=True)
class EndPortalPasskey:
    portal_passkey: Reference
    portal_account: Reference


@dataclass(frozen=True, slots=True)
class UsePortalPasskey:
    """`signs` is how often it says that it has signed; `instead` the session that was in the browser: it ends."""

    portal_passkey: Reference
    signs: Annotated[int, Ge(0)]
    session_hash: Hash
    instead: Hash | None = None


@flow(KeepPortalPasskey)
def keep_portal_passkey(tx: Tx, ask: KeepPortalPasskey) -> dict[str, Any]:
    """One more way in, on a device of one's own."""
    account = portal.not_disabled(portal.find(tx, ask.portal_account))
    kept = passkeys.keep(tx, account, ask.credential, ask.public_key, ask.signs, ask.name)
    announce(tx, "portal_account.passkey_kept", "portal_account", account.id, passkey=show("portal_passkey", kept.id))
    return {"object": "portal_passkey", "id": show("portal_passkey", kept.id), "account": ask.portal_account}


@flow(EndPortalPasskey)
def end_portal_passkey(tx: Tx, ask: EndPortalPasskey) -> dict[str, Any]:
    """It opens nothing any more."""
    account = portal.find(tx, ask.portal_account)
    ended = passkeys.end(tx, passkeys.find(tx, ask.portal_passkey, account.id))
    announce(tx, "portal_account.passkey_ended", "portal_account", account.id, passkey=ask.portal_passkey)
    return {"object": "portal_passkey", "id": show("portal_passkey", ended.id), "account": ask.portal_account}


@flow(UsePortalPasskey)
def use_portal_passkey(tx: Tx, ask: UsePortalPasskey) -> dict[str, Any]:
    """Begin a session. Raises PasskeyNotGood."""
    account = passkeys.use(tx, ask.portal_passkey, ask.signs)
    end_if_there(tx, ask.instead)
    session = portal.begin_session(tx, account, ask.session_hash)
    announce(tx, "portal_account.signed_in", "portal_account", account.id, passkey=ask.portal_passkey)
    return {**shown_session(session), "customer": show("customer", account.customer_id)}
