"""Sending goods back: announced here, with a slip for the parcel."""

from collections.abc import Mapping
from typing import Any

from ...flows.return_goods import AnnounceReturn, CancelReturn
from ...kit.errors import NotFound
from ...reports import portal
from ...returns.store import RETURNS
from ...values.ids import parse, show
from ..addresses import N_, Undo, WebAddress
from ..visit import Visit
from .addresses import form, page
from .orders import mine

REASONS = (
    N_("Does not fit or look as expected"), N_("Arrived damaged"), N_("Does not work"), N_("Something else was sent"),
    N_("Ordered too much"),
)  # fmt: skip


def addresses() -> list[WebAddress]:
    return [
        page("/portal/orders/{order}/return", start, template="return.html"),
        form(
            "/portal/orders/{order}/return", AnnounceReturn, done=N_("We know that it comes back."),
            takes=("lines", "reason"), prepare=_as_typed, then=_slip, undo=_no_return,
        ),
        page("/portal/returns/{return_id}", slip, template="slip.html"),
        form(
            "/portal/returns/{return_id}/cancel", CancelReturn, done=N_("We expect nothing back."), takes=(),
            prepare=lambda visit, members: {},
        ),
    ]  # fmt: skip


def start(visit: Visit) -> Mapping[str, Any]:
    order = portal.order(visit.connection, mine(visit), visit.path["order"])
    return {"order": order, "lines": [each for each in order["lines"] if each["returnable"]], "reasons": REASONS}


def slip(visit: Visit) -> Mapping[str, Any]:
    number = parse("return", visit.path["return_id"])
    query = RETURNS.sa.select().where(RETURNS.c.id == number)
    row = visit.connection.execute(query).first()
    if row is None:
        raise NotFound(N_("There is no such return."))
    order = portal.order(visit.connection, mine(visit), show("order", row.order_id))
    found = next(each for each in order["returns"] if each["id"] == visit.path["return_id"])
    return {"order": order, "returned": found, "lines": {each["line"]: each for each in order["lines"]}}


def _as_typed(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Lines of which nothing comes back are not named."""
    lines = [each for each in members.get("lines", []) if str(each.get("quantity", "")).strip("0.") != ""]
    return {**members, "lines": lines}


def _slip(answer: Mapping[str, Any]) -> str:
    return f"/portal/returns/{answer['id']}"


def _no_return(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/portal/returns/{answer['id']}/cancel")
