"""Law 2: what lies on the shelves is the sum of its movements, no unit is promised twice, and its worth adds up."""

from .model import Check

# Movements seen from each shelf: what came is above zero, what went is below.
SHELVES = """
    SELECT m.sku_id, m.target_id AS location_id, m.quantity FROM stock_moves m
    JOIN locations l ON l.id = m.target_id AND l.kind = 'stock'
    UNION ALL
    SELECT m.sku_id, m.source_id, -m.quantity FROM stock_moves m
    JOIN locations l ON l.id = m.source_id AND l.kind = 'stock'
"""

# Movements seen from the house: goods between our own shelves, and on their way between them, are ours all the time.
WORTH = """
    SELECT m.event_id, m.sku_id,
           CASE WHEN s.kind IN ('stock', 'transit') THEN 0 ELSE 1 END
           - CASE WHEN t.kind IN ('stock', 'transit') THEN 0 ELSE 1 END AS direction,
           m.quantity, m.cost_minor
    FROM stock_moves m JOIN locations s ON s.id = m.source_id JOIN locations t ON t.id = m.target_id
"""

CHECKS = (
    Check(
        "stock_differs",
        "{on_hand} units are on hand, the movements say {moved}.",
        "stock {sku_id}/{location_id}",
        f"""
        SELECT sku_id, location_id, SUM(on_hand) AS on_hand, SUM(moved) AS moved
        FROM (SELECT sku_id, location_id, on_hand, 0 AS moved FROM stock
              UNION ALL SELECT sku_id, location_id, 0, quantity FROM ({SHELVES}) AS moves) AS both_sides
        GROUP BY sku_id, location_id HAVING SUM(on_hand) <> SUM(moved)
        """,
    ),
    Check(
        "stock_below_zero",
        "The movements leave {moved} units.",
        "stock_moves of {sku_id} at {location_id}",
        f"""
        SELECT sku_id, location_id, SUM(quantity) AS moved FROM ({SHELVES}) AS moves
        GROUP BY sku_id, location_id HAVING SUM(quantity) < 0
        """,
    ),
    Check(
        "promised_differs",
        "{stored} units are promised, orders hold {held} (promised, picked, packed).",
        "stock {sku_id}/{location_id}",
        """
        SELECT sku_id, location_id, SUM(stored) AS stored, SUM(held) AS held
        FROM (SELECT sku_id, location_id, promised AS stored, 0 AS held FROM stock WHERE promised <> 0
              UNION ALL
              SELECT sku_id, location_id, 0, promised + picked FROM allocations WHERE promised + picked <> 0
              UNION ALL
              SELECT l.sku_id, p.location_id, 0, c.quantity
              FROM parcels p JOIN parcel_lines c ON c.parcel_id = p.id
              JOIN order_lines l ON l.order_id = c.order_id AND l.n = c.line
              WHERE p.status = 'packed') AS both_sides
        GROUP BY sku_id, location_id HAVING SUM(stored) <> SUM(held)
        """,
    ),
    Check(
        "promised_twice",
        "{promised} units are promised, {on_hand} are on hand.",
        "stock {sku_id}/{location_id}",
        "SELECT sku_id, location_id, promised, on_hand FROM stock WHERE promised > on_hand",
    ),
    Check(
        "awaited_differs",
        "{stored} units are awaited, orders await {held}.",
        "stock {sku_id}/{location_id}",
        """
        SELECT sku_id, location_id, SUM(stored) AS stored, SUM(held) AS held
        FROM (SELECT sku_id, location_id, awaited AS stored, 0 AS held FROM stock WHERE awaited <> 0
              UNION ALL
              SELECT sku_id, location_id, 0, awaited FROM allocations WHERE awaited <> 0) AS both_sides
        GROUP BY sku_id, location_id HAVING SUM(stored) <> SUM(held)
        """,
    ),
    Check(
        "valuation_quantity_differs",
        "{stored} units are valued, the movements say {moved}.",
        "valuations {sku_id}",
        f"""
        SELECT sku_id, SUM(stored) AS stored, SUM(moved) AS moved
        FROM (SELECT sku_id, quantity AS stored, 0 AS moved FROM valuations
              UNION ALL SELECT sku_id, 0, direction * quantity FROM ({WORTH}) AS moves) AS both_sides
        GROUP BY sku_id HAVING SUM(stored) <> SUM(moved)
        """,
    ),
    Check(
        "valuation_differs",
        "The units held are worth {stored}, the movements cost {moved}.",
        "valuations {sku_id}",
        f"""
        SELECT sku_id, SUM(stored) AS stored, SUM(moved) AS moved
        FROM (SELECT sku_id, value_minor AS stored, 0 AS moved FROM valuations
              UNION ALL SELECT sku_id, 0, direction * cost_minor FROM ({WORTH}) AS moves) AS both_sides
        GROUP BY sku_id HAVING SUM(stored) <> SUM(moved)
        """,
    ),
    Check(
        "stock_move_malformed",
        "{quantity} units at {cost_minor} from {source_id} to {target_id} is no movement.",
        "stock_moves {event_id}/{n}",
        """
        SELECT event_id, n, quantity, cost_minor, source_id, target_id FROM stock_moves
        WHERE quantity <= 0 OR cost_minor < 0 OR source_id = target_id
        """,
    ),
    Check(
        "stock_value_not_posted",
        "Stock worth {cost} moved, {posted} was posted to inventory.",
        "events {event_id}",
        f"""
        SELECT event_id, SUM(cost) AS cost, SUM(posted) AS posted
        FROM (SELECT event_id, direction * cost_minor AS cost, 0 AS posted FROM ({WORTH}) AS moves
              UNION ALL
              SELECT event_id, 0, CASE WHEN debit = 'inventory' THEN amount_minor ELSE -amount_minor END
              FROM journal WHERE debit = 'inventory' OR credit = 'inventory') AS both_sides
        GROUP BY event_id HAVING SUM(cost) <> SUM(posted)
        """,
    ),
    Check(
        "shipped_without_stock",
        "{shipped} units of SKU {sku_id} were shipped, {left_shelf} left a shelf for a customer.",
        "events {event_id}",
        """
        SELECT event_id, sku_id, SUM(shipped) AS shipped, SUM(left_shelf) AS left_shelf
        FROM (SELECT u.event_id, l.sku_id, u.quantity AS shipped, 0 AS left_shelf
              FROM unit_moves u JOIN order_lines l ON l.order_id = u.order_id AND l.n = u.line
              WHERE u.target = 'shipped' AND l.kind = 'stocked'
              UNION ALL
              SELECT m.event_id, m.sku_id, 0, m.quantity
              FROM stock_moves m JOIN locations s ON s.id = m.source_id AND s.kind = 'stock'
              JOIN locations t ON t.id = m.target_id AND t.kind = 'customer') AS both_sides
        GROUP BY event_id, sku_id HAVING SUM(shipped) <> SUM(left_shelf)
        """,
    ),
)
