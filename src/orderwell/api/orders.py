"""Orders over HTTP."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ..catalog.store import SKUS
from ..customers.store import CUSTOMERS
from ..flows.keep_catalog import shown_sku
from ..flows.keep_customers import shown as shown_customer
from ..flows.place_order import PlaceOrder
from ..invoicing.store import INVOICES
from ..orders.answers import shown
from ..orders.store import LINES, ORDERS
from ..shipping.store import PARCELS
from ..values.ids import parse
from . import events
from .answers import EventPage, OrderAnswer, OrderPage
from .lists import lists, row_of, rows_by, told
from .operations import Look, Operation, read, verb

ADDRESS = {"name": "A. de Vries", "street": "Dorpsstraat 1", "postcode": "1234 AB", "city": "Ede", "country": "NL"}
EXAMPLE = {
    "channel": "web",
    "reference": "web-1001",
    "lines": [{"sku": "lamp", "quantity": "2"}, {"sku": "bulb", "quantity": "3", "unit_price": "4.95"}],
    "ship_to": ADDRESS,
}
EXPANDS = {
    "customer": "customers:read",
    "lines.sku": "catalog:read",
    "parcels": "shipping:read",
    "invoices": "invoices:read",
    "payments": "payments:read",
}


def operations() -> list[Operation]:
    filters = ("channel_id", "customer_id", "reference", "status", "placed_on", "customer_reference")
    return [
        verb(
            "POST", "/orders", PlaceOrder, right="orders:write", example=EXAMPLE, result=OrderAnswer, status=201,
            hot=True,
        ),
        lists(
            "/orders", ORDERS, kind="order", right="orders:read", filters=filters, shown=shown_orders, result=OrderPage
        ),
        read(
            "/orders/{order}", _one, name="get_order", right="orders:read", summary="Look up one order.",
            result=OrderAnswer, expands=EXPANDS,
        ),
        read(
            "/orders/{order}/timeline", _timeline, name="order_timeline", right="orders:read",
            summary="What happened to an order, in order.", result=EventPage,
        ),
    ]  # fmt: skip


def shown_orders(connection: Connection, orders: Sequence[Any]) -> list[dict[str, Any]]:
    lines: dict[int, list[Any]] = {order.id: [] for order in orders}
    for line in rows_by(connection, LINES, "order_id", list(lines)):
        lines[line.order_id].append(line)
    return [shown(order, lines[order.id]) for order in orders]


def _one(look: Look) -> Mapping[str, Any]:
    order = row_of(look.connection, ORDERS, "order", look.path["order"])
    answer = shown_orders(look.connection, [order])[0]
    for name in sorted(look.expand):
        EXPAND[name](look.connection, order, answer)
    return answer


def _timeline(look: Look) -> Mapping[str, Any]:
    order = row_of(look.connection, ORDERS, "order", look.path["order"])
    return {"object": "list", "data": events.about(look.connection, order.id), "has_more": False, "next_cursor": None}


def _customer(connection: Connection, order: Any, answer: dict[str, Any]) -> None:
    if order.customer_id is not None:
        answer["customer"] = shown_customer(rows_by(connection, CUSTOMERS, "id", [order.customer_id])[0])


def _skus(connection: Connection, order: Any, answer: dict[str, Any]) -> None:
    ids = [parse("sku", line["sku"]) for line in answer["lines"]]
    by_id = {sku["id"]: sku for sku in map(shown_sku, rows_by(connection, SKUS, "id", ids))}
    answer["lines"] = [{**line, "sku": by_id[line["sku"]]} for line in answer["lines"]]


def _parcels(connection: Connection, order: Any, answer: dict[str, Any]) -> None:
    answer["parcels"] = [told("parcel", row, {}) for row in rows_by(connection, PARCELS, "order_id", [order.id])]


def _invoices(connection: Connection, order: Any, answer: dict[str, Any]) -> None:
    answer["invoices"] = [told(row.kind, row, {}) for row in rows_by(connection, INVOICES, "order_id", [order.id])]


EXPAND: dict[str, Callable[[Connection, Any, dict[str, Any]], None]] = {
    "customer": _customer,
    "lines.sku": _skus,
    "parcels": _parcels,
    "invoices": _invoices,
}
