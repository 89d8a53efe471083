"""Verbs of PINs: set, try, remove. Who may do that, and when."""

from ..kit.errors import Conflict, Denied
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.calendar import instant_text
from ..values.ids import show
from .actions import who_asks
from .model import Person
from .pin_rules import LAST_TRY, wait_until
from .pin_store import PINS, Pin

MANAGE = "access:manage"


class NoPin(Conflict):
    code = "no_pin"
    title = "This person has no PIN"


class WrongPin(Denied):
    code = "wrong_pin"
    title = "This is not the PIN"


class PinThrottled(Denied):
    code = "pin_throttled"
    title = "Too many wrong PINs"


class NotTheirs(Denied):
    code = "pin_of_another"
    title = "A PIN is set by the person or by who manages access"


def find(tx: Tx, person: Person) -> Pin:
    """Raises NoPin."""
    pin = tx.get(PINS, person.id)
    if pin is None or not pin.hash:
        raise NoPin(Sentence("Person {name} has no PIN.", name=show("person", person.id)))
    return pin


def set_hash(tx: Tx, person: Person, pin_hash: str) -> None:
    """A new PIN ('' takes it away); its tries start anew."""
    row = Pin(person.id, 1, pin_hash, tx.now, tx.actor, 0, None)
    there = tx.get(PINS, person.id)
    if there is None:
        tx.add(PINS, row)
    else:
        tx.put(PINS, row._replace(version=there.version))


def count_try(tx: Tx, pin: Pin) -> Pin:
    """Raises PinThrottled, telling when to come back, or that the PIN has to be set anew."""
    if pin.tries >= LAST_TRY:
        raise PinThrottled(Sentence("After {tries} wrong tries this PIN opens nothing; set a new one.", tries=LAST_TRY))
    until = wait_until(pin.tries, pin.tried_at)
    if until is not None and tx.now < until:
        again_at = instant_text(until)
        raise PinThrottled(
            Sentence("After {tries} wrong tries the next one is at {again_at}.", tries=pin.tries, again_at=again_at),
            again_at=again_at,
        )
    return tx.put(PINS, pin._replace(tries=pin.tries + 1, tried_at=tx.now))


def was_right(tx: Tx, pin: Pin) -> None:
    tx.put(PINS, pin._replace(tries=0, tried_at=None))


def may_set(tx: Tx, person: Person) -> None:
    """Raises NotTheirs unless the person asks, or somebody who manages access. The command line may."""
    asking = who_asks(tx)
    if asking is not None and asking.person_id != person.id and MANAGE not in asking.rights:
        raise NotTheirs("Set your own PIN, or ask who manages access.")
