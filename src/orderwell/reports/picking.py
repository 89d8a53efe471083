"""What can be picked at a location now, the most urgent first."""

from typing import Any

from sqlalchemy.engine import Connection

from ..values.ids import show
from .question import rows

# The same conditions as orders.rules.not_ready, asked of the tables; a test compares them.
# CROSS JOIN: SQLite begins with the few allocations that are to do, whatever it guesses about orders.
TO_PICK = """
    SELECT o.id, o.reference, o.placed_on, o.country, c.code AS channel, p.dispatch_on, p.deliver_on,
           COUNT(*) AS lines, o.placed_at
    FROM allocations a
    CROSS JOIN orders o
    JOIN channels c ON c.id = o.channel_id
    LEFT JOIN delivery_promises p ON p.order_id = o.id
    WHERE o.id = a.order_id AND a.location_id = :location AND (a.promised > 0 OR a.picked > 0 OR a.awaited > 0)
      AND a.promised > 0
      AND o.status = 'placed' AND o.expires_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM order_lines n WHERE n.order_id = o.id
                      AND (n.awaited > 0 OR (n.open > 0 AND n.kind = 'stocked')))
      AND a.promised > COALESCE((SELECT SUM(l.asked - l.picked - l.short - l.dropped) FROM pick_lines l
                                 WHERE l.sku_id = a.sku_id AND l.asked > l.picked + l.short + l.dropped
                                 AND l.order_id = a.order_id AND l.line = a.line
                                 AND l.location_id = a.location_id), 0)
    GROUP BY o.id, o.reference, o.placed_on, o.country, c.code, p.dispatch_on, p.deliver_on, o.placed_at
    ORDER BY COALESCE(p.dispatch_on, o.placed_on), o.placed_at, o.id
    LIMIT :limit
"""


def to_pick(connection: Connection, location_id: int, *, limit: int) -> list[dict[str, Any]]:
    """Orders that are ready and on no open list, by the day they are to be sent; those without one by their own day."""
    return [
        {
            "order": show("order", row["id"]), "reference": row["reference"], "channel": row["channel"],
            "placed_on": row["placed_on"], "country": row["country"], "dispatch_on": row["dispatch_on"],
            "deliver_on": row["deliver_on"], "lines": row["lines"],
        }
        for row in rows(connection, TO_PICK, location=location_id, limit=limit)
    ]  # fmt: skip
