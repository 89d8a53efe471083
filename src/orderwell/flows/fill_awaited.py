"""Stock came in: what customers await is promised from it, the oldest promise first."""

from collections.abc import Iterable

from ..inventory import actions as inventory
from ..inventory.store import STOCK_OF
from ..kit.events import announce
from ..kit.picture import Tx
from ..orders import actions as orders
from ..orders.store import AWAITING, LINES_OF


def fill_awaited(tx: Tx, sku_ids: Iterable[int], location_id: int) -> None:
    """Promise what is free at a location to the orders that wait for it there, in the order they were placed."""
    waiting = [sku for sku in sku_ids if any(row.awaited for row in tx.rows(STOCK_OF, sku))]
    tx.need(AWAITING, waiting)
    tx.need(LINES_OF, {row.order_id for sku in waiting for row in tx.rows(AWAITING, sku)})
    filled: dict[int, int] = {}
    for sku_id in waiting:
        for row in sorted(tx.rows(AWAITING, sku_id), key=lambda row: (row.order_id, row.line)):
            if row.location_id != location_id:
                continue
            stock = inventory.stock_at(tx, sku_id, location_id)
            units = min(row.awaited, stock.available)
            if units <= 0:
                break
            inventory.keep_stock(tx, stock._replace(promised=stock.promised + units, awaited=stock.awaited - units))
            line = next(line for line in orders.lines_of(tx, row.order_id) if line.n == row.line)
            orders.move_units(tx, line, "awaited", "promised", units, location_id=location_id)
            orders.allocate_line(tx, line, location_id, promised=units, awaited=-units)
            filled[row.order_id] = filled.get(row.order_id, 0) + units
    for order_id, units in filled.items():
        announce(tx, "order.stock_arrived", "order", order_id, units=units)
