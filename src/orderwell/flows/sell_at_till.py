"""A sale over the counter in one go: ordered, paid, handed over and invoiced, or nothing of it happened."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Len

from ..kit.errors import Conflict, Invalid
from ..kit.picture import Tx
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..orders.model import Line, Order
from ..shipping import actions as shipping
from ..values.fields import MAX_LINES, Code, Minor, Reference, Text
from .cash_drawer import drawer_at
from .deliver_parcel import deliver
from .paid_order import order_secured
from .place_order import DiscountAsk, LineAsk, PlaceOrder, place
from .place_order import needs as needs_to_place
from .settle_payment import order_owed
from .ship_order import ShipOrder, ship_order
from .take_tenders import NotEnough as NotEnough
from .take_tenders import Tender, may_discount, take_tenders

Tenders = Annotated[list[Tender], Len(1, 10)]


class NotAtHand(Conflict):
    code = "not_at_hand"
    title = "Not all of it can be handed over now"


@dataclass(frozen=True, slots=True)
class Sell:
    """`location` is where the till stands: all goods come from there. `tendered` is the cash handed over.

    Paid in several ways at once, `payments` says how, in place of `method`, `tendered` and `terminal_reference`. `till`
    names the till whose open drawer this belongs to.
    """

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
    payments: Tenders | None = None


def needs(ask: Sell) -> list[tuple[Any, Any]]:
    return needs_to_place(_order(ask))


def _order(ask: Sell) -> PlaceOrder:
    ways = {tender.method for tender in ask.payments or ()} or {ask.method}
    return PlaceOrder(
        ask.channel, ask.lines, reference=ask.reference, customer=ask.customer, discount=ask.discount,
        payment_method=min(ways), collect_at=ask.location,
    )  # fmt: skip


@flow(Sell, needs)
def sell(tx: Tx, ask: Sell) -> dict[str, Any]:
    """Place the order, take the money, hand over the goods; the change to give back."""
    pointer, tenders = _tenders(ask)
    may_discount(tx, ask.lines, ask.discount)
    drawer = drawer_at(tx, ask.till, location=ask.location)
    order, lines = at_hand(*place(tx, _order(ask), ships_too=True))
    owed = order_owed(tx, order)
    paid = take_tenders(tx, owed, tenders, currency=order.currency, drawer=drawer, pointer=pointer)
    if paid.payments:
        order_secured(tx, paid.payments[-1])
    return {**hand_over(tx, order, lines), **paid.told()}


def _tenders(ask: Sell) -> tuple[str, list[Tender]]:
    """How it is paid, and where in the request that is said."""
    if ask.payments is None:
        return "", [Tender(ask.method, None, ask.tendered, ask.terminal_reference)]
    if ask.tendered is not None or ask.terminal_reference:
        raise Invalid.at("/payments", "Say what was handed over with the payment it belongs to.", "one_of")
    return "/payments", ask.payments


def at_hand(order: Order, lines: list[Line]) -> tuple[Order, list[Line]]:
    """Raises NotAtHand: what is sold over the counter lies on the shelf."""
    if any(line.awaited for line in lines):
        raise NotAtHand("Some of it is not on the shelf; place an order for what has to be awaited.")
    return order, lines


def hand_over(tx: Tx, order: Order, lines: list[Line]) -> dict[str, Any]:
    """The customer takes everything along; the order after it, with its parcels and invoice."""
    gone = ship_order(tx, ShipOrder(shown(order, lines)["id"]))
    for parcel in gone["parcels"]:
        deliver(tx, shipping.find(tx, parcel), parcel)
    return {**gone, **shown(orders.find(tx, order.id), orders.lines_of(tx, order.id))}
