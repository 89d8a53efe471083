"""Everything about one customer, in a form that a program can read (GDPR art. 15 and 20)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..banking.store import BANK_LINES, BANK_MATCHES
from ..catalog.store import CUSTOMER_PRICES
from ..customers.queries import families
from ..customers.store import ADDRESSES, CUSTOMERS
from ..invoicing.store import INVOICE_LINES, INVOICES
from ..kit.events import EVENTS
from ..kit.tables import Table
from ..ledger.store import DEBT_ADJUSTMENTS, OPEN_ITEMS
from ..mail.store import MESSAGES
from ..orders.store import LINES, ORDERS
from ..payments.store import PAYMENTS
from ..portal.store import ORDER_LINKS, PORTAL_ACCOUNTS, PORTAL_PASSKEYS, PORTAL_SESSIONS
from ..returns.store import RETURNS
from ..values.calendar import instant_text
from ..values.ids import show
from .question import customer_id

PLACES = {"collect_at"}  # where, not when
SECRETS = {"hash", "fingerprint"}  # say nothing about anybody


def personal_data(connection: Connection, name: str) -> dict[str, Any]:
    """All that is kept under a customer and those merged with it, table by table. Raises Invalid for an unknown one."""
    kept = customer_id(connection, name)
    found: dict[str, list[dict[str, Any]]] = {}

    def take(table: Table[Any], column: str, values: list[Any]) -> list[Any]:
        query = sa.select(table.sa).where(table.c[column].in_(values)).order_by(*(table.c[key] for key in table.key))
        rows = list(connection.execute(query))
        found[table.name] = [_told(row) for row in rows]
        return rows

    ids = families(connection, [kept])
    take(CUSTOMERS, "id", ids)
    take(CUSTOMER_PRICES, "customer_id", ids)
    accounts = [row.id for row in take(PORTAL_ACCOUNTS, "customer_id", ids)]
    take(PORTAL_SESSIONS, "account_id", accounts)
    take(PORTAL_PASSKEYS, "account_id", accounts)
    take(MESSAGES, "account_id", accounts)
    orders = [row.id for row in take(ORDERS, "customer_id", ids)]
    take(LINES, "order_id", orders)
    take(ORDER_LINKS, "order_id", orders)
    take(RETURNS, "customer_id", ids)
    invoices = take(INVOICES, "customer_id", ids)
    take(INVOICE_LINES, "invoice_id", [row.id for row in invoices])
    payments = [row.id for row in take(PAYMENTS, "customer_id", ids)]
    lines = [row.line_id for row in take(BANK_MATCHES, "payment_id", payments)]
    take(BANK_LINES, "id", sorted(set(lines)))
    take(OPEN_ITEMS, "party_id", ids)
    take(DEBT_ADJUSTMENTS, "customer_id", ids)
    take(ADDRESSES, "customer_id", ids)
    take(EVENTS, "subject_id", [*ids, *accounts])
    return {"object": "personal_data", "customer": show("customer", kept), "data": found}


def _told(row: Any) -> dict[str, Any]:
    """As it is stored, but for instants, which nobody reads as numbers."""
    return {
        column: instant_text(value) if _tells_when(column) else value
        for column, value in row._asdict().items()
        if column not in SECRETS
    }


def _tells_when(column: str) -> bool:
    return column == "at" or (column.endswith("_at") and column not in PLACES)
