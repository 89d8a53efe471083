"""Home, orders, one order; the same once more, and taken back at once."""

import secrets
from collections.abc import Mapping
from typing import Any

from ...channels.model import Channel
from ...customers.queries import family
from ...flows.cancel_order import CancelOrder
from ...flows.order_again import OrderAgain
from ...reports import portal
from ...reports.offer import shop_channel
from ...reports.portal_documents import documents, provider
from ...values.calendar import SECOND
from ...values.ids import ALPHABET, parse
from ..addresses import N_, Undo, WebAddress
from ..visit import Visit
from .addresses import buyer, form, page
from .refusals import ShopClosed, TooLateToUndo

UNDO_SECONDS = 120  # so long an order that nobody has touched is taken back without a word
NUMBER_LETTERS = 8


def addresses() -> list[WebAddress]:
    order = "/portal/orders/{order}"
    return [
        page("/portal", home, template="home.html"),
        page("/portal/orders", listed, template="orders.html"),
        page(order, one, template="order.html"),
        form(
            f"{order}/again", OrderAgain, done=N_("Ordered again."), takes=(), prepare=_again, then=order_page,
            undo=undo_order,
        ),
        form(
            f"{order}/undo", CancelOrder, done=N_("The order is taken back."), takes=(), prepare=_take_back,
            then=order_page,
        ),
    ]  # fmt: skip


def mine(visit: Visit) -> list[int]:
    """The ids of the customer that the viewer belongs to; the first is the one it is kept under."""
    return family(visit.connection, buyer(visit).customer_id)


def home(visit: Visit) -> Mapping[str, Any]:
    ids = mine(visit)
    return {
        "customer": portal.customer(visit.connection, ids),
        "balance": portal.balance(visit.connection, ids, visit.today),
        "unpaid": documents(visit.connection, ids, open_only=True, limit=portal.AT_HOME)["data"],
        "orders": portal.orders(visit.connection, ids, limit=portal.AT_HOME)["data"],
        "sells": shop_channel(visit.connection) is not None,
        "takes_payments": provider(visit.connection) is not None,
    }


def listed(visit: Visit) -> Mapping[str, Any]:
    found = portal.orders(visit.connection, mine(visit), search=visit.ask("q"), cursor=visit.ask("cursor"))
    filters = {name: value for name, value in visit.query.items() if name == "q"}
    return {
        "orders": found["data"], "next_cursor": found["next_cursor"], "filters": filters,
        "sells": shop_channel(visit.connection) is not None,
    }  # fmt: skip


def one(visit: Visit) -> Mapping[str, Any]:
    order = portal.order(visit.connection, mine(visit), visit.path["order"])
    return {
        "order": order,
        "links": portal.links_of(visit.connection, parse("order", order["id"]) or 0, visit.now),
        "can_undo": _can_undo(order, visit.now),
        "sells": shop_channel(visit.connection) is not None,
        "takes_payments": provider(visit.connection) is not None,
    }


def _can_undo(order: Mapping[str, Any], now: int) -> bool:
    young = now - order["placed_at"] < UNDO_SECONDS * SECOND
    return bool(order["status"] == "placed" and order["untouched"] and young)


def channel(visit: Visit) -> Channel:
    """Where orders of the portal come in. Raises ShopClosed."""
    found = shop_channel(visit.connection)
    if found is None:
        raise ShopClosed(N_("No web shop of ours is open now; call us, or write."))
    return found


def order_number() -> str:
    """One that can be read out: `P-7K3M-Q2XD`. Should it be taken, the order is refused and sent again."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(NUMBER_LETTERS))
    return f"P-{letters[:4]}-{letters[4:]}"


def order_page(answer: Mapping[str, Any]) -> str:
    return f"/portal/orders/{answer['id']}"


def undo_order(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"{order_page(answer)}/undo", {"_version": str(answer["version"])})


def _again(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    return {"place_on": channel(visit).code, "reference": order_number()}


def _take_back(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    order = portal.order(visit.connection, mine(visit), visit.path["order"])
    if not _can_undo(order, visit.now):
        raise TooLateToUndo(N_("It was placed some time ago, or somebody is working on it. Call us, or write."))
    return {"reason": "taken back by the customer"}
