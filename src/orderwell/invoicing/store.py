"""Issued documents (history) and the counters their numbers come from."""

from ..kit.tables import Table
from .model import Counter, Invoice, InvoiceLine

INVOICES = Table(
    "invoices",
    Invoice,
    key="id",
    append_only=True,
    unique=[("series", "number")],
    indexes=[("customer_id",), ("issued_on",), ("event_id",)],
    checks=["kind IN ('invoice', 'credit_note')", "number > 0", "gross_minor = net_minor + tax_minor"],
)
INVOICES_OF = INVOICES.group("order_id")
INVOICES_BY_REFERENCE = INVOICES.group("reference")

INVOICE_LINES = Table(
    "invoice_lines",
    InvoiceLine,
    key=("invoice_id", "n"),
    append_only=True,
    references={"invoice_id": "invoices.id"},
    checks=["quantity <> 0"],
)
LINES_OF_INVOICE = INVOICE_LINES.group("invoice_id")

COUNTERS = Table("counters", Counter, key="name", lock="read", checks=["value >= 0"])
