"""Verbs of second steps: an authenticator is offered, shows that it knows the secret, and each code counts once."""

from ..kit.errors import Conflict, Denied
from ..kit.picture import Tx
from .model import Authenticator, RecoveryCode
from .store import AUTHENTICATORS, RECOVERY_CODES, RECOVERY_CODES_OF


class CodeWrong(Denied):
    code = "code_wrong"
    title = "This code is not right, or was used already"


class NotOffered(Conflict):
    code = "second_step_not_offered"
    title = "There is no second step to be confirmed"


def active(tx: Tx, person_id: int) -> Authenticator | None:
    found = tx.get(AUTHENTICATORS, person_id)
    return found if found is not None and found.status == "active" else None


def offer(tx: Tx, person_id: int, secret: str) -> Authenticator:
    """A new secret; one that is active goes on until the new one is confirmed elsewhere: so it must be ended first."""
    there = tx.get(AUTHENTICATORS, person_id)
    if there is None:
        return tx.add(AUTHENTICATORS, Authenticator(person_id, 1, secret, "offered", 0, tx.now))
    if there.status == "active":
        raise NotOffered("There is one already; take it away first.")
    return tx.put(AUTHENTICATORS, there._replace(secret=secret, status="offered", last_step=0, set_at=tx.now))


def confirm(tx: Tx, person_id: int, step: int) -> Authenticator:
    found = tx.get(AUTHENTICATORS, person_id)
    if found is None or found.status != "offered":
        raise NotOffered("Begin anew: ask for a new secret.")
    return tx.put(AUTHENTICATORS, found._replace(status="active", last_step=step, set_at=tx.now))


def use(tx: Tx, person_id: int, *, step: int | None, recovery_hash: str | None) -> None:
    """Raises CodeWrong in one sentence for all reasons."""
    found = active(tx, person_id)
    if found is None:
        raise CodeWrong("Sign in again.")
    if recovery_hash is not None:
        _use_recovery(tx, person_id, recovery_hash)
    elif step is None or step <= found.last_step:
        raise CodeWrong("Wait for the next code of the app.")
    else:
        tx.put(AUTHENTICATORS, found._replace(last_step=step))


def _use_recovery(tx: Tx, person_id: int, code_hash: str) -> None:
    code = tx.get(RECOVERY_CODES, (person_id, code_hash))
    if code is None or code.used_at is not None:
        raise CodeWrong("Wait for the next code of the app.")
    tx.put(RECOVERY_CODES, code._replace(used_at=tx.now))


def give_recovery_codes(tx: Tx, person_id: int, hashes: list[str]) -> None:
    """These count from now on, and no others."""
    for each in tx.rows(RECOVERY_CODES_OF, person_id):
        if each.used_at is None:
            tx.put(RECOVERY_CODES, each._replace(used_at=tx.now))
    for code_hash in hashes:
        tx.add(RECOVERY_CODES, RecoveryCode(person_id, code_hash, None))


def end(tx: Tx, person_id: int) -> bool:
    """Whether there was one."""
    found = tx.get(AUTHENTICATORS, person_id)
    if found is None or found.status == "ended":
        return False
    tx.put(AUTHENTICATORS, found._replace(status="ended", secret=""))
    give_recovery_codes(tx, person_id, [])
    return True
