"""Invoices, credit notes and payments as their customer sees them. Bounded by the customer's ids, as in `portal`."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..customers.store import ADDRESSES, CUSTOMERS
from ..invoicing.actions import shown_number
from ..invoicing.answers import shown_line
from ..invoicing.model import Invoice, InvoiceLine
from ..invoicing.store import INVOICE_LINES, INVOICES
from ..kit.errors import NotFound
from ..kit.pages import page
from ..ledger.queries import open_of_documents
from ..ledger.store import OPEN_ITEMS
from ..payments.queries import payment as one_payment
from ..payments.store import PROVIDERS
from ..values.ids import parse, show

PER_PAGE = 20


def documents(
    connection: Connection, family: Sequence[int], *, order_id: int | None = None, open_only: bool = False,
    limit: int = PER_PAGE, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Newest first, each with what is open of it."""
    query = sa.select(INVOICES.sa).where(INVOICES.c.customer_id.in_(family))
    if order_id is not None:
        query = query.where(INVOICES.c.order_id == order_id)
    if open_only:
        owed = sa.select(OPEN_ITEMS.c.document_id).where(
            OPEN_ITEMS.c.party_id.in_(family), OPEN_ITEMS.c.account == "receivable", OPEN_ITEMS.c.open_minor > 0
        )
        query = query.where(INVOICES.c.id.in_(owed), INVOICES.c.kind == "invoice")
    found = page(connection, query, INVOICES.c.id, "invoice", lambda row: {"row": Invoice(*row)}, limit=limit,
                 cursor=cursor)  # fmt: skip
    rows = [each["row"] for each in found["data"]]
    left = open_of_documents(connection, [row.id for row in rows])
    return {**found, "data": [told(row, left.get(row.id, 0)) for row in rows]}


def told(row: Invoice, open_minor: int) -> dict[str, Any]:
    return {
        "id": show(row.kind, row.id),
        "kind": row.kind,
        "number": shown_number(row),
        "order": show("order", row.order_id) if row.order_id is not None else None,
        "issued_on": row.issued_on,
        "due_on": row.due_on,
        "gross": row.gross_minor,
        "open": open_minor,
        "currency": row.currency,
    }


def document(connection: Connection, family: Sequence[int], name: str) -> dict[str, Any]:
    """An invoice or credit note as it was issued, with what is open of it now. Raises NotFound."""
    kind = "credit_note" if name.startswith("crn") else "invoice"
    mine = sa.select(INVOICES.sa).where(
        INVOICES.c.id == parse(kind, name), INVOICES.c.kind == kind, INVOICES.c.customer_id.in_(family)
    )
    row = connection.execute(mine).first()
    if row is None:
        raise NotFound("There is no such invoice.")
    found = Invoice(*row)
    lines = [
        InvoiceLine(*each)
        for each in connection.execute(
            sa.select(INVOICE_LINES.sa).where(INVOICE_LINES.c.invoice_id == found.id).order_by(INVOICE_LINES.c.n)
        )
    ]
    corrects = sa.select(INVOICES.sa).where(INVOICES.c.id == found.corrects_id)
    corrected = connection.execute(corrects).first() if found.corrects_id is not None else None
    return {
        **told(found, open_of_documents(connection, [found.id]).get(found.id, 0)),
        "reference": found.reference,
        "net": found.net_minor,
        "tax": found.tax_minor,
        "lines": [shown_line(each) for each in lines],
        "taxes": _taxes(lines),
        "corrects": told(Invoice(*corrected), 0) if corrected is not None else None,
        "bill_to": _bill_to(connection, found),
    }


def _taxes(lines: Sequence[InvoiceLine]) -> list[dict[str, int]]:
    """Net and tax by rate, as the law wants them on an invoice."""
    rates = sorted({each.rate_bp for each in lines}, reverse=True)
    return [
        {
            "rate_bp": rate,
            "net": sum(each.net_minor for each in lines if each.rate_bp == rate),
            "tax": sum(each.tax_minor for each in lines if each.rate_bp == rate),
        }
        for rate in rates
    ]


def _bill_to(connection: Connection, invoice: Invoice) -> dict[str, Any]:
    customer = connection.execute(sa.select(CUSTOMERS.sa).where(CUSTOMERS.c.id == invoice.customer_id)).one()
    row = connection.execute(sa.select(ADDRESSES.sa).where(ADDRESSES.c.id == invoice.bill_to)).first()
    address = dict(row._mapping) if row is not None else {}
    return {
        "name": address.get("name") or customer.name, "company": address.get("company", ""),
        **{each: address.get(each, "") for each in ("street", "postcode", "city", "country")},
        "customer": customer.reference, "vat_number": customer.vat_number,
    }  # fmt: skip


# -- paying


def provider(connection: Connection) -> str | None:
    """Where customers are sent to pay: the first open provider, by code."""
    query = sa.select(PROVIDERS.c.code).where(PROVIDERS.c.status == "open").order_by(PROVIDERS.c.code).limit(1)
    found: str | None = connection.execute(query).scalar()
    return found


def payment(connection: Connection, name: str) -> dict[str, Any]:
    """Raises NotFound. Whose it is, the address has asked."""
    number = parse("payment", name)
    found = one_payment(connection, number) if number is not None else None
    if found is None:
        raise NotFound("There is no such payment.")
    shown = ("id", "order", "amount", "currency", "status", "checkout_url", "provider")
    return {each: found[each] for each in shown}
