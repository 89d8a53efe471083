"""Documents the law numbers."""

from typing import NamedTuple

SERIES = {"invoice": "INV", "credit_note": "CRN"}  # kind → series


class Invoice(NamedTuple):
    """An invoice or credit note, as issued. Amounts of credit notes are above zero too: what is given back."""

    id: int
    event_id: int
    kind: str  # 'invoice' or 'credit_note'
    series: str
    number: int
    order_id: int | None
    customer_id: int | None
    reference: str  # the channel's or customer's own, as printed
    currency: str
    issued_on: str
    due_on: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    corrects_id: int | None
    bill_to: int | None


class InvoiceLine(NamedTuple):
    invoice_id: int
    n: int
    order_line: int | None
    sku_id: int
    description: str
    quantity: int
    unit_decimals: int
    price_e4: int
    net_minor: int
    tax_minor: int
    rate_bp: int
    revenue: str


class Counter(NamedTuple):
    """The last number given in a series. Locked last, changed once per batch."""

    name: str
    version: int
    value: int
