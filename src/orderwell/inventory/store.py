"""Stock tables. `stock_moves` is history; `stock` and `valuations` are sums of it that verify recomputes."""

from ..kit.tables import Table
from .model import (
    Adjustment,
    Bin,
    BinMove,
    BinStock,
    Location,
    Stock,
    StockCount,
    StockCountLine,
    StockMove,
    Transfer,
    TransferLine,
    Valuation,
)

LOCATIONS = Table(
    "locations",
    Location,
    key="id",
    lock="write",
    checks=["status IN ('open', 'closed')", "layout IN ('whole', 'bins')"],
)
LOCATION_BY_CODE = LOCATIONS.group("code", unique=True)
LOCATIONS_OF_KIND = LOCATIONS.group("kind")

STOCK = Table(
    "stock",
    Stock,
    key=("sku_id", "location_id"),
    lock="read",
    references={"sku_id": "skus.id", "location_id": "locations.id"},
    checks=[
        "on_hand >= 0",
        "promised >= 0",
        "promised <= on_hand",
        "awaited >= 0",
        "incoming >= 0",
        "binned >= 0",
        "binned <= on_hand",
    ],
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

ADJUSTMENTS = Table("adjustments", Adjustment, key="id", append_only=True, indexes=[("event_id",)])
ADJUSTMENT_BY_REFERENCE = ADJUSTMENTS.group(
    "channel_id", "reference", unique=True, where="channel_id IS NOT NULL", keep=lambda row: row.channel_id is not None
)

VALUATIONS = Table(
    "valuations",
    Valuation,
    key="sku_id",
    lock="read",
    checks=["quantity >= 0", "value_minor >= 0", "quantity > 0 OR value_minor = 0"],
)

TRANSFERS = Table(
    "transfers",
    Transfer,
    key="id",
    lock="read",
    references={"source_id": "locations.id", "target_id": "locations.id"},
    checks=["source_id <> target_id"],
)
TRANSFER_BY_REFERENCE = TRANSFERS.group("reference", unique=True)
TRANSFER_LINES = Table(
    "transfer_lines",
    TransferLine,
    key=("transfer_id", "n"),
    root=("transfers", "transfer_id"),
    references={"transfer_id": "transfers.id", "sku_id": "skus.id"},
    checks=["shipped > 0", "received >= 0 AND returned >= 0 AND lost >= 0", "received + returned + lost <= shipped"],
)
TRANSFER_LINES_OF = TRANSFER_LINES.group("transfer_id")
UNDER_WAY = TRANSFER_LINES.group(
    "sku_id", where="shipped > received + returned + lost", keep=lambda row: row.under_way > 0
)

STOCK_COUNTS = Table("stock_counts", StockCount, key="id", append_only=True, indexes=[("event_id",)])
STOCK_COUNT_LINES = Table("stock_count_lines", StockCountLine, key=("count_id", "n"), append_only=True)

BINS = Table(
    "bins",
    Bin,
    key="id",
    lock="write",
    references={"location_id": "locations.id"},
    checks=["status IN ('open', 'closed')"],
)
BIN_BY_CODE = BINS.group("location_id", "code", unique=True)

BIN_STOCK = Table(
    "bin_stock",
    BinStock,
    key=("bin_id", "sku_id"),
    references={"bin_id": "bins.id", "sku_id": "skus.id"},
    checks=["quantity >= 0"],
)
IN_BIN = BIN_STOCK.group("bin_id")
IN_BINS = BIN_STOCK.group("sku_id", "location_id", where="quantity > 0", keep=lambda row: row.quantity > 0)

BIN_MOVES = Table(
    "bin_moves",
    BinMove,
    key=("event_id", "n"),
    append_only=True,
    indexes=[("sku_id",)],
    checks=[
        "quantity > 0",
        "source_id IS NOT NULL OR target_id IS NOT NULL",
        "source_id IS NULL OR target_id IS NULL OR source_id <> target_id",
    ],
)
