"""The figures of a replay, read from the database alone: what `expected.json` is compared with."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..app import App
from ..inventory.store import ADJUSTMENTS
from ..invoicing.store import INVOICES
from ..ledger.store import DEBT_ADJUSTMENTS, JOURNAL
from ..orders.store import ORDERS
from ..values.money import decimal_text
from .house import place_ids


def figures(app: App) -> dict[str, Any]:
    """Documents by kind and what they amount to."""
    channel_id, _ = place_ids(app)
    with app.database.reading() as connection:
        invoices, invoiced = _documents(connection, "invoice")
        notes, credited = _documents(connection, "credit_note")
        debts, given_up = _debts(connection, channel_id)
        without = _without_invoice(connection, channel_id)
        receivable = _balance(connection, "receivable")
    return {
        "documents": invoices + notes + debts + without,
        "invoices": invoices,
        "invoiced": decimal_text(invoiced, "GBP"),
        "credit_notes": notes,
        "credited": decimal_text(-credited, "GBP"),
        "net_revenue": decimal_text(invoiced - credited, "GBP"),
        "bad_debt_adjustments": debts,
        "bad_debt": decimal_text(-given_up, "GBP"),
        "zero_value_documents": without,
        "receivable": decimal_text(receivable, "GBP"),
    }


def _documents(connection: Connection, kind: str) -> tuple[int, int]:
    c = INVOICES.c
    query = sa.select(sa.func.count(sa.distinct(c.reference)), sa.func.coalesce(sa.func.sum(c.gross_minor), 0))
    count, amount = connection.execute(query.where(c.kind == kind)).one()
    return int(count), int(amount)


def _debts(connection: Connection, channel_id: int) -> tuple[int, int]:
    c = DEBT_ADJUSTMENTS.c
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(c.amount_minor), 0))
    count, amount = connection.execute(query.where(c.channel_id == channel_id)).one()
    return int(count), int(amount)


def _without_invoice(connection: Connection, channel_id: int) -> int:
    """Orders of free goods and stock corrections: documents, but nobody owes anything for them."""
    orders = sa.select(ORDERS.c.reference).where(ORDERS.c.channel_id == channel_id)
    corrections = sa.select(ADJUSTMENTS.c.reference).where(
        ADJUSTMENTS.c.channel_id == channel_id, ADJUSTMENTS.c.reason != "opening"
    )
    billed = sa.select(INVOICES.c.reference).where(INVOICES.c.kind == "invoice")
    found = sa.except_(sa.union(orders, corrections).subquery().select(), billed).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(found)).scalar_one())


def _balance(connection: Connection, account: str) -> int:
    c = JOURNAL.c
    debit = sa.select(sa.func.coalesce(sa.func.sum(c.amount_minor), 0)).where(c.debit == account)
    credit = sa.select(sa.func.coalesce(sa.func.sum(c.amount_minor), 0)).where(c.credit == account)
    return int(connection.execute(debit).scalar_one()) - int(connection.execute(credit).scalar_one())
