"""Counting what lies on the shelves, and putting the books right: what was counted is what is there."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from annotated_types import Ge, Le, Len

from ..business import actions as business
from ..catalog import actions as catalog
from ..catalog.model import Sku
from ..catalog.rules import in_smallest_units
from ..catalog.store import SKU_BY_CODE
from ..inventory import actions as inventory
from ..inventory import bins
from ..inventory.model import COUNT, Bin, Stock, StockCount, StockCountLine
from ..inventory.store import BIN_STOCK, LOCATION_BY_CODE, STOCK_COUNT_LINES, STOCK_COUNTS
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..values.fields import MAX_LINES, Code, Minor, Reference, Text
from ..values.ids import show
from ..values.money import scaled_text
from .fill_awaited import fill_awaited
from .transfer_stock import refuse_twice


class CountBelowPromised(Conflict):
    """Orders hold more than was counted: somebody has to decide whose order is not kept before the books can say so."""

    code = "count_below_promised"
    title = "Less was counted than is promised to orders"


@dataclass(frozen=True, slots=True)
class CountLine:
    """`counted` is all that lies there, promised or not. `cost` of units too many, in minor units; left out, the
    average cost of what is held."""

    sku: Code
    counted: Annotated[Decimal, Ge(Decimal(0)), Le(Decimal("1e9"))]
    cost: Minor | None = None


@dataclass(frozen=True, slots=True)
class CountStock:
    """What was counted at a location, or in one `bin` of it; SKUs that are not named were not counted."""

    location: Code
    lines: Annotated[list[CountLine], Len(1, MAX_LINES)]
    reference: Reference | None = None
    note: Text = ""
    bin: Code | None = None


def needs(ask: CountStock) -> list[tuple[Any, Any]]:
    return [(LOCATION_BY_CODE, ask.location), *((SKU_BY_CODE, line.sku) for line in ask.lines)]


@flow(CountStock, needs)
def count_stock(tx: Tx, ask: CountStock) -> dict[str, Any]:
    """Move the differences, and post what they are worth. All lines or none: CountBelowPromised names every item."""
    house, today = business.current(tx), business.today(tx)
    shelf = inventory.location(tx, ask.location)
    refuse_twice([line.sku for line in ask.lines])
    skus = catalog.skus_by_code(tx, [line.sku for line in ask.lines])
    inventory.need_to_go(tx, {(sku.id, shelf.id) for sku in skus.values()})
    counted = _counted(ask, skus)
    there = {sku_id: inventory.stock_at(tx, sku_id, shelf.id) for sku_id in counted}
    bin_ = bins.find(tx, shelf.id, ask.bin) if ask.bin is not None else None
    tx.need(BIN_STOCK, [(bin_.id, sku_id) for sku_id in there] if bin_ else ())
    before = {sku_id: bins.held(tx, bin_, sku_id) if bin_ else stock.on_hand for sku_id, stock in there.items()}
    after = {sku_id: there[sku_id].on_hand - before[sku_id] + units for sku_id, units in counted.items()}
    _check(after, there, {sku.id: sku for sku in skus.values()})

    count_id, value = tx.new_id(), 0
    costs = {skus[line.sku].id: line.cost for line in ask.lines}
    for n, (sku_id, units) in enumerate(counted.items(), 1):
        tx.add(STOCK_COUNT_LINES, StockCountLine(count_id, n, sku_id, before[sku_id], units))
        value += _put_right(tx, count_id, there[sku_id], units - before[sku_id], costs[sku_id], bin_)
    bin_id = bin_.id if bin_ else None
    tx.add(STOCK_COUNTS, StockCount(count_id, tx.cause, shelf.id, ask.reference or "", today, value, ask.note, bin_id))
    ledger.post(
        tx, "stock_difference", templates.stock_difference(cost_minor=value), day=today, currency=house.currency,
        document="count", document_id=count_id,
    )  # fmt: skip
    announce(
        tx, "stock.counted", "count", count_id, location=ask.location, value=value, reference=ask.reference, bin=ask.bin
    )
    fill_awaited(tx, [sku_id for sku_id, units in counted.items() if units > before[sku_id]], shelf.id)
    return _shown(count_id, value, counted, before, {sku.id: sku for sku in skus.values()})


def _counted(ask: CountStock, skus: dict[str, Sku]) -> dict[int, int]:
    counted = {}
    for n, line in enumerate(ask.lines):
        sku = skus[line.sku]
        if sku.kind != "stocked":
            raise Invalid.at(
                f"/lines/{n}/sku", Sentence("{sku} is a service: it has no stock.", sku=sku.code), "not_stocked"
            )
        counted[sku.id] = in_smallest_units(line.counted, sku)
    return counted


def _check(counted: dict[int, int], there: dict[int, Stock], skus: dict[int, Sku]) -> None:
    short = [
        {
            "sku": skus[sku_id].code,
            "counted": scaled_text(units, skus[sku_id].unit_decimals),
            "promised": scaled_text(there[sku_id].promised, skus[sku_id].unit_decimals),
        }
        for sku_id, units in counted.items()
        if units < there[sku_id].promised
    ]
    if short:
        listed = [
            Sentence(
                "{sku} ({counted} counted, {promised} promised)", sku=each["sku"],
                counted=Decimal(each["counted"]), promised=Decimal(each["promised"]),
            )
            for each in short
        ]  # fmt: skip
        raise CountBelowPromised(
            Sentence(
                "Fewer were counted than orders hold: {listed}. Cancel or move those orders first.", listed=listed
            ),
            items=short,
        )


def _put_right(tx: Tx, count_id: int, stock: Stock, difference: int, cost: int | None, bin_: Bin | None) -> int:
    """What stock is worth more (or, below zero, less) since."""
    if difference > 0:
        worth = inventory.present_cost(tx, stock.sku_id, difference) if cost is None else cost
        inventory.receive(
            tx, sku_id=stock.sku_id, location_id=stock.location_id, quantity=difference, cost_minor=worth,
            source_id=COUNT, reason="counted", document_id=count_id,
        )  # fmt: skip
        if bin_ is not None:
            bins.move(
                tx, sku_id=stock.sku_id, location_id=stock.location_id, source=None, target=bin_, quantity=difference,
                reason="counted", document_id=count_id,
            )  # fmt: skip
        return worth
    if difference < 0:
        if bin_ is not None:
            bins.move(
                tx, sku_id=stock.sku_id, location_id=stock.location_id, source=bin_, target=None, quantity=-difference,
                reason="counted", document_id=count_id,
            )  # fmt: skip
        return -inventory.issue(
            tx, sku_id=stock.sku_id, location_id=stock.location_id, quantity=-difference, document_id=count_id,
            reason="counted", target_id=COUNT, promised=False,
        )  # fmt: skip
    return 0


def _shown(
    count_id: int, value: int, counted: dict[int, int], expected: dict[int, int], skus: dict[int, Sku]
) -> dict[str, Any]:
    lines = []
    for sku_id, units in counted.items():
        places, before = skus[sku_id].unit_decimals, expected[sku_id]
        lines.append(
            {
                "sku": show("sku", sku_id), "sku_code": skus[sku_id].code, "expected": scaled_text(before, places),
                "counted": scaled_text(units, places), "difference": scaled_text(units - before, places),
            }
        )  # fmt: skip
    return {"object": "count", "id": show("count", count_id), "value": value, "lines": lines}
