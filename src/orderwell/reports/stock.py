"""What lies on the shelves and is worth, and what customers wait for."""

from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy.engine import Connection

from ..values.ids import show
from ..values.money import scaled_text, share
from .question import Answer, report, rows, today

STOCK = """
    SELECT v.sku_id, s.code AS sku, s.name, s.unit_decimals, v.quantity AS held, v.value_minor AS value,
           l.code AS location, t.on_hand
    FROM valuations v
    JOIN skus s ON s.id = v.sku_id
    LEFT JOIN stock t ON t.sku_id = v.sku_id AND t.on_hand > 0
    LEFT JOIN locations l ON l.id = t.location_id
    WHERE v.quantity > 0
    ORDER BY s.code, v.sku_id, l.code
"""


@report
def stock_value(connection: Connection) -> Answer:
    """What is held of each SKU at each location, at average cost; what is on its way between two is `in_transit`.

    All of it together is the balance of account inventory.
    """
    data: list[dict[str, Any]] = []
    for _, group in groupby(rows(connection, STOCK), key=lambda row: row["sku_id"]):
        listed = list(group)
        first = listed[0]
        places = [(row["location"], row["on_hand"]) for row in listed if row["location"] is not None]
        moving = first["held"] - sum(units for _, units in places)
        if moving:
            places.append(("in_transit", moving))
        values = share(first["value"], [units for _, units in places])
        data += [
            {
                "sku": first["sku"], "name": first["name"], "location": place,
                "quantity": scaled_text(units, first["unit_decimals"]), "value": value,
            }
            for (place, units), value in zip(places, values, strict=True)
        ]  # fmt: skip
    return {"data": data, "totals": {"value": sum(row["value"] for row in data)}}


BACKORDERS = """
    SELECT a.order_id, a.line, a.awaited, s.code AS sku, n.description, n.unit_decimals, l.code AS location,
           o.reference, o.placed_on, o.customer_id, c.name AS customer_name
    FROM allocations a
    JOIN orders o ON o.id = a.order_id
    JOIN order_lines n ON n.order_id = a.order_id AND n.n = a.line
    JOIN skus s ON s.id = a.sku_id
    JOIN locations l ON l.id = a.location_id
    LEFT JOIN customers c ON c.id = o.customer_id
    WHERE a.awaited > 0
    ORDER BY o.placed_at, a.order_id, a.line, l.code
"""


@report
def backorders(connection: Connection) -> Answer:
    """Units that customers wait for, the oldest order first, and for how many days."""
    day = date.fromisoformat(today(connection))
    data = [
        {
            "order": show("order", row["order_id"]),
            "reference": row["reference"],
            "line": row["line"],
            "sku": row["sku"],
            "description": row["description"],
            "location": row["location"],
            "quantity": scaled_text(row["awaited"], row["unit_decimals"]),
            "customer": show("customer", row["customer_id"]) if row["customer_id"] is not None else None,
            "customer_name": row["customer_name"],
            "placed_on": row["placed_on"],
            "days": (day - date.fromisoformat(row["placed_on"])).days,
        }
        for row in rows(connection, BACKORDERS)
    ]
    return {"data": data, "totals": {"orders": len({row["order"] for row in data}), "lines": len(data)}}
