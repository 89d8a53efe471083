"""The books as pages: entries of the journal, open items of a customer, payments. Each leads to what is behind it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..customers.queries import family
from ..customers.store import CUSTOMERS
from ..invoicing.actions import shown_number
from ..invoicing.model import Invoice
from ..invoicing.store import INVOICES
from ..kit.errors import Invalid, NotFound
from ..kit.events import EVENTS
from ..kit.sentences import Sentence
from ..ledger.model import Posting
from ..ledger.store import JOURNAL, MANUAL_ENTRIES, OPEN_ITEMS
from ..orders.store import ORDERS
from ..payments.queries import payment as payment_of
from ..payments.store import PAYMENT_INSTRUCTIONS, PAYMENTS
from ..purchasing.store import RECEIPTS, SUPPLIER_INVOICES
from ..shipping.store import PARCELS
from ..values.calendar import instant_text
from ..values.ids import KINDS, PREFIXES, parse, show
from .debts import bucket
from .order_page import named

POSTING = ("posted_on", "event_id", "n")


def shown_document(document: str, document_id: int) -> str:
    """Its id, or its kind where such documents have none."""
    return show(document, document_id) if document in PREFIXES else document


# -- the journal


def journal(
    connection: Connection, *, first: str, last: str, account: str | None = None, template: str | None = None,
    limit: int = 100, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Transfers, newest first, of days between two, each with its document."""
    query = sa.select(JOURNAL.sa).where(JOURNAL.c.posted_on.between(first, last))
    if account is not None:
        query = query.where(sa.or_(JOURNAL.c.debit == account, JOURNAL.c.credit == account))
    if template is not None:
        query = query.where(JOURNAL.c.template == template)
    if cursor is not None:
        query = query.where(sa.tuple_(*(JOURNAL.c[each] for each in POSTING)) < sa.tuple_(*_place(cursor)))
    order = [JOURNAL.c[each].desc() for each in POSTING]
    found = [Posting._make(row) for row in connection.execute(query.order_by(*order).limit(limit + 1))]
    data = found[:limit]
    more = len(found) > limit
    last_row = data[-1] if more else None
    return {
        "data": told(connection, data),
        "next_cursor": f"{last_row.posted_on}.{show('event', last_row.event_id)}.{last_row.n}" if last_row else None,
    }


def _place(cursor: str) -> tuple[str, int, int]:
    day, event, n = (*cursor.split("."), "", "")[:3]
    number = parse("event", event)
    if number is None or not (n.isascii() and n.isdigit() and len(n) < 10):
        raise Invalid.at("/cursor", Sentence("{cursor!r} is no cursor of this list.", cursor=cursor))
    return day, number, int(n)


def told(connection: Connection, postings: Sequence[Posting]) -> list[dict[str, Any]]:
    documents = [(each.document, each.document_id) for each in postings]
    names, owners = called(connection, documents), belonging(connection, documents)
    return [
        {
            "event": show("event", each.event_id), "n": each.n, "posted_on": each.posted_on,
            "template": each.template, "debit": each.debit, "credit": each.credit, "amount": each.amount_minor,
            "document": each.document, "id": shown_document(each.document, each.document_id),
            "called": names.get((each.document, each.document_id), ""),
            "of": owners.get((each.document, each.document_id), ""),
        }
        for each in postings
    ]  # fmt: skip


