"""What a till's cash drawer has to do with payments: those made at the till belong to its session."""

from typing import NamedTuple

from ..inventory import actions as inventory
from ..kit.errors import Invalid
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..tills import actions as tills
from ..tills.model import METHODS, DrawerSession, Till


class Drawer(NamedTuple):
    """An open drawer that money goes into or out of."""

    till: Till
    session: DrawerSession


def drawer_at(tx: Tx, code: str | None, *, method: str | None = None, location: str | None = None) -> Drawer | None:
    """The open drawer of a till that was named; None where none was. Raises DrawerNotOpen, or Invalid for a till that
    stands elsewhere, or for a method that no till takes."""
    if code is None:
        return None
    if method is not None and method not in METHODS:
        raise Invalid.at(
            "/till",
            Sentence("{method} is not paid at a till.", method=word(method.replace("_", " ").capitalize())),
            "not_at_a_till",
        )
    till = tills.find(tx, code)
    if location is not None and inventory.location(tx, location).id != till.location_id:
        raise Invalid.at(
            "/till",
            Sentence("Till {till!r} does not stand at location {location!r}.", till=till.code, location=location),
            "other_location",
        )
    return Drawer(till, tills.session_at(tx, till))


def paid_in_drawer(
    tx: Tx, drawer: Drawer | None, kind: str, amount_minor: int, *, method: str, currency: str, document_id: int
) -> None:
    """A payment or refund (below zero) that was made at the till; what moves elsewhere is none of the drawer's."""
    if drawer is not None and method in METHODS:
        tills.move(
            tx, drawer.session, kind, amount_minor, currency=currency, method=method, document_id=document_id
        )  # fmt: skip
