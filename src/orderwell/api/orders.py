"""Orders over HTTP."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.engine import Connection

from ..customers.queries import family
from ..flows.cancel_order import CancelOrder
from ..flows.carry_parcel import AskLabel, KeepCarrier
from ..flows.change_address import ChangeAddress
from ..flows.change_draft import ChangeDraft
from ..flows.collect_order import CollectOrder
from ..flows.confirm_order import ConfirmOrder
from ..flows.deliver_parcel import DeliverParcel, FailDelivery, LoseParcel, ParcelCameBack
from ..flows.exchange_at_till import Exchange
from ..flows.fulfil_order import FulfilOrder
from ..flows.order_again import OrderAgain
from ..flows.pack_parcel import PackOrder, UnpackParcel
from ..flows.pick_order import PickOrder, UnpickOrder
from ..flows.place_order import PlaceOrder
from ..flows.reinstate_order import ReinstateOrder
from ..flows.sell_at_till import Sell
from ..flows.ship_order import ShipOrder
from ..flows.ship_parcel import ShipParcel
from ..flows.take_order import TakeOrder
from ..invoicing.store import INVOICES
from ..kit.pages import DEFAULT_LIMIT, MAX_LIMIT
from ..notes import queries as notes
from ..orders import queries as orders
from ..orders.store import ORDERS
from ..payments import queries as payments
from ..reports.order_payments import payment_words
from ..shipping import queries as parcels
from . import events
from .answers import page_of
from .answers.events import OrderEventAnswer
from .answers.expanded import ParcelDetailAnswer
from .answers.orders import (
    CancelledOrderAnswer,
    CollectedOrderAnswer,
    ExchangeAnswer,
    ListedOrderAnswer,
    OrderAddressAnswer,
    OrderAnswer,
    OrderDetailAnswer,
    OrderedAgainAnswer,
    PackedOrderAnswer,
    SaleAnswer,
    ShippedOrderAnswer,
    TakenOrderAnswer,
)
from .answers.parcels import CarrierAnswer, ParcelAnswer
from .expand import rights_of
from .invoices import shown_invoices
from .lists import queried, row_of, rows_by
from .operations import Look, Operation, read, verb

ADDRESS = {"name": "A. de Vries", "street": "Dorpsstraat 1", "postcode": "1234 AB", "city": "Ede", "country": "NL"}
EXAMPLE = {
    "channel": "web",
    "reference": "web-1001",
    "lines": [{"sku": "lamp", "quantity": "2"}, {"sku": "bulb", "quantity": "3", "unit_price": "4.95"}],
    "ship_to": ADDRESS,
}
EXPANDS = {
    **rights_of("customer", "lines.sku"),
    "parcels": "shipping:read",
    "invoices": "invoices:read",
    "payments": "payments:read",
}
EXCHANGE = {
    "channel": "till", "location": "main", "till": "front",
    "returned": [{"order": "ord_32SN7ZE200401", "line": 1, "quantity": "1", "outcome": "restock"}],
    "lines": [{"sku": "lamp", "quantity": "1"}],
    "payments": [{"method": "pin", "amount": 1000, "reference": "T1-0042"}, {"method": "cash", "tendered": 2000}],
}  # fmt: skip
CARRIER = {"code": "simulated", "url": "https://carrier.example.com", "account": "shop-1"}
FILTERS = dict.fromkeys(
    ("channel", "customer", "status", "reference", "placed_from", "placed_to", "fulfilment"), None
)  # the query itself reads the ids
READ, WRITE, SHIP = "orders:read", "orders:write", "shipping:write"


def operations() -> list[Operation]:
    return [
        verb(
            "POST", "/orders", PlaceOrder, right=WRITE, example=EXAMPLE, result=OrderAnswer, status=201, hot=True,
        ),
        verb(
            "POST", "/phone_orders", TakeOrder, right=WRITE, also=("customers:write", "payments:take"),
            result=TakenOrderAnswer, status=201, example={"order": EXAMPLE, "new_customer": {"name": "A. de Vries"}},
        ),
        queried("/orders", _listed, right=READ, filters=FILTERS, result=ListedOrderAnswer),
        read(
            "/orders/{order}", _one, name="get_order", right=READ, summary="Look up one order.",
            result=OrderDetailAnswer, expands=EXPANDS,
        ),
        read(
            "/orders/{order}/timeline", _timeline, name="order_timeline", right=READ, result=page_of(OrderEventAnswer),
            summary="What happened to an order, in order.",
        ),
        verb("POST", "/orders/{order}/confirm", ConfirmOrder, right=WRITE, result=OrderAnswer),
        verb(
            "POST", "/orders/{order}/change", ChangeDraft, right=WRITE, result=OrderAnswer,
            example={"lines": [{"sku": "lamp", "quantity": "1"}]},
        ),
        verb(
            "POST", "/orders/{order}/address", ChangeAddress, right=WRITE, result=OrderAddressAnswer,
            example={"ship_to": ADDRESS},
        ),
        verb(
            "POST", "/orders/{order}/cancel", CancelOrder, right=WRITE, result=CancelledOrderAnswer,
            example={"reason": "changed their mind"},
        ),
        verb(
            "POST", "/orders/{order}/reinstate", ReinstateOrder, right=WRITE, result=OrderAnswer,
            example={"lines": [{"line": 1, "quantity": "1"}]},
        ),
        verb(
            "POST", "/orders/{order}/again", OrderAgain, right=WRITE, result=OrderedAgainAnswer, status=201,
            example={"reference": "web-1002"},
        ),
        verb("POST", "/orders/{order}/pick", PickOrder, right=SHIP, result=OrderAnswer),
        verb("POST", "/orders/{order}/unpick", UnpickOrder, right=SHIP, result=OrderAnswer),
        verb("POST", "/orders/{order}/pack", PackOrder, right=SHIP, result=PackedOrderAnswer, status=201),
        verb(
            "POST", "/orders/{order}/ship", ShipOrder, right=SHIP, result=ShippedOrderAnswer,
            example={"carrier": "van", "tracking": "3SABC"},
        ),
        verb(
            "POST", "/fulfilments", FulfilOrder, right=WRITE, result=ShippedOrderAnswer, also=(SHIP,), status=201,
            example={"order": {"channel": "web", "lines": [{"sku": "lamp", "quantity": "1"}]}},
        ),
        verb("POST", "/orders/{order}/collect", CollectOrder, right=SHIP, result=CollectedOrderAnswer),
        verb(
            "POST", "/sales", Sell, right=WRITE, result=SaleAnswer, also=("payments:take",), status=201,
            example={"channel": "till", "location": "main", "lines": [{"sku": "lamp", "quantity": "1"}]},
        ),
        verb(
            "POST", "/exchanges", Exchange, right=WRITE, also=("payments:take", "returns:write", "tills:use"),
            result=ExchangeAnswer, status=201, example=EXCHANGE,
        ),
        queried(
            "/parcels", parcels.listed, right="shipping:read", result=ParcelAnswer,
            filters={"status": None, "location": "location", "tracking": None},
        ),
        read(
            "/parcels/{parcel}", lambda look: parcels.one(look.connection, look.path["parcel"]), name="get_parcel",
            right="shipping:read", result=ParcelDetailAnswer, summary="Look up one parcel.",
            expands=rights_of("location", "order", "order.customer", "order.lines.sku"),
        ),
        verb("POST", "/parcels/{parcel}/ship", ShipParcel, right=SHIP, result=ShippedOrderAnswer),
        verb(
            "POST", "/parcels/{parcel}/label", AskLabel, right=SHIP, result=ParcelAnswer,
            example={"carrier": "simulated"},
        ),
        verb("POST", "/carriers", KeepCarrier, right="business:manage", result=CarrierAnswer, example=CARRIER),
        verb("POST", "/parcels/{parcel}/unpack", UnpackParcel, right=SHIP, result=ParcelAnswer),
        verb("POST", "/parcels/{parcel}/deliver", DeliverParcel, right=SHIP, result=ParcelAnswer),
        verb(
            "POST", "/parcels/{parcel}/fail", FailDelivery, right=SHIP, result=ParcelAnswer,
            example={"reason": "nobody there"},
        ),
        verb("POST", "/parcels/{parcel}/lose", LoseParcel, right=SHIP, result=ParcelAnswer),
        verb("POST", "/parcels/{parcel}/came_back", ParcelCameBack, right=SHIP, result=ParcelAnswer),
    ]  # fmt: skip


def _listed(connection: Connection, limit: int = DEFAULT_LIMIT, cursor: str | None = None, **asked: Any) -> Any:
    customer = asked.pop("customer", None)
    if customer is not None:
        asked["customers"] = family(connection, orders.number_of(customer, "customer"))
    return orders.listed(
        connection, orders.OrderFilter(**asked), payment_words=payment_words, limit=limit, cursor=cursor
    )


def _one(look: Look) -> Mapping[str, Any]:
    answer = orders.one(look.connection, look.path["order"], payment_words=payment_words)
    del answer["timeline"]  # it has an address of its own
    order = row_of(look.connection, ORDERS, "order", look.path["order"])
    for name in sorted(look.expand & EXPAND.keys()):
        EXPAND[name](look.connection, order, answer)
    return answer


def _timeline(look: Look) -> Mapping[str, Any]:
    order = row_of(look.connection, ORDERS, "order", look.path["order"])
    told = events.about(look.connection, order.id)
    named = notes.named_in(look.connection, told)
    data = [{**each, "note": named.get(each["data"]["note"])} if "note" in each["data"] else each for each in told]
    return {"object": "list", "data": data, "has_more": False, "next_cursor": None}


def _parcels(connection: Connection, order: Any, answer: dict[str, Any]) -> None:
    answer["parcels"] = parcels.of_order(connection, order.id)


def _invoices(connection: Connection, order: Any, answer: dict[str, Any]) -> None:
    answer["invoices"] = shown_invoices(connection, rows_by(connection, INVOICES, "order_id", [order.id]))


def _payments(connection: Connection, order: Any, answer: dict[str, Any]) -> None:
    answer["payments"] = payments.listed(connection, order_id=order.id, limit=MAX_LIMIT)["data"]


EXPAND: dict[str, Callable[[Connection, Any, dict[str, Any]], None]] = {
    "parcels": _parcels,
    "invoices": _invoices,
    "payments": _payments,
}
