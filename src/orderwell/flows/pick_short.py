"""Less lies in a bin than was promised: what was found is picked, the rest is written off and promised anew.

Two steps for the picker: this line, this many found. The order gets its units from elsewhere or waits for them, and a
task is left for somebody to count the bin.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from annotated_types import Ge, Le

from ..business import actions as business
from ..catalog.store import SKUS
from ..inventory import actions as inventory
from ..inventory import bins
from ..inventory.model import COUNT
from ..inventory.store import LOCATIONS
from ..kit.errors import Conflict
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..orders import actions as orders
from ..orders.model import Line, Order
from ..picking import actions as picking
from ..picking.model import PickLine
from ..tasks import actions as tasks
from ..values.fields import Reference
from ..values.ids import show
from ..values.money import scaled_text
from .pick_from_list import LineNumber, bin_of, take, told, units_of


class NothingMissing(Conflict):
    code = "nothing_missing"
    title = "All of this line was found"


@dataclass(frozen=True, slots=True)
class PickShort:
    """`found` of what is left of the line, in the unit it was ordered in; the rest is not there."""

    pick_list: Reference
    line: LineNumber
    found: Annotated[Decimal, Ge(Decimal(0)), Le(Decimal("1e9"))] = Decimal(0)


@flow(PickShort)
def pick_short(tx: Tx, ask: PickShort) -> dict[str, Any]:
    pick_list = picking.open_list(tx, ask.pick_list)
    line = picking.line_of(tx, pick_list.id, ask.line)
    found = units_of(line, ask.found)
    missing = line.left - found
    if missing <= 0:
        raise NothingMissing(
            Sentence(
                "Line {line} asks for {left} more; pick them as usual.",
                line=line.n,
                left=Decimal(scaled_text(line.left, line.unit_decimals)),
            )
        )
    order = orders.placed(orders.find(tx, line.order_id))
    inventory.need(tx, [line.sku_id])
    tx.need(SKUS, [line.sku_id])
    sku = tx.get(SKUS, line.sku_id)
    assert sku is not None, "lines name SKUs that are there"
    if found:
        line = take(tx, line, found, None, sku.code)
    _write_off(tx, line, missing)
    elsewhere, awaited = _promise_anew(tx, order, line, missing)
    line = picking.note(tx, line, "short", missing, line.bin_id)
    _tell(tx, order, line, sku.code, missing, elsewhere, awaited)
    answer = told(tx, picking.end_if_done(tx, pick_list.id), [line])
    places = line.unit_decimals
    return {
        **answer, "short": scaled_text(missing, places), "promised_again": scaled_text(elsewhere, places),
        "awaited": scaled_text(awaited, places),
    }  # fmt: skip


def _write_off(tx: Tx, line: PickLine, units: int) -> None:
    """What is not there leaves the books, the bin, and the promise that was made of it."""
    at, document = line.location_id, line.pick_list_id
    moved = orders.move_units(
        tx, orders.line_of(tx, line.order_id, line.line), "promised", "open", units, location_id=at
    )  # fmt: skip
    orders.allocate_line(tx, moved, at, promised=-units)
    inventory.release(tx, sku_id=line.sku_id, location_id=at, promised=units)
    place = bin_of(tx, line)
    out = min(units, bins.held(tx, place, line.sku_id)) if place is not None else 0
    if out:
        bins.move(
            tx, sku_id=line.sku_id, location_id=at, source=place, target=None, quantity=out, reason="short",
            document_id=document,
        )  # fmt: skip
    cost = inventory.issue(
        tx, sku_id=line.sku_id, location_id=at, quantity=units, document_id=document, reason="short",
        target_id=COUNT, promised=False,
    )  # fmt: skip
    ledger.post(
        tx, "stock_difference", templates.stock_difference(cost_minor=-cost), day=business.today(tx),
        currency=business.current(tx).currency, document="pick_list", document_id=document,
    )  # fmt: skip


def _promise_anew(tx: Tx, order: Order, line: PickLine, units: int) -> tuple[int, int]:
    """Units promised from what is free (here first, then in the rule's order), and those that have to be awaited."""
    order_ = [place.id for place in inventory.shelves(tx)]
    if order.collect_at is not None:
        order_ = [order.collect_at]
    places = sorted(order_, key=lambda place: place != line.location_id)
    left = units
    for place in places:
        stock = inventory.stock_at(tx, line.sku_id, place)
        taken = min(left, max(0, stock.available))
        if taken:
            _set_aside(tx, orders.line_of(tx, line.order_id, line.line), place, promised=taken)
            left -= taken
    if left:
        waits_at = order_[0] if order_ else line.location_id
        _set_aside(tx, orders.line_of(tx, line.order_id, line.line), waits_at, awaited=left)
    return units - left, left


def _set_aside(tx: Tx, line: Line, place: int, *, promised: int = 0, awaited: int = 0) -> None:
    stock = inventory.stock_at(tx, line.sku_id, place)
    inventory.keep_stock(
        tx, stock._replace(promised=stock.promised + promised, awaited=stock.awaited + awaited)
    )  # fmt: skip
    target = "promised" if promised else "awaited"
    moved = orders.move_units(tx, line, "open", target, promised + awaited, location_id=place)
    orders.allocate_line(tx, moved, place, promised=promised, awaited=awaited)


def _tell(tx: Tx, order: Order, line: PickLine, sku: str, missing: int, elsewhere: int, awaited: int) -> None:
    name, places = show("pick_list", line.pick_list_id), line.unit_decimals
    location, bin_ = tx.get(LOCATIONS, line.location_id), bin_of(tx, line)
    assert location is not None, "a pick list is of a location that is there"
    where = f"in bin {bin_.code} at {location.code}" if bin_ is not None else f"at {location.code}"
    announce(
        tx, "order.short_picked", "order", order.id, pick_list=name, line=line.n, units=missing,
        promised_again=elsewhere, awaited=awaited,
    )  # fmt: skip
    detail = (
        f"{scaled_text(missing, places)} of {sku} for order {order.reference!r} were not found {where} and are written"
        f" off. Count what lies there. Promised again: {scaled_text(elsewhere, places)}, awaited:"
        f" {scaled_text(awaited, places)}; tell the customer where that takes longer."
    )
    tasks.open_task(tx, "short_pick", "pick_list", line.pick_list_id, f"{name}/{line.n}/{line.short}", detail)
