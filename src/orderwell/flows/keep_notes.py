"""Notes on an order and on a customer. Events say that there is one; what it says lies where it can be erased."""

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..customers import actions as customers
from ..kit.errors import Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..notes import actions as notes
from ..notes.answers import shown
from ..notes.model import Note
from ..orders import actions as orders
from ..values.fields import Reference
from ..values.ids import show

NoteText = Annotated[str, Len(1, 4_000)]


@dataclass(frozen=True, slots=True)
class AddOrderNote:
    """A pinned note is shown before all others."""

    order: Reference
    text: NoteText
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class ChangeOrderNote:
    """What is left out stays as it is."""

    order: Reference
    note: Reference
    text: NoteText | None = None
    pinned: bool | None = None


@dataclass(frozen=True, slots=True)
class RemoveOrderNote:
    """The text is erased; that there was a note stays in the timeline."""

    order: Reference
    note: Reference


@dataclass(frozen=True, slots=True)
class AddCustomerNote:
    """A pinned note is shown before all others."""

    customer: Reference
    text: NoteText
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class ChangeCustomerNote:
    """What is left out stays as it is."""

    customer: Reference
    note: Reference
    text: NoteText | None = None
    pinned: bool | None = None


@dataclass(frozen=True, slots=True)
class RemoveCustomerNote:
    """The text is erased; that there was a note stays in the history."""

    customer: Reference
    note: Reference


@flow(AddOrderNote)
def add_order_note(tx: Tx, ask: AddOrderNote) -> dict[str, Any]:
    """Write a note on an order."""
    order = orders.find_named(tx, ask.order)
    return _told(tx, notes.write(tx, "order", order.id, ask.text, pinned=ask.pinned), "added")


@flow(ChangeOrderNote)
def change_order_note(tx: Tx, ask: ChangeOrderNote) -> dict[str, Any]:
    """Change what a note on an order says, pin it or unpin it."""
    return _changed(tx, notes.find(tx, ask.note, "order", orders.find_named(tx, ask.order).id), ask)


@flow(RemoveOrderNote)
def remove_order_note(tx: Tx, ask: RemoveOrderNote) -> dict[str, Any]:
    """Erase a note on an order."""
    note = notes.find(tx, ask.note, "order", orders.find_named(tx, ask.order).id)
    return _told(tx, notes.remove(tx, note), "removed")


@flow(AddCustomerNote)
def add_customer_note(tx: Tx, ask: AddCustomerNote) -> dict[str, Any]:
    """Write a note on a customer."""
    customer = customers.find(tx, ask.customer)
    return _told(tx, notes.write(tx, "customer", customer.id, ask.text, pinned=ask.pinned), "added")


@flow(ChangeCustomerNote)
def change_customer_note(tx: Tx, ask: ChangeCustomerNote) -> dict[str, Any]:
    """Change what a note on a customer says, pin it or unpin it."""
    return _changed(tx, notes.find(tx, ask.note, "customer", customers.find(tx, ask.customer).id), ask)


@flow(RemoveCustomerNote)
def remove_customer_note(tx: Tx, ask: RemoveCustomerNote) -> dict[str, Any]:
    """Erase a note on a customer."""
    note = notes.find(tx, ask.note, "customer", customers.find(tx, ask.customer).id)
    return _told(tx, notes.remove(tx, note), "removed")


def _changed(tx: Tx, note: Note, ask: ChangeOrderNote | ChangeCustomerNote) -> dict[str, Any]:
    if ask.text is None and ask.pinned is None:
        raise Invalid.at("/text", "Say what changes: the text, whether it is pinned, or both.", "required")
    return _told(tx, notes.change(tx, note, text=ask.text, pinned=ask.pinned), "changed")


def _told(tx: Tx, note: Note, done: str) -> dict[str, Any]:
    """On the timeline of what it is about: which note, never what it says."""
    note = notes.again(tx, note)
    announce(
        tx, f"{note.subject}.note_{done}", note.subject, note.subject_id, note=show("note", note.id),
        pinned=note.pin == "pinned",
    )  # fmt: skip
    return shown(note)
