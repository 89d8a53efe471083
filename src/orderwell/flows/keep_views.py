"""Saved views: a person keeps their own; who manages access shares one with a role."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Len

from ..access import actions as access
from ..access.pins import MANAGE
from ..kit.errors import Denied, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..values.fields import Code, Reference
from ..views import actions as views
from ..views.answers import shown
from ..views.model import View

Page = Literal["orders", "customers", "stock", "skus", "parcels", "payments", "invoices", "purchase_orders", "returns",
               "tasks"]  # fmt: skip
Query = Annotated[str, Len(0, 1_000)]
ViewName = Annotated[str, Len(1, 100)]


class NotYourView(Denied):
    code = "view_of_another"
    title = "This view is kept by somebody else"


@dataclass(frozen=True, slots=True)
class AddView:
    """Of `person`, or shared with `role`. `query` is the list's own, as in its URL: filters, columns, order."""

    page: Page
    name: ViewName
    query: Query
    person: Reference | None = None
    role: Code | None = None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What is left out stays as it is."""

    view: Reference
    name: ViewName | None = None
    query: Query | None = None


@dataclass(frozen=True, slots=True)
class RemoveView:
    view: Reference


@flow(AddView)
def add_view(tx: Tx, ask: AddView) -> dict[str, Any]:
    """Save how a list is filtered and shown, for a person or for a role."""
    if (ask.person is None) == (ask.role is None):
        raise Invalid.at("/person", "A view is of a person, or shared with a role.", "one_of")
    person = access.active_person(tx, ask.person) if ask.person is not None else None
    if ask.role is not None:
        access.rights_of_role(tx, ask.role)
    person_id = person.id if person is not None else None
    _may_keep(tx, person_id)
    view = views.keep(tx, page=ask.page, name=ask.name, query=ask.query, person_id=person_id, role=ask.role)
    return _told(tx, view, "added")


@flow(ChangeView)
def change_view(tx: Tx, ask: ChangeView) -> dict[str, Any]:
    """Change a saved view, or its name."""
    view = views.find(tx, ask.view)
    _may_keep(tx, view.person_id)
    return _told(tx, views.change(tx, view, name=ask.name, query=ask.query), "changed")


@flow(RemoveView)
def remove_view(tx: Tx, ask: RemoveView) -> dict[str, Any]:
    """Remove a saved view."""
    view = views.find(tx, ask.view)
    _may_keep(tx, view.person_id)
    return _told(tx, views.remove(tx, view), "removed")


def _may_keep(tx: Tx, person_id: int | None) -> None:
    """One's own, or any by who manages access; the command line too. Raises NotYourView."""
    asking = access.who_asks(tx)
    if asking is None or MANAGE in asking.rights or (person_id is not None and asking.person_id == person_id):
        return
    raise NotYourView("Keep views of your own; who manages access keeps those of roles and others.")


def _told(tx: Tx, view: View, done: str) -> dict[str, Any]:
    """Which view, and never its name or query: they may name somebody."""
    view = views.again(tx, view)
    announce(tx, f"view.{done}", "view", view.id, page=view.page)
    return shown(view)
