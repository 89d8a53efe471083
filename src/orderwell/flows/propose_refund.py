"""Money that nothing asks for: giving it back is proposed and somebody is told. A person decides."""

from ..kit.events import announce
from ..kit.picture import Tx
from ..orders.model import Order
from ..payments import actions as payments
from ..payments.model import Payment
from ..payments.rules import proposed, refundable
from ..payments.store import INSTRUCTIONS_OF
from ..tasks import actions as tasks
from ..tasks.store import TASK_BY_KEY
from ..values.ids import show
from ..values.money import decimal_text
from .refund_payment import order_credit


def propose_payment(tx: Tx, order: Order, payment: Payment, why: str) -> None:
    """All of a payment that came when its order could not take it. Authorised money is only named: it has not been
    taken."""
    payment = payments.again(tx, payment)
    instructions = payments.instructions_of(tx, payment.id)
    amount = refundable(payment, instructions) - proposed(instructions)
    if amount > 0:
        payments.instruct(tx, payment, "refund", amount, reason=f"order {order.reference}: {why}", state="proposed")
    detail = (
        f"Payment {show('payment', payment.id)} of {decimal_text(payment.amount_minor, payment.currency)}"
        f" {payment.currency} came for order {order.reference!r}, but {why}. Approve the refund that is proposed,"
        " void what is only authorised, or make a new order and keep the money as credit."
    )
    tasks.open_task(tx, "late_payment", "payment", payment.id, show("payment", payment.id), detail)


def propose_credit(tx: Tx, order: Order, kind: str, key: str, why: str) -> int:
    """What was paid for an order that nothing asks for any more, from its payments, the latest first; how much is newly
    proposed. The task of this `kind` is the one under `key`."""
    credit = order_credit(tx, order)
    if credit <= 0:
        return 0
    latest_first = sorted(payments.of_order(tx, order.id), key=lambda each: -each.id)
    left = credit - sum(proposed(payments.instructions_of(tx, each.id)) for each in latest_first)
    total = max(0, left)
    for payment in latest_first:
        instructions = payments.instructions_of(tx, payment.id)
        part = min(left, refundable(payment, instructions) - proposed(instructions))
        if part > 0:
            payments.instruct(tx, payment, "refund", part, reason=f"order {order.reference}: {why}", state="proposed")
            left -= part
    if total > 0:
        amount = decimal_text(total, order.currency)
        detail = (
            f"{amount} {order.currency} was paid for order {order.reference!r}, but {why}. Approve the refund that is"
            " proposed, or drop it and keep the money as the customer's credit."
        )
        tasks.open_task(tx, kind, "order", order.id, key, detail)
        announce(tx, "order.refund_proposed", "order", order.id, amount=total, currency=order.currency)
    return total


def drop_proposals(tx: Tx, order: Order, note: str) -> None:
    """The order takes its money after all: nothing of it is given back, and nobody has to decide."""
    paid = payments.of_order(tx, order.id)
    tx.need(INSTRUCTIONS_OF, [each.id for each in paid])
    for payment in paid:
        for row in payments.instructions_of(tx, payment.id):
            if row.kind == "refund" and row.state == "proposed":
                payments.settle_instruction(tx, row, "dropped")
                announce(tx, "payment.refund_dropped", "payment", payment.id, amount=row.amount_minor)
    keys = [f"expired_partly_paid/{show('order', order.id)}"]
    keys += [f"late_payment/{show('payment', each.id)}" for each in paid]
    tx.need(TASK_BY_KEY, keys)
    for key in keys:
        task = tx.one(TASK_BY_KEY, key)
        if task is not None and task.status == "open":
            tasks.close(tx, task, note)
