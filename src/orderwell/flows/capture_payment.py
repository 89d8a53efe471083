"""Taking, or letting go of, what a customer has authorised: by hand, or for each parcel as it leaves."""

from dataclasses import dataclass
from typing import Any

from ..business import actions as business
from ..kit.errors import Invalid
from ..kit.events import announce
from ..kit.jobs import later
from ..kit.picture import Tx
from ..kit.writer import flow
from ..orders.model import Order
from ..payments import actions as payments
from ..payments.answers import shown, shown_instruction
from ..payments.model import PROVIDER_METHODS, Instruction, Payment
from ..payments.rules import NothingToVoid, asked, capturable, queue_of
from ..values.fields import Minor, Reference, Text
from ..values.ids import show
from .settle_payment import order_owed


@dataclass(frozen=True, slots=True)
class CapturePayment:
    """`amount` left out is all that is authorised and not captured yet."""

    payment: Reference
    amount: Minor | None = None


@dataclass(frozen=True, slots=True)
class VoidPayment:
    """Let go of all that is authorised and not captured."""

    payment: Reference
    reason: Text = ""


@flow(CapturePayment)
def capture_payment(tx: Tx, ask: CapturePayment) -> dict[str, Any]:
    payment = _with_provider(payments.find(tx, ask.payment))
    amount = capturable(payment, payments.instructions_of(tx, payment.id)) if ask.amount is None else ask.amount
    row = order_provider(tx, payment, "capture", amount)
    return {**shown(payments.again(tx, payment)), "capture": shown_instruction(row)}


@flow(VoidPayment)
def void_payment(tx: Tx, ask: VoidPayment) -> dict[str, Any]:
    payment = _with_provider(payments.find(tx, ask.payment))
    left = capturable(payment, payments.instructions_of(tx, payment.id))
    if left <= 0:
        raise NothingToVoid("Nothing of this payment is authorised and not captured yet.")
    row = order_provider(tx, payment, "void", left, reason=ask.reason)
    return {**shown(payments.again(tx, payment)), "void": shown_instruction(row)}


def capture_for_parcel(tx: Tx, order: Order, amount_minor: int | None) -> int:
    """A parcel leaves: capture what it was invoiced at from what the customer has authorised; how much was asked for.

    With None, where everything was invoiced with the order, all that is authorised.
    """
    if order.payment_method not in PROVIDER_METHODS:  # nothing was ever begun at a provider
        return 0
    if amount_minor is None and business.current(tx).invoice_on != "order":
        return 0
    total = 0
    for payment in payments.of_order(tx, order.id):
        room = capturable(payment, payments.instructions_of(tx, payment.id)) if payment.provider else 0
        take = room if amount_minor is None else min(room, amount_minor - total)
        if take > 0:
            order_provider(tx, payment, "capture", take, reason="a parcel has left")
            total += take
    return total


def let_go(tx: Tx, order: Order) -> int:
    """An order amounts to less: void what is authorised for it and will not be captured; how much was asked for."""
    if order.payment_method not in PROVIDER_METHODS:  # nothing was ever begun at a provider
        return 0
    total, needed = 0, order_owed(tx, order).due_minor
    with_provider = [payment for payment in payments.of_order(tx, order.id) if payment.provider]
    for payment in with_provider:
        needed -= asked(payments.instructions_of(tx, payment.id), "capture")
    for payment in with_provider:
        room = capturable(payment, payments.instructions_of(tx, payment.id))
        kept = min(room, max(0, needed))
        needed -= kept
        if room > kept:
            order_provider(tx, payment, "void", room - kept, reason="the order amounts to less")
            total += room - kept
    return total


def order_provider(tx: Tx, payment: Payment, kind: str, amount_minor: int, *, reason: str = "") -> Instruction:
    """Ask the provider for a capture, void or refund. Its id is the key: the provider does it once."""
    row = payments.instruct(tx, payment, kind, amount_minor, reason=reason)
    send_instruction(tx, payment, row)
    return row


def send_instruction(tx: Tx, payment: Payment, row: Instruction) -> None:
    later(
        tx, "provider.instruct", {"payment": show("payment", payment.id), row.kind: show(row.kind, row.id)},
        subject_id=payment.id, queue=queue_of(payment.provider), in_order=payment.id,
    )  # fmt: skip
    announce(tx, f"payment.{row.kind}_asked", "payment", payment.id, amount=row.amount_minor, currency=payment.currency)


def _with_provider(payment: Payment) -> Payment:
    if not payment.provider:
        raise Invalid.at("/payment", "Only what was authorised at a provider is captured or voided.", "no_provider")
    return payment
