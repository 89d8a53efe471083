"""On which day goods will be ready at their location: now, with what is on order, or by the supplier's lead time."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..inventory import actions as inventory
from ..inventory.arrivals import Arrival, expected
from ..inventory.rules import Promise
from ..inventory.store import STOCK_OF, TRANSFERS, UNDER_WAY
from ..kit.picture import Tx
from ..purchasing.rules import best_terms
from ..purchasing.store import DUE_OF_SKU, PURCHASE_ORDERS, SUPPLIED, SUPPLIERS
from ..values.calendar import add_days

Place = tuple[int, int]  # SKU, location


class Ready(NamedTuple):
    """From which day on goods of a line are at a location; None: nobody knows. `how` says by which rule."""

    line: int
    location_id: int
    on: str | None
    how: str


def ready_days(tx: Tx, promises: Sequence[Promise], today: str, *, placed: bool) -> list[Ready]:
    """For each promise. With `placed`, stock counts these promises among those who wait already."""
    waiting: dict[Place, int] = {}
    for made in promises:
        if made.awaited:
            waiting[made.sku_id, made.location_id] = waiting.get((made.sku_id, made.location_id), 0) + made.awaited
    days = _arrival_days(tx, waiting, today, placed=placed) if waiting else {}
    return [
        Ready(made.line, made.location_id, *(days[made.sku_id, made.location_id] if made.awaited else (today, "stock")))
        for made in promises
    ]


def _arrival_days(
    tx: Tx, waiting: dict[Place, int], today: str, *, placed: bool
) -> dict[Place, tuple[str | None, str]]:  # fmt: skip
    skus = list(dict.fromkeys(sku_id for sku_id, _ in waiting))
    tx.need_all((DUE_OF_SKU, skus), (UNDER_WAY, skus), (SUPPLIED, skus), (STOCK_OF, skus))
    tx.need_all(
        (PURCHASE_ORDERS, {line.purchase_order_id for sku in skus for line in tx.rows(DUE_OF_SKU, sku)}),
        (TRANSFERS, {line.transfer_id for sku in skus for line in tx.rows(UNDER_WAY, sku)}),
        (SUPPLIERS, {terms.supplier_id for sku in skus for terms in tx.rows(SUPPLIED, sku)}),
    )
    found: dict[Place, tuple[str | None, str]] = {}
    for (sku_id, location_id), units in waiting.items():
        before = inventory.stock_at(tx, sku_id, location_id).awaited - (units if placed else 0)
        coming = list(_arrivals(tx, sku_id, location_id))
        mine = [each.on for each in expected([before, units], coming, today) if each.who == 1]
        if None in mine:
            days = lead_time(tx, sku_id)
            found[sku_id, location_id] = (add_days(today, days), "lead time") if days is not None else (None, "unknown")
        else:
            found[sku_id, location_id] = (max(day for day in mine if day is not None), "on order")
    return found


def _arrivals(tx: Tx, sku_id: int, location_id: int) -> Iterable[Arrival]:
    for line in tx.rows(DUE_OF_SKU, sku_id):
        purchase = tx.get(PURCHASE_ORDERS, line.purchase_order_id)
        if purchase is not None and line.location_id == location_id:
            yield Arrival(purchase.expected_on, line.due)
    for part in tx.rows(UNDER_WAY, sku_id):
        transfer = tx.get(TRANSFERS, part.transfer_id)
        if transfer is not None and transfer.target_id == location_id:
            yield Arrival(transfer.expected_on, part.under_way)


def lead_time(tx: Tx, sku_id: int) -> int | None:
    """Days until the supplier we would buy from delivers; None where nobody sells it to us."""
    terms = tx.rows(SUPPLIED, sku_id)
    days = {each.supplier_id: row.lead_time_days for each in terms if (row := tx.get(SUPPLIERS, each.supplier_id))}
    best = best_terms(terms, days)
    return days[best.supplier_id] if best is not None else None
