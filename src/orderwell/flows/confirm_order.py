"""Confirming a draft: its stock is set aside and it becomes an order, at the prices that were drafted."""

from dataclasses import dataclass
from typing import Any

from ..business import actions as business
from ..catalog.store import SKUS
from ..customers import actions as customers
from ..inventory import actions as inventory
from ..inventory.rules import Promise
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..orders.model import Line
from ..values.fields import Code, Reference
from .invoice_order import invoice_whole
from .ordered_units import named_order
from .place_order import expiry, promise


@dataclass(frozen=True, slots=True)
class ConfirmOrder:
    order: Reference
    channel: Code | None = None


@flow(ConfirmOrder)
def confirm_order(tx: Tx, ask: ConfirmOrder) -> dict[str, Any]:
    """Draft becomes placed: all of its stock is promised or awaited, or it stays a draft."""
    house, today = business.current(tx), business.today(tx)
    order = orders.draft(named_order(tx, ask.order, ask.channel))
    if order.customer_id is not None:
        customers.may_order(customers.kept_under(tx, order.customer_id))
    if order.collect_at is not None:
        inventory.still_open(tx, order.collect_at)
    lines = [line for line in orders.lines_of(tx, order.id) if line.open]
    tx.need(SKUS, [line.sku_id for line in lines])
    skus = [sku for line in lines if (sku := tx.get(SKUS, line.sku_id)) is not None]
    inventory.need(tx, {sku.id for sku in skus if sku.kind == "stocked"})
    for made in promise(tx, lines, skus, house, order.collect_at):
        _set_aside(tx, orders.line_of(tx, order.id, made.line), made)
    order = orders.change_status(
        tx, order, "placed", placed_at=tx.now, placed_on=today, expires_at=expiry(tx, house, order.terms_days)
    )
    announce(
        tx, "order.placed", "order", order.id,
        reference=order.reference, gross=order.gross_minor, currency=order.currency,
    )  # fmt: skip
    if house.invoice_on == "order":
        invoice_whole(tx, order, orders.lines_of(tx, order.id), today)
    return shown(orders.find(tx, order.id), orders.lines_of(tx, order.id))


def _set_aside(tx: Tx, line: Line, made: Promise) -> None:
    at = made.location_id
    if made.promised:
        line = orders.move_units(tx, line, "open", "promised", made.promised, location_id=at)
    if made.awaited:
        line = orders.move_units(tx, line, "open", "awaited", made.awaited, location_id=at)
    orders.allocate_line(tx, line, at, promised=made.promised, awaited=made.awaited)
