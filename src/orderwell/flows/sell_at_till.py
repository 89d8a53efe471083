"""A sale over the counter in one go: ordered, paid, handed over and invoiced, or nothing of it happened."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Len

from ..kit.errors import Conflict, Invalid
from ..kit.picture import Tx
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..payments.answers import shown as shown_payment
from ..shipping import actions as shipping
from ..values.fields import MAX_LINES, Code, Minor, Reference, Text
from ..values.money import decimal_text
from .cash_drawer import drawer_at
from .deliver_parcel import deliver
from .paid_order import order_secured
from .place_order import DiscountAsk, LineAsk, PlaceOrder, place
from .place_order import needs as needs_to_place
from .receive_payment import business_day, cash_due, take
from .settle_payment import order_owed
from .ship_order import ShipOrder, ship_order


class NotEnough(Conflict):
    code = "not_enough"
    title = "What was handed over does not pay for this"


class NotAtHand(Conflict):
    code = "not_at_hand"
    title = "Not all of it can be handed over now"


@dataclass(frozen=True, slots=True)
class Sell:
    """`location` is where the till stands: all goods come from there. `tendered` is the cash handed over."""

    channel: Code
    lines: Annotated[list[LineAsk], Len(1, MAX_LINES)]
    location: Code
    method: Literal["cash", "pin"] = "cash"
    tendered: Minor | None = None
    reference: Reference | None = None
    customer: Reference | None = None
    discount: DiscountAsk | None = None
    terminal_reference: Text = ""
    till: Code | None = None


def needs(ask: Sell) -> list[tuple[Any, Any]]:
    return needs_to_place(_order(ask))


def _order(ask: Sell) -> PlaceOrder:
    return PlaceOrder(
        ask.channel, ask.lines, reference=ask.reference, customer=ask.customer, discount=ask.discount,
        payment_method=ask.method, collect_at=ask.location,
    )  # fmt: skip


@flow(Sell, needs)
def sell(tx: Tx, ask: Sell) -> dict[str, Any]:
    """Place the order, take the money, hand over the goods; the change to give back."""
    if ask.tendered is not None and ask.method != "cash":
        raise Invalid.at("/tendered", "Only cash is handed over; a terminal takes exactly what is due.", "not_cash")
    drawer = drawer_at(tx, ask.till, location=ask.location)
    order, lines = place(tx, _order(ask), ships_too=True)
    if any(line.awaited for line in lines):
        raise NotAtHand("Some of it is not on the shelf; place an order for what has to be awaited.")
    owed = order_owed(tx, order)
    coins, rounding = cash_due(tx, owed.due_minor) if ask.method == "cash" else (owed.due_minor, 0)
    change = 0
    if ask.tendered is not None:
        change = ask.tendered - coins
        if change < 0:
            raise NotEnough(
                f"{decimal_text(coins, order.currency)} is to be paid,"
                f" {decimal_text(ask.tendered, order.currency)} was handed over."
            )
    payment = None
    if owed.due_minor > 0:
        payment, _ = take(
            tx, owed, method=ask.method, amount_minor=owed.due_minor, rounding_minor=rounding,
            reference=ask.terminal_reference, paid_on=business_day(tx, None), drawer=drawer,
        )  # fmt: skip
        order_secured(tx, payment)
    name = shown(order, lines)["id"]
    gone = ship_order(tx, ShipOrder(name))
    for parcel in gone["parcels"]:
        deliver(tx, shipping.find(tx, parcel), parcel)
    return {
        **gone, **shown(orders.find(tx, order.id), orders.lines_of(tx, order.id)),
        "payment": shown_payment(payment) if payment is not None else None, "to_pay": coins, "change": change,
    }  # fmt: skip
