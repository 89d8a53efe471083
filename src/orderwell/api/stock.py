"""Stock and its movements over HTTP."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ..catalog.store import SKUS
from ..flows.adjust_stock import AdjustStock
from ..inventory.store import LOCATIONS, STOCK, STOCK_MOVES
from ..kit.errors import Invalid
from ..kit.pages import DEFAULT_LIMIT
from ..values.ids import parse, show
from ..values.money import scaled_text
from .answers import Page
from .lists import CURSOR, LIMIT, history
from .operations import Look, Operation, Query, read, verb

FIGURES = ("on_hand", "promised", "awaited", "incoming")


def operations() -> list[Operation]:
    example = {"location": "main", "reason": "found", "lines": [{"sku": "lamp", "quantity": "2"}]}
    return [
        read(
            "/stock", _stock, name="list_stock", right="stock:read", result=Page,
            summary="What lies where: on hand, promised, available, awaited and incoming.",
            query=[LIMIT, CURSOR, Query("sku", "Id or code of a SKU."), Query("location", "Id or code of a location.")],
        ),
        history(
            "/stock_moves", STOCK_MOVES, right="stock:read", filters=("sku_id",), object_="stock_move", shown=_move
        ),
        verb("POST", "/stock/adjustments", AdjustStock, right="stock:adjust", status=201, example=example),
    ]  # fmt: skip


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


def _stock(look: Look) -> Mapping[str, Any]:
    """By SKU and location, in order of their ids."""
    limit = look.query.get("limit", DEFAULT_LIMIT)
    query = (
        sa.select(STOCK.sa, SKUS.c.code, SKUS.c.unit_decimals, LOCATIONS.c.code.label("location_code"))
        .join(SKUS.sa, SKUS.c.id == STOCK.c.sku_id)
        .join(LOCATIONS.sa, LOCATIONS.c.id == STOCK.c.location_id)
        .where(LOCATIONS.c.kind == "stock")
    )
    for name, table, column in (("sku", SKUS, STOCK.c.sku_id), ("location", LOCATIONS, STOCK.c.location_id)):
        if name in look.query:
            number = parse(name, look.query[name])
            query = query.where(column == number if number is not None else table.c.code == look.query[name])
    if "cursor" in look.query:
        sku, location = _place(look.query["cursor"])
        after = sa.and_(STOCK.c.sku_id == sku, STOCK.c.location_id > location)
        query = query.where(sa.or_(STOCK.c.sku_id > sku, after))
    rows = look.connection.execute(query.order_by(STOCK.c.sku_id, STOCK.c.location_id).limit(limit + 1)).all()
    data, more = rows[:limit], len(rows) > limit
    cursor = f"{show('sku', data[-1].sku_id)}.{show('location', data[-1].location_id)}" if more else None
    return {"object": "list", "data": [_told(row) for row in data], "has_more": more, "next_cursor": cursor}


def _told(row: Any) -> dict[str, Any]:
    figures = {name: getattr(row, name) for name in FIGURES}
    figures["available"] = row.on_hand - row.promised
    return {
        "object": "stock",
        "sku": show("sku", row.sku_id),
        "sku_code": row.code,
        "location": show("location", row.location_id),
        "location_code": row.location_code,
        **{name: scaled_text(units, row.unit_decimals) for name, units in figures.items()},
    }


def _place(cursor: str) -> tuple[int, int]:
    first, _, second = cursor.partition(".")
    sku, location = parse("sku", first), parse("location", second)
    if sku is None or location is None:
        raise Invalid.at("/cursor", f"{cursor!r} is no cursor of this list.")
    return sku, location
