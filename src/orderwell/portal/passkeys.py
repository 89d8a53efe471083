"""Verbs of passkeys in the portal: kept for somebody, used by them, ended, and refused when a copy of one turns up."""

from ..kit.errors import Conflict, NotAuthenticated, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse
from .model import PortalAccount, PortalPasskey
from .store import OPEN_PASSKEYS_OF, PORTAL_ACCOUNTS, PORTAL_PASSKEY_BY_CREDENTIAL, PORTAL_PASSKEYS

MOST = 20  # of one person


class PasskeyNotGood(NotAuthenticated):
    """One refusal for all reasons."""

    code = "portal_passkey_not_good"
    title = "This passkey opens nothing here"


class PasskeyKept(Conflict):
    code = "portal_passkey_kept"
    title = "This passkey is kept already"


def keep(tx: Tx, account: PortalAccount, credential: str, public_key: str, signs: int, name: str) -> PortalPasskey:
    """Raises PasskeyKept."""
    if tx.one(PORTAL_PASSKEY_BY_CREDENTIAL, credential) is not None:
        raise PasskeyKept("Take another one, or a device that has none yet.")
    if len(tx.rows(OPEN_PASSKEYS_OF, account.id)) >= MOST:
        raise PasskeyKept(Sentence("Nobody needs more than {most}; remove one first.", most=MOST))
    made = PortalPasskey(tx.new_id(), account.id, credential, public_key, signs, name, tx.now, None, None)
    return tx.add(PORTAL_PASSKEYS, made)


def find(tx: Tx, name: str, account_id: int) -> PortalPasskey:
    """One of this account that counts. Raises NotFound for every other."""
    number = parse("portal_passkey", name)
    found = tx.get(PORTAL_PASSKEYS, number) if number is not None else None
    if found is None or found.account_id != account_id or found.ended_at is not None:
        raise NotFound(Sentence("There is no passkey {name!r}.", name=name))
    return found


def use(tx: Tx, name: str, signs: int) -> PortalAccount:
    """Whose it is. Raises PasskeyNotGood, also when it has signed more often before: then there are two of it."""
    number = parse("portal_passkey", name)
    found = tx.get(PORTAL_PASSKEYS, number) if number is not None else None
    account = tx.get(PORTAL_ACCOUNTS, found.account_id) if found is not None else None
    if found is None or found.ended_at is not None or account is None or account.status != "active":
        raise PasskeyNotGood("Use another, or have a link mailed.")
    if (signs or found.signs) and signs <= found.signs:
        raise PasskeyNotGood("There is a copy of it. Remove it, and make a new one.")
    tx.put(PORTAL_PASSKEYS, found._replace(signs=signs, used_at=tx.now))
    return account


def end(tx: Tx, found: PortalPasskey) -> PortalPasskey:
    """It opens nothing any more; what its owner called it is nobody's business then."""
    return tx.put(PORTAL_PASSKEYS, found._replace(name="", ended_at=tx.now))


def end_all(tx: Tx, account_id: int) -> None:
    for each in tx.rows(OPEN_PASSKEYS_OF, account_id):
        end(tx, each)
