"""Goods come back to the till and others go along, in one cart: only the difference is paid, whichever way it goes.

What comes back is received, inspected and credited like any return; what is sold is an order like any sale. The credit
settles the new invoice, the customer pays the rest, or gets back what is left the way it was paid.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from annotated_types import Ge, Le, Len

from ..business import actions as business
from ..customers import actions as customers
from ..kit.errors import Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..orders import actions as orders
from ..orders.model import Line, Order
from ..orders.store import ORDERS
from ..returns import actions as returns
from ..values.fields import MAX_LINES, Code, Quantity, Reference, Text
from ..values.ids import parse, show
from .cash_drawer import Drawer, drawer_at
from .issue_credit_note import OtherCustomer
from .ordered_units import UnitsAsk, named_order
from .pay_back import PaidBack, pay_back
from .place_order import DiscountAsk, LineAsk, PlaceOrder, place
from .place_order import needs as needs_to_place
from .refund_payment import order_credit
from .return_goods import (
    AnnounceReturn,
    InspectedUnits,
    InspectReturn,
    ReceiveReturn,
    announce_return,
    inspect_return,
    receive_return,
)
from .sell_at_till import Tenders, at_hand, hand_over
from .settle_payment import order_owed
from .take_tenders import Tender, Tendered, may_discount, take_tenders

MAX_BACK = 200


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """Units of a line of an earlier order: `order` is its id, or with `channel` its reference, as the receipt says."""

    order: Reference
    line: Annotated[int, Ge(1), Le(MAX_LINES)]
    quantity: Quantity
    outcome: Literal["restock", "scrap"] = "restock"
    channel: Code | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """`returned` comes back to `location`, `lines` are sold from there; without lines it is a return at the till.

    `payments` says how the difference is paid (left out: in cash); what the customer gets back goes the way it came.
    `customer` left out is who bought what comes back.
    """

    channel: Code
    location: Code
    returned: Annotated[list[BroughtBack], Len(1, MAX_BACK)]
    lines: Annotated[list[LineAsk], Len(0, MAX_LINES)] = field(default_factory=list)
    payments: Tenders | None = None
    till: Code | None = None
    reference: Reference | None = None
    customer: Reference | None = None
    discount: DiscountAsk | None = None
    reason: Text = ""


class Credit(NamedTuple):
    """What came back of one order: the return, its credit note, and what of that nothing else asks for."""

    order: Order
    return_id: str
    note: str | None
    amount_minor: int  # to be spent or paid back

    @property
    def note_id(self) -> int | None:
        return parse("credit_note", self.note) if self.note is not None else None


def needs(ask: Exchange) -> list[tuple[Any, Any]]:
    numbers = {parse("order", each.order) for each in ask.returned} - {None}
    earlier: list[tuple[Any, Any]] = [(ORDERS, number) for number in sorted(numbers)]  # type: ignore[type-var]
    return [*earlier, *(needs_to_place(_order(ask, ask.customer)) if ask.lines else [])]


def _order(ask: Exchange, customer: str | None) -> PlaceOrder:
    ways = {tender.method for tender in ask.payments or ()} or {"cash"}
    return PlaceOrder(
        ask.channel, ask.lines, reference=ask.reference, customer=customer, discount=ask.discount,
        payment_method=min(ways), collect_at=ask.location,
    )  # fmt: skip


@flow(Exchange, needs)
def exchange_goods(tx: Tx, ask: Exchange) -> dict[str, Any]:
    """Take goods back and sell others in one go; only the difference is paid."""
    may_discount(tx, ask.lines, ask.discount)
    drawer = drawer_at(tx, ask.till, location=ask.location)
    earlier = _earlier(tx, ask)
    customer = _customer(tx, ask, [order for order, _ in earlier.values()])
    sale = at_hand(*place(tx, _order(ask, customer), ships_too=True)) if ask.lines else None
    credits = [_take_back(tx, ask, order, brought) for order, brought in earlier.values()]
    due = max(0, order_owed(tx, sale[0]).due_minor) if sale is not None else 0
    spent = _spent(credits, due)
    paid = _pay(tx, ask, sale, due - sum(spent), drawer)
    told = _hand_over(tx, sale, credits, spent) if sale is not None else {}
    back = _give_back(tx, ask, credits, spent, drawer)
    return {
        **told, "object": "exchange", "order": told.get("id"), "id": told.get("id") or credits[0].return_id,
        "currency": business.current(tx).currency,
        "returns": [each.return_id for each in credits],
        "credit_notes": [each.note for each in credits if each.note is not None],
        "sold": due, "credited": sum(each.amount_minor for each in credits), **paid.told(),
        "refunds": [each.told() for each in back], "to_pay_back": sum(each.coins for each in back),
        "credit_left": sum(each.amount_minor for each in credits) - sum(spent) - sum(each.amount for each in back),
    }  # fmt: skip


def _earlier(tx: Tx, ask: Exchange) -> dict[int, tuple[Order, list[BroughtBack]]]:
    """What comes back, by the order it was of."""
    found: dict[int, tuple[Order, list[BroughtBack]]] = {}
    for brought in ask.returned:
        order = named_order(tx, brought.order, brought.channel)
        found.setdefault(order.id, (order, []))[1].append(brought)
    return found


def _customer(tx: Tx, ask: Exchange, earlier: Iterable[Order]) -> str | None:
    """Who buys: the one named, else who bought before. Raises OtherCustomer: credit is spent by whom it is of."""
    theirs = {order.customer_id for order in earlier if order.customer_id is not None}
    if len(theirs) > 1:
        raise OtherCustomer("What comes back was bought by different customers; make an exchange for each.")
    if not theirs:
        return ask.customer
    (known,) = theirs
    if ask.customer is not None and customers.find(tx, ask.customer).id != known:
        raise OtherCustomer(Sentence("What comes back was not bought by customer {customer!r}.", customer=ask.customer))
    return show("customer", known)


def _take_back(tx: Tx, ask: Exchange, order: Order, brought: Sequence[BroughtBack]) -> Credit:
    """Units come in and are inspected at once; their credit note, less what the order still owes of it."""
    units: dict[int, Decimal] = {}
    for each in brought:
        units[each.line] = units.get(each.line, Decimal(0)) + each.quantity
    name = show("order", order.id)
    asks = [UnitsAsk(line, quantity) for line, quantity in units.items()]
    return_id = announce_return(tx, AnnounceReturn(name, asks, reason=ask.reason))["id"]
    receive_return(tx, ReceiveReturn(return_id))
    fates = [InspectedUnits(each.line, each.quantity, each.outcome) for each in brought]
    inspected = inspect_return(tx, InspectReturn(return_id, ask.location, fates))
    amount = min(inspected["refund_due"], order_credit(tx, order))
    return Credit(order, return_id, inspected["credit_note"], amount)


def _spent(credits: Sequence[Credit], due_minor: int) -> list[int]:
    """What of each credit pays for what is sold."""
    parts = []
    for credit in credits:
        part = min(credit.amount_minor, due_minor)
        parts.append(part)
        due_minor -= part
    return parts


def _pay(
    tx: Tx, ask: Exchange, sale: tuple[Order, list[Line]] | None, rest_minor: int, drawer: Drawer | None
) -> Tendered:
    """The customer pays what no credit does. Raises Invalid for money where none is due."""
    if sale is None or rest_minor == 0:
        given = [each for each in ask.payments or () if each.amount or each.tendered]
        if given:
            raise Invalid.at("/payments", "Nothing is to be paid: what comes back covers what is sold.")
        return Tendered([], 0, 0)
    owed = order_owed(tx, sale[0])._replace(due_minor=rest_minor)
    tenders = ask.payments or [Tender("cash")]
    return take_tenders(tx, owed, tenders, currency=sale[0].currency, drawer=drawer)


def _hand_over(
    tx: Tx, sale: tuple[Order, list[Line]], credits: Sequence[Credit], spent: Sequence[int]
) -> Mapping[str, Any]:
    """The goods go along and are invoiced; the credit spent settles what of the invoice was not paid."""
    order = orders.find(tx, sale[0].id)
    if order.expires_at is not None:  # all of it is paid, in money or credit
        tx.put(ORDERS, order._replace(expires_at=None))
    told = hand_over(tx, order, sale[1])
    for credit, amount in zip(credits, spent, strict=True):
        if amount and credit.note_id is not None:
            owed = [item for item in ledger.open_of_order(tx, order.id) if item.open_minor > 0]
            ledger.set_off(tx, [*owed, *ledger.items_of_document(tx, credit.note_id)], most=amount)
            returns.spend_credit(tx, source_id=credit.order.id, target_id=order.id, amount_minor=amount)
    announce(
        tx, "order.exchanged", "order", order.id, currency=order.currency, credit=sum(spent),
        returns=[each.return_id for each in credits],
    )  # fmt: skip
    return told


def _give_back(
    tx: Tx, ask: Exchange, credits: Sequence[Credit], spent: Sequence[int], drawer: Drawer | None
) -> list[PaidBack]:
    """What nothing was bought for is paid back, the way it was paid."""
    back: list[PaidBack] = []
    for credit, part in zip(credits, spent, strict=True):
        left = credit.amount_minor - part
        if left and credit.note_id is not None:
            back += pay_back(tx, credit.order, left, credit.note_id, reason=ask.reason, drawer=drawer)
    return back
