"""Taking a cancellation back: the units are wanted again, at what they cost before, if their goods are still there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from annotated_types import Len

from ..business import actions as business
from ..catalog.store import SKUS
from ..customers import actions as customers
from ..inventory import actions as inventory
from ..inventory.rules import Promise
from ..kit.errors import Conflict
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..orders.model import Line, Order
from ..orders.rules import cancel_part
from ..orders.store import ORDERS
from ..payments import actions as payments
from ..payments.rules import secured
from ..values.fields import MAX_LINES, Code, Reference
from ..values.money import scaled_text
from .ordered_units import UnitsAsk, asked_units, named_order
from .place_order import expiry, promise


class NotToReinstate(Conflict):
    code = "not_to_reinstate"
    title = "This cancellation cannot be taken back"


@dataclass(frozen=True, slots=True)
class ReinstateOrder:
    """So many cancelled units of `lines`, else all of them. `order` is an id, or with `channel` its own reference."""

    order: Reference
    channel: Code | None = None
    lines: Annotated[list[UnitsAsk], Len(1, MAX_LINES)] | None = None


@flow(ReinstateOrder)
def reinstate_order(tx: Tx, ask: ReinstateOrder) -> dict[str, Any]:
    """Promise cancelled units again, all of them or none. What was authorised and let go of meanwhile stays so."""
    order = named_order(tx, ask.order, ask.channel)
    lines = {line.n: line for line in orders.lines_of(tx, order.id)}
    if ask.lines is None:
        wanted = {n: line.cancelled for n, line in lines.items() if line.cancelled}
    else:
        wanted = asked_units(ask.lines, lines)
    _refuse(order, lines, wanted)
    if order.customer_id is not None:
        customers.may_order(customers.kept_under(tx, order.customer_id))
    net, tax = worth(lines, wanted, order.basis)
    take_units_back(tx, lines, wanted, promises_for(tx, order, lines, wanted))
    word = "order.units_reinstated" if order.status == "placed" else "order.reinstated"
    order = _settle(tx, order, net, tax)
    announce(tx, word, "order", order.id, units={str(n): units for n, units in wanted.items()}, net=net, tax=tax)
    return shown(order, orders.lines_of(tx, order.id))


def _refuse(order: Order, lines: Mapping[int, Line], wanted: Mapping[int, int]) -> None:
    """What was never placed, ran out of time, or was billed and credited is ordered anew instead."""
    name = order.reference
    if order.placed_at is None:
        raise NotToReinstate(Sentence("Order {order!r} was never placed. Write a new one.", order=name))
    if order.status == "cancelled" and order.expires_at is not None:
        raise NotToReinstate(
            Sentence("Order {order!r} was not paid in time; it comes back once it is paid.", order=name)
        )
    if not wanted:
        raise NotToReinstate(Sentence("Of order {order!r} nothing is cancelled.", order=name))
    for n, units in wanted.items():
        line = lines[n]
        if units > line.cancelled:
            told = Decimal(scaled_text(line.cancelled, line.unit_decimals))
            raise NotToReinstate(
                Sentence("Of line {line} of order {order!r} only {told} are cancelled.", line=n, order=name, told=told)
            )
        if line.credited:
            raise NotToReinstate(
                Sentence(
                    "Line {line} of order {order!r} was billed and credited. Place a new order.", line=n, order=name
                )
            )


def worth(lines: Mapping[int, Line], units: Mapping[int, int], basis: str) -> tuple[int, int]:
    """Net and tax that cancelling these units took off."""
    parts = [
        cancel_part(lines[n]._replace(cancelled=lines[n].cancelled - count), count, basis=basis)
        for n, count in units.items()
    ]
    return sum(net for net, _ in parts), sum(tax for _, tax in parts)


def promises_for(tx: Tx, order: Order, lines: Mapping[int, Line], units: Mapping[int, int]) -> Sequence[Promise]:
    """What of the stock each line would get. Raises OutOfStock or LocationClosed, having written nothing."""
    wanted = [lines[n]._replace(open=count) for n, count in units.items()]
    tx.need(SKUS, [line.sku_id for line in wanted])
    skus = [sku for line in wanted if (sku := tx.get(SKUS, line.sku_id)) is not None]
    inventory.need(tx, {sku.id for sku in skus if sku.kind == "stocked"})
    if order.collect_at is not None:
        inventory.still_open(tx, order.collect_at)
    return promise(tx, wanted, skus, business.current(tx), order.collect_at)


def take_units_back(tx: Tx, lines: Mapping[int, Line], units: Mapping[int, int], made: Sequence[Promise]) -> None:
    for n, count in units.items():
        if lines[n].kind != "stocked":
            orders.move_units(tx, lines[n], "cancelled", "open", count)
    for each in made:
        _set_aside(tx, orders.line_of(tx, lines[each.line].order_id, each.line), each)


def _set_aside(tx: Tx, line: Line, made: Promise) -> None:
    at = made.location_id
    for place, units in (("promised", made.promised), ("awaited", made.awaited)):
        if units:
            line = orders.move_units(tx, line, "cancelled", place, units, location_id=at)
    orders.allocate_line(tx, line, at, promised=made.promised, awaited=made.awaited)


def _settle(tx: Tx, order: Order, net: int, tax: int) -> Order:
    """The order amounts to more again. One that was cancelled whole is to be paid in time like one placed now."""
    if order.status == "placed":
        net, tax = order.net_minor + net, order.tax_minor + tax
        return tx.put(ORDERS, order._replace(net_minor=net, tax_minor=tax, gross_minor=net + tax))
    held = secured(payments.of_order(tx, order.id))
    time = None if held >= net + tax else expiry(tx, business.current(tx), order.terms_days)
    return orders.reinstate(tx, order, net_minor=net, tax_minor=tax, expires_at=time)
