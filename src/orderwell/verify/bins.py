"""Bins: what lies in each is the sum of its movements, and all bins together hold no more than lies at the location."""

from .model import Check

# Movements seen from each bin: what came is above zero, what went is below.
BINS = """
    SELECT target_id AS bin_id, sku_id, location_id, quantity FROM bin_moves WHERE target_id IS NOT NULL
    UNION ALL
    SELECT source_id, sku_id, location_id, -quantity FROM bin_moves WHERE source_id IS NOT NULL
"""

CHECKS = (
    Check(
        "pick_line_differs",
        "The line has {picked} picked, {short} short, {dropped} dropped;"
        " its moves say {m_picked}, {m_short}, {m_dropped}.",
        "pick_lines {pick_list_id}/{n}",
        """
        SELECT pick_list_id, n, SUM(picked) AS picked, SUM(short) AS short, SUM(dropped) AS dropped,
               SUM(m_picked) AS m_picked, SUM(m_short) AS m_short, SUM(m_dropped) AS m_dropped
        FROM (SELECT pick_list_id, n, picked, short, dropped, 0 AS m_picked, 0 AS m_short, 0 AS m_dropped
              FROM pick_lines
              UNION ALL
              SELECT pick_list_id, line, 0, 0, 0,
                     CASE kind WHEN 'picked' THEN quantity WHEN 'put_back' THEN -quantity ELSE 0 END,
                     CASE kind WHEN 'short' THEN quantity ELSE 0 END,
                     CASE kind WHEN 'dropped' THEN quantity ELSE 0 END
              FROM pick_moves) AS both_sides
        GROUP BY pick_list_id, n
        HAVING SUM(picked) <> SUM(m_picked) OR SUM(short) <> SUM(m_short) OR SUM(dropped) <> SUM(m_dropped)
        """,
    ),
    Check(
        "pick_line_out_of_bounds",
        "{asked} are asked for; {picked} picked, {short} short, {dropped} dropped.",
        "pick_lines {pick_list_id}/{n}",
        """
        SELECT pick_list_id, n, asked, picked, short, dropped FROM pick_lines
        WHERE picked < 0 OR short < 0 OR dropped < 0 OR picked + short + dropped > asked
        """,
    ),
    Check(
        "pick_list_status_differs",
        "The list is {status}, {units_left} units of it are left.",
        "pick_lists {id}",
        """
        SELECT p.id, p.status, SUM(l.asked - l.picked - l.short - l.dropped) AS units_left
        FROM pick_lists p JOIN pick_lines l ON l.pick_list_id = p.id GROUP BY p.id, p.status
        HAVING (p.status = 'open') <> (SUM(l.asked - l.picked - l.short - l.dropped) > 0)
        """,
    ),
    Check(
        "bin_stock_differs",
        "{stored} units lie in the bin, the movements say {moved}.",
        "bin_stock {bin_id}/{sku_id}",
        f"""
        SELECT bin_id, sku_id, SUM(stored) AS stored, SUM(moved) AS moved
        FROM (SELECT bin_id, sku_id, quantity AS stored, 0 AS moved FROM bin_stock
              UNION ALL SELECT bin_id, sku_id, 0, quantity FROM ({BINS}) AS moves) AS both_sides
        GROUP BY bin_id, sku_id HAVING SUM(stored) <> SUM(moved)
        """,
    ),
    Check(
        "bin_below_zero",
        "The movements leave {moved} units in the bin.",
        "bin_moves of {sku_id} in {bin_id}",
        f"""
        SELECT bin_id, sku_id, SUM(quantity) AS moved FROM ({BINS}) AS moves
        GROUP BY bin_id, sku_id HAVING SUM(quantity) < 0
        """,
    ),
    Check(
        "binned_differs",
        "{stored} units are said to lie in bins, bins hold {held}.",
        "stock {sku_id}/{location_id}",
        """
        SELECT sku_id, location_id, SUM(stored) AS stored, SUM(held) AS held
        FROM (SELECT sku_id, location_id, binned AS stored, 0 AS held FROM stock WHERE binned <> 0
              UNION ALL
              SELECT s.sku_id, b.location_id, 0, s.quantity FROM bin_stock s JOIN bins b ON b.id = s.bin_id)
             AS both_sides
        GROUP BY sku_id, location_id HAVING SUM(stored) <> SUM(held)
        """,
    ),
    Check(
        "binned_too_much",
        "Bins hold {held} units, {on_hand} are on hand.",
        "stock {sku_id}/{location_id}",
        """
        SELECT h.sku_id, h.location_id, h.held, COALESCE(s.on_hand, 0) AS on_hand
        FROM (SELECT sku_id, location_id, SUM(quantity) AS held FROM bin_stock GROUP BY sku_id, location_id) h
        LEFT JOIN stock s ON s.sku_id = h.sku_id AND s.location_id = h.location_id
        WHERE h.held > COALESCE(s.on_hand, 0)
        """,
    ),
    Check(
        "bin_move_malformed",
        "{quantity} units from {source_id} to {target_id} is no movement between bins of location {location_id}.",
        "bin_moves {event_id}/{n}",
        """
        SELECT m.event_id, m.n, m.quantity, m.source_id, m.target_id, m.location_id FROM bin_moves m
        LEFT JOIN bins s ON s.id = m.source_id LEFT JOIN bins t ON t.id = m.target_id
        WHERE m.quantity <= 0 OR m.source_id = m.target_id OR (m.source_id IS NULL AND m.target_id IS NULL)
           OR s.location_id <> m.location_id OR t.location_id <> m.location_id
        """,
    ),
)
