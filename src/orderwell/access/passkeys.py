"""Verbs of passkeys: kept for somebody, used by them, and refused when a copy of one turns up."""

from ..kit.errors import Conflict, Denied, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse
from .model import Passkey
from .store import PASSKEY_BY_CREDENTIAL, PASSKEYS, PASSKEYS_OF

MOST = 20  # of one person


class PasskeyRefused(Denied):
    code = "passkey_refused"
    title = "This passkey opens nothing here"


class PasskeyKnown(Conflict):
    code = "passkey_known"
    title = "This passkey is kept already"


def keep(tx: Tx, person_id: int, credential: str, public_key: str, signs: int, name: str) -> Passkey:
    if tx.one(PASSKEY_BY_CREDENTIAL, credential) is not None:
        raise PasskeyKnown("Take another one, or a device that has none yet.")
    if len(tx.rows(PASSKEYS_OF, person_id)) >= MOST:
        raise PasskeyKnown(Sentence("Nobody needs more than {most}; remove one first.", most=MOST))
    made = Passkey(tx.new_id(), 1, person_id, credential, public_key, signs, name, "active", tx.now, None)
    return tx.add(PASSKEYS, made)


def find(tx: Tx, name: str, person_id: int) -> Passkey:
    """One of this person that counts. Raises NotFound for every other."""
    number = parse("passkey", name)
    found = tx.get(PASSKEYS, number) if number is not None else None
    if found is None or found.person_id != person_id or found.status != "active":
        raise NotFound(Sentence("There is no passkey {name!r}.", name=name))
    return found


def use(tx: Tx, name: str, person_id: int, signs: int) -> None:
    """Raises PasskeyRefused when it has signed more often before: then there are two of it."""
    number = parse("passkey", name)
    found = tx.get(PASSKEYS, number) if number is not None else None
    if found is None or found.person_id != person_id or found.status != "active":
        raise PasskeyRefused("Use another, or the password.")
    if (signs or found.signs) and signs <= found.signs:
        raise PasskeyRefused("There is a copy of it. Remove it, and make a new one.")
    tx.put(PASSKEYS, found._replace(signs=signs, used_at=tx.now))


def remove(tx: Tx, found: Passkey) -> Passkey:
    return tx.put(PASSKEYS, found._replace(status="removed"))
