"""Verbs of invoicing: issue a document with the next number of its series."""

from collections.abc import Iterable, Sequence

from ..kit.errors import Conflict, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..kit.tables import changed
from ..values.ids import parse, show
from .model import SERIES, Counter, CreditTrace, Invoice, InvoiceLine
from .store import (
    COUNTERS,
    CREDIT_TRACES,
    INVOICE_LINES,
    INVOICES,
    INVOICES_OF,
    LINES_OF_INVOICE,
    SENT_BY_CHANNEL,
)


class CreditNoteExists(Conflict):
    code = "credit_note_exists"
    title = "The channel has sent this credit note before"


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
    channel_id: int | None = None, country: str = "",
) -> Invoice:  # fmt: skip
    """Issue a document. `lines` carry an invoice id of 0 and get the right one here."""
    series = SERIES[kind]
    net, tax = sum(line.net_minor for line in lines), sum(line.tax_minor for line in lines)
    invoice = Invoice(
        tx.new_id(), tx.cause, kind, series, next_number(tx, series), order_id, customer_id, reference, currency,
        issued_on, due_on, net, tax, net + tax, corrects_id, bill_to, channel_id, country,
    )  # fmt: skip
    tx.add(INVOICES, invoice)
    for line in lines:
        tx.add(INVOICE_LINES, changed(line, invoice_id=invoice.id))
    return invoice


def find(tx: Tx, name: str, *, kind: str = "invoice") -> Invoice:
    number = parse(kind, name)
    invoice = tx.get(INVOICES, number) if number is not None else None
    if invoice is None or invoice.kind != kind:
        raise NotFound(Sentence("There is no {kind} {name!r}.", kind=word(kind.replace("_", " ")), name=name))
    return invoice


def refuse_second(tx: Tx, channel_id: int, reference: str) -> None:
    """One reference of a channel is one credit note. Raises CreditNoteExists naming it."""
    there = tx.one(SENT_BY_CHANNEL, (channel_id, reference))
    if there is not None:
        id_ = show("credit_note", there.id)
        raise CreditNoteExists(
            Sentence(
                "Credit note {reference!r} of this channel is {number} ({id}) already.",
                reference=reference,
                number=shown_number(there),
                id=id_,
            ),
            credit_note=id_,
        )


def corrected(tx: Tx, order_id: int, lines: Iterable[int]) -> Invoice | None:
    """The order's invoice that a credit for these lines corrects: the first that holds one of them."""
    invoices = [each for each in tx.rows(INVOICES_OF, order_id) if each.kind == "invoice"]
    if len(invoices) < 2:
        return invoices[0] if invoices else None
    wanted = set(lines)
    tx.need(LINES_OF_INVOICE, [each.id for each in invoices])
    for invoice in invoices:
        if any(line.order_line in wanted for line in tx.rows(LINES_OF_INVOICE, invoice.id)):
            return invoice
    return invoices[-1]


def trace(tx: Tx, traces: Iterable[CreditTrace]) -> None:
    """Write down which units of which orders a credit note gives back."""
    for each in traces:
        tx.append(CREDIT_TRACES, each)


def shown_number(invoice: Invoice) -> str:
    """`INV-000042`."""
    return f"{invoice.series}-{invoice.number:06d}"
