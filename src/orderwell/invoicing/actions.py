"""Verbs of invoicing: issue a document with the next number of its series."""

from collections.abc import Sequence

from ..kit.errors import NotFound
from ..kit.picture import Tx
from ..values.ids import parse
from .model import SERIES, Counter, Invoice, InvoiceLine
from .store import COUNTERS, INVOICE_LINES, INVOICES


def next_number(tx: Tx, series: str) -> int:
    """The next number without a gap: a request that is refused gives its number back with everything else."""
    counter = tx.get(COUNTERS, series)
    if counter is None:
        tx.add(COUNTERS, Counter(series, 1, 1))
        return 1
    tx.put(COUNTERS, counter._replace(value=counter.value + 1))
    return counter.value + 1


def issue(
    tx: Tx, kind: str, lines: Sequence[InvoiceLine], *, order_id: int | None, customer_id: int | None, reference: str,
    currency: str, issued_on: str, due_on: str, corrects_id: int | None = None, bill_to: int | None = None,
) -> Invoice:  # fmt: skip
    """Issue a document. `lines` carry an invoice id of 0 and get the right one here."""
    series = SERIES[kind]
    net, tax = sum(line.net_minor for line in lines), sum(line.tax_minor for line in lines)
    invoice = Invoice(
        tx.new_id(), tx.cause, kind, series, next_number(tx, series), order_id, customer_id, reference, currency,
        issued_on, due_on, net, tax, net + tax, corrects_id, bill_to,
    )  # fmt: skip
    tx.add(INVOICES, invoice)
    for line in lines:
        tx.add(INVOICE_LINES, line._replace(invoice_id=invoice.id))
    return invoice


def find(tx: Tx, name: str, *, kind: str = "invoice") -> Invoice:
    number = parse(kind, name)
    invoice = tx.get(INVOICES, number) if number is not None else None
    if invoice is None or invoice.kind != kind:
        raise NotFound(f"There is no {kind.replace('_', ' ')} {name!r}.")
    return invoice


def shown_number(invoice: Invoice) -> str:
    """`INV-000042`."""
    return f"{invoice.series}-{invoice.number:06d}"
