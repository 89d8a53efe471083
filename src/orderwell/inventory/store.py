"""Stock tables. `stock_moves` is history; `stock` and `valuations` are sums of it that verify recomputes."""

from ..kit.tables import Table
from .model import Location, Stock, StockMove, Valuation

LOCATIONS = Table("locations", Location, key="id", lock="write", checks=["status IN ('open', 'closed')"])
LOCATION_BY_CODE = LOCATIONS.group("code", unique=True)
LOCATIONS_OF_KIND = LOCATIONS.group("kind")

STOCK = Table(
    "stock",
    Stock,
    key=("sku_id", "location_id"),
    lock="read",
    references={"sku_id": "skus.id", "location_id": "locations.id"},
    checks=["on_hand >= 0", "promised >= 0", "promised <= on_hand", "awaited >= 0", "incoming >= 0"],
)
STOCK_OF = STOCK.group("sku_id")

STOCK_MOVES = Table(
    "stock_moves",
    StockMove,
    key=("event_id", "n"),
    append_only=True,
    indexes=[("sku_id",)],
    checks=["quantity > 0", "cost_minor >= 0", "source_id <> target_id"],
)

VALUATIONS = Table(
    "valuations",
    Valuation,
    key="sku_id",
    lock="read",
    checks=["quantity >= 0", "value_minor >= 0", "quantity > 0 OR value_minor = 0"],
)
