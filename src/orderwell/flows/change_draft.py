"""Changing a draft: what it holds from now on, priced anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..business import actions as business
from ..catalog import actions as catalog
from ..catalog.model import Sku
from ..channels.store import CHANNELS
from ..customers import actions as customers
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..orders.model import NEW, Line
from ..orders.rules import Priced
from ..orders.store import LINES, ORDERS
from ..values.fields import MAX_LINES, Code, Reference
from .ordered_units import named_order
from .price_lines import DiscountAsk, LineAsk, new_line, price_lines


@dataclass(frozen=True, slots=True)
class ChangeDraft:
    """`lines` and `discount` are all that the draft holds from now on.

    A line that stays the same in SKU and quantity keeps its number; others are cancelled, and new ones follow.
    """

    order: Reference
    lines: Annotated[list[LineAsk], Len(1, MAX_LINES)]
    channel: Code | None = None
    discount: DiscountAsk | None = None


@flow(ChangeDraft)
def change_draft(tx: Tx, ask: ChangeDraft) -> dict[str, Any]:
    house, today = business.current(tx), business.today(tx)
    order = orders.draft(named_order(tx, ask.order, ask.channel))
    channel = tx.get(CHANNELS, order.channel_id)
    assert channel is not None, "an order has a channel"
    customer = customers.kept_under(tx, order.customer_id) if order.customer_id is not None else None
    found = catalog.skus_by_code(tx, [line.sku for line in ask.lines])
    skus = [found[line.sku] for line in ask.lines]
    priced, total = price_lines(
        tx, ask.lines, skus, ask.discount, house, channel, basis=order.basis, day=today, customer=customer
    )  # fmt: skip

    there = orders.lines_of(tx, order.id)
    numbers = _numbers(there, skus, priced)
    for line in there:
        if line.open and line.n not in numbers:
            orders.move_units(tx, line, "open", "cancelled", line.open)
    for n, each, sku, price, amount in zip(numbers, ask.lines, skus, priced, total.lines, strict=True):
        line = new_line(order.id, n, sku, each, price, amount)
        if tx.get(LINES, (order.id, n)) is not None:
            tx.put(LINES, line)
        else:
            tx.add(LINES, line)
            orders.record_units(tx, line, NEW, "open", line.quantity)
    net, tax = sum(each.net_minor for each in total.lines), sum(each.tax_minor for each in total.lines)
    tx.put(
        ORDERS,
        order._replace(net_minor=net, tax_minor=tax, gross_minor=net + tax, discount_minor=total.discount_minor),
    )
    announce(tx, "order.draft_changed", "order", order.id, lines=len(ask.lines), gross=net + tax)
    return shown(orders.find(tx, order.id), orders.lines_of(tx, order.id))


def _numbers(there: Sequence[Line], skus: Sequence[Sku], priced: Sequence[Priced]) -> list[int]:
    """The line number of each line from now on: that of a line of the same SKU and quantity, else the next free one."""
    free = [line for line in there if line.open == line.quantity]  # of another, some units are cancelled for good
    following = len(there)
    numbers = []
    for sku, price in zip(skus, priced, strict=True):
        same = next((line for line in free if (line.sku_id, line.quantity) == (sku.id, price.quantity)), None)
        if same is not None:
            free.remove(same)
            numbers.append(same.n)
        else:
            following += 1
            numbers.append(following)
    return numbers
