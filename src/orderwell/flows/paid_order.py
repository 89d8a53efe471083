"""An order's money is in, or sure: what that does to the order, whatever state it was in when the money came."""

from ..customers.actions import CustomerBlocked
from ..inventory.actions import LocationClosed
from ..inventory.rules import OutOfStock
from ..kit.events import announce
from ..kit.picture import Tx
from ..orders import actions as orders
from ..orders.model import Order
from ..orders.store import EXPIRED_OF, ORDERS
from ..payments import actions as payments
from ..payments.model import Payment
from ..payments.rules import asked, begun, not_captured, secured
from ..payments.store import INSTRUCTIONS_OF
from ..values.ids import show
from .capture_payment import let_go
from .confirm_order import ConfirmOrder, confirm_order
from .propose_refund import drop_proposals, propose_credit, propose_payment
from .reinstate_order import promises_for, take_units_back, worth
from .settle_payment import order_owed
from .withdraw_payment import withdraw_surplus


def order_secured(tx: Tx, payment: Payment) -> None:
    """More was paid or authorised for an order. Fully paid, a draft becomes an order, an order no longer expires, and
    one that had expired comes back if its goods are still there. What else was begun for it is closed."""
    if payment.order_id is None:
        return
    order = orders.find(tx, payment.order_id)
    held = secured(payments.of_order(tx, order.id))
    if order.status == "cancelled":
        _too_late(tx, order, payment, held)
        return
    _close_begun(tx, order)
    if held >= order.gross_minor and (order.status == "placed" or _confirmed(tx, order, payment)):
        order = orders.find(tx, order.id)
        if order.expires_at is not None:
            tx.put(ORDERS, order._replace(expires_at=None))
        announce(tx, "order.paid", "order", order.id, held=held, currency=order.currency)
        if payment.provider:
            _give_up_surplus(tx, order, payment)


def _close_begun(tx: Tx, order: Order) -> None:
    """Payments that were begun, and are more than is left to be paid by now, should not be paid as well."""
    paid = payments.of_order(tx, order.id)
    if any(begun(each) for each in paid):
        withdraw_surplus(tx, order, order_owed(tx, order).due_minor - not_captured(paid))


def _give_up_surplus(tx: Tx, order: Order, payment: Payment) -> None:
    """Paid twice at the provider, where nobody of ours was looking: what is authorised in vain is let go of, what was
    taken in vain is proposed to be given back. (What a clerk takes too much of is the customer's credit.)"""
    let_go(tx, order)
    why = f"with {show('payment', payment.id)} that was more than it costs"
    propose_credit(tx, order, "overpaid", show("payment", payment.id), why)


def _confirmed(tx: Tx, order: Order, payment: Payment) -> bool:
    """Confirm a draft; all that can refuse it does so before anything is written."""
    try:
        confirm_order(tx, ConfirmOrder(show("order", order.id)))
    except (OutOfStock, CustomerBlocked, LocationClosed) as refusal:
        propose_payment(tx, order, payment, f"it was paid as a draft and cannot be confirmed: {refusal.detail}")
        return False
    return True


def _too_late(tx: Tx, order: Order, payment: Payment, held: int) -> None:
    if order.expires_at is None:
        propose_payment(tx, order, payment, "it was cancelled before it was paid")
    elif not _reinstate(tx, order, held):
        propose_payment(tx, order, payment, "it had expired, and cannot be taken back as it was")


def _reinstate(tx: Tx, order: Order, held: int) -> bool:
    """Take an expired order back if it is paid whole and all its goods can be promised again; whether it was.

    What comes back is what the expiry took: units that had been cancelled before stay cancelled.
    """
    units = {each.line: each.quantity for each in tx.rows(EXPIRED_OF, order.id)}
    lines = {line.n: line for line in orders.lines_of(tx, order.id) if line.n in units}
    net, tax = worth(lines, units, order.basis)
    if held - _going_back(tx, order) < net + tax or any(line.invoiced for line in lines.values()):
        return False
    try:
        promises = promises_for(tx, order, lines, units)
    except (OutOfStock, LocationClosed):
        return False
    take_units_back(tx, lines, units, promises)
    order = orders.reinstate(tx, orders.find(tx, order.id), net_minor=net, tax_minor=tax)
    announce(tx, "order.reinstated", "order", order.id, held=held, currency=order.currency)
    drop_proposals(tx, order, "the order was paid whole and taken back")
    return True


def _going_back(tx: Tx, order: Order) -> int:
    """What the provider has been asked to give back, and has not told of yet."""
    paid = payments.of_order(tx, order.id)
    tx.need(INSTRUCTIONS_OF, [each.id for each in paid])
    return sum(asked(payments.instructions_of(tx, each.id), "refund") for each in paid)
