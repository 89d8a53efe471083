"""What was sold: invoices less credit notes, by the business day they were issued on."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ..values.ids import show
from ..values.money import scaled_text
from .question import Answer, channel_id, period, report, rows

AMOUNTS = """
    SUM(CASE WHEN i.kind = 'invoice' THEN 1 ELSE 0 END) AS invoices,
    SUM(CASE WHEN i.kind = 'invoice' THEN 0 ELSE 1 END) AS credit_notes,
    SUM(CASE WHEN i.kind = 'invoice' THEN i.net_minor ELSE 0 END) AS invoiced_net,
    SUM(CASE WHEN i.kind = 'invoice' THEN 0 ELSE i.net_minor END) AS credited_net,
    SUM(CASE WHEN i.kind = 'invoice' THEN i.tax_minor ELSE -i.tax_minor END) AS tax
"""
WITHIN = "i.issued_on BETWEEN :first AND :last"
OF_CHANNEL = """
    i.issued_on BETWEEN :first AND :last AND :channel =
    COALESCE(i.channel_id, (SELECT b.channel_id FROM orders b WHERE b.id = i.order_id))
"""

BY_DAY = f"SELECT i.issued_on AS day, {AMOUNTS} FROM invoices i WHERE {WITHIN} GROUP BY i.issued_on ORDER BY 1"
BY_MONTH = f"""
    SELECT SUBSTR(i.issued_on, 1, 7) AS month, {AMOUNTS} FROM invoices i WHERE {WITHIN}
    GROUP BY SUBSTR(i.issued_on, 1, 7) ORDER BY 1
"""
BY_COUNTRY = f"SELECT i.country, {AMOUNTS} FROM invoices i WHERE {WITHIN} GROUP BY i.country"
BY_CHANNEL = f"""
    SELECT c.code AS channel, c.name, {AMOUNTS}
    FROM invoices i
    LEFT JOIN orders o ON o.id = i.order_id
    LEFT JOIN channels c ON c.id = COALESCE(i.channel_id, o.channel_id)
    WHERE {WITHIN} GROUP BY c.code, c.name
"""
BY_CUSTOMER = f"""
    SELECT c.id AS customer_id, c.reference, c.name, {AMOUNTS}
    FROM invoices i LEFT JOIN customers m ON m.id = i.customer_id
    LEFT JOIN customers c ON c.id = COALESCE(m.merged_into_id, m.id)
    WHERE {WITHIN} GROUP BY c.id, c.reference, c.name
"""
BY_PRODUCT = f"""
    SELECT s.code AS sku, s.name, p.code AS product, s.unit_decimals,
           SUM(CASE WHEN i.kind = 'invoice' THEN l.quantity ELSE 0 END) AS sold,
           SUM(CASE WHEN i.kind = 'invoice' THEN 0 ELSE l.quantity END) AS credited,
           SUM(CASE WHEN i.kind = 'invoice' THEN l.net_minor ELSE 0 END) AS invoiced_net,
           SUM(CASE WHEN i.kind = 'invoice' THEN 0 ELSE l.net_minor END) AS credited_net,
           SUM(CASE WHEN i.kind = 'invoice' THEN l.tax_minor ELSE -l.tax_minor END) AS tax
    FROM invoices i
    JOIN invoice_lines l ON l.invoice_id = i.id
    JOIN skus s ON s.id = l.sku_id
    LEFT JOIN products p ON p.id = s.product_id
    WHERE {WITHIN} GROUP BY s.id, s.code, s.name, p.code, s.unit_decimals
"""


@report
def sales_by_day(
    connection: Connection, *, from_: str | None = None, to: str | None = None, channel: str | None = None
) -> Answer:
    """Sales of each business day."""
    return _told(_found(connection, BY_DAY, from_, to, channel))


@report
def sales_by_month(
    connection: Connection, *, from_: str | None = None, to: str | None = None, channel: str | None = None
) -> Answer:
    """Sales of each month, by business days."""
    return _told(_found(connection, BY_MONTH, from_, to, channel))


@report
def sales_by_country(
    connection: Connection, *, from_: str | None = None, to: str | None = None, channel: str | None = None
) -> Answer:
    """Sales by the country the goods went to."""
    return _told(sorted(_found(connection, BY_COUNTRY, from_, to, channel), key=lambda row: str(row["country"])))


@report
def sales_by_channel(connection: Connection, *, from_: str | None = None, to: str | None = None) -> Answer:
    """Sales by the channel that orders came from; credit notes of no order and no channel stand under none."""
    return _told(sorted(rows(connection, BY_CHANNEL, **period(from_, to)), key=lambda row: row["channel"] or ""))


@report
def sales_by_customer(
    connection: Connection, *, from_: str | None = None, to: str | None = None, channel: str | None = None,
    limit: int | None = None,
) -> Answer:  # fmt: skip
    """Sales by customer, most first; guests together are one line."""
    found = [
        {"customer": show("customer", row["customer_id"]) if row["customer_id"] is not None else None, **row}
        for row in _found(connection, BY_CUSTOMER, from_, to, channel)
    ]
    for row in found:
        del row["customer_id"]
    return _told(_most_first(found, "reference"), limit)


@report
def sales_by_product(
    connection: Connection, *, from_: str | None = None, to: str | None = None, channel: str | None = None,
    limit: int | None = None,
) -> Answer:  # fmt: skip
    """Sales by SKU with the product it belongs to, most first. Quantities are decimal strings in the SKU's unit."""
    found = _most_first(_found(connection, BY_PRODUCT, from_, to, channel), "sku")
    for row in found:
        places = row.pop("unit_decimals")
        row["quantity"] = scaled_text(row["sold"] - row["credited"], places)
        row["sold"], row["credited"] = scaled_text(row["sold"], places), scaled_text(row["credited"], places)
    return _told(found, limit, counted=())


def _found(
    connection: Connection, sql: str, from_: str | None, to: str | None, channel: str | None
) -> list[dict[str, Any]]:
    """Rows of all channels, or of one."""
    if channel is None:
        return rows(connection, sql, **period(from_, to))
    of_one = sql.replace(WITHIN, OF_CHANNEL)
    return rows(connection, of_one, channel=channel_id(connection, channel), **period(from_, to))


def _most_first(found: Iterable[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return sorted(found, key=lambda row: (row["credited_net"] - row["invoiced_net"], row[name] or ""))


def _told(
    found: list[dict[str, Any]], limit: int | None = None, counted: Sequence[str] = ("invoices", "credit_notes")
) -> Answer:
    """Rows with their net and gross; totals are of all rows, also of those that `limit` leaves out."""
    for row in found:
        row["net"] = row["invoiced_net"] - row["credited_net"]
        row["gross"] = row["net"] + row["tax"]
    summed = (*counted, "invoiced_net", "credited_net", "net", "tax", "gross")
    return {"data": found[:limit], "totals": {each: sum(row[each] for row in found) for each in summed}}
