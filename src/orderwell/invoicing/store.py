"""Issued documents (history) and the counters their numbers come from."""

from ..kit.tables import Table
from .model import Counter, CreditTrace, Invoice, InvoiceLine

INVOICES = Table(
    "invoices",
    Invoice,
    key="id",
    append_only=True,
    unique=[("series", "number")],
    indexes=[("customer_id",), ("issued_on",), ("event_id",)],
    checks=["kind IN ('invoice', 'credit_note')", "number > 0", "gross_minor = net_minor + tax_minor"],
)
INVOICES_OF = INVOICES.group("order_id", of="orders")
INVOICES_BY_REFERENCE = INVOICES.group("reference")
SENT_BY_CHANNEL = INVOICES.group(
    "channel_id", "reference", unique=True,
    where="channel_id IS NOT NULL", keep=lambda invoice: invoice.channel_id is not None,
)  # fmt: skip

INVOICE_LINES = Table(
    "invoice_lines",
    InvoiceLine,
    key=("invoice_id", "n"),
    append_only=True,
    references={"invoice_id": "invoices.id"},
    checks=["quantity <> 0"],
)
LINES_OF_INVOICE = INVOICE_LINES.group("invoice_id", of="invoices")

CREDIT_TRACES = Table(
    "credit_traces",
    CreditTrace,
    key=("invoice_id", "n", "order_id", "line"),
    append_only=True,
    references={"invoice_id": "invoices.id", "order_id": "orders.id"},
    indexes=[("order_id",)],
    checks=["quantity > 0"],
)

COUNTERS = Table("counters", Counter, key="name", lock="read", checks=["value >= 0"])
