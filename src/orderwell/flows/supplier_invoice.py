"""The supplier's invoice: matched with what was received, the difference booked, and owed until it is paid."""

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..business import actions as business
from ..kit.errors import Conflict, NotFound
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..ledger.model import OpenItem
from ..ledger.store import BOOKS
from ..purchasing import actions as purchasing
from ..purchasing.model import PurchaseLine, SupplierInvoice, SupplierInvoiceLine
from ..purchasing.rules import MoreThanReceived, goods_matched, to_match
from ..purchasing.store import (
    PURCHASE_LINES,
    REVERSAL_OF_INVOICE,
    SUPPLIER_INVOICE_BY_REFERENCE,
    SUPPLIER_INVOICE_LINES,
    SUPPLIER_INVOICE_LINES_OF,
    SUPPLIER_INVOICES,
    SUPPLIERS,
)
from ..values.calendar import add_days
from ..values.fields import MAX_LINES, Reference, SignedMinor
from ..values.ids import parse, show
from .purchased_lines import Purchased, chosen


class SupplierInvoiceExists(Conflict):
    code = "supplier_invoice_exists"
    title = "This invoice of the supplier is booked already"


class NothingToMatch(Conflict):
    code = "nothing_to_match"
    title = "Nothing was received that is not billed yet"


@dataclass(frozen=True, slots=True)
class BookSupplierInvoice:
    """`reference` is the supplier's own number. `net` and `tax` are what they bill, in minor units; below zero they
    credit goods that went back. It is for all that was received and not billed yet, or for `lines`."""

    purchase_order: Reference
    reference: Reference
    net: SignedMinor
    tax: SignedMinor = 0
    lines: Annotated[list[Purchased], Len(1, MAX_LINES)] | None = None


def needs(ask: BookSupplierInvoice) -> list[tuple[Any, Any]]:
    return [(BOOKS, 1), purchasing.wanted_purchase(ask.purchase_order)]


@flow(BookSupplierInvoice, needs)
def book_supplier_invoice(tx: Tx, ask: BookSupplierInvoice) -> dict[str, Any]:
    """We owe what they bill; what it differs from the cost the goods came in at is a difference of ours."""
    today = business.today(tx)
    purchase = purchasing.find(tx, ask.purchase_order)
    supplier = tx.get(SUPPLIERS, purchase.supplier_id)
    assert supplier is not None, "purchase orders name suppliers that are there"
    if tx.one(SUPPLIER_INVOICE_BY_REFERENCE, (supplier.id, ask.reference)) is not None:
        raise SupplierInvoiceExists(
            Sentence(
                "Invoice {reference!r} of {supplier} is booked already.",
                reference=ask.reference,
                supplier=supplier.name,
            )
        )
    lines = {line.n: line for line in purchasing.lines_of(tx, purchase.id)}
    units = chosen(tx, list(lines.values()), ask.lines, to_match, MoreThanReceived, "billed")
    matched = {n: goods_matched(lines[n], quantity) for n, quantity in units.items()}
    if not units:
        raise NothingToMatch(
            Sentence("All that was received of {purchase!r} is billed already.", purchase=purchase.reference)
        )
    id_, goods = tx.new_id(), sum(matched.values())
    invoice = SupplierInvoice(
        id_, tx.cause, supplier.id, purchase.id, ask.reference, today, add_days(today, supplier.terms_days),
        purchase.currency, goods, ask.net, ask.tax, None,
    )  # fmt: skip
    _match(tx, id_, lines, units, matched)
    _owe(tx, invoice)
    announce(
        tx, "supplier_invoice.booked", "purchase_order", purchase.id,
        supplier_invoice=show("supplier_invoice", id_), net=ask.net, tax=ask.tax, difference=ask.net - goods,
    )  # fmt: skip
    return shown_invoice(invoice)


def _match(
    tx: Tx, id_: int, lines: dict[int, PurchaseLine], units: dict[int, int], goods: dict[int, int]
) -> None:  # fmt: skip
    for position, (n, quantity) in enumerate(units.items(), 1):
        line = lines[n]
        tx.add(SUPPLIER_INVOICE_LINES, SupplierInvoiceLine(id_, position, n, quantity, goods[n]))
        after = line._replace(invoiced=line.invoiced + quantity, invoiced_minor=line.invoiced_minor + goods[n])
        tx.put(PURCHASE_LINES, after)


