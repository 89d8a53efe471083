"""Invoicing units of an order: the document, the posting, the open item, and what was paid before set off."""

from collections.abc import Mapping, Sequence

from ..invoicing import actions as invoicing
from ..invoicing.model import Invoice, InvoiceLine
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.tables import changed
from ..ledger import actions as ledger
from ..ledger import templates
from ..orders.model import Line, Order
from ..orders.rules import invoice_part, left_to_invoice
from ..orders.store import LINES
from ..values.calendar import add_days


def invoice_units(
    tx: Tx, order: Order, lines: Mapping[int, Line], units: Mapping[int, int], today: str
) -> tuple[Invoice | None, dict[int, Line]]:
    """Invoice so many more units of each line; the invoice (None when nothing has a price) and the lines after it.

    The caller puts the lines. All invoices of an order sum to the order, to the cent.
    """
    documents: list[InvoiceLine] = []
    after: dict[int, Line] = {}
    for n, quantity in units.items():
        line = lines[n]
        net, tax = invoice_part(line, quantity, basis=order.basis)
        after[n] = changed(line, invoiced=line.invoiced + quantity)
        documents.append(
            InvoiceLine(
                0, len(documents) + 1, n, line.sku_id, line.description, quantity, line.unit_decimals, line.price_e4,
                net, tax, line.rate_bp, line.revenue,
            )
        )  # fmt: skip
    if not any(document.price_e4 for document in documents):
        return None, after
    due = add_days(today, order.terms_days) if order.terms_days else today
    invoice = invoicing.issue(
        tx, "invoice", documents, order_id=order.id, customer_id=order.customer_id, reference=order.reference,
        currency=order.currency, issued_on=today, due_on=due, bill_to=order.bill_to, country=order.country,
    )  # fmt: skip
    post_invoice(tx, invoice, documents)
    announce(
        tx, "invoice.issued", "order", order.id, invoice=invoicing.shown_number(invoice), gross=invoice.gross_minor
    )
    return invoice, after


def invoice_whole(tx: Tx, order: Order, lines: Sequence[Line], today: str) -> list[Line]:
    """Invoice all of an order at once, where the business invoices on order; the lines after it."""
    units = {line.n: left for line in lines if (left := left_to_invoice(line))}
    _, after = invoice_units(tx, order, {line.n: line for line in lines}, units, today)
    for line in after.values():
        tx.put(LINES, line)
    return [after.get(line.n, line) for line in lines]


def post_invoice(tx: Tx, invoice: Invoice, documents: list[InvoiceLine]) -> None:
    """The receivable, revenue by kind, tax; and set off at once what this order's customer has paid before."""
    by_revenue: dict[str, int] = {}
    for document in documents:
        by_revenue[document.revenue] = by_revenue.get(document.revenue, 0) + document.net_minor
    transfers = templates.invoice(net_by_revenue=by_revenue, tax_minor=invoice.tax_minor)
    ledger.post(
        tx, "invoice", transfers, day=invoice.issued_on, currency=invoice.currency, document="invoice",
        document_id=invoice.id,
    )  # fmt: skip
    paid_before = ledger.open_of_order(tx, invoice.order_id) if invoice.order_id is not None else []
    item = ledger.open_item(
        tx, party_id=invoice.customer_id, order_id=invoice.order_id, document="invoice", document_id=invoice.id,
        currency=invoice.currency, amount_minor=invoice.gross_minor, opened_on=invoice.issued_on, due_on=invoice.due_on,
    )  # fmt: skip
    if item is not None and any(each.open_minor < 0 for each in paid_before):
        ledger.set_off(tx, [item, *(each for each in paid_before if each.open_minor < 0)])
