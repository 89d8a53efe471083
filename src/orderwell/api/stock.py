"""Stock, its movements, transfers and counts over HTTP."""

from collections.abc import Mapping
from typing import Any

from ..flows.adjust_stock import AdjustStock
from ..flows.count_stock import CountStock
from ..flows.keep_bins import AddBin, ChangeBin
from ..flows.move_bins import MoveBetweenBins, PutAway
from ..flows.transfer_stock import EndTransfer, ReceiveTransfer, TransferStock
from ..inventory import bin_queries, queries
from ..inventory.store import BIN_MOVES, BINS, STOCK_MOVES
from ..kit.errors import Invalid
from ..values.ids import show
from .answers import list_of
from .answers.stock import (
    BinAnswer,
    BinDetailAnswer,
    BinMoveAnswer,
    BinMovesAnswer,
    CountAnswer,
    SkuMovementAnswer,
    StockAdjustmentAnswer,
    StockAnswer,
    StockMoveAnswer,
    ToPutAwayAnswer,
    TransferAnswer,
)
from .lists import history, lists, one, queried
from .operations import Look, Operation, Query, read, verb

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
        verb(
            "POST", "/bins", AddBin, right="business:manage", result=BinAnswer, status=201,
            example={"location": "main", "code": "A-01-1", "sort": 10},
        ),
        verb(
            "POST", "/bins/{bin}/change", ChangeBin, right="business:manage", result=BinAnswer, example={"sort": 20},
        ),
        lists(
            "/bins", BINS, kind="bin", right=READ, result=BinDetailAnswer, filters=("location_id", "code", "status"),
            shown=bin_queries.shown,
        ),
        one("/bins/{bin}", BINS, kind="bin", right=READ, result=BinDetailAnswer, shown=bin_queries.shown),
        history(
            "/bin_moves", BIN_MOVES, right=READ, result=BinMoveAnswer, filters=("sku_id",), object_="bin_move",
            shown=_bin_move,
        ),
        read(
            "/stock/to_put_away", _to_put_away, name="stock_to_put_away", right=READ, result=list_of(ToPutAwayAnswer),
            summary="What lies in no bin of a location, and where more of it lies.",
            query=[Query("location", "Code of a location.", required=True)],
        ),
        verb(
            "POST", "/stock/put_away", PutAway, right=ADJUST, result=BinMovesAnswer,
            example={"location": "main", "lines": [{"sku": "lamp", "quantity": "2", "bin": "A-01-1"}]},
        ),
        verb(
            "POST", "/stock/bin_moves", MoveBetweenBins, right=ADJUST, result=BinMovesAnswer,
            example={
                "location": "main",
                "lines": [{"sku": "lamp", "quantity": "2", "source": "A-01-1", "target": "A-02-1"}],
            },
        ),
    ]  # fmt: skip


def _to_put_away(look: Look) -> Mapping[str, Any]:
    if "location" not in look.query:
        raise Invalid.at("/location", "Say at which location, by its code.", "required")
    place = queries.place_id(look.connection, look.query["location"])
    return {"object": "list", "data": bin_queries.to_put_away(look.connection, place)}


def _bin_move(row: Any) -> dict[str, Any]:
    """In the smallest unit of the SKU, like stock moves."""
    return {
        "object": "bin_move",
        "event": show("event", row.event_id),
        "sku": show("sku", row.sku_id),
        "location": show("location", row.location_id),
        "source": show("bin", row.source_id) if row.source_id is not None else None,
        "target": show("bin", row.target_id) if row.target_id is not None else None,
        "smallest_units": row.quantity,
        "reason": row.reason,
    }


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
