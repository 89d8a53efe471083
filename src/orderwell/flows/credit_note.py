"""Crediting units of an order: the note, the posting, and what the order still owes set off."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..invoicing import actions as invoicing
from ..invoicing.model import CreditTrace, Invoice, InvoiceLine
from ..kit.errors import Conflict
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..ledger import actions as ledger
from ..ledger import templates
from ..ledger.model import OpenItem
from ..ledger.store import OPEN_OF_ORDER
from ..orders.model import Line, Order
from ..orders.rules import credit_part
from ..values.ids import show


class NotReturnable(Conflict):
    code = "not_returnable"
    title = "More units would come back than went out and were invoiced"


def credit_units(
    tx: Tx, order: Order, lines: Mapping[int, Line], units: Mapping[int, int], today: str,
    part: Callable[[Line, int], tuple[int, int]] | None = None,
) -> tuple[Invoice | None, dict[int, Line]]:  # fmt: skip
    """Credit invoiced units of each line at what they were invoiced at; the note (None when nothing had a price) and
    the lines after it.

    `part` gives net and tax of units that never left, in place of `credit_amounts`. The caller puts the lines, and
    moves the units. Raises NotReturnable for more than is invoiced and not credited.
    """
    documents: list[InvoiceLine] = []
    after: dict[int, Line] = {}
    for n, quantity in units.items():
        line = lines[n]
        net, tax = part(line, quantity) if part else credit_amounts(order, line, quantity)
        after[n] = line._replace(credited=line.credited + quantity)
        documents.append(
            InvoiceLine(
                0, len(documents) + 1, n, line.sku_id, line.description, quantity, line.unit_decimals, line.price_e4,
                net, tax, line.rate_bp, line.revenue,
            )
        )  # fmt: skip
    if not any(document.price_e4 for document in documents):
        return None, after
    before = invoicing.corrected(tx, order.id, units)
    note = invoicing.issue(
        tx, "credit_note", documents, order_id=order.id, customer_id=order.customer_id, reference=order.reference,
        currency=order.currency, issued_on=today, due_on=today, corrects_id=before.id if before else None,
        bill_to=order.bill_to, country=order.country,
    )  # fmt: skip
    traces = [CreditTrace(note.id, n, order.id, line, units[line]) for n, line in enumerate(units, 1)]
    invoicing.trace(tx, traces)
    post_credit_note(tx, note, [order.id])
    announce_credit(tx, note, traces)
    return note, after


def post_credit_note(tx: Tx, note: Invoice, order_ids: Sequence[int]) -> OpenItem | None:
    """Returns and tax against the receivable; what the orders still owe is set off at once, the rest stays open."""
    transfers = templates.credit_note(net_minor=note.net_minor, tax_minor=note.tax_minor)
    ledger.post(
        tx, "credit_note", transfers, day=note.issued_on, currency=note.currency, document="credit_note",
        document_id=note.id,
    )  # fmt: skip
    tx.need(OPEN_OF_ORDER, order_ids)
    there = [each for order_id in order_ids for each in tx.rows(OPEN_OF_ORDER, order_id)]
    item = ledger.open_item(
        tx, party_id=note.customer_id, order_id=note.order_id, document="credit_note", document_id=note.id,
        currency=note.currency, amount_minor=-note.gross_minor, opened_on=note.issued_on, due_on=note.due_on,
    )  # fmt: skip
    return ledger.set_off_one(tx, item, there) if item is not None else None


def credit_amounts(order: Order, line: Line, units: int) -> tuple[int, int]:
    """Net and tax of the next units to be credited. Raises NotReturnable for more than is invoiced and not credited."""
    free = line.invoiced - line.credited
    if units > free:
        raise NotReturnable(
            Sentence(
                "Line {line} of order {order!r}: {units} units were to be credited, {free} are invoiced and not"
                " credited yet.",
                line=line.n,
                order=order.reference,
                units=units,
                free=free,
            )
        )
    return credit_part(line, units, basis=order.basis)


def announce_credit(tx: Tx, note: Invoice, traces: Iterable[CreditTrace]) -> None:
    """The note in the feed, and in the timeline of each order it gives units back of."""
    number = invoicing.shown_number(note)
    announce(tx, "credit_note.issued", "credit_note", note.id, number=number, gross=note.gross_minor)
    units: dict[int, int] = {}
    for trace in traces:
        units[trace.order_id] = units.get(trace.order_id, 0) + trace.quantity
    for order_id, quantity in units.items():
        announce(
            tx, "order.credited", "order", order_id, credit_note=show("credit_note", note.id), number=number,
            units=quantity,
        )  # fmt: skip
