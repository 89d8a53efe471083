"""Invoices and credit notes as a list, and one of them on one page with all the law wants on it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..business.store import LETTERHEADS
from ..catalog.store import SKUS
from ..channels.store import CHANNELS
from ..customers.queries import family
from ..customers.store import ADDRESSES, CUSTOMERS
from ..invoicing.actions import shown_number
from ..invoicing.answers import shown, shown_line
from ..invoicing.model import SERIES, Invoice
from ..invoicing.store import INVOICE_LINES, INVOICES
from ..kit.errors import Invalid, NotFound
from ..kit.sentences import Sentence
from ..ledger.queries import open_of_documents
from ..ledger.store import OPEN_ITEMS, SETTLEMENTS
from ..orders.store import LINES, ORDERS
from ..shipping.store import PARCELS
from ..values.calendar import day_of
from ..values.ids import parse, show
from ..values.money import digits, divide_half_away, price_text, scaled_text
from .question import business

KINDS = tuple(SERIES)
STATES = ("open", "overdue", "settled")
NUMBER = re.compile(r"(?:([A-Za-z]{2,6})[ -]?)?0*([1-9]\d{0,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`search` is a document's number, a reference, or words of the customer's name. `channel` is a code, `sku` one of
    its lines', `rate` the VAT of one of them ("21"), `country` where the goods went: as the reports count them."""

    search: str | None = None
    kind: str | None = None
    state: str | None = None
    customer: str | None = None
    issued_from: str | None = None
    issued_to: str | None = None
    channel: str | None = None
    sku: str | None = None
    rate: str | None = None
    country: str | None = None


def listed(
    connection: Connection, wanted: Wanted, *, today: str, limit: int = 50, cursor: str | None = None
) -> dict[str, Any]:
    """Newest first. Amounts of credit notes are below zero here: the list can be added up."""
    query = _wanted(connection, sa.select(INVOICES.sa), wanted, today)
    if cursor is not None:
        query = query.where(INVOICES.c.id < number_of(cursor))
    found = [Invoice._make(row) for row in connection.execute(query.order_by(INVOICES.c.id.desc()).limit(limit + 1))]
    data = found[:limit]
    more = len(found) > limit
    return {"data": _told(connection, data, today), "next_cursor": show(data[-1].kind, data[-1].id) if more else None}


def counted(connection: Connection, wanted: Wanted, *, today: str) -> int:
    query = _wanted(connection, sa.select(INVOICES.sa), wanted, today).with_only_columns(sa.func.count())
    return int(connection.execute(query).scalar_one())


def number_of(name: str) -> int:
    for kind in KINDS:
        number = parse(kind, name)
        if number is not None:
            return number
    raise Invalid.at("/cursor", Sentence("{name!r} is no cursor of this list.", name=name))


def _wanted(connection: Connection, query: sa.Select[Any], wanted: Wanted, today: str) -> sa.Select[Any]:
    if wanted.kind is not None:
        query = query.where(INVOICES.c.kind == wanted.kind)
    if wanted.customer is not None:
        number = parse("customer", wanted.customer)
        query = query.where(INVOICES.c.customer_id.in_(family(connection, number) if number is not None else []))
    if wanted.issued_from is not None:
        query = query.where(INVOICES.c.issued_on >= wanted.issued_from)
    if wanted.issued_to is not None:
        query = query.where(INVOICES.c.issued_on <= wanted.issued_to)
    query = query.where(*_behind_a_figure(wanted))
    if wanted.state is not None:
        query = query.where(_in_state(wanted.state, today))
    if wanted.search is not None:
        query = query.where(_found(wanted.search))
    return query


