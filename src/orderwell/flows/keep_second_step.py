"""Second steps and passkeys: how somebody signs in besides the password. Secrets come here hashed, or to be kept."""

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge, Len

from ..access import actions as access
from ..access import passkeys, second_steps
from ..access.model import Person
from ..kit.errors import NotFound
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..values.fields import Reference
from ..values.ids import show
from .sign_in import Hash

Hashes = Annotated[list[Hash], Len(1, 20)]


@dataclass(frozen=True, slots=True)
class OfferAuthenticator:
    """The face has made the `secret`, and shows it once."""

    person: Reference
    secret: Annotated[str, Len(32, 64)]


@dataclass(frozen=True, slots=True)
class ConfirmAuthenticator:
    """The face has seen a right code of the app, of `step`."""

    person: Reference
    step: Annotated[int, Ge(0)]
    recovery_hashes: Hashes


@dataclass(frozen=True, slots=True)
class RenewRecoveryCodes:
    person: Reference
    recovery_hashes: Hashes


@dataclass(frozen=True, slots=True)
class EndSecondStep:
    """By the person, whose password the face has asked for; or by who manages access, when an app is lost."""

    person: Reference


@dataclass(frozen=True, slots=True)
class KeepPasskey:
    """The face has seen that whoever asks holds the private half."""

    person: Reference
    credential: Annotated[str, Len(8, 1_500)]
    public_key: Annotated[str, Len(8, 2_000)]
    name: Annotated[str, Len(1, 60)]
    signs: Annotated[int, Ge(0)] = 0


@dataclass(frozen=True, slots=True)
class RemovePasskey:
    passkey: Reference
    person: Reference


@flow(OfferAuthenticator)
def offer_authenticator(tx: Tx, ask: OfferAuthenticator) -> dict[str, Any]:
    """A secret for an app, which counts once a code of it was right."""
    person = access.active_person(tx, ask.person)
    second_steps.offer(tx, person.id, ask.secret)
    announce(tx, "person.second_step_offered", "person", person.id)
    return _shown(person, "offered")


@flow(ConfirmAuthenticator)
def confirm_authenticator(tx: Tx, ask: ConfirmAuthenticator) -> dict[str, Any]:
    """From now on the password alone opens nothing."""
    person = access.active_person(tx, ask.person)
    second_steps.confirm(tx, person.id, ask.step)
    second_steps.give_recovery_codes(tx, person.id, ask.recovery_hashes)
    announce(tx, "person.second_step_set", "person", person.id)
    return _shown(person, "active")


@flow(RenewRecoveryCodes)
def renew_recovery_codes(tx: Tx, ask: RenewRecoveryCodes) -> dict[str, Any]:
    """The old ones open nothing any more."""
    person = access.active_person(tx, ask.person)
    if second_steps.active(tx, person.id) is None:
        raise NotFound("There is no second step to recover.")
    second_steps.give_recovery_codes(tx, person.id, ask.recovery_hashes)
    announce(tx, "person.recovery_codes_renewed", "person", person.id)
    return _shown(person, "active")


@flow(EndSecondStep)
def end_second_step(tx: Tx, ask: EndSecondStep) -> dict[str, Any]:
    """The password alone opens the account again. Raises MoreThanYours for who may less than the person."""
    person = access.find_person(tx, ask.person)
    if tx.actor != show("person", person.id):
        access.may_give(tx, access.rights_of_person(tx, person))
    if not second_steps.end(tx, person.id):
        raise NotFound("There is no second step.")
    announce(tx, "person.second_step_ended", "person", person.id)
    return _shown(person, "ended")


@flow(KeepPasskey)
def keep_passkey(tx: Tx, ask: KeepPasskey) -> dict[str, Any]:
    """One more way in, without a password to be stolen."""
    person = access.active_person(tx, ask.person)
    kept = passkeys.keep(tx, person.id, ask.credential, ask.public_key, ask.signs, ask.name)
    announce(tx, "person.passkey_kept", "person", person.id, passkey=show("passkey", kept.id))
    return {"object": "passkey", "id": show("passkey", kept.id), "person": show("person", person.id)}


@flow(RemovePasskey)
def remove_passkey(tx: Tx, ask: RemovePasskey) -> dict[str, Any]:
    """It opens nothing any more."""
    person = access.find_person(tx, ask.person)
    if tx.actor != show("person", person.id):
        access.may_give(tx, access.rights_of_person(tx, person))
    found = passkeys.remove(tx, passkeys.find(tx, ask.passkey, person.id))
    announce(tx, "person.passkey_removed", "person", person.id, passkey=ask.passkey)
    return {"object": "passkey", "id": show("passkey", found.id), "person": show("person", person.id)}


def _shown(person: Person, status: str) -> dict[str, Any]:
    return {"object": "second_step", "person": show("person", person.id), "status": status}
