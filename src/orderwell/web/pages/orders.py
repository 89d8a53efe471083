"""Orders: the list over all channels, and one order on one page."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ...channels.store import CHANNELS
from ...flows.cancel_order import CancelOrder
from ...flows.confirm_order import ConfirmOrder
from ...flows.pack_parcel import PackOrder, UnpackParcel
from ...flows.pick_order import PickOrder, UnpickOrder
from ...flows.receive_payment import ReceivePayment
from ...flows.ship_order import ShipOrder
from ...flows.ship_parcel import ShipParcel
from ...reports import order_list, order_page
from ...values.calendar import is_day
from ..addresses import N_, Entry, Finder, Found, Undo, WebAddress, form, page
from ..visit import Visit

READ, WRITE, SHIP, PAY = "orders:read", "orders:write", "shipping:write", "payments:take"
PER_PAGE = 50
MAX_ROWS = 200
GOODS = (order_list.WAITING, *order_list.GOODS)

NAVIGATION = [Entry(N_("Orders"), "/orders", "shopping-cart", READ, "Sell", "o")]


def addresses() -> list[WebAddress]:
    order = "/orders/{order}"
    return [
        page("/orders", listed, right=READ, template="orders/list.html"),
        page(order, one, right=READ, template="orders/order.html"),
        form(f"{order}/confirm", ConfirmOrder, right=WRITE, done=N_("The order is confirmed.")),
        form(f"{order}/cancel", CancelOrder, right=WRITE, done=N_("Cancelled.")),
        form(f"{order}/pick", PickOrder, right=SHIP, done=N_("Picked."), undo=_unpick),
        form(f"{order}/unpick", UnpickOrder, right=SHIP, done=N_("Put back on the shelf."), undo=_pick),
        form(f"{order}/pack", PackOrder, right=SHIP, done=N_("Packed."), undo=_unpack),
        form(f"{order}/ship", ShipOrder, right=SHIP, done=N_("Handed to the carrier; the invoice is made.")),
        form(f"{order}/pay", ReceivePayment, right=PAY, done=N_("The payment is booked.")),
        form("/parcels/{parcel}/unpack", UnpackParcel, right=SHIP, done=N_("Unpacked.")),
        form("/parcels/{parcel}/ship", ShipParcel, right=SHIP, done=N_("Handed to the carrier; the invoice is made.")),
    ]


def listed(visit: Visit) -> Mapping[str, Any]:
    """A page that is open asks again for `rows`, the rows it has, and how many came before the first of them."""
    wanted = order_list.Wanted(
        search=visit.ask("q"),
        channel=visit.ask("channel"),
        customer=visit.ask("customer"),
        goods=visit.ask("goods", allowed=GOODS),
        money=visit.ask("money", allowed=order_list.MONEY),
        placed_from=_day(visit.ask("from")),
        placed_to=_day(visit.ask("to")),
    )
    rows = _rows(visit.ask("rows"))
    found = order_list.listed(visit.connection, wanted, limit=PER_PAGE, cursor=visit.ask("cursor"), rows=rows)
    filters = {name: value for name, value in visit.query.items() if name not in ("rows", "cursor")}
    return {
        "orders": found["data"],
        "next_cursor": visit.ask("next") if rows is not None else found["next_cursor"],
        "newer": order_list.newer(visit.connection, wanted, rows[0]) if rows and visit.ask("cursor") is None else 0,
        "filters": filters,
        "channels": _channels(visit.connection),
        "goods_words": GOODS,
        "money_words": order_list.MONEY,
    }


def one(visit: Visit) -> Mapping[str, Any]:
    return {"order": order_page.one(visit.connection, visit.path["order"])}


def _channels(connection: Connection) -> Sequence[Any]:
    return connection.execute(sa.select(CHANNELS.c.code, CHANNELS.c.name).order_by(CHANNELS.c.name)).all()


def _day(text: str | None) -> str | None:
    return text if text is not None and is_day(text) else None


def _rows(text: str | None) -> list[str] | None:
    return text.split(",")[:MAX_ROWS] if text else None


# -- what takes an act back


def _unpick(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/orders/{path['order']}/unpick")


def _pick(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/orders/{path['order']}/pick")


def _unpack(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo | None:
    """One parcel can be opened again; of several the page shows each."""
    parcels = answer["parcels"]
    return Undo(f"/parcels/{parcels[0]}/unpack") if len(parcels) == 1 else None


# -- what the palette finds


def _find(connection: Connection, text: str, limit: int) -> list[Found]:
    found = order_list.listed(connection, order_list.Wanted(search=text), limit=limit)["data"]
    return [
        Found(each["reference"], each["customer"] or each["channel_name"], f"/orders/{each['id']}", "shopping-cart")
        for each in found
    ]


FINDERS = [Finder(READ, _find, N_("Orders"))]