def _behind_a_figure(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    line = sa.exists().where(INVOICE_LINES.c.invoice_id == INVOICES.c.id)
    if wanted.channel is not None:
        of_order = sa.select(ORDERS.c.channel_id).where(ORDERS.c.id == INVOICES.c.order_id).scalar_subquery()
        code = sa.select(CHANNELS.c.id).where(CHANNELS.c.code == wanted.channel).scalar_subquery()
        conditions.append(sa.func.coalesce(INVOICES.c.channel_id, of_order) == code)
    if wanted.sku is not None:
        sku = sa.select(SKUS.c.id).where(SKUS.c.code == wanted.sku).scalar_subquery()
        conditions.append(line.where(INVOICE_LINES.c.sku_id == sku))
    if wanted.rate is not None:
        conditions.append(line.where(INVOICE_LINES.c.rate_bp == int(Decimal(wanted.rate) * 100)))
    if wanted.country is not None:
        conditions.append(INVOICES.c.country == wanted.country)
    return conditions


def _in_state(state: str, today: str) -> sa.ColumnElement[bool]:
    """What is open is found by the open items: there are few of those."""
    items = sa.select(OPEN_ITEMS.c.document_id).where(
        OPEN_ITEMS.c.open_minor != 0, OPEN_ITEMS.c.account == "receivable"
    )
    if state == "overdue":
        return INVOICES.c.id.in_(items.where(OPEN_ITEMS.c.open_minor > 0, OPEN_ITEMS.c.due_on < today))
    return INVOICES.c.id.in_(items) if state == "open" else INVOICES.c.id.not_in(items)


def _found(text: str) -> sa.ColumnElement[bool]:
    named = [INVOICES.c.reference == text]
    match = NUMBER.fullmatch(text)
    if match is not None:
        series = [match[1].upper()] if match[1] else list(SERIES.values())
        named.append(sa.and_(INVOICES.c.series.in_(series), INVOICES.c.number == int(match[2])))
    customers = sa.select(CUSTOMERS.c.id).where(
        *(sa.func.lower(CUSTOMERS.c.name).contains(word.lower(), autoescape=True) for word in text.split()[:5])
    )
    return sa.or_(*named, INVOICES.c.customer_id.in_(customers))


def _told(connection: Connection, invoices: Sequence[Invoice], today: str) -> list[dict[str, Any]]:
    """Two queries for however many."""
    wanted = {each.customer_id for each in invoices if each.customer_id is not None}
    named = sa.select(CUSTOMERS.c.id, CUSTOMERS.c.name).where(CUSTOMERS.c.id.in_(wanted))
    names = {row.id: row.name for row in connection.execute(named)}
    open_of = open_of_documents(connection, [each.id for each in invoices])
    rows = []
    for each in invoices:
        sign = 1 if each.kind == "invoice" else -1
        open_minor = open_of.get(each.id, 0)
        rows.append(
            {
                "id": show(each.kind, each.id), "kind": each.kind, "number": shown_number(each),
                "reference": each.reference, "customer": names.get(each.customer_id or 0), "currency": each.currency,
                "issued_on": each.issued_on, "due_on": each.due_on, "net": sign * each.net_minor,
                "tax": sign * each.tax_minor, "gross": sign * each.gross_minor, "open": open_minor,
                "state": state_of(open_minor, each.due_on, today),
            }
        )  # fmt: skip
    return rows


def state_of(open_minor: int, due_on: str, today: str) -> str:
    if open_minor == 0:
        return "settled"
    return "overdue" if open_minor > 0 and due_on < today else "open"


# -- one document


def one(connection: Connection, name: str, *, today: str) -> dict[str, Any]:
    """A document with who sent it, who gets it, VAT by rate, what settled it and what can still be credited."""
    invoice = _invoice(connection, name)
    lines = connection.execute(
        sa.select(INVOICE_LINES.sa, SKUS.c.code)
        .join(SKUS.sa, SKUS.c.id == INVOICE_LINES.c.sku_id)
        .where(INVOICE_LINES.c.invoice_id == invoice.id)
        .order_by(INVOICE_LINES.c.n)
    ).all()
    open_minor = open_of_documents(connection, [invoice.id]).get(invoice.id, 0)
    creditable = _creditable(connection, invoice, lines)
    return {
        **shown(invoice, [], open_minor=open_minor),
        "kind": invoice.kind,
        "event": show("event", invoice.event_id),
        "state": state_of(open_minor, invoice.due_on, today),
        "lines": [
            {
                **shown_line(line),
                "sku_code": line.code,
                "creditable": creditable.get(line.n, "0"),
                "unit_net": _unit_net(line, invoice.currency),
            }
            for line in lines
        ],
        "rates": _rates(lines),
        "from": letterhead(connection, invoice.id),
        "to": _addressee(connection, invoice),
        "order_reference": _order_reference(connection, invoice),
        "supplied_on": _supplied_on(connection, invoice),
        "corrects_number": _number(connection, invoice.corrects_id),
        "corrected_by": _corrections(connection, invoice),
        "settled_by": _settled_by(connection, invoice),
    }


def _invoice(connection: Connection, name: str) -> Invoice:
    for kind in KINDS:
        number = parse(kind, name)
        if number is not None:
            row = connection.execute(
                sa.select(INVOICES.sa).where(INVOICES.c.id == number, INVOICES.c.kind == kind)
            ).first()
            if row is not None:
                return Invoice._make(row)
    raise NotFound(Sentence("There is no invoice or credit note {name!r}.", name=name))


def letterhead(connection: Connection, document_id: int) -> dict[str, Any] | None:
    """Who we were when a document was issued; for those from before that was written down, as it was first written."""
    query = sa.select(LETTERHEADS.sa)
    then = query.where(LETTERHEADS.c.id < document_id).order_by(LETTERHEADS.c.id.desc()).limit(1)
    row = connection.execute(then).first() or connection.execute(query.order_by(LETTERHEADS.c.id).limit(1)).first()
    return dict(row._mapping) if row is not None else None


def _addressee(connection: Connection, invoice: Invoice) -> dict[str, Any]:
    """Who it goes to: the address it was billed to, else what is known of the customer, else nobody by name."""
    found: dict[str, Any] = {"name": "", "vat_number": "", "reference": "", "address": None}
    if invoice.customer_id is not None:
        row = connection.execute(sa.select(CUSTOMERS.sa).where(CUSTOMERS.c.id == invoice.customer_id)).first()
        if row is not None:
            found |= {"name": row.name, "vat_number": row.vat_number, "reference": row.reference}
    if invoice.bill_to is not None:
        row = connection.execute(sa.select(ADDRESSES.sa).where(ADDRESSES.c.id == invoice.bill_to)).first()
        if row is not None:
            parts = ("company", "name", "street", "postcode", "city", "country")
            found["address"] = {part: getattr(row, part) for part in parts}
    return found


def _unit_net(line: Any, currency: str) -> str:
    """Its price without VAT, which the law wants on it whatever the price was agreed in; to four places."""
    whole = 10**line.unit_decimals * 10 ** (4 - digits(currency))
    return price_text(divide_half_away(line.net_minor * whole, line.quantity))


def _rates(lines: Sequence[Any]) -> list[dict[str, Any]]:
    """What the law wants apart: at each rate, what was charged and the VAT on it."""
    rates: dict[int, list[int]] = {}
    for line in lines:
        sums = rates.setdefault(line.rate_bp, [0, 0])
        sums[0] += line.net_minor
        sums[1] += line.tax_minor
    return [{"rate": scaled_text(rate, 2), "net": sums[0], "tax": sums[1]} for rate, sums in sorted(rates.items())]


def _creditable(connection: Connection, invoice: Invoice, lines: Sequence[Any]) -> dict[int, str]:
    """Units of each line that are with the customer or on their way there: those can come back, by line of it."""
    if invoice.kind != "invoice" or invoice.order_id is None:
        return {}
    query = sa.select(LINES.c.n, (LINES.c.shipped + LINES.c.delivered).label("out")).where(
        LINES.c.order_id == invoice.order_id
    )
    out = {row.n: row.out for row in connection.execute(query)}
    return {
        line.n: scaled_text(min(line.quantity, out.get(line.order_line, 0)), line.unit_decimals)
        for line in lines
        if line.order_line is not None and min(line.quantity, out.get(line.order_line, 0)) > 0
    }


def _order_reference(connection: Connection, invoice: Invoice) -> str | None:
    if invoice.order_id is None:
        return None
    return connection.execute(sa.select(ORDERS.c.reference).where(ORDERS.c.id == invoice.order_id)).scalar()


def _supplied_on(connection: Connection, invoice: Invoice) -> str | None:
    """The day the goods left, where that was for this document: the parcel it was made with or after."""
    if invoice.kind != "invoice" or invoice.order_id is None:
        return None
    query = sa.select(sa.func.max(PARCELS.c.shipped_at)).where(
        PARCELS.c.order_id == invoice.order_id, PARCELS.c.shipped_at.is_not(None)
    )
    at = connection.execute(query).scalar()
    return day_of(at, business(connection).time_zone) if at is not None else None


def _number(connection: Connection, id_: int | None) -> str | None:
    if id_ is None:
        return None
    return shown_number(Invoice._make(connection.execute(sa.select(INVOICES.sa).where(INVOICES.c.id == id_)).one()))


def _corrections(connection: Connection, invoice: Invoice) -> list[dict[str, Any]]:
    """Credit notes about this invoice: those that name it, and those that give back units of its order."""
    if invoice.order_id is None or invoice.kind != "invoice":
        return []
    query = (
        sa.select(INVOICES.sa)
        .where(INVOICES.c.order_id == invoice.order_id, INVOICES.c.corrects_id == invoice.id)
        .order_by(INVOICES.c.id)
    )
    notes = [Invoice._make(row) for row in connection.execute(query)]
    return [
        {"id": show("credit_note", each.id), "number": shown_number(each), "gross": each.gross_minor,
         "issued_on": each.issued_on}
        for each in notes
    ]  # fmt: skip


def _settled_by(connection: Connection, invoice: Invoice) -> list[dict[str, Any]]:
    """What was set off against it, with the document on the other side."""
    mine = sa.select(OPEN_ITEMS.c.id).where(OPEN_ITEMS.c.document_id == invoice.id)
    debit, credit = SETTLEMENTS.c.debit_item, SETTLEMENTS.c.credit_item
    found = []
    for own, other in ((debit, credit), (credit, debit)):
        query = (
            sa.select(SETTLEMENTS.c.amount_minor, SETTLEMENTS.c.event_id, OPEN_ITEMS.c.document,
                      OPEN_ITEMS.c.document_id, OPEN_ITEMS.c.opened_on)
            .join(OPEN_ITEMS.sa, OPEN_ITEMS.c.id == other)
            .where(own.in_(mine))
            .order_by(SETTLEMENTS.c.event_id, SETTLEMENTS.c.n)
        )  # fmt: skip
        found += [
            {"amount": row.amount_minor, "document": row.document, "id": show(row.document, row.document_id),
             "on": row.opened_on}
            for row in connection.execute(query)
        ]  # fmt: skip
    return found
