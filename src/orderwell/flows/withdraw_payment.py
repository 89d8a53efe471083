"""A payment that was begun and should not be paid any more: its provider is asked to close it.

A provider may be too late to close what is being paid this moment: then the money is there, and a surplus is proposed
to be given back (`paid_order`).
"""

from ..kit.events import announce
from ..kit.jobs import later
from ..kit.picture import Tx
from ..orders.model import Order
from ..payments import actions as payments
from ..payments.model import Payment
from ..payments.rules import begun, queue_of
from ..values.ids import show


def withdraw_surplus(tx: Tx, order: Order, room_minor: int, *, but: Payment | None = None) -> list[Payment]:
    """Of an order's payments that were begun and not paid, those that no longer fit into `room_minor`, the latest first
    (`but` that one). Asked for twice it is done once."""
    unpaid = [each for each in payments.of_order(tx, order.id) if begun(each) and each != but]
    total, withdrawn = sum(each.amount_minor for each in unpaid), []
    for payment in sorted(unpaid, key=lambda each: -each.id):
        if total <= room_minor:
            break
        total -= payment.amount_minor
        later(
            tx, "provider.cancel", {"payment": show("payment", payment.id)}, subject_id=payment.id,
            queue=queue_of(payment.provider), in_order=payment.id,
        )  # fmt: skip
        announce(tx, "payment.cancel_asked", "payment", payment.id, order=show("order", order.id))
        withdrawn.append(payment)
    return withdrawn
