"""Picking: promised units are taken from the shelf for an order, or put back. They stay on hand and promised."""

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..orders.model import Allocation
from ..values.fields import MAX_LINES, Code, Reference
from .ordered_units import NothingReady, UnitsAsk, named_location, named_order, ready_units


@dataclass(frozen=True, slots=True)
class PickOrder:
    """Pick what is promised: all of it, or `lines`; at all locations, or one."""

    order: Reference
    channel: Code | None = None
    location: Code | None = None
    lines: Annotated[list[UnitsAsk], Len(1, MAX_LINES)] | None = None


@dataclass(frozen=True, slots=True)
class UnpickOrder:
    """Put what was picked back: all of it, or `lines`; at all locations, or one."""

    order: Reference
    channel: Code | None = None
    location: Code | None = None
    lines: Annotated[list[UnitsAsk], Len(1, MAX_LINES)] | None = None


@flow(PickOrder)
def pick_order(tx: Tx, ask: PickOrder) -> dict[str, Any]:
    return _move(tx, ask, "promised", "picked", "order.picked")


@flow(UnpickOrder)
def unpick_order(tx: Tx, ask: UnpickOrder) -> dict[str, Any]:
    return _move(tx, ask, "picked", "promised", "order.unpicked")


def _move(tx: Tx, ask: PickOrder | UnpickOrder, source: str, target: str, told: str) -> dict[str, Any]:
    order = orders.placed(named_order(tx, ask.order, ask.channel))
    lines = {line.n: line for line in orders.lines_of(tx, order.id)}

    def ready(allocation: Allocation) -> int:
        return int(getattr(allocation, source))

    location_id = named_location(tx, ask.location)
    chosen = ready_units(ask.lines, lines, orders.allocations_of(tx, order.id), location_id, ready)
    if not chosen:
        raise NothingReady(
            Sentence("Order {order!r} has no {source} units here.", order=order.reference, source=word(source))
        )
    for allocation, units in chosen:
        n, place = allocation.line, allocation.location_id
        lines[n] = orders.move_units(tx, lines[n], source, target, units, location_id=place)
        orders.allocate_line(tx, lines[n], place, **{source: -units, target: units})
    announce(tx, told, "order", order.id, units=sum(units for _, units in chosen))
    return shown(orders.find(tx, order.id), list(lines.values()))
