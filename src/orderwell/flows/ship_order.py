"""Shipping: goods leave the shelf, the parcel is on its way, the customer is invoiced, the cost is booked."""

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..business import actions as business
from ..channels.store import CHANNEL_BY_CODE
from ..inventory import actions as inventory
from ..invoicing import actions as invoicing
from ..invoicing.store import COUNTERS
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..ledger.store import BOOKS
from ..orders import actions as orders
from ..orders.answers import shown
from ..orders.model import Allocation, Line, Order
from ..orders.store import LINES
from ..shipping import actions as shipping
from ..values.fields import MAX_LINES, Code, Reference, Text
from ..values.ids import parse, show
from .invoice_order import invoice_units


class NothingToShip(Conflict):
    code = "nothing_to_ship"
    title = "No unit of this order is ready to go"


@dataclass(frozen=True, slots=True)
class ShipLine:
    line: int
    quantity: int  # smallest units


@dataclass(frozen=True, slots=True)
class ShipOrder:
    """Ship what is promised or picked: all of it, or `lines`; from all locations, or one. One parcel per location.

    `order` is an id, or with `channel` the channel's own reference.
    """

    order: Reference
    channel: Code | None = None
    location: Code | None = None
    lines: Annotated[list[ShipLine], Len(1, MAX_LINES)] | None = None
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
    house, today = business.current(tx), business.today(tx)
    order = orders.placed(named_order(tx, ask.order, ask.channel))
    lines = {line.n: line for line in orders.lines_of(tx, order.id)}
    going = _going(ask, lines, orders.allocations_of(tx, order.id), _location(tx, ask))
    services = {n: line.open for n, line in lines.items() if line.kind == "service" and line.open}
    if not going and not (services and ask.lines is None):
        raise NothingToShip(f"Order {order.reference!r} has nothing that is ready to go.")
    inventory.need(tx, {lines[allocation.line].sku_id for allocation, _ in going})

    parcels, cost = [], 0
    for location_id in dict.fromkeys(allocation.location_id for allocation, _ in going):
        here = [(allocation, units) for allocation, units in going if allocation.location_id == location_id]
        parcel = shipping.pack(
            tx, order_id=order.id, location_id=location_id, contents={each.line: units for each, units in here},
            carrier=ask.carrier, tracking=ask.tracking, sent=True,
        )  # fmt: skip
        parcels.append(show("parcel", parcel.id))
        for allocation, units in here:
            cost += inventory.issue(
                tx, sku_id=allocation.sku_id, location_id=location_id, quantity=units, document_id=parcel.id
            )
            lines[allocation.line] = _leave(tx, lines[allocation.line], allocation, units)
    for n, units in services.items():
        lines[n] = lines[n]._replace(open=0, shipped=units)
        orders.record_units(tx, lines[n], "open", "shipped", units)

    gone = _units(going, services)
    invoice = None
    if house.invoice_on == "shipment":
        invoice, after = invoice_units(tx, order, lines, gone, today)
        lines.update(after)
    for n in gone:
        tx.put(LINES, lines[n])
    ledger.post(
        tx, "cost_of_goods", templates.cost_of_goods(cost_minor=cost), day=today, currency=order.currency,
        document="order", document_id=order.id,
    )  # fmt: skip
    announce(tx, "order.shipped", "order", order.id, parcels=parcels, units=sum(gone.values()))
    return {
        **shown(orders.find(tx, order.id), list(lines.values())),
        "parcels": parcels,
        "invoice": invoicing.shown_number(invoice) if invoice else None,
    }


def named_order(tx: Tx, name: str, channel: str | None) -> Order:
    """By id, or by the reference of a channel."""
    if channel is None or parse("order", name) is not None:
        return orders.find_named(tx, name)
    found = tx.one(CHANNEL_BY_CODE, channel)
    if found is None:
        raise Invalid.at("/channel", f"There is no channel {channel!r}.", "unknown_channel")
    return orders.find_named(tx, name, channel_id=found.id)


def _location(tx: Tx, ask: ShipOrder) -> int | None:
    return inventory.location(tx, ask.location).id if ask.location is not None else None


def _going(
    ask: ShipOrder, lines: dict[int, Line], allocations: list[Allocation], location_id: int | None
) -> list[tuple[Allocation, int]]:
    """Which units of which allocation go now."""
    ready = [
        (each, each.promised + each.picked)
        for each in allocations
        if each.promised + each.picked > 0 and location_id in (None, each.location_id)
    ]
    if ask.lines is None:
        return ready
    wanted = {each.line: each.quantity for each in ask.lines}
    for n, each in enumerate(ask.lines):
        free = sum(units for allocation, units in ready if allocation.line == each.line)
        if each.line not in lines:
            raise Invalid.at(f"/lines/{n}/line", f"The order has no line {each.line}.", "unknown_line")
        if not 0 < each.quantity <= free:
            raise NothingToShip(f"Line {each.line}: {each.quantity} units were to go, {free} are ready.")
    going = []
    for allocation, units in ready:
        taken = min(units, wanted.get(allocation.line, 0))
        if taken:
            wanted[allocation.line] -= taken
            going.append((allocation, taken))
    return going


def _leave(tx: Tx, line: Line, allocation: Allocation, units: int) -> Line:
    """Units leave their allocation, picked ones first; the line after it (the caller puts it)."""
    picked = min(units, allocation.picked)
    promised = units - picked
    line = line._replace(promised=line.promised - promised, picked=line.picked - picked, shipped=line.shipped + units)
    for source, moved in (("picked", picked), ("promised", promised)):
        if moved:
            orders.record_units(tx, line, source, "shipped", moved, allocation.location_id)
    orders.allocate_line(tx, line, allocation.location_id, promised=-promised, picked=-picked)
    return line


def _units(going: list[tuple[Allocation, int]], services: dict[int, int]) -> dict[int, int]:
    units = dict(services)
    for allocation, quantity in going:
        units[allocation.line] = units.get(allocation.line, 0) + quantity
    return dict(sorted(units.items()))
