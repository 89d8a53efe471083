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
    channel_id: int | None = None  # of a document that a channel sent under its own `reference`, unique there
    country: str = ""  # where the goods went or came from


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


class CreditTrace(NamedTuple):
    """Units of an order that a line of a credit note gives back; what a line traces to no order is nowhere here."""

    invoice_id: int
    n: int  # line of the credit note
    order_id: int
    line: int
    quantity: int


class Counter(NamedTuple):
    """The last number given in a series. Locked last, changed once per batch."""

    name: str
    version: int
    value: int
