"""Shipping: goods leave the shelf, the parcel is on its way, the customer is invoiced, the cost is booked."""

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from annotated_types import Len

from ..business import actions as business
from ..channels.store import CHANNEL_BY_CODE
from ..inventory import actions as inventory
from ..invoicing import actions as invoicing
from ..invoicing.model import Invoice
from ..invoicing.store import COUNTERS
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger.store import BOOKS
from ..orders import actions as orders
from ..orders.answers import shown
from ..orders.model import Line, Order
from ..shipping import actions as shipping
from ..values.fields import MAX_LINES, Code, Reference, Text
from ..values.ids import show
from .ordered_units import (
    Chosen,
    NothingReady,
    UnitsAsk,
    by_location,
    leave_allocation,
    named_location,
    named_order,
    ready_units,
)
from .send_goods import book_shipment, send_services, take_off_shelf


@dataclass(frozen=True, slots=True)
class ShipOrder:
    """Ship what is promised or picked: all of it, or `lines`; from all locations, or one. One parcel per location.

    `order` is an id, or with `channel` the channel's own reference. What is packed already goes with its parcel.
    """

    order: Reference
    channel: Code | None = None
    location: Code | None = None
    lines: Annotated[list[UnitsAsk], Len(1, MAX_LINES)] | None = None
    carrier: Text = ""
    tracking: Text = ""


def needs(ask: ShipOrder) -> list[tuple[Any, Any]]:
    wanted: list[tuple[Any, Any]] = [(BOOKS, 1), (COUNTERS, "INV")]
    if ask.channel is not None:
        wanted.append((CHANNEL_BY_CODE, ask.channel))
    return wanted


@flow(ShipOrder, needs)
def ship_order(tx: Tx, ask: ShipOrder) -> dict[str, Any]:
    """Hand what is ready to the carrier, parcel by parcel, and invoice it."""
    order = orders.placed(named_order(tx, ask.order, ask.channel))
    lines = {line.n: line for line in orders.lines_of(tx, order.id)}
    going = ready_units(
        ask.lines, lines, orders.allocations_of(tx, order.id), named_location(tx, ask.location),
        lambda each: each.promised + each.picked,
    )  # fmt: skip
    services = send_services(tx, lines) if ask.lines is None else {}
    if not going and not services:
        raise NothingReady(Sentence("Order {order!r} has nothing that is ready to go.", order=order.reference))
    return ship(tx, order, lines, going, services, carrier=ask.carrier, tracking=ask.tracking).told()


class Shipped(NamedTuple):
    """What went, and the order after it."""

    order: Order
    lines: list[Line]
    parcels: list[str]
    invoice: Invoice | None

    def told(self) -> dict[str, Any]:
        number = invoicing.shown_number(self.invoice) if self.invoice else None
        return {**shown(self.order, self.lines), "parcels": self.parcels, "invoice": number}


def ship(
    tx: Tx, order: Order, lines: dict[int, Line], going: Chosen, services: dict[int, int], *, carrier: str = "",
    tracking: str = "",
) -> Shipped:  # fmt: skip
    """Send units straight from their allocations, one parcel per location, with services that went along."""
    today = business.today(tx)
    inventory.need_to_go(tx, {(allocation.sku_id, allocation.location_id) for allocation, _ in going})
    parcels, cost = [], 0
    for location_id, here in by_location(going).items():
        contents = {allocation.line: units for allocation, units in here}
        parcel_id = tx.new_id()
        costs = take_off_shelf(tx, lines, parcel_id, location_id, contents)
        shipping.pack(
            tx, parcel_id, order_id=order.id, location_id=location_id, contents=contents, carrier=carrier,
            tracking=tracking, costs=costs,
        )  # fmt: skip
        parcels.append(show("parcel", parcel_id))
        cost += sum(costs.values())
        for allocation, units in here:
            lines[allocation.line] = leave_allocation(tx, lines[allocation.line], allocation, units, "shipped")

    gone = dict.fromkeys(sorted({*services, *(allocation.line for allocation, _ in going)}))
    invoice = book_shipment(tx, order, lines, gone, cost, today)
    units = sum(services.values()) + sum(units for _, units in going)
    announce(tx, "order.shipped", "order", order.id, parcels=parcels, units=units)
    return Shipped(orders.find(tx, order.id), list(lines.values()), parcels, invoice)
