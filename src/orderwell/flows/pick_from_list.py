"""Picking from a list, scan by scan: taken from a bin for an order, put back, or the rest of the list left."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from annotated_types import Ge, Le

from ..inventory import actions as inventory
from ..inventory import bins
from ..inventory.model import Bin
from ..inventory.store import BINS
from ..kit.errors import Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..orders import actions as orders
from ..picking import actions as picking
from ..picking.answers import shown, shown_line
from ..picking.model import PickLine, PickList
from ..picking.rules import NotPicked, lines_for
from ..values.fields import Code, Quantity, Reference, Text
from ..values.ids import show
from ..values.money import scaled, scaled_text
from .ordered_units import NothingReady
from .scanned_sku import scanned_sku

LineNumber = Annotated[int, Ge(1), Le(10**6)]


@dataclass(frozen=True, slots=True)
class PickFromList:
    """`item` is the SKU's code or a barcode; with the barcode of a pack, `quantity` is of packs.

    Left out, `bin` is the one the line says, and `line` whichever asks for the item: those of the bin first. The same
    scan sent twice with one Idempotency-Key is one.
    """

    pick_list: Reference
    item: Reference
    quantity: Quantity = Decimal(1)
    bin: Code | None = None
    line: LineNumber | None = None


@dataclass(frozen=True, slots=True)
class PutBack:
    """Picked units of a line go back into a bin: the line's own where none is named."""

    pick_list: Reference
    line: LineNumber
    quantity: Quantity
    bin: Code | None = None


@dataclass(frozen=True, slots=True)
class ClosePickList:
    """What was not picked is looked for on this list no more; its orders may go on another one."""

    pick_list: Reference
    note: Text = ""


@flow(PickFromList)
def pick_from_list(tx: Tx, ask: PickFromList) -> dict[str, Any]:
    """What was scanned is picked for the orders it is asked for. A wrong item, or too many of it, is refused."""
    found = picking.open_list(tx, ask.pick_list)
    scanned = scanned_sku(tx, ask.item, pointer="/item")
    named = bins.find(tx, found.location_id, ask.bin) if ask.bin is not None else None
    taken = lines_for(
        picking.lines_of(tx, found.id), scanned.sku.id, scanned.units(ask.quantity), n=ask.line,
        bin_id=named.id if named else None, name=scanned.sku.code,
    )  # fmt: skip
    after = [take(tx, line, units, named, scanned.sku.code) for line, units in taken]
    return told(tx, picking.end_if_done(tx, found.id), after)


def take(tx: Tx, line: PickLine, units: int, named: Bin | None, name: str) -> PickLine:
    """Units of a line leave their bin and are picked for its order."""
    order = orders.placed(orders.find(tx, line.order_id))
    ready = _allocated(tx, line, "promised")
    if ready < units:
        raise NothingReady(
            Sentence(
                "Order {order!r}: {units} of {sku} were picked, {ready} are still promised to it here; put it back.",
                order=order.reference, units=Decimal(scaled_text(units, line.unit_decimals)), sku=name,
                ready=Decimal(scaled_text(ready, line.unit_decimals)),
            ),
            order=show("order", order.id), ready=scaled_text(ready, line.unit_decimals),
        )  # fmt: skip
    source = named or bin_of(tx, line)
    if source is not None:
        inventory.need(tx, [line.sku_id])
        bins.move(
            tx, sku_id=line.sku_id, location_id=line.location_id, source=source, target=None, quantity=units,
            reason="picked", document_id=line.pick_list_id, name=name,
        )  # fmt: skip
    move_units(tx, line, "promised", "picked", units)
    announce(
        tx, "order.picked", "order", order.id, units=units, pick_list=show("pick_list", line.pick_list_id), line=line.n
    )
    return picking.note(tx, line, "picked", units, source.id if source else None)


@flow(PutBack)
def put_back(tx: Tx, ask: PutBack) -> dict[str, Any]:
    """The units are promised as before; on an open list they are to be picked again."""
    found = picking.find(tx, ask.pick_list)
    line = picking.line_of(tx, found.id, ask.line)
    units = units_of(line, ask.quantity)
    here = min(line.picked, _allocated(tx, line, "picked"))
    if units > here:
        raise NotPicked(
            Sentence(
                "{here} picked units of line {line} are here, {units} were to go back; open the parcel of what is"
                " packed first.",
                here=Decimal(scaled_text(here, line.unit_decimals)),
                line=line.n,
                units=Decimal(scaled_text(units, line.unit_decimals)),
            )
        )
    target = bins.find(tx, found.location_id, ask.bin) if ask.bin is not None else bin_of(tx, line)
    if target is not None:
        inventory.need(tx, [line.sku_id])
        bins.move(
            tx, sku_id=line.sku_id, location_id=line.location_id, source=None, target=target, quantity=units,
            reason="put_back", document_id=found.id, name=f"Line {line.n}",
        )  # fmt: skip
    move_units(tx, line, "picked", "promised", units)
    line = picking.note(tx, line, "put_back", units, target.id if target else None)
    if found.status != "open":
        line = picking.note(tx, line, "dropped", units, None)
    announce(
        tx, "order.unpicked", "order", line.order_id, units=units, pick_list=show("pick_list", found.id), line=line.n
    )
    return told(tx, picking.find(tx, ask.pick_list), [line])


@flow(ClosePickList)
def close_pick_list(tx: Tx, ask: ClosePickList) -> dict[str, Any]:
    found = picking.open_list(tx, ask.pick_list)
    for line in picking.lines_of(tx, found.id):
        if line.left:
            picking.note(tx, line, "dropped", line.left, None)
    found = picking.close(tx, picking.find(tx, ask.pick_list), ask.note)
    lines = picking.lines_of(tx, found.id)
    announce(tx, "pick_list.closed", "pick_list", found.id, dropped=sum(line.dropped for line in lines))
    return shown(found, lines)


def bin_of(tx: Tx, line: PickLine) -> Bin | None:
    return tx.get(BINS, line.bin_id) if line.bin_id is not None else None


def move_units(tx: Tx, line: PickLine, source: str, target: str, units: int) -> None:
    """Units of the order's line go from one place to another, at the location of the pick list."""
    at = line.location_id
    moved = orders.move_units(
        tx, orders.line_of(tx, line.order_id, line.line), source, target, units, location_id=at
    )  # fmt: skip
    orders.allocate_line(tx, moved, at, **{source: -units, target: units})


def units_of(line: PickLine, quantity: Decimal) -> int:
    """Smallest units. Raises Invalid."""
    units = scaled(quantity, line.unit_decimals)
    if units is None:
        raise Invalid.at(
            "/quantity",
            Sentence("Line {line} is counted with {decimals} decimals.", line=line.n, decimals=line.unit_decimals),
            "not_whole_units",
        )
    return units


def _allocated(tx: Tx, line: PickLine, place: str) -> int:
    """Units of the order's line that are promised or picked at the location."""
    mine = (line.line, line.location_id)
    return sum(
        int(getattr(each, place))
        for each in orders.allocations_of(tx, line.order_id)
        if (each.line, each.location_id) == mine
    )


def told(tx: Tx, found: PickList, lines: list[PickLine]) -> dict[str, Any]:
    """The list, the lines that changed, and where to go next."""
    due = [line for line in picking.lines_of(tx, found.id) if line.left]
    return {
        **shown(found, lines),
        "lines_left": len(due),
        "next": shown_line(due[0]) if due and found.status == "open" else None,
    }
