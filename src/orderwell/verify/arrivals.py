"""What is due and what came in: purchase orders, transfers, returns, and the stock that is expected from them."""

from .model import Check

CHECKS = (
    Check(
        "incoming_differs",
        "{stored} units are incoming, purchase orders and transfers bring {due}.",
        "stock {sku_id}/{location_id}",
        """
        SELECT sku_id, location_id, SUM(stored) AS stored, SUM(due) AS due
        FROM (SELECT sku_id, location_id, incoming AS stored, 0 AS due FROM stock WHERE incoming <> 0
              UNION ALL
              SELECT sku_id, location_id, 0, quantity - received - cancelled FROM purchase_lines
              UNION ALL
              SELECT l.sku_id, t.target_id, 0, l.shipped - l.received - l.returned - l.lost
              FROM transfer_lines l JOIN transfers t ON t.id = l.transfer_id) AS both_sides
        GROUP BY sku_id, location_id HAVING SUM(stored) <> SUM(due)
        """,
    ),
    Check(
        "transit_differs",
        "Movements leave {moved} units of SKU {sku_id} in transit, transfers say {under_way}.",
        "transfers of {sku_id}",
        """
        SELECT sku_id, SUM(moved) AS moved, SUM(under_way) AS under_way
        FROM (SELECT m.sku_id, m.quantity AS moved, 0 AS under_way
              FROM stock_moves m JOIN locations l ON l.id = m.target_id AND l.kind = 'transit'
              UNION ALL
              SELECT m.sku_id, -m.quantity, 0
              FROM stock_moves m JOIN locations l ON l.id = m.source_id AND l.kind = 'transit'
              UNION ALL
              SELECT sku_id, 0, shipped - received - returned - lost FROM transfer_lines) AS both_sides
        GROUP BY sku_id HAVING SUM(moved) <> SUM(under_way)
        """,
    ),
    Check(
        "received_differs",
        "{received} units worth {worth} were received on the line, receipts say {on_receipts} worth {cost}.",
        "purchase_lines {purchase_order_id}/{n}",
        """
        SELECT purchase_order_id, n, SUM(received) AS received, SUM(worth) AS worth,
               SUM(on_receipts) AS on_receipts, SUM(cost) AS cost
        FROM (SELECT purchase_order_id, n, received, received_minor AS worth, 0 AS on_receipts, 0 AS cost
              FROM purchase_lines
              UNION ALL
              SELECT r.purchase_order_id, l.line, 0, 0,
                     CASE WHEN r.reverses IS NULL THEN l.quantity ELSE -l.quantity END,
                     CASE WHEN r.reverses IS NULL THEN l.cost_minor ELSE -l.cost_minor END
              FROM receipt_lines l JOIN receipts r ON r.id = l.receipt_id) AS both_sides
        GROUP BY purchase_order_id, n HAVING SUM(received) <> SUM(on_receipts) OR SUM(worth) <> SUM(cost)
        """,
    ),
    Check(
        "received_too_much",
        "{received} units were received and {cancelled} given up of {quantity} ordered.",
        "purchase_lines {purchase_order_id}/{n}",
        """
        SELECT purchase_order_id, n, quantity, received, cancelled FROM purchase_lines
        WHERE received < 0 OR cancelled < 0 OR received + cancelled > quantity
        """,
    ),
    Check(
        "goods_received_differs",
        "The account stands at {posted}, goods received and not yet billed are worth {worth}.",
        "account goods_received",
        """
        SELECT SUM(posted) AS posted, SUM(worth) AS worth
        FROM (SELECT CASE WHEN credit = 'goods_received' THEN amount_minor ELSE -amount_minor END AS posted, 0 AS worth
              FROM journal WHERE debit = 'goods_received' OR credit = 'goods_received'
              UNION ALL
              SELECT 0, received_minor - invoiced_minor FROM purchase_lines) AS both_sides
        HAVING SUM(posted) <> SUM(worth)
        """,
    ),
    Check(
        "return_out_of_bounds",
        "{announced} announced, {received} received, {restocked} restocked, {scrapped} scrapped, {credited} credited.",
        "return_lines {return_id}/{line}",
        """
        SELECT return_id, line, announced, received, restocked, scrapped, credited FROM return_lines
        WHERE received > announced OR restocked + scrapped > received OR credited > restocked + scrapped
           OR announced < 0 OR received < 0 OR restocked < 0 OR scrapped < 0 OR credited < 0
        """,
    ),
)
