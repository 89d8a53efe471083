"""Packing: picked or promised units go into a parcel, and out again when it is opened before it leaves."""

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..kit.events import announce
from ..kit.jobs import later
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..orders.store import LINES
from ..shipping import actions as shipping
from ..shipping.answers import shown_parcel
from ..shipping.model import Parcel
from ..values.fields import MAX_LINES, Code, Reference, Text
from ..values.ids import show
from .ordered_units import (
    NothingReady,
    UnitsAsk,
    by_location,
    leave_allocation,
    named_location,
    named_order,
    ready_units,
)


@dataclass(frozen=True, slots=True)
class PackOrder:
    """Pack what is promised or picked: all of it, or `lines`; at all locations, or one. One parcel per location."""

    order: Reference
    channel: Code | None = None
    location: Code | None = None
    lines: Annotated[list[UnitsAsk], Len(1, MAX_LINES)] | None = None
    carrier: Text = ""
    tracking: Text = ""


@dataclass(frozen=True, slots=True)
class UnpackParcel:
    """Open a parcel that has not left: its units are promised to the order as before."""

    parcel: Reference


@flow(PackOrder)
def pack_order(tx: Tx, ask: PackOrder) -> dict[str, Any]:
    """Put what is ready into parcels; stock stays on hand and promised until they leave."""
    order = orders.placed(named_order(tx, ask.order, ask.channel))
    lines = {line.n: line for line in orders.lines_of(tx, order.id)}
    chosen = ready_units(
        ask.lines, lines, orders.allocations_of(tx, order.id), named_location(tx, ask.location),
        lambda each: each.promised + each.picked,
    )  # fmt: skip
    if not chosen:
        raise NothingReady(Sentence("Order {order!r} has nothing that is ready to be packed.", order=order.reference))
    parcels = []
    for location_id, here in by_location(chosen).items():
        parcel = shipping.pack(
            tx, tx.new_id(), order_id=order.id, location_id=location_id, carrier=ask.carrier, tracking=ask.tracking,
            contents={allocation.line: units for allocation, units in here},
        )  # fmt: skip
        for allocation, units in here:
            lines[allocation.line] = leave_allocation(tx, lines[allocation.line], allocation, units, "packed")
        parcels.append(show("parcel", parcel.id))
        announce(
            tx, "order.packed", "order", order.id, parcel=show("parcel", parcel.id), carrier=ask.carrier,
            units=sum(units for _, units in here),
        )  # fmt: skip
    for n in {allocation.line for allocation, _ in chosen}:
        tx.put(LINES, lines[n])
    return {**shown(orders.find(tx, order.id), list(lines.values())), "parcels": parcels}


@flow(UnpackParcel)
def unpack_parcel(tx: Tx, ask: UnpackParcel) -> dict[str, Any]:
    parcel = shipping.find(tx, ask.parcel)
    contents = open_parcel(tx, parcel)
    announce(tx, "order.unpacked", "order", parcel.order_id, parcel=ask.parcel, units=sum(contents.values()))
    return shown_parcel(shipping.find(tx, ask.parcel), contents)


def open_parcel(tx: Tx, parcel: Parcel) -> dict[int, int]:
    """A packed parcel's units are promised again where they lie; what was in it, by line."""
    shipping.move(tx, parcel, "unpacked")
    if parcel.label:
        payload = {"parcel": show("parcel", parcel.id), "carrier": parcel.carrier}
        later(
            tx, "carrier.cancel", payload, subject_id=parcel.id, queue=f"carrier-{parcel.carrier}", in_order=parcel.id
        )
    contents = shipping.contents(tx, parcel.id)
    for line in orders.lines_of(tx, parcel.order_id):
        units = contents.get(line.n, 0)
        if units:
            moved = orders.move_units(tx, line, "packed", "promised", units, location_id=parcel.location_id)
            orders.allocate_line(tx, moved, parcel.location_id, promised=units)
    return contents
