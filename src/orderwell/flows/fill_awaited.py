"""Stock came in: what customers await is promised from it, the oldest promise first."""

from collections.abc import Iterable

from ..inventory import actions as inventory
from ..inventory.store import STOCK_OF
from ..kit.events import announce
from ..kit.picture import Tx
from ..orders import actions as orders
from ..orders.model import Allocation
from ..orders.store import AWAITING, LINES, LINES_OF, ORDERS


def fill_awaited(tx: Tx, sku_ids: Iterable[int], location_id: int) -> None:
    """Promise what is free at a location to the orders that wait for it there, in the order they were placed."""
    waiting = need_waiting(tx, sku_ids)
    filled: dict[int, int] = {}
    for sku_id in waiting:
        for row in sorted(tx.rows(AWAITING, sku_id), key=lambda row: (_placed_at(tx, row), row.order_id, row.line)):
            if row.location_id != location_id:
                continue
            stock = inventory.stock_at(tx, sku_id, location_id)
            units = min(row.awaited, stock.available)
            if units <= 0:
                break
            inventory.keep_stock(tx, stock._replace(promised=stock.promised + units, awaited=stock.awaited - units))
            line = tx.get(LINES, (row.order_id, row.line))
            assert line is not None, "allocations name lines that are there"
            orders.move_units(tx, line, "awaited", "promised", units, location_id=location_id)
            orders.allocate_line(tx, line, location_id, promised=units, awaited=-units)
            filled[row.order_id] = filled.get(row.order_id, 0) + units
    for order_id, units in filled.items():
        announce(tx, "order.stock_arrived", "order", order_id, units=units)


def need_waiting(tx: Tx, sku_ids: Iterable[int]) -> list[int]:
    """Which of these SKUs are awaited, with all that serving those who wait will look at asked for at once.

    A story with thousands of lines calls it before its own work, which would be done again otherwise.
    """
    waiting = [sku for sku in sku_ids if any(row.awaited for row in tx.rows(STOCK_OF, sku))]
    tx.need(AWAITING, waiting)
    who = {row.order_id for sku in waiting for row in tx.rows(AWAITING, sku)}
    tx.need_all((LINES_OF, who), (ORDERS, who))
    return waiting


def _placed_at(tx: Tx, waiting: Allocation) -> int:
    """When the promise was made: a draft may be much older than its order."""
    order = tx.get(ORDERS, waiting.order_id)
    assert order is not None, "allocations name orders that are there"
    assert order.placed_at is not None, "only placed orders wait"
    return order.placed_at
