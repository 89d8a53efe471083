"""What was earned on what was sold: sales by the day they were invoiced, less cost of goods by the day it was posted.

The cost is that of account cost_of_goods, goods that came back taken off; all rows of a report sum to it.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.engine import Connection

from ..inventory.model import CUSTOMER
from .question import Answer, period, report, rows

POSTED = """
    SELECT posted_on, event_id, document, document_id,
           CASE WHEN debit = 'cost_of_goods' THEN amount_minor ELSE -amount_minor END AS cost
    FROM journal
    WHERE posted_on BETWEEN :first AND :last AND (debit = 'cost_of_goods' OR credit = 'cost_of_goods')
"""

MONTHS_SOLD = """
    SELECT SUBSTR(issued_on, 1, 7) AS month,
           SUM(CASE WHEN kind = 'invoice' THEN net_minor ELSE -net_minor END) AS amount
    FROM invoices WHERE issued_on BETWEEN :first AND :last GROUP BY SUBSTR(issued_on, 1, 7)
"""
MONTHS_COST = f"""
    SELECT SUBSTR(posted_on, 1, 7) AS month, SUM(cost) AS amount FROM ({POSTED}) AS posted
    GROUP BY SUBSTR(posted_on, 1, 7)
"""

CHANNELS_SOLD = """
    SELECT channel_id, SUM(net) AS amount
    FROM (SELECT COALESCE(i.channel_id, o.channel_id) AS channel_id,
                 CASE WHEN i.kind = 'invoice' THEN i.net_minor ELSE -i.net_minor END AS net
          FROM invoices i LEFT JOIN orders o ON o.id = i.order_id
          WHERE i.issued_on BETWEEN :first AND :last) AS sold
    GROUP BY channel_id
"""
CHANNELS_COST = f"""
    SELECT channel_id, SUM(cost) AS amount
    FROM (SELECT p.cost, COALESCE(o.channel_id, b.channel_id, i.channel_id, c.channel_id) AS channel_id
          FROM ({POSTED}) AS p
          LEFT JOIN orders o ON p.document = 'order' AND o.id = p.document_id
          LEFT JOIN returns r ON p.document = 'return' AND r.id = p.document_id
          LEFT JOIN orders b ON b.id = r.order_id
          LEFT JOIN invoices i ON p.document = 'credit_note' AND i.id = p.document_id
          LEFT JOIN orders c ON c.id = i.order_id) AS costs
    GROUP BY channel_id
"""

PRODUCTS_SOLD = """
    SELECT l.sku_id, SUM(CASE WHEN i.kind = 'invoice' THEN l.net_minor ELSE -l.net_minor END) AS amount
    FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id
    WHERE i.issued_on BETWEEN :first AND :last GROUP BY l.sku_id
"""
# What a request posted as cost of goods is what left for, or came back from, customers in it.
PRODUCTS_COST = f"""
    SELECT m.sku_id, SUM(CASE WHEN m.target_id = {CUSTOMER} THEN m.cost_minor ELSE -m.cost_minor END) AS amount
    FROM stock_moves m
    WHERE (m.target_id = {CUSTOMER} OR m.source_id = {CUSTOMER})
      AND m.event_id IN (SELECT event_id FROM ({POSTED}) AS posted)
    GROUP BY m.sku_id
"""


@report
def margin_by_month(connection: Connection, *, from_: str | None = None, to: str | None = None) -> Answer:
    """Sales, cost of goods and margin of each month, by business days."""
    found = _both(connection, MONTHS_SOLD, MONTHS_COST, "month", from_, to)
    return _told({"month": month, **amounts} for month, amounts in sorted(found.items()))


@report
def margin_by_channel(connection: Connection, *, from_: str | None = None, to: str | None = None) -> Answer:
    """Sales, cost of goods and margin by the channel that orders came from."""
    found = _both(connection, CHANNELS_SOLD, CHANNELS_COST, "channel_id", from_, to)
    named = {row["id"]: row for row in rows(connection, "SELECT id, code, name FROM channels")}
    named[None] = {"code": None, "name": None}
    data = [{"channel": named[id_]["code"], "name": named[id_]["name"], **each} for id_, each in found.items()]
    return _told(sorted(data, key=lambda row: row["channel"] or ""))


@report
def margin_by_product(
    connection: Connection, *, from_: str | None = None, to: str | None = None, limit: int | None = None
) -> Answer:
    """Sales, cost of goods and margin by SKU, most margin first."""
    found = _both(connection, PRODUCTS_SOLD, PRODUCTS_COST, "sku_id", from_, to)
    named = {row["id"]: row for row in rows(connection, "SELECT id, code, name FROM skus")}
    data = [{"sku": named[id_]["code"], "name": named[id_]["name"], **each} for id_, each in found.items()]
    return _told(sorted(data, key=lambda row: (row["cost"] - row["net"], row["sku"])), limit)


def _both(
    connection: Connection, sold: str, cost: str, key: str, from_: str | None, to: str | None
) -> dict[Any, dict[str, int]]:
    """Both sides by what they are about: what has a cost in these days may have been sold in others."""
    found: dict[Any, dict[str, int]] = {}
    for name, sql in (("net", sold), ("cost", cost)):
        for row in rows(connection, sql, **period(from_, to)):
            found.setdefault(row[key], {"net": 0, "cost": 0})[name] = row["amount"]
    return found


def _told(found: Iterable[dict[str, Any]], limit: int | None = None) -> Answer:
    """With margin and percent; totals are of all rows, also of those that `limit` leaves out."""
    data = [{**row, **_margin(row["net"], row["cost"])} for row in found]
    net, cost = sum(row["net"] for row in data), sum(row["cost"] for row in data)
    return {"data": data[:limit], "totals": {"net": net, "cost": cost, **_margin(net, cost)}}


def _margin(net: int, cost: int) -> dict[str, Any]:
    percent = f"{(net - cost) * 100 / net:.1f}" if net > 0 else None
    return {"margin": net - cost, "percent": percent}
