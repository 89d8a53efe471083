"""What is known of a customer beyond their own row, and how much of it the law has us keep. Only reads."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..banking.store import BANK_LINES, BANK_MATCHES
from ..customers.queries import family
from ..customers.rules import kept_through
from ..invoicing.store import INVOICES
from ..payments.store import PAYMENTS


class Known(NamedTuple):
    """Which orders are not finished; and what an erasure takes or has to leave."""

    open_orders: tuple[str, ...]
    kept_addresses: tuple[int, ...]  # on invoices that must be kept
    name_kept: bool  # an invoice that must be kept has no address of its own to hold the name
    spent_bank_lines: tuple[int, ...]  # no longer to be kept
    kept_through: str | None


OPEN_ORDERS = """
    SELECT o.reference FROM orders o
    WHERE o.customer_id IN ({ids}) AND o.status <> 'cancelled' AND EXISTS (
        SELECT 1 FROM order_lines l WHERE l.order_id = o.id AND (o.status = 'draft' AND l.open > 0
            OR l.open + l.promised + l.awaited + l.picked + l.packed > 0))
    ORDER BY o.id LIMIT 20
"""
OPEN_RETURNS = """
    SELECT o.reference FROM returns r JOIN orders o ON o.id = r.order_id
    JOIN return_lines l ON l.return_id = r.id
    WHERE o.customer_id IN ({ids}) AND r.status = 'open' AND l.received < l.announced
    ORDER BY o.id LIMIT 20
"""


def known(connection: Connection, customer_id: int, *, country: str, today: str) -> Known:
    ids = family(connection, customer_id)
    kept = [row for row in _invoices(connection, ids) if kept_through(row.issued_on, country) >= today]
    lines = _bank_lines(connection, ids)
    spent = [line.id for line in lines if kept_through(line.booked_on, country) < today]
    days = [row.issued_on for row in kept] + [line.booked_on for line in lines if line.id not in spent]
    return Known(
        tuple(dict.fromkeys(_open(connection, OPEN_ORDERS, ids) + _open(connection, OPEN_RETURNS, ids))),
        tuple(sorted({row.bill_to for row in kept if row.bill_to is not None})),
        any(row.bill_to is None for row in kept),
        tuple(spent),
        kept_through(max(days), country) if days else None,
    )


def _open(connection: Connection, sql: str, ids: Sequence[int]) -> list[str]:
    names = {f"id{n}": each for n, each in enumerate(ids)}
    query = sa.text(sql.format(ids=", ".join(f":{name}" for name in names)))
    return list(connection.execute(query, names).scalars())


def _invoices(connection: Connection, ids: Sequence[int]) -> Sequence[Any]:
    query = sa.select(INVOICES.c.issued_on, INVOICES.c.bill_to).where(INVOICES.c.customer_id.in_(ids))
    return connection.execute(query).all()


def _bank_lines(connection: Connection, ids: Sequence[int]) -> Sequence[Any]:
    """Statements are books of account too: lines that were their payments are kept as long."""
    return connection.execute(
        sa.select(BANK_LINES.sa)
        .join(BANK_MATCHES.sa, BANK_MATCHES.c.line_id == BANK_LINES.c.id)
        .join(PAYMENTS.sa, PAYMENTS.c.id == BANK_MATCHES.c.payment_id)
        .where(PAYMENTS.c.customer_id.in_(ids))
        .order_by(BANK_LINES.c.id)
    ).all()
