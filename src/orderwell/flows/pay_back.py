"""An order's credit is paid back at the till the way it came: from its own payments, then from those of earlier orders
whose credit had paid for it in an exchange."""

from typing import Any, NamedTuple

from ..kit.picture import Tx
from ..ledger import actions as ledger
from ..orders import actions as orders
from ..orders.model import Order
from ..payments.model import Instruction, Payment
from ..returns import actions as returns
from ..values.ids import show
from .cash_drawer import Drawer
from .refund_payment import coins_back, give_back, refund_sources


class PaidBack(NamedTuple):
    """A refund, and what of it was handed over (cash in whole coins) or goes back through the terminal or provider."""

    payment: Payment
    refund: Instruction
    amount: int
    coins: int

    def told(self) -> dict[str, Any]:
        return {
            "refund": show("refund", self.refund.id), "payment": show("payment", self.payment.id),
            "method": self.payment.method, "state": self.refund.state, "amount": self.amount, "to_pay_back": self.coins,
        }  # fmt: skip


def pay_back(
    tx: Tx, order: Order, amount_minor: int, note_id: int, *, reason: str, drawer: Drawer | None
) -> list[PaidBack]:
    """Refund up to an amount of what a credit note of this order gave; what was not paid in money stays as credit."""
    back = _gather(tx, order, amount_minor, reason=reason, drawer=drawer)
    elsewhere = [each for each in back if each.payment.order_id != order.id]
    owed = [item for each in elsewhere for item in ledger.items_of_document(tx, each.refund.id)]
    if owed:
        credit = ledger.items_of_document(tx, note_id)
        ledger.set_off(tx, [*owed, *credit], most=sum(each.amount for each in elsewhere))
    return back


def _gather(
    tx: Tx, order: Order, amount_minor: int, *, reason: str, drawer: Drawer | None, provider_too: bool = True
) -> list[PaidBack]:
    """Refunds of the order's own payments, then of those that paid for it through an exchange, and so on back."""
    back = []
    for payment, room in refund_sources(tx, order):
        taken = min(amount_minor, room)
        if taken > 0 and (provider_too or not payment.provider):
            coins = coins_back(tx, payment, taken)
            row = give_back(tx, payment, taken, reason=reason, drawer=drawer)
            back.append(PaidBack(payment, row, taken, coins))
            amount_minor -= taken
    for source_id, spent in returns.credit_spent_on(tx, order.id).items():
        part = min(amount_minor, spent)
        if part > 0:
            # A provider answers when the credit here would be long settled: what it was paid stays as credit.
            earlier = orders.find(tx, source_id)
            more = _gather(tx, earlier, part, reason=reason, drawer=drawer, provider_too=False)
            amount = sum(each.amount for each in more)
            returns.spend_credit(tx, source_id=source_id, target_id=order.id, amount_minor=-amount)
            amount_minor -= amount
            back += more
    return back
