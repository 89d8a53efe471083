"""How an invoice or credit note is told to those who asked."""

from collections.abc import Sequence
from typing import Any

from ..values.ids import show
from ..values.money import price_text, scaled_text
from .actions import shown_number
from .model import Invoice, InvoiceLine


def shown(invoice: Invoice, lines: Sequence[InvoiceLine], *, open_minor: int) -> dict[str, Any]:
    """Amounts in minor units of `currency`; `open` is what is still owed, below zero what we still owe."""
    return {
        "object": invoice.kind,
        "id": show(invoice.kind, invoice.id),
        "number": shown_number(invoice),
        "reference": invoice.reference,
        "order": show("order", invoice.order_id) if invoice.order_id is not None else None,
        "customer": show("customer", invoice.customer_id) if invoice.customer_id is not None else None,
        "corrects": show("invoice", invoice.corrects_id) if invoice.corrects_id is not None else None,
        "currency": invoice.currency,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "net": invoice.net_minor,
        "tax": invoice.tax_minor,
        "gross": invoice.gross_minor,
        "open": open_minor,
        "lines": [shown_line(line) for line in lines],
    }


def shown_line(line: InvoiceLine | Any) -> dict[str, Any]:
    return {
        "line": line.n,
        "order_line": line.order_line,
        "sku": show("sku", line.sku_id),
        "description": line.description,
        "quantity": scaled_text(line.quantity, line.unit_decimals),
        "unit_price": price_text(line.price_e4),
        "rate_bp": line.rate_bp,
        "net": line.net_minor,
        "tax": line.tax_minor,
    }
