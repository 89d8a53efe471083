"""Orders that were not paid in time are cancelled, and their stock goes to whoever wants it now."""

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..kit.errors import Refused
from ..kit.events import announce
from ..kit.jobs import Work, handler
from ..kit.log import log
from ..kit.picture import Tx
from ..kit.schedules import recurring
from ..kit.writer import flow
from ..ledger.store import OPEN_OF_ORDER
from ..orders import actions as orders
from ..orders.model import ExpiredUnits, Line, Order
from ..orders.queries import expired
from ..orders.store import EXPIRED_UNITS, LINES_OF, ORDERS
from ..values.fields import Reference
from ..values.ids import show
from .cancel_order import cancel_units
from .propose_refund import propose_credit
from .settle_payment import order_owed

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class ExpireOrders:
    """Orders whose time may be over; each is looked at again, for it may have been paid a moment ago."""

    orders: Annotated[list[Reference], Len(1, AT_ONCE)]


@flow(ExpireOrders)
def expire_orders(tx: Tx, ask: ExpireOrders) -> dict[str, Any]:
    """Cancel what is unpaid past its time. What is paid, or has left, no longer expires and is told apart.

    What was paid of an order that expires is not kept in silence: its refund is proposed, as for a payment too late.
    """
    due = [order for name in dict.fromkeys(ask.orders) if _is_due(tx, order := orders.find_named(tx, name))]
    for group in (LINES_OF, OPEN_OF_ORDER):
        tx.need(group, [order.id for order in due])
    cancelled, kept = [], []
    gone: list[tuple[int, int, int]] = []
    for order in due:
        lines = {line.n: line for line in orders.lines_of(tx, order.id)}
        if _has_left(lines.values()) or order_owed(tx, order).due_minor <= 0:
            tx.put(ORDERS, order._replace(expires_at=None))
            announce(tx, "order.kept", "order", order.id)
            kept.append(show("order", order.id))
        else:
            gone += [(order.id, n, units) for n, units in _expire(tx, order, lines).items()]
            cancelled.append(show("order", order.id))
    for n, (order_id, line, units) in enumerate(gone):
        tx.add(EXPIRED_UNITS, ExpiredUnits(tx.cause, n, order_id, line, units))
    return {"object": "expiry", "cancelled": cancelled, "kept": kept}


def _expire(tx: Tx, order: Order, lines: dict[int, Line]) -> dict[int, int]:
    """Cancel an order for good unless it is paid yet; the units it loses, by line."""
    wanted = {n: left for n, line in lines.items() if (left := line.quantity - line.cancelled)}
    announce(tx, "order.expired", "order", order.id)
    cancel_units(tx, order, lines, wanted, reason="not paid in time")
    order = tx.put(ORDERS, orders.find(tx, order.id)._replace(expires_at=order.expires_at))  # it may be paid yet
    if order_owed(tx, order).due_minor < 0:
        why = "it was not paid whole in time and has expired"
        propose_credit(tx, order, "expired_partly_paid", show("order", order.id), why)
    return wanted


def _is_due(tx: Tx, order: Order) -> bool:
    return order.status == "placed" and order.expires_at is not None and order.expires_at <= tx.now


def _has_left(lines: Any) -> bool:
    return any(line.shipped + line.delivered + line.returned for line in lines)


@handler("orders.expire")
def expire_due(work: Work) -> None:
    """Look for orders past their time and hand them to the flow, some at a time, until none are left."""
    after = 0
    while True:
        with work.database.reading() as connection:
            found = expired(connection, work.clock.now(), after=after, limit=AT_ONCE)
        if not found:
            return
        names = [show("order", each) for each in found]
        try:
            work.ask(ExpireOrders(names))
        except Refused:  # one of them cannot be cancelled as things stand: it must not hold up the others
            _one_by_one(work, names)
        after = found[-1]


def _one_by_one(work: Work, names: list[str]) -> None:
    for name in names:
        try:
            work.ask(ExpireOrders([name]))
        except Refused as refusal:
            log.warning("order.not_expired", order=name, code=refusal.code, detail=refusal.detail)


recurring("orders.expire", every_seconds=60)
