"""What a link to one order shows: where it is. Neither who ordered it nor where it goes."""

from typing import Any

from sqlalchemy.engine import Connection

from ..kit.errors import NotFound
from ..orders import queries as orders
from ..portal.queries import linked_order
from ..values.ids import show
from .question import business, rows

PARCELS = """
    SELECT status, carrier, tracking, delivered_at FROM parcels
    WHERE order_id = :id AND status IN ('shipped', 'failed', 'delivered', 'lost', 'came_back') ORDER BY id
"""


def tracked(connection: Connection, secret: str, now: int) -> dict[str, Any]:
    """The order behind a link. Raises NotFound, the same for all reasons."""
    order_id = linked_order(connection, secret, now)
    if order_id is None:
        raise NotFound("This link opens nothing, or no longer.")
    order = orders.one(connection, show("order", order_id))
    lines = [
        {each: line[each] for each in ("line", "description", "quantity", "units")} for line in order["lines"]
    ]  # fmt: skip
    parcels = [
        {"status": row["status"], "carrier": row["carrier"], "tracking": row["tracking"]}
        for row in rows(connection, PARCELS, id=order_id)
    ]
    shown = ("reference", "status", "fulfilment_status", "placed_on")
    return {
        "object": "tracked_order", "house": business(connection).name, **{each: order[each] for each in shown},
        "lines": lines, "parcels": parcels,
    }  # fmt: skip
