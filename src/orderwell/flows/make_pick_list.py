"""A pick list for a batch of orders: what can be picked now, along the walk. What cannot be is told, not refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from annotated_types import Len

from ..catalog.store import SKUS
from ..inventory import actions as inventory
from ..inventory import bins
from ..inventory.model import Bin, Location
from ..inventory.store import BINS, IN_BINS
from ..kit.errors import Conflict
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.model import Allocation, Line, Order
from ..orders.rules import not_ready
from ..orders.store import ALLOCATIONS_OF, LINES_OF, ORDERS
from ..picking import actions as picking
from ..picking.answers import shown
from ..picking.model import PickLine, PickList
from ..picking.rules import take_along
from ..picking.store import TO_PICK
from ..values.fields import Code, Reference, Text
from ..values.ids import parse, show

MAX_ORDERS = 50


class NothingToPick(Conflict):
    code = "nothing_to_pick"
    title = "Nothing of these orders can be picked here now"


@dataclass(frozen=True, slots=True)
class MakePickList:
    """`orders` are ids, such as what is to be picked at a location proposes them."""

    location: Code
    orders: Annotated[list[Reference], Len(1, MAX_ORDERS)]
    note: Text = ""


class Due(NamedTuple):
    """Units of an order's line that are to be picked here and are on no open list."""

    order: Order
    allocation: Allocation
    line: Line
    quantity: int


@flow(MakePickList)
def make_pick_list(tx: Tx, ask: MakePickList) -> dict[str, Any]:
    """Orders that are not ready, or are on another list, are left out and named with the reason."""
    place = inventory.location(tx, ask.location)
    ids = [number for name in ask.orders if (number := parse("order", name)) is not None]
    tx.need_all((ORDERS, ids), (LINES_OF, ids), (ALLOCATIONS_OF, ids))
    found = [orders.find_named(tx, name) for name in dict.fromkeys(ask.orders)]
    skus = {each.sku_id for order in found for each in orders.allocations_of(tx, order.id)}
    tx.need_all((TO_PICK, skus), (SKUS, skus), (IN_BINS, [(sku, place.id) for sku in skus]))
    tx.need(BINS, {row.bin_id for sku in skus for row in tx.rows(IN_BINS, (sku, place.id))})

    due, left_out = [], []
    for order in found:
        lines = orders.lines_of(tx, order.id)
        mine = _due(tx, order, lines, place)
        why = not_ready(order, lines) or (None if mine else "nothing of it is to be picked here")
        if why:
            left_out.append({"order": show("order", order.id), "reference": order.reference, "why": why})
            continue
        due += mine
        orders.take_turns(tx, order.id)  # of two who list it at once, one sees the other's list
    if not due:
        raise NothingToPick("Nothing of these orders can be picked here now.", left_out=left_out)
    made = PickList(tx.new_id(), 1, place.id, "open", tx.now, None, ask.note)
    rows = _lines(tx, made, place, due)
    picking.write_down(tx, made, rows)
    announce(
        tx, "pick_list.made", "pick_list", made.id, location=place.code,
        orders=[show("order", each) for each in dict.fromkeys(row.order_id for row in rows)],
    )  # fmt: skip
    return {**shown(made, rows), "left_out": left_out}


def _due(tx: Tx, order: Order, lines: Sequence[Line], place: Location) -> list[Due]:
    numbered = {line.n: line for line in lines}
    found = []
    for each in orders.allocations_of(tx, order.id):
        if each.location_id != place.id:
            continue
        listed = sum(
            row.left
            for row in tx.rows(TO_PICK, each.sku_id)
            if (row.order_id, row.line, row.location_id) == (order.id, each.line, place.id)
        )
        if each.promised > listed:
            found.append(Due(order, each, numbered[each.line], each.promised - listed))
    return found


def _lines(tx: Tx, made: PickList, place: Location, due: Sequence[Due]) -> list[PickLine]:
    """In walking order; what lies in no bin comes last."""
    skus = {each.allocation.sku_id for each in due}
    walk = {sku: bins.in_walking_order(tx, sku, place.id) for sku in skus} if place.layout == "bins" else {}
    planned = {sku: _planned(tx, sku, place.id) for sku in skus}
    known: dict[int, Bin] = {bin_.id: bin_ for each in walk.values() for bin_, _ in each}
    parts = []
    for each in due:
        sku_id = each.allocation.sku_id
        held = [(bin_.id, units) for bin_, units in walk.get(sku_id, [])]
        for taking in take_along(each.quantity, held, planned[sku_id]):
            parts.append((_walk_key(known, taking.bin_id), _code(tx, sku_id), each, taking))
    parts.sort(key=lambda part: (part[0], part[1], part[2].order.id, part[2].line.n))
    return [
        PickLine(
            made.id, n, each.order.id, each.line.n, each.allocation.sku_id, place.id, taking.bin_id,
            each.line.unit_decimals, taking.quantity, 0, 0, 0,
        )
        for n, (_, _, each, taking) in enumerate(parts, 1)
    ]  # fmt: skip


def _planned(tx: Tx, sku_id: int, location_id: int) -> dict[int, int]:
    """What open lists will take from each bin."""
    found: dict[int, int] = {}
    for row in tx.rows(TO_PICK, sku_id):
        if row.location_id == location_id and row.bin_id is not None:
            found[row.bin_id] = found.get(row.bin_id, 0) + row.left
    return found


def _walk_key(known: Mapping[int, Bin], bin_id: int | None) -> tuple[int, int, str]:
    return (0, known[bin_id].sort, known[bin_id].code) if bin_id is not None else (1, 0, "")


def _code(tx: Tx, sku_id: int) -> str:
    sku = tx.get(SKUS, sku_id)
    assert sku is not None, "an allocation is of a SKU that is there"
    return sku.code
