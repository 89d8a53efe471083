"""Money goes back: of one payment, or what an order was paid too much. Cash at once, a provider's when it says so."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..business import actions as business
from ..channels.store import CHANNEL_BY_CODE
from ..kit.errors import Conflict
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..kit.writer import flow
from ..orders.model import Order
from ..payments import actions as payments
from ..payments.answers import shown, shown_instruction
from ..payments.model import Instruction, Payment
from ..payments.rules import RefundTooLarge, asked, cash_part, check_instruction, fact, refundable
from ..payments.store import INSTRUCTIONS_OF, PAYMENT_INSTRUCTIONS, PAYMENTS
from ..values.fields import Code, Minor, Reference, Text
from ..values.ids import show
from ..values.money import decimal_text
from .capture_payment import send_instruction
from .cash_drawer import Drawer, drawer_at, paid_in_drawer
from .ordered_units import named_order
from .settle_payment import book_refund, order_owed


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    title = "Nothing is left to be refunded"


class NotProposed(Conflict):
    code = "refund_not_proposed"
    title = "This refund was decided before"


@dataclass(frozen=True, slots=True)
class RefundPayment:
    """`amount` left out is all that was captured and not refunded. Cash paid out at a `till` comes from its drawer."""

    payment: Reference
    amount: Minor | None = None
    reason: Text = ""
    till: Code | None = None


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """`amount` left out is the order's credit: what was paid and no invoice or coming delivery asks for.

    It goes back the way it came, the latest payment first. Cash paid out at a `till` comes from its drawer.
    """

    order: Reference
    channel: Code | None = None
    amount: Minor | None = None
    reason: Text = ""
    till: Code | None = None


@dataclass(frozen=True, slots=True)
class ApproveRefund:
    """Cash paid out at a `till` comes from its drawer."""

    refund: Reference
    till: Code | None = None


@dataclass(frozen=True, slots=True)
class DropRefund:
    """The proposed refund is not made: the money stays as the customer's credit."""

    refund: Reference


@flow(RefundPayment)
def refund_payment(tx: Tx, ask: RefundPayment) -> dict[str, Any]:
    payment = payments.find(tx, ask.payment)
    amount = refundable(payment, payments.instructions_of(tx, payment.id)) if ask.amount is None else ask.amount
    if ask.amount is None and amount <= 0:
        raise NothingToRefund("All that was captured of this payment is refunded already, or about to be.")
    row = give_back(tx, payment, amount, reason=ask.reason, drawer=drawer_at(tx, ask.till))
    return {**shown(payments.again(tx, payment)), "refund": shown_instruction(row)}


def needs(ask: RefundOrder) -> list[tuple[Any, Any]]:
    return [(CHANNEL_BY_CODE, ask.channel)] if ask.channel is not None else []


@flow(RefundOrder, needs)
def refund_order(tx: Tx, ask: RefundOrder) -> dict[str, Any]:
    order = named_order(tx, ask.order, ask.channel)
    amount = order_credit(tx, order) if ask.amount is None else ask.amount
    if amount <= 0:
        raise NothingToRefund(
            Sentence(
                "Order {order!r} was not paid more than it costs, or that is on its way back.", order=order.reference
            )
        )
    rows = refund_from_order(tx, order, amount, reason=ask.reason, drawer=drawer_at(tx, ask.till))
    return {
        "object": "order_refund", "order": show("order", order.id), "currency": order.currency, "amount": amount,
        "refunds": [shown_instruction(row) for row in rows],
    }  # fmt: skip


@flow(ApproveRefund)
def approve_refund(tx: Tx, ask: ApproveRefund) -> dict[str, Any]:
    row = _proposed(payments.instruction(tx, ask.refund))
    payment = tx.get(PAYMENTS, row.payment_id)
    assert payment is not None
    check_instruction(payment, payments.instructions_of(tx, payment.id), "refund", row.amount_minor)
    drawer = drawer_at(tx, ask.till)
    row = tx.put(PAYMENT_INSTRUCTIONS, row._replace(state="asked"))
    return shown_instruction(_pay_back(tx, payments.again(tx, payment), row, drawer))