def _owe(tx: Tx, invoice: SupplierInvoice) -> None:
    """Book it, and set it off at once with what the supplier owes us (or we them)."""
    tx.add(SUPPLIER_INVOICES, invoice)
    transfers = templates.supplier_invoice(
        goods_minor=invoice.goods_minor, difference_minor=invoice.net_minor - invoice.goods_minor,
        tax_minor=invoice.tax_minor,
    )  # fmt: skip
    ledger.post(
        tx, "supplier_invoice", transfers, day=invoice.invoiced_on, currency=invoice.currency,
        document="supplier_invoice", document_id=invoice.id,
    )  # fmt: skip
    owed = payable_items(tx, invoice.supplier_id)
    item = ledger.open_item(
        tx, party_id=invoice.supplier_id, order_id=None, document="supplier_invoice", document_id=invoice.id,
        currency=invoice.currency, amount_minor=-(invoice.net_minor + invoice.tax_minor),
        opened_on=invoice.invoiced_on, due_on=invoice.due_on, account="payable",
    )  # fmt: skip
    if item is not None:
        ledger.set_off(tx, [item, *(each for each in owed if each.open_minor * item.open_minor < 0)])


def payable_items(tx: Tx, supplier_id: int) -> list[OpenItem]:
    """What is open with a supplier: below zero we owe it, above zero they owe us."""
    return [item for item in ledger.open_of_party(tx, supplier_id) if item.account == "payable"]


def shown_invoice(invoice: SupplierInvoice) -> dict[str, Any]:
    reverses = show("supplier_invoice", invoice.reverses) if invoice.reverses is not None else None
    return {
        "object": "supplier_invoice",
        "id": show("supplier_invoice", invoice.id),
        "supplier": show("supplier", invoice.supplier_id),
        "purchase_order": show("purchase_order", invoice.purchase_order_id),
        "reference": invoice.reference,
        "invoiced_on": invoice.invoiced_on,
        "due_on": invoice.due_on,
        "currency": invoice.currency,
        "goods": invoice.goods_minor,
        "difference": invoice.net_minor - invoice.goods_minor,
        "net": invoice.net_minor,
        "tax": invoice.tax_minor,
        "gross": invoice.net_minor + invoice.tax_minor,
        "reverses": reverses,
    }


@dataclass(frozen=True, slots=True)
class ReverseSupplierInvoice:
    """It was booked by mistake: what it was matched with waits for the right invoice."""

    supplier_invoice: Reference


@flow(ReverseSupplierInvoice)
def reverse_supplier_invoice(tx: Tx, ask: ReverseSupplierInvoice) -> dict[str, Any]:
    """Posted back the way it came. What was paid for it already is what the supplier owes us then."""
    today = business.today(tx)
    number = parse("supplier_invoice", ask.supplier_invoice)
    invoice = tx.get(SUPPLIER_INVOICES, number) if number is not None else None
    if invoice is None:
        raise NotFound(Sentence("There is no supplier invoice {name!r}.", name=ask.supplier_invoice))
    if invoice.reverses is not None or tx.one(REVERSAL_OF_INVOICE, invoice.id) is not None:
        raise AlreadyReversed(
            Sentence("Supplier invoice {name} is reversed already, or a reversal itself.", name=ask.supplier_invoice)
        )
    lines = {line.n: line for line in purchasing.lines_of(tx, invoice.purchase_order_id)}
    rows = tx.rows(SUPPLIER_INVOICE_LINES_OF, invoice.id)
    id_ = tx.new_id()
    _match(
        tx, id_, lines, {row.line: -row.quantity for row in rows}, {row.line: -row.goods_minor for row in rows}
    )  # fmt: skip
    reversal = invoice._replace(
        id=id_, event_id=tx.cause, reference="", invoiced_on=today, due_on=today, goods_minor=-invoice.goods_minor,
        net_minor=-invoice.net_minor, tax_minor=-invoice.tax_minor, reverses=invoice.id,
    )  # fmt: skip
    _owe(tx, reversal)
    announce(
        tx, "supplier_invoice.reversed", "purchase_order", invoice.purchase_order_id,
        supplier_invoice=show("supplier_invoice", invoice.id), reversal=show("supplier_invoice", id_),
    )  # fmt: skip
    return shown_invoice(reversal)


class AlreadyReversed(Conflict):
    code = "already_reversed"
    title = "It is reversed already"
