"""Orders: the list over all channels, and one order on one page."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ...channels.store import CHANNELS
from ...flows.cancel_order import CancelOrder
from ...flows.change_address import ChangeAddress
from ...flows.confirm_order import ConfirmOrder
from ...flows.keep_notes import AddOrderNote, ChangeOrderNote, RemoveOrderNote
from ...flows.pack_parcel import PackOrder, UnpackParcel
from ...flows.pick_order import PickOrder, UnpickOrder
from ...flows.receive_payment import ReceivePayment
from ...flows.reinstate_order import ReinstateOrder
from ...flows.ship_order import ShipOrder
from ...flows.ship_parcel import ShipParcel
from ...flows.start_payment import StartPayment
from ...reports import order_around, order_list, order_page, paper
from ..addresses import N_, Entry, Finder, Found, Undo, WebAddress, form, page
from ..visit import Visit
from . import order_bulk, order_export, order_views
from .order_answer import where_is_it
from .order_filters import COLUMNS, FILTERS, USUAL, columns_of, wanted_of

READ, WRITE, SHIP, PAY = "orders:read", "orders:write", "shipping:write", "payments:take"
PER_PAGE = 50
MAX_ROWS = 200

NAVIGATION = [Entry(N_("Orders"), "/orders", "shopping-cart", READ, "Sell", "o")]


def addresses() -> list[WebAddress]:
    order = "/orders/{order}"
    return [
        *order_bulk.addresses(),
        *order_export.addresses(),
        *order_views.addresses(),
        page("/orders", listed, right=READ, template="orders/list.html"),
        page(order, one, right=READ, template="orders/order.html"),
        page("/packing-slips", slips, right="shipping:read", template="orders/paper.html"),
        page("/pick-sheets", sheets, right="shipping:read", template="orders/paper.html"),
        form(f"{order}/confirm", ConfirmOrder, right=WRITE, done=N_("The order is confirmed.")),
        form(f"{order}/cancel", CancelOrder, right=WRITE, done=N_("Cancelled."), undo=_reinstate),
        form(f"{order}/reinstate", ReinstateOrder, right=WRITE, done=N_("Taken back: it is wanted again.")),
        form(f"{order}/pick", PickOrder, right=SHIP, done=N_("Picked."), undo=_unpick),
        form(f"{order}/unpick", UnpickOrder, right=SHIP, done=N_("Put back on the shelf."), undo=_pick),
        form(f"{order}/pack", PackOrder, right=SHIP, done=N_("Packed."), undo=_unpack),
        form(f"{order}/ship", ShipOrder, right=SHIP, done=N_("Handed to the carrier; the invoice is made.")),
        form(f"{order}/pay", ReceivePayment, right=PAY, done=N_("The payment is booked.")),
        form(
            f"{order}/pay-link",
            StartPayment,
            right=PAY,
            prepare=_redirected,
            done=N_("A payment is begun; its link appears with the payments in a moment."),
        ),
        form(f"{order}/address", ChangeAddress, right=WRITE, done=N_("The address is changed."), undo=_address_before),
        form(f"{order}/notes", AddOrderNote, right=WRITE, done=N_("The note is kept.")),
        form(f"{order}/notes/{{note}}/change", ChangeOrderNote, right=WRITE, done=N_("The note is changed.")),
        form(f"{order}/notes/{{note}}/remove", RemoveOrderNote, right=WRITE, done=N_("The note is removed.")),
        form("/parcels/{parcel}/unpack", UnpackParcel, right=SHIP, done=N_("Unpacked.")),
        form("/parcels/{parcel}/ship", ShipParcel, right=SHIP, done=N_("Handed to the carrier; the invoice is made.")),
    ]


def listed(visit: Visit) -> Mapping[str, Any]:
    """A page that is open asks again for `rows`, the rows it has, and how many came before the first of them."""
    wanted = wanted_of(visit.query)
    rows = _rows(visit.ask("rows"))
    found = order_list.listed(visit.connection, wanted, limit=PER_PAGE, cursor=visit.ask("cursor"), rows=rows)
    columns = columns_of(visit.query)
    filters = {name: visit.query[name] for name in FILTERS if visit.query.get(name, "").strip()}
    if columns != USUAL:
        filters["columns"] = ",".join(columns)
    return {
        "orders": found["data"],
        "next_cursor": visit.ask("next") if rows is not None else found["next_cursor"],
        "newer": order_list.newer(visit.connection, wanted, rows[0]) if rows and visit.ask("cursor") is None else 0,
        "filters": filters,
        "columns": columns,
        "every_column": COLUMNS,
        "channels": _channels(visit.connection),
        "money_words": order_list.MONEY,
        **order_views.shown(visit, filters),
    }


def one(visit: Visit) -> Mapping[str, Any]:
    assert visit.house is not None, "orders are of a business"
    house = visit.house
    order = order_page.one(visit.connection, visit.path["order"], zone=house.time_zone, today=visit.today)
    providers = order_around.open_providers(visit.connection) if order["can"]["pay_link"] else []
    return {
        "order": order,
        "answer": where_is_it(order, house.name),
        "providers": [(code, code) for code in providers],
    }


def _redirected(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """The customer chooses how to pay on the provider's own page."""
    return {**members, "method": "redirect"}


def slips(visit: Visit) -> Mapping[str, Any]:
    return {"kind": "slips", "sheets": paper.slips(visit.connection, _named(visit.ask("orders")))}


def sheets(visit: Visit) -> Mapping[str, Any]:
    return {"kind": "sheets", "sheets": paper.sheets(visit.connection, _named(visit.ask("orders")))}


def _named(text: str | None) -> list[str]:
    return (text or "").split(",")


def _channels(connection: Connection) -> Sequence[Any]:
    return connection.execute(sa.select(CHANNELS.c.code, CHANNELS.c.name).order_by(CHANNELS.c.name)).all()


def _rows(text: str | None) -> list[str] | None:
    return text.split(",")[:MAX_ROWS] if text else None


# -- what takes an act back


def _reinstate(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo | None:
    """What was never placed, or was credited, is ordered anew."""
    if answer["placed_at"] is None or answer["credit_note"] is not None:
        return None
    lines = {f"lines.{n}.{name}": str(each[name]) for n, each in enumerate(answer["cancelled"]) for name in each}
    return Undo(f"/orders/{path['order']}/reinstate", lines)


def _unpick(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/orders/{path['order']}/unpick")


def _pick(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/orders/{path['order']}/pick")


def _unpack(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo | None:
    """One parcel can be opened again; of several the page shows each."""
    parcels = answer["parcels"]
    return Undo(f"/parcels/{parcels[0]}/unpack") if len(parcels) == 1 else None


def _address_before(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo | None:
    before = answer["before"]
    if before is None:
        return None
    return Undo(
        f"/orders/{path['order']}/address", {f"ship_to.{name}": value for name, value in before.items() if value}
    )


# -- what the palette finds


def _find(connection: Connection, text: str, limit: int) -> list[Found]:
    found = order_list.listed(connection, order_list.Wanted(search=text), limit=limit)["data"]
    return [
        Found(each["reference"], each["customer"] or each["channel_name"], f"/orders/{each['id']}", "shopping-cart")
        for each in found
    ]


FINDERS = [Finder(READ, _find, N_("Orders"))]
