"""Stock, its movements, transfers and counts over HTTP."""

from collections.abc import Mapping
from typing import Any

from ..flows.adjust_stock import AdjustStock
from ..flows.count_stock import CountStock
from ..flows.transfer_stock import EndTransfer, ReceiveTransfer, TransferStock
from ..inventory import queries
from ..inventory.store import STOCK_MOVES
from ..values.ids import show
from .answers.stock import (
    CountAnswer,
    SkuMovementAnswer,
    StockAdjustmentAnswer,
    StockAnswer,
    StockMoveAnswer,
    TransferAnswer,
)
from .lists import history, queried
from .operations import Look, Operation, read, verb

READ, ADJUST = "stock:read", "stock:adjust"


def operations() -> list[Operation]:
    found = {"location": "main", "reason": "found", "lines": [{"sku": "lamp", "quantity": "2"}]}
    moved = {"source": "main", "target": "depot", "lines": [{"sku": "lamp", "quantity": "2"}]}
    counted = {"location": "main", "lines": [{"sku": "lamp", "counted": "7"}]}
    return [
        queried("/stock", queries.stock, right=READ, result=StockAnswer, filters={"sku": None, "location": None}),
        queried(
            "/skus/{sku}/movements", queries.movements, right=READ, result=SkuMovementAnswer,
            filters={"location": None}, name="sku_movements",
        ),
        history(
            "/stock_moves", STOCK_MOVES, right=READ, result=StockMoveAnswer, filters=("sku_id",), object_="stock_move",
            shown=_move,
        ),
        verb(
            "POST", "/stock/adjustments", AdjustStock, right=ADJUST, result=StockAdjustmentAnswer, status=201,
            example=found,
        ),
        verb("POST", "/stock/counts", CountStock, right=ADJUST, result=CountAnswer, status=201, example=counted),
        verb("POST", "/transfers", TransferStock, right=ADJUST, result=TransferAnswer, status=201, example=moved),
        queried("/transfers", queries.transfer_list, right=READ, result=TransferAnswer, filters={"status": None}),
        read(
            "/transfers/{transfer}", _transfer, name="get_transfer", right=READ, result=TransferAnswer,
            summary="Look up one transfer.",
        ),
        verb("POST", "/transfers/{transfer}/receive", ReceiveTransfer, right=ADJUST, result=TransferAnswer),
        verb(
            "POST", "/transfers/{transfer}/end", EndTransfer, right=ADJUST, result=TransferAnswer,
            example={"outcome": "returned"},
        ),
    ]  # fmt: skip


def _transfer(look: Look) -> Mapping[str, Any]:
    return queries.transfer(look.connection, look.path["transfer"])


def _move(row: Any) -> dict[str, Any]:
    """Quantities of movements are in the smallest unit of the SKU: here many SKUs stand side by side."""
    return {
        "object": "stock_move",
        "event": show("event", row.event_id),
        "sku": show("sku", row.sku_id),
        "source": show("location", row.source_id),
        "target": show("location", row.target_id),
        "smallest_units": row.quantity,
        "cost": row.cost_minor,
        "reason": row.reason,
    }
