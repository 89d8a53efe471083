"""What a bank line may have paid: debts that its text names, and others that look like it. Only reads."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..banking.model import BankLine, Debt
from ..banking.queries import payers
from ..banking.rules import invoices_in, words_of
from ..channels.store import CHANNELS
from ..customers.store import CUSTOMERS
from ..invoicing.actions import shown_number
from ..invoicing.model import Invoice
from ..invoicing.store import INVOICES
from ..ledger.queries import open_of_documents, open_of_orders
from ..ledger.store import OPEN_ITEMS
from ..orders.model import Order
from ..orders.queries import lines_of
from ..orders.rules import not_invoiced
from ..orders.store import ORDERS
from ..payments.store import PAYMENTS
from ..values.ids import parse

MOST = 20  # candidates shown of one kind


def named_debts(connection: Connection, line: BankLine) -> list[Debt]:
    """The orders and invoices that a line names, with what is due of them now; also what is settled."""
    invoices = _invoices(connection, line)
    words = {word.upper(): word for word in words_of(line.text)}
    orders = _orders(connection, list(words.values()))
    return [*invoices, *orders]


def candidates(connection: Connection, line: BankLine) -> list[Debt]:
    """What a person may want to match the line with, the most likely first, each with its reasons."""
    left = line.amount_minor - line.matched_minor
    found: dict[tuple[str, int], Debt] = {}
    for debt in named_debts(connection, line):
        _add(found, debt, "the line names it")
    for debt in _open(connection, OPEN_ITEMS.c.open_minor == left):
        _add(found, debt, "the same amount is open")
    for customer in _customers_who_paid_from(connection, line.counterparty_account):
        for debt in _open(connection, OPEN_ITEMS.c.party_id == customer):
            _add(found, debt, "the customer paid from this account before")
    for customer in _customers_named(connection, line.counterparty):
        for debt in _open(connection, OPEN_ITEMS.c.party_id == customer):
            _add(found, debt, "the customer has this name")
    due = [each for each in found.values() if each.due_minor > 0 and each.currency == line.currency]
    ranked = [_with_amount(each, left) for each in due]
    return sorted(ranked, key=lambda each: (-len(each.reasons), each.number))[:MOST]


def _add(found: dict[tuple[str, int], Debt], debt: Debt, reason: str) -> None:
    there = found.get((debt.kind, debt.id), debt)
    if reason not in there.reasons:
        there = there._replace(reasons=(*there.reasons, reason))
    found[debt.kind, debt.id] = there


def _with_amount(debt: Debt, left: int) -> Debt:
    same = "the same amount is open"
    if debt.due_minor != left or same in debt.reasons:
        return debt
    return debt._replace(reasons=(*debt.reasons, same))


def _invoices(connection: Connection, line: BankLine) -> list[Debt]:
    found = []
    for series, number, word in invoices_in(line.text):
        query = sa.select(INVOICES.sa).where(
            INVOICES.c.series == series, INVOICES.c.number == number, INVOICES.c.kind == "invoice"
        )
        row = connection.execute(query).first()
        if row is not None:
            found.append(_invoice(connection, Invoice._make(row), word))
    return found


def _invoice(connection: Connection, invoice: Invoice, word: str) -> Debt:
    due = open_of_documents(connection, [invoice.id]).get(invoice.id, 0)
    return Debt(
        "invoice", invoice.id, invoice.order_id, invoice.customer_id, shown_number(invoice), due, invoice.currency, word
    )


def _orders(connection: Connection, words: Sequence[str]) -> list[Debt]:
    """By the references of channels, and by our own ids."""
    if not words:
        return []
    channels = list(connection.execute(sa.select(CHANNELS.c.id)).scalars())
    ids = [number for word in words if (number := parse("order", word)) is not None]
    query = sa.select(ORDERS.sa).where(
        sa.or_(sa.and_(ORDERS.c.channel_id.in_(channels), ORDERS.c.reference.in_(words)), ORDERS.c.id.in_(ids)),
        ORDERS.c.status == "placed",
    )
    rows = [Order._make(row) for row in connection.execute(query.order_by(ORDERS.c.id).limit(MOST))]
    dues = _dues(connection, rows)
    return [_order(row, dues[row.id]) for row in rows]


def _order(order: Order, due: int) -> Debt:
    return Debt("order", order.id, order.id, order.customer_id, order.reference, due, order.currency, order.reference)


def _dues(connection: Connection, orders: Sequence[Order]) -> dict[int, int]:
    """What orders still cost: to be invoiced, and invoiced and open, less what was paid before."""
    ids = [order.id for order in orders]
    lines = lines_of(connection, ids)
    dues = {order.id: not_invoiced(lines[order.id], basis=order.basis) for order in orders}
    open_ = open_of_orders(connection, ids)
    return {order: due + open_.get(order, 0) for order, due in dues.items()}


def _open(connection: Connection, where: sa.ColumnElement[bool]) -> list[Debt]:
    query = (
        sa.select(OPEN_ITEMS.sa)
        .where(OPEN_ITEMS.c.open_minor != 0, OPEN_ITEMS.c.open_minor > 0, OPEN_ITEMS.c.account == "receivable", where)
        .order_by(OPEN_ITEMS.c.due_on, OPEN_ITEMS.c.id)
        .limit(MOST)
    )
    rows = connection.execute(query).all()
    invoices = _numbers(connection, [row.document_id for row in rows if row.document == "invoice"])
    found = []
    for row in rows:
        if row.document_id in invoices:
            kind, id_, number = "invoice", row.document_id, invoices[row.document_id]
        else:
            kind, id_, number = "open_item", row.id, f"{row.document} of {row.opened_on}"
        found.append(Debt(kind, id_, row.order_id, row.party_id, number, row.open_minor, row.currency, ""))
    return found


def _numbers(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    query = sa.select(INVOICES.sa).where(INVOICES.c.id.in_(sorted(set(ids))))
    return {row.id: shown_number(Invoice._make(row)) for row in connection.execute(query)}


def _customers_who_paid_from(connection: Connection, account: str) -> list[int]:
    if not account:
        return []
    query = sa.select(PAYMENTS.c.customer_id).where(
        PAYMENTS.c.id.in_(payers(connection, account)), PAYMENTS.c.customer_id.is_not(None)
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))


def _customers_named(connection: Connection, name: str) -> list[int]:
    """Names as customers wrote them, in any letters: an exact look-up, for there may be a million of them."""
    if not name:
        return []
    spelled = {name, name.upper(), name.title(), name.lower()}
    query = sa.select(CUSTOMERS.c.id).where(CUSTOMERS.c.name.in_(sorted(spelled))).order_by(CUSTOMERS.c.id)
    return list(connection.execute(query.limit(MOST)).scalars())
