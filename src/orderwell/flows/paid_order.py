"""An order's money is in, or sure: what that does to the order, whatever state it was in when the money came."""

from ..business import actions as business
from ..catalog.store import SKUS
from ..customers.actions import CustomerBlocked
from ..inventory import actions as inventory
from ..inventory.actions import LocationClosed
from ..inventory.rules import OutOfStock, Promise
from ..kit.events import announce
from ..kit.picture import Tx
from ..orders import actions as orders
from ..orders.model import Line, Order
from ..orders.store import ORDERS
from ..payments import actions as payments
from ..payments.model import Payment
from ..payments.rules import refundable, secured
from ..tasks import actions as tasks
from ..values.ids import show
from ..values.money import decimal_text
from .confirm_order import ConfirmOrder, confirm_order
from .place_order import promise


def order_secured(tx: Tx, payment: Payment) -> None:
    """More was paid or authorised for an order. Fully paid, a draft becomes an order, an order no longer expires, and
    one that had expired comes back if its goods are still there."""
    if payment.order_id is None:
        return
    order = orders.find(tx, payment.order_id)
    held = secured(payments.of_order(tx, order.id))
    if order.status == "cancelled":
        _too_late(tx, order, payment, held)
    elif held >= order.gross_minor and (order.status == "placed" or _confirmed(tx, order, payment)):
        order = orders.find(tx, order.id)
        if order.expires_at is not None:
            tx.put(ORDERS, order._replace(expires_at=None))
        announce(tx, "order.paid", "order", order.id, held=held, currency=order.currency)


def _confirmed(tx: Tx, order: Order, payment: Payment) -> bool:
    """Confirm a draft; all that can refuse it does so before anything is written."""
    try:
        confirm_order(tx, ConfirmOrder(show("order", order.id)))
    except (OutOfStock, CustomerBlocked, LocationClosed) as refusal:
        _propose_refund(tx, order, payment, f"it was paid as a draft and cannot be confirmed: {refusal.detail}")
        return False
    return True


def _too_late(tx: Tx, order: Order, payment: Payment, held: int) -> None:
    if order.expires_at is None:
        _propose_refund(tx, order, payment, "it was cancelled before it was paid")
    elif not _reinstate(tx, order, held):
        _propose_refund(tx, order, payment, "it had expired, and cannot be taken back as it was")


def _propose_refund(tx: Tx, order: Order, payment: Payment, why: str) -> None:
    """The money is ours to give back; a person decides. Authorised money is only named: it has not been taken."""
    payment = payments.again(tx, payment)
    instructions = payments.instructions_of(tx, payment.id)
    proposed = sum(row.amount_minor for row in instructions if row.kind == "refund" and row.state == "proposed")
    amount = refundable(payment, instructions) - proposed
    if amount > 0:
        payments.instruct(tx, payment, "refund", amount, reason=f"order {order.reference}: {why}", state="proposed")
    detail = (
        f"Payment {show('payment', payment.id)} of {decimal_text(payment.amount_minor, payment.currency)}"
        f" {payment.currency} came for order {order.reference!r}, but {why}. Approve the refund that is proposed,"
        " void what is only authorised, or make a new order and keep the money as credit."
    )
    tasks.open_task(tx, "late_payment", "payment", payment.id, show("payment", payment.id), detail)


def _reinstate(tx: Tx, order: Order, held: int) -> bool:
    """Take an expired order back if it is paid whole and all its goods can be promised again; whether it was."""
    lines = orders.lines_of(tx, order.id)
    net, tax = sum(line.net_minor for line in lines), sum(line.tax_minor for line in lines)
    if held < net + tax or any(line.cancelled != line.quantity or line.invoiced for line in lines):
        return False
    tx.need(SKUS, [line.sku_id for line in lines])
    skus = [sku for line in lines if (sku := tx.get(SKUS, line.sku_id)) is not None]
    inventory.need(tx, {sku.id for sku in skus if sku.kind == "stocked"})
    house = business.current(tx)
    try:
        if order.collect_at is not None:
            inventory.still_open(tx, order.collect_at)
        wanted = [line._replace(open=line.cancelled, cancelled=0) for line in lines]
        promises = promise(tx, wanted, skus, house, order.collect_at)
    except (OutOfStock, LocationClosed):  # raised before anything is written
        return False
    for line in lines:
        if line.kind != "stocked":
            orders.move_units(tx, line, "cancelled", "open", line.cancelled)
    for made in promises:
        _set_aside(tx, orders.line_of(tx, order.id, made.line), made)
    orders.reinstate(tx, orders.find(tx, order.id), net_minor=net, tax_minor=tax)
    announce(tx, "order.reinstated", "order", order.id, held=held, currency=order.currency)
    return True


def _set_aside(tx: Tx, line: Line, made: Promise) -> None:
    at = made.location_id
    for place, units in (("promised", made.promised), ("awaited", made.awaited)):
        if units:
            line = orders.move_units(tx, line, "cancelled", place, units, location_id=at)
    orders.allocate_line(tx, line, at, promised=made.promised, awaited=made.awaited)
