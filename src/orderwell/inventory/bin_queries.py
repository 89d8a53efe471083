"""Reading bins: which there are, what lies in them, and what is still to be put away. SQL and nothing else."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..values.ids import show
from ..values.money import scaled_text
from .model import Bin
from .store import BIN_STOCK, BINS, LOCATIONS


def shown(connection: Connection, rows: Sequence[Bin]) -> list[dict[str, Any]]:
    """Bins with what lies in each, by code of the SKU."""
    inside: dict[int, list[dict[str, Any]]] = {row.id: [] for row in rows}
    query = sa.text(
        "SELECT b.bin_id, b.sku_id, k.code, k.name, k.unit_decimals, b.quantity FROM bin_stock b"
        " JOIN skus k ON k.id = b.sku_id WHERE b.quantity > 0 AND b.bin_id IN :bins ORDER BY k.code"
    ).bindparams(sa.bindparam("bins", expanding=True))
    for row in connection.execute(query, {"bins": list(inside)}):
        inside[row.bin_id].append(
            {
                "sku": show("sku", row.sku_id), "sku_code": row.code, "name": row.name,
                "quantity": scaled_text(row.quantity, row.unit_decimals),
            }
        )  # fmt: skip
    codes = {row.id: row.code for row in connection.execute(sa.select(LOCATIONS.c.id, LOCATIONS.c.code))}
    return [
        {
            "object": "bin", "id": show("bin", row.id), "version": row.version,
            "location": show("location", row.location_id), "location_code": codes[row.location_id], "code": row.code,
            "sort": row.sort, "status": row.status, "contents": inside[row.id],
        }
        for row in rows
    ]  # fmt: skip


TO_PUT_AWAY = """
    SELECT s.sku_id, k.code, k.name, k.unit_decimals, s.on_hand - s.binned AS in_no_bin,
           COALESCE((SELECT SUM(a.picked) FROM allocations a
                     WHERE a.sku_id = s.sku_id AND a.location_id = s.location_id AND a.picked > 0), 0)
           + COALESCE((SELECT SUM(c.quantity) FROM parcels p JOIN parcel_lines c ON c.parcel_id = p.id
                       JOIN order_lines n ON n.order_id = c.order_id AND n.n = c.line
                       WHERE p.status = 'packed' AND p.location_id = s.location_id AND n.sku_id = s.sku_id), 0)
           AS staged
    FROM stock s JOIN skus k ON k.id = s.sku_id
    WHERE s.location_id = :location AND s.on_hand > s.binned ORDER BY k.code
"""


def to_put_away(connection: Connection, location_id: int) -> list[dict[str, Any]]:
    """Units that lie in no bin and are not picked or packed for anybody, each with the bins that hold the SKU already.

    Those come in walking order: the first is where more of it would be looked for first.
    """
    rows = [
        row for row in connection.execute(sa.text(TO_PUT_AWAY), {"location": location_id}) if row.in_no_bin > row.staged
    ]
    there = _bins_of(connection, location_id, [row.sku_id for row in rows])
    return [
        {
            "sku": show("sku", row.sku_id), "sku_code": row.code, "name": row.name,
            "quantity": scaled_text(int(row.in_no_bin - row.staged), row.unit_decimals),
            "bins": there.get(row.sku_id, []),
        }
        for row in rows
    ]  # fmt: skip


def _bins_of(connection: Connection, location_id: int, sku_ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        sa.select(BIN_STOCK.c.sku_id, BINS.c.code)
        .join(BINS.sa, BINS.c.id == BIN_STOCK.c.bin_id)
        .where(BIN_STOCK.c.location_id == location_id, BIN_STOCK.c.quantity > 0, BIN_STOCK.c.sku_id.in_(sku_ids))
        .order_by(BINS.c.sort, BINS.c.code)
    )
    found: dict[int, list[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.sku_id, []).append(row.code)
    return found
