"""What bank lines may have paid: debts that their text names, and others that look like it. Only reads.

Many lines are looked at together, with one query for each kind of clue however many there are, and each finds what it
would find alone: every query takes the first few of each number, amount, account or name, never of all.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..banking.model import BankLine, Debt
from ..banking.queries import payers
from ..banking.rules import invoices_in, words_of
from ..channels.store import CHANNELS
from ..customers.store import CUSTOMERS
from ..invoicing.actions import shown_number
from ..invoicing.model import SERIES, Invoice
from ..invoicing.store import INVOICES
from ..kit.pages import first_of_each
from ..ledger.queries import open_of_documents, open_of_orders
from ..ledger.store import OPEN_ITEMS
from ..orders.model import Order
from ..orders.queries import lines_of
from ..orders.rules import not_invoiced
from ..orders.store import ORDERS
from ..payments.store import PAYMENTS
from ..values.ids import parse

MOST = 20  # candidates shown of one kind
SAME_AMOUNT = "the same amount is open"


def named_debts(connection: Connection, line: BankLine) -> list[Debt]:
    """The orders and invoices that a line names, with what is due of them now; also what is settled."""
    return _named_debts(connection, [line])[line.id]


def candidates(connection: Connection, line: BankLine) -> list[Debt]:
    """What a person may want to match the line with, the most likely first, each with its reasons."""
    return candidates_of_lines(connection, [line])[line.id]


def candidates_of_lines(connection: Connection, lines: Sequence[BankLine]) -> dict[int, list[Debt]]:
    """The same of each of a page of lines, by their id."""
    named = _named_debts(connection, lines)
    paid = _customers_who_paid_from(connection, lines)
    called = _customers_named(connection, lines)
    same, owed = _open(connection, map(_left, lines), chain(*paid.values(), *called.values()))
    found = {}
    for line in lines:
        clues = [("the line names it", named[line.id]), (SAME_AMOUNT, same.get(_left(line), []))]
        for reason, customers in (
            ("the customer paid from this account before", paid[line.id]),
            ("the customer has this name", called[line.id]),
        ):
            clues += [(reason, owed.get(customer, [])) for customer in customers]
        found[line.id] = _ranked(line, clues)
    return found


def _left(line: BankLine) -> int:
    return line.amount_minor - line.matched_minor


def _ranked(line: BankLine, clues: Iterable[tuple[str, list[Debt]]]) -> list[Debt]:
    found: dict[tuple[str, int], Debt] = {}
    for reason, debts in clues:
        for debt in debts:
            _add(found, debt, reason)
    due = [each for each in found.values() if each.due_minor > 0 and each.currency == line.currency]
    ranked = [_with_amount(each, _left(line)) for each in due]
    return sorted(ranked, key=lambda each: (-len(each.reasons), each.number))[:MOST]


def _add(found: dict[tuple[str, int], Debt], debt: Debt, reason: str) -> None:
    there = found.get((debt.kind, debt.id), debt)
    if reason not in there.reasons:
        there = there._replace(reasons=(*there.reasons, reason))
    found[debt.kind, debt.id] = there


def _with_amount(debt: Debt, left: int) -> Debt:
    if debt.due_minor != left or SAME_AMOUNT in debt.reasons:
        return debt
    return debt._replace(reasons=(*debt.reasons, SAME_AMOUNT))


# -- what lines name: each function tells it by line


def _named_debts(connection: Connection, lines: Sequence[BankLine]) -> dict[int, list[Debt]]:
    invoices, orders = _invoices(connection, lines), _orders(connection, lines)
    return {line.id: [*invoices[line.id], *orders[line.id]] for line in lines}


def _invoices(connection: Connection, lines: Sequence[BankLine]) -> dict[int, list[Debt]]:
    """As often as they are named: a line that names one twice may mean two."""
    series = SERIES["invoice"]
    words = {line.id: [each for each in invoices_in(line.text) if each[0] == series] for line in lines}
    numbers = {number for each in words.values() for _, number, _ in each}
    query = sa.select(INVOICES.sa).where(
        INVOICES.c.series == series, INVOICES.c.number.in_(sorted(numbers)), INVOICES.c.kind == "invoice"
    )
    invoices = {row.number: Invoice._make(row) for row in connection.execute(query)} if numbers else {}
    dues = open_of_documents(connection, [each.id for each in invoices.values()]) if invoices else {}
    return {
        line: [_invoice(invoices[number], dues, word) for _, number, word in each if number in invoices]
        for line, each in words.items()
    }


def _invoice(invoice: Invoice, dues: Mapping[int, int], word: str) -> Debt:
    number, due = shown_number(invoice), dues.get(invoice.id, 0)
    return Debt("invoice", invoice.id, invoice.order_id, invoice.customer_id, number, due, invoice.currency, word)


def _orders(connection: Connection, lines: Sequence[BankLine]) -> dict[int, list[Debt]]:
    """By the references of channels, and by our own ids; of each line the oldest."""
    words = {line.id: list({word.upper(): word for word in words_of(line.text)}.values()) for line in lines}
    called = _orders_called(connection, sorted(set(chain(*words.values()))))
    named: dict[int, list[int]] = {}
    for line, each in words.items():
        by_reference = sorted(order for word in each for order in called.get(word, []))[:MOST]
        by_id = [number for word in each if (number := parse("order", word)) is not None]
        named[line] = sorted({*by_reference, *by_id})
    wanted = sorted(set(chain(*named.values())))
    query = sa.select(ORDERS.sa).where(ORDERS.c.id.in_(wanted), ORDERS.c.status == "placed")
    orders = {row.id: Order._make(row) for row in connection.execute(query)} if wanted else {}
    of_line = {line: [orders[each] for each in ids if each in orders][:MOST] for line, ids in named.items()}
    dues = _dues(connection, list(dict.fromkeys(chain(*of_line.values()))))
    return {line: [_order(each, dues[each.id]) for each in found] for line, found in of_line.items()}


def _orders_called(connection: Connection, words: Sequence[str]) -> dict[str, list[int]]:
    """Ids by reference, of each the oldest: every channel has references of its own."""
    if not words:
        return {}
    channels = list(connection.execute(sa.select(CHANNELS.c.id)).scalars())
    status = ORDERS.c.status.concat("")  # or SQLite reads all that are placed, by their index, for fear of the words
    query = sa.select(ORDERS.c.reference, ORDERS.c.id).where(
        ORDERS.c.channel_id.in_(channels), ORDERS.c.reference.in_(words), status == "placed"
    )
    return _grouped(connection.execute(first_of_each(query, ORDERS.c.reference, [ORDERS.c.id], MOST)))


def _order(order: Order, due: int) -> Debt:
    return Debt("order", order.id, order.id, order.customer_id, order.reference, due, order.currency, order.reference)


def _dues(connection: Connection, orders: Sequence[Order]) -> dict[int, int]:
    """What orders still cost: to be invoiced, and invoiced and open, less what was paid before."""
    if not orders:
        return {}
    ids = [order.id for order in orders]
    lines = lines_of(connection, ids)
    dues = {order.id: not_invoiced(lines[order.id], basis=order.basis) for order in orders}
    open_ = open_of_orders(connection, ids)
    return {order: due + open_.get(order, 0) for order, due in dues.items()}


# -- what is open


def _open(
    connection: Connection, amounts: Iterable[int], customers: Iterable[int]
) -> tuple[dict[int, list[Debt]], dict[int, list[Debt]]]:
    """By amount, and by customer; of each what was due first."""
    by_amount = _items(connection, OPEN_ITEMS.c.open_minor, amounts)
    by_customer = _items(connection, OPEN_ITEMS.c.party_id, customers)
    items = [*by_amount, *by_customer]
    numbers = _numbers(connection, (row.document_id for row in items if row.document == "invoice"))
    same = _grouped((row.open_minor, _item(row, numbers)) for row in by_amount)
    return same, _grouped((row.party_id, _item(row, numbers)) for row in by_customer)


def _items(connection: Connection, by: sa.ColumnElement[Any], keys: Iterable[int]) -> Sequence[sa.Row[Any]]:
    wanted = sorted(set(keys))
    if not wanted:
        return []
    item = OPEN_ITEMS.c
    query = sa.select(OPEN_ITEMS.sa).where(
        item.open_minor != 0, item.open_minor > 0, item.account == "receivable", by.in_(wanted)
    )
    return connection.execute(first_of_each(query, by, [item.due_on, item.id], MOST)).all()


def _item(row: sa.Row[Any], numbers: Mapping[int, str]) -> Debt:
    if row.document_id in numbers:
        kind, id_, number = "invoice", row.document_id, numbers[row.document_id]
    else:
        kind, id_, number = "open_item", row.id, f"{row.document} of {row.opened_on}"
    return Debt(kind, id_, row.order_id, row.party_id, number, row.open_minor, row.currency, "")


def _numbers(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    query = sa.select(INVOICES.sa).where(INVOICES.c.id.in_(wanted))
    return {row.id: shown_number(Invoice._make(row)) for row in connection.execute(query)}


# -- whose lines they may be: each function tells it by line


def _customers_who_paid_from(connection: Connection, lines: Sequence[BankLine]) -> dict[int, list[int]]:
    accounts = {line.counterparty_account for line in lines} - {""}
    paid = payers(connection, accounts, most=MOST) if accounts else {}
    payments = sorted(set(chain(*paid.values())))
    query = sa.select(PAYMENTS.c.id, PAYMENTS.c.customer_id).where(
        PAYMENTS.c.id.in_(payments), PAYMENTS.c.customer_id.is_not(None)
    )
    customers = {id_: customer for id_, customer in connection.execute(query)} if payments else {}
    of_account = {
        account: list(dict.fromkeys(customers[each] for each in sorted(ids) if each in customers))
        for account, ids in paid.items()
    }
    return {line.id: of_account.get(line.counterparty_account, []) for line in lines}


def _customers_named(connection: Connection, lines: Sequence[BankLine]) -> dict[int, list[int]]:
    """Names as customers wrote them, in any letters: an exact look-up, for there may be a million of them."""
    spelled = {line.id: _spelled(line.counterparty) for line in lines}
    names = sorted(set(chain(*spelled.values())))
    query = sa.select(CUSTOMERS.c.name, CUSTOMERS.c.id).where(CUSTOMERS.c.name.in_(names))
    first = first_of_each(query, CUSTOMERS.c.name, [CUSTOMERS.c.id], MOST)
    called: dict[str, list[int]] = _grouped(connection.execute(first)) if names else {}
    return {line: sorted(chain(*(called.get(name, []) for name in each)))[:MOST] for line, each in spelled.items()}


def _spelled(name: str) -> set[str]:
    return {name, name.upper(), name.title(), name.lower()} - {""}


def _grouped(pairs: Iterable[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