@flow(DropRefund)
def drop_refund(tx: Tx, ask: DropRefund) -> dict[str, Any]:
    row = payments.settle_instruction(tx, _proposed(payments.instruction(tx, ask.refund)), "dropped")
    announce(tx, "payment.refund_dropped", "payment", row.payment_id, amount=row.amount_minor)
    return shown_instruction(row)


def order_credit(tx: Tx, order: Order) -> int:
    """What the customer has paid for an order that nothing asks for: overpaid, cancelled, or credited after returns.

    Without what is on its way back already: a provider takes its time, and nobody is paid back twice meanwhile.
    """
    paid = payments.of_order(tx, order.id)
    tx.need(INSTRUCTIONS_OF, [each.id for each in paid])
    going = sum(asked(payments.instructions_of(tx, each.id), "refund") for each in paid)
    return max(0, -order_owed(tx, order).due_minor - going)


def refund_from_order(
    tx: Tx, order: Order, amount_minor: int, *, reason: str = "", drawer: Drawer | None = None
) -> list[Instruction]:
    """Refund an amount from an order's payments, the latest first. Raises RefundTooLarge: all of it or none."""
    sources = refund_sources(tx, order)
    whole = sum(room for _, room in sources)
    if amount_minor > whole:
        amount, left = decimal_text(amount_minor, order.currency), decimal_text(whole, order.currency)
        raise RefundTooLarge(
            Sentence(
                "{amount} was to be refunded, {left} is captured and not refunded yet.",
                amount=Decimal(amount),
                left=Decimal(left),
            ),
            left=left,
        )
    rows = []
    for payment, room in sources:
        taken = min(amount_minor, room)
        if taken > 0:
            rows.append(give_back(tx, payment, taken, reason=reason, drawer=drawer))
            amount_minor -= taken
    return rows


def refund_sources(tx: Tx, order: Order) -> list[tuple[Payment, int]]:
    """An order's payments, the latest first, with what of each may be refunded."""
    latest_first = sorted(payments.of_order(tx, order.id), key=lambda each: -each.id)
    tx.need(INSTRUCTIONS_OF, [each.id for each in latest_first])
    return [(each, refundable(each, payments.instructions_of(tx, each.id))) for each in latest_first]


def coins_back(tx: Tx, payment: Payment, amount_minor: int) -> int:
    """What is handed over for the next part that is refunded: cash was rounded when it was paid, and is so again."""
    if payment.method != "cash":
        return amount_minor
    coin = business.current(tx).cash_rounding_minor
    return cash_part(amount_minor, before=payment.refunded_minor, coin_minor=coin, currency=payment.currency)


def give_back(
    tx: Tx, payment: Payment, amount_minor: int, *, reason: str = "", drawer: Drawer | None = None
) -> Instruction:
    """Refund part of a payment the way it came: asked of its provider, or paid out at once."""
    row = payments.instruct(tx, payment, "refund", amount_minor, reason=reason)
    return _pay_back(tx, payments.again(tx, payment), row, drawer)


def _pay_back(tx: Tx, payment: Payment, row: Instruction, drawer: Drawer | None) -> Instruction:
    if payment.provider:
        send_instruction(tx, payment, row)
        return row
    coins = coins_back(tx, payment, row.amount_minor)
    payment = payments.move(tx, payment, "refund", row.amount_minor, fact("refunded", show("refund", row.id)))
    row = payments.settle_instruction(tx, row, "done")
    book_refund(tx, payment, row.id, row.amount_minor, rounding_minor=row.amount_minor - coins, day=business.today(tx))
    paid_in_drawer(
        tx, drawer, "refund", -coins, method=payment.method, currency=payment.currency, document_id=row.id
    )  # fmt: skip
    announce(
        tx, "payment.refunded", "payment", payment.id, amount=row.amount_minor, currency=payment.currency,
        order=show("order", payment.order_id) if payment.order_id is not None else None,
    )  # fmt: skip
    return row


def _proposed(row: Instruction) -> Instruction:
    if row.state != "proposed":
        raise NotProposed(Sentence("This refund is {state}.", state=word(row.state)))
    return row