def called(connection: Connection, documents: Sequence[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What people call them: the numbers of invoices, the references of orders and payments. A query a kind."""
    found: dict[tuple[str, int], str] = {}
    invoices = {id_ for kind, id_ in documents if kind in ("invoice", "credit_note")}
    for row in connection.execute(sa.select(INVOICES.sa).where(INVOICES.c.id.in_(invoices))) if invoices else ():
        found[row.kind, row.id] = shown_number(Invoice._make(row))
    orders = {id_ for kind, id_ in documents if kind == "order"}
    query = sa.select(ORDERS.c.id, ORDERS.c.reference).where(ORDERS.c.id.in_(orders))
    for row in connection.execute(query) if orders else ():
        found["order", row.id] = row.reference
    paid = {id_ for kind, id_ in documents if kind == "payment"}
    query = (
        sa.select(PAYMENTS.c.id, PAYMENTS.c.reference, ORDERS.c.reference.label("of"))
        .outerjoin(ORDERS.sa, ORDERS.c.id == PAYMENTS.c.order_id)
        .where(PAYMENTS.c.id.in_(paid))
    )
    for row in connection.execute(query) if paid else ():
        found["payment", row.id] = row.reference or row.of or ""
    bought = {"supplier_invoice": SUPPLIER_INVOICES.c.reference, "receipt": RECEIPTS.c.delivery_note}
    for kind, name in bought.items():
        ids = {id_ for each, id_ in documents if each == kind}
        for row in connection.execute(sa.select(name.table.c.id, name).where(name.table.c.id.in_(ids))) if ids else ():
            found[kind, row[0]] = row[1]
    return found


def belonging(connection: Connection, documents: Sequence[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The thing on whose page a document without a page of its own is looked at: of a supplier's bill and of goods
    that came the purchase order, of a refund the payment, of a parcel the order."""
    owners = (
        ("supplier_invoice", SUPPLIER_INVOICES.c.purchase_order_id, "purchase_order"),
        ("receipt", RECEIPTS.c.purchase_order_id, "purchase_order"),
        ("refund", PAYMENT_INSTRUCTIONS.c.payment_id, "payment"),
        ("parcel", PARCELS.c.order_id, "order"),
    )
    found: dict[tuple[str, int], str] = {}
    for kind, owner, owner_kind in owners:
        ids = {id_ for each, id_ in documents if each == kind}
        query = sa.select(owner.table.c.id, owner).where(owner.table.c.id.in_(ids))
        for row in connection.execute(query) if ids else ():
            found[kind, row[0]] = show(owner_kind, row[1])
    return found


def with_documents(connection: Connection, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines of a ledger card, each with its document's kind, id and what people call it."""
    found = []
    for line in lines:
        kind = KINDS.get(line["document"][:3]) if "_" in line["document"] else None
        number = parse(kind, line["document"]) if kind is not None else None
        found.append((kind or line["document"], number or 0))
    names, owners = called(connection, found), belonging(connection, found)
    return [
        {**line, "document": kind, "id": line["document"], "called": names.get((kind, number), ""),
         "of": owners.get((kind, number), "")}
        for line, (kind, number) in zip(lines, found, strict=True)
    ]  # fmt: skip


def entry(connection: Connection, name: str) -> dict[str, Any]:
    """All that one request posted: its transfers, who asked for it, when, and what was written to it."""
    number = parse("event", name)
    event = connection.execute(sa.select(EVENTS.sa).where(EVENTS.c.id == (number or 0))).first()
    query = sa.select(JOURNAL.sa).where(JOURNAL.c.event_id == (number or 0)).order_by(JOURNAL.c.n)
    postings = [Posting._make(row) for row in connection.execute(query)]
    if not postings:
        raise NotFound(Sentence("There is no entry {name!r} in the journal.", name=name))
    happened = {"at": instant_text(event.at), "actor": event.actor, "type": event.type} if event is not None else {}
    manual = _manual(connection, postings)
    return {
        "id": name, "posted_on": postings[0].posted_on, "transfers": told(connection, postings),
        "happened": named(connection, [happened])[0] if happened else None, "manual": manual,
    }  # fmt: skip


def _manual(connection: Connection, postings: Sequence[Posting]) -> dict[str, Any] | None:
    ids = [each.document_id for each in postings if each.document == "manual_entry"]
    if not ids:
        return None
    row = connection.execute(sa.select(MANUAL_ENTRIES.sa).where(MANUAL_ENTRIES.c.id == ids[0])).one()
    back = connection.execute(sa.select(MANUAL_ENTRIES.c.id).where(MANUAL_ENTRIES.c.reverses_id == row.id)).scalar()
    return {"id": show("manual_entry", row.id), "note": row.note, "open": row.reverses_id is None and back is None}


# -- what a customer owes, item by item


def open_items(connection: Connection, customer: str | None, *, today: str) -> dict[str, Any]:
    """Every open item of a customer (id), or of guests and debtors nobody knows, the longest due first."""
    who = None
    if customer is not None:
        number = parse("customer", customer) or 0
        who = connection.execute(sa.select(CUSTOMERS.sa).where(CUSTOMERS.c.id == number)).first()
        if who is None:
            raise NotFound(Sentence("There is no customer {name!r}.", name=customer))
    data = items_of(connection, family(connection, who.id) if who is not None else None)
    return {
        "customer": _who(who) if who is not None else None,
        "data": [{**each, "bucket": bucket(each["due_on"], today)} for each in data],
        "total": sum(each["open"] for each in data),
    }


def items_of(connection: Connection, parties: Sequence[int] | None, *, limit: int = 500) -> list[dict[str, Any]]:
    """What is open of these customers, or of nobody that is known; the longest due first."""
    query = sa.select(OPEN_ITEMS.sa).where(
        OPEN_ITEMS.c.open_minor != 0, OPEN_ITEMS.c.account == "receivable",
        OPEN_ITEMS.c.party_id.is_(None) if parties is None else OPEN_ITEMS.c.party_id.in_(parties),
    )  # fmt: skip
    rows = connection.execute(query.order_by(OPEN_ITEMS.c.due_on, OPEN_ITEMS.c.id).limit(limit)).all()
    orders = [("order", row.order_id) for row in rows if row.order_id is not None]
    names = called(connection, [*((row.document, row.document_id) for row in rows), *orders])
    return [
        {
            "id": show("open_item", row.id), "document": row.document, "amount": row.amount_minor,
            "document_id": shown_document(row.document, row.document_id), "open": row.open_minor,
            "called": names.get((row.document, row.document_id), ""), "opened_on": row.opened_on,
            "due_on": row.due_on, "currency": row.currency,
            "order": show("order", row.order_id) if row.order_id is not None else None,
            "reference": names.get(("order", row.order_id or 0), ""),
        }
        for row in rows
    ]  # fmt: skip


def _who(row: Any) -> dict[str, Any]:
    return {
        "id": show("customer", row.id), "name": row.name, "reference": row.reference, "email": row.email,
        "terms_days": row.terms_days,
    }  # fmt: skip


# -- payments


def payments(
    connection: Connection, *, method: str | None = None, first: str | None = None, last: str | None = None,
    limit: int = 50, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Newest first, with the customer and the order each is for."""
    query = (
        sa.select(PAYMENTS.sa, CUSTOMERS.c.name.label("customer_name"), ORDERS.c.reference.label("order_reference"))
        .outerjoin(CUSTOMERS.sa, CUSTOMERS.c.id == PAYMENTS.c.customer_id)
        .outerjoin(ORDERS.sa, ORDERS.c.id == PAYMENTS.c.order_id)
    )
    if method is not None:
        query = query.where(PAYMENTS.c.method == method)
    if first is not None or last is not None:
        query = query.where(_paid_between(first or "", last or "9999-12-31"))
    if cursor is not None:
        query = query.where(PAYMENTS.c.id < (parse("payment", cursor) or 0))
    rows = connection.execute(query.order_by(PAYMENTS.c.id.desc()).limit(limit + 1)).all()
    posted = _posted_on(connection, [row.id for row in rows[:limit] if row.paid_on is None])
    data = [
        {
            "id": show("payment", row.id), "version": row.version, "method": row.method, "reference": row.reference,
            "paid_on": row.paid_on or posted.get(row.id), "customer": row.customer_name,
            "order_reference": row.order_reference,
            "order": show("order", row.order_id) if row.order_id is not None else None, "amount": row.amount_minor,
            "captured": row.captured_minor, "refunded": row.refunded_minor, "outcome": row.outcome,
            "created_at": row.created_at, "currency": row.currency,
        }
        for row in rows[:limit]
    ]  # fmt: skip
    return {"data": data, "next_cursor": data[-1]["id"] if len(rows) > limit else None}


def payment(connection: Connection, name: str) -> dict[str, Any]:
    """One of them, with whose it is and what was posted for it. Raises NotFound."""
    number = parse("payment", name)
    found = payment_of(connection, number) if number is not None else None
    if number is None or found is None:
        raise NotFound(Sentence("There is no payment {name!r}.", name=name))
    of = (
        sa.select(CUSTOMERS.c.name, ORDERS.c.reference)
        .select_from(PAYMENTS.sa)
        .outerjoin(CUSTOMERS.sa, CUSTOMERS.c.id == PAYMENTS.c.customer_id)
        .outerjoin(ORDERS.sa, ORDERS.c.id == PAYMENTS.c.order_id)
        .where(PAYMENTS.c.id == number)
    )
    row = connection.execute(of).one()
    return {**found, "customer_name": row.name, "order_reference": row.reference,
            "postings": entries_of(connection, number)}  # fmt: skip


def _paid_between(first: str, last: str) -> sa.ColumnElement[bool]:
    """What a provider took has no day of its own: it counts on the day it was posted."""
    posted = sa.select(JOURNAL.c.document_id).where(
        JOURNAL.c.posted_on.between(first, last), JOURNAL.c.document == "payment"
    )
    return sa.or_(
        PAYMENTS.c.paid_on.between(first, last), sa.and_(PAYMENTS.c.paid_on.is_(None), PAYMENTS.c.id.in_(posted))
    )


def _posted_on(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    query = (
        sa.select(JOURNAL.c.document_id, sa.func.min(JOURNAL.c.posted_on))
        .where(JOURNAL.c.document_id.in_(ids), JOURNAL.c.document == "payment")
        .group_by(JOURNAL.c.document_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)} if ids else {}


def entries_of(connection: Connection, document_id: int) -> list[dict[str, Any]]:
    """What was posted for a document, oldest first; for a payment also what was posted for its refunds."""
    refunds = sa.select(PAYMENT_INSTRUCTIONS.c.id).where(PAYMENT_INSTRUCTIONS.c.payment_id == document_id)
    query = (
        sa.select(JOURNAL.sa)
        .where(sa.or_(JOURNAL.c.document_id == document_id, JOURNAL.c.document_id.in_(refunds)))
        .order_by(JOURNAL.c.event_id, JOURNAL.c.n)
        .limit(200)
    )
    return told(connection, [Posting._make(row) for row in connection.execute(query)])
