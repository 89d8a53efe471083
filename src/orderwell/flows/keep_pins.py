"""PINs that unlock a till. Hashing takes its time and is done outside; what is decided and counted is decided here.

A try is counted before it is judged: many at once get no further than one after the other.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Len

from ..access import actions as access
from ..access import pins
from ..kit.errors import Denied
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..values.fields import Reference
from ..values.ids import show
from .sign_in import open_session, shown_session

USE = "tills:use"


@dataclass(frozen=True, slots=True)
class SetPin:
    """`hash` is made by `access.pin_rules.hash_of_pin`; the PIN itself never comes here."""

    person: Reference
    hash: Annotated[str, Len(1, 200)]


@dataclass(frozen=True, slots=True)
class RemovePin:
    """The person unlocks no till any more."""

    person: Reference


@dataclass(frozen=True, slots=True)
class TryPin:
    """Somebody says that they are this person."""

    person: Reference


@dataclass(frozen=True, slots=True)
class RecordPinTry:
    """What became of a try."""

    person: Reference
    outcome: Literal["right", "wrong"]


@dataclass(frozen=True, slots=True)
class UnlockTill:
    """The face has seen the right PIN, set at `pin_set_at`, on a browser that a till may be unlocked on."""

    person: Reference
    token_hash: Annotated[str, Len(64, 64)]
    pin_set_at: Annotated[int, Ge(0)]
    device: Annotated[str, Len(0, 64)] = ""
    agent: Annotated[str, Len(0, 300)] = ""


@flow(SetPin)
def set_pin(tx: Tx, ask: SetPin) -> dict[str, Any]:
    """Set the PIN that unlocks a till for somebody."""
    person = access.active_person(tx, ask.person)
    pins.may_set(tx, person)
    pins.set_hash(tx, person, ask.hash)
    announce(tx, "person.pin_set", "person", person.id)
    return {"object": "pin", "person": show("person", person.id), "status": "set"}


@flow(RemovePin)
def remove_pin(tx: Tx, ask: RemovePin) -> dict[str, Any]:
    """Take somebody's PIN away."""
    person = access.find_person(tx, ask.person)
    pins.may_set(tx, person)
    pins.find(tx, person)
    pins.set_hash(tx, person, "")
    announce(tx, "person.pin_removed", "person", person.id)
    return {"object": "pin", "person": show("person", person.id), "status": "removed"}


@flow(TryPin)
def try_pin(tx: Tx, ask: TryPin) -> dict[str, Any]:
    person = access.active_person(tx, ask.person)
    pin = pins.count_try(tx, pins.find(tx, person))
    announce(tx, "person.pin_tried", "person", person.id, tries=pin.tries)
    return {"object": "pin_try", "person": show("person", person.id)}


@flow(RecordPinTry)
def record_pin_try(tx: Tx, ask: RecordPinTry) -> dict[str, Any]:
    person = access.active_person(tx, ask.person)
    pin = pins.find(tx, person)
    if ask.outcome == "right":
        pins.was_right(tx, pin)
    announce(tx, f"person.pin_{'accepted' if ask.outcome == 'right' else 'refused'}", "person", person.id)
    return {"object": "pin_check", "person": show("person", person.id), "outcome": ask.outcome}


@flow(UnlockTill)
def unlock_till(tx: Tx, ask: UnlockTill) -> dict[str, Any]:
    """Let somebody at the till by their PIN: a session of its own, which opens no more than selling needs."""
    person = access.active_person(tx, ask.person)
    if pins.find(tx, person).set_at != ask.pin_set_at:
        raise pins.WrongPin("The PIN was changed meanwhile.")
    if USE not in access.rights_of_person(tx, person):
        raise Denied(Sentence("{person} does not work at a till.", person=person.name), lacking=[USE])
    return shown_session(open_session(tx, person, ask.token_hash, "till", ask.device, ask.agent))
