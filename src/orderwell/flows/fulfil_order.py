"""An order that is placed and handed over in one go: over the counter, or reported by a channel after the fact."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..invoicing.store import COUNTERS
from ..kit.picture import Tx
from ..kit.writer import flow
from ..ledger.store import BOOKS
from ..orders import actions as orders
from ..values.fields import Text
from .ordered_units import ready_units
from .place_order import PlaceOrder, place
from .place_order import needs as needs_to_place
from .send_goods import send_services
from .ship_order import Shipped, ship


@dataclass(frozen=True, slots=True)
class FulfilOrder:
    """Place `order` and ship at once what is there; what has to be awaited follows like that of any other order."""

    order: PlaceOrder
    carrier: Text = ""
    tracking: Text = ""


def needs(ask: FulfilOrder) -> list[tuple[Any, Any]]:
    return [(BOOKS, 1), (COUNTERS, "INV"), *needs_to_place(ask.order)]


@flow(FulfilOrder, needs)
def fulfil_order(tx: Tx, ask: FulfilOrder) -> Callable[[], dict[str, Any]]:
    """Placing and shipping, one after the other, in one request. The answer is told when somebody asks for it."""
    order, placed = place(tx, ask.order, ships_too=True)
    if order.status != "placed":
        return Shipped(order, placed, [], None).told
    lines = {line.n: line for line in placed}
    going = ready_units(None, lines, orders.allocations_of(tx, order.id), None, lambda each: each.promised)
    services = send_services(tx, lines)
    if not (going or services):
        return Shipped(order, placed, [], None).told
    return ship(tx, order, lines, going, services, carrier=ask.carrier, tracking=ask.tracking).told
