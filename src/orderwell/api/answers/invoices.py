"""Invoices, credit notes and what is given up of them. Amounts are whole minor units of their currency."""

from typing import Literal

from typing_extensions import TypedDict


class InvoiceLine(TypedDict):
    """`order_line` is null where there is no order behind it; `rate_bp` is the VAT in hundredths of a percent."""

    line: int
    order_line: int | None
    sku: str
    description: str
    quantity: str
    unit_price: str
    rate_bp: int
    net: int
    tax: int


class DocumentAnswer(TypedDict):
    """`open` is what is still owed of it; below zero, what we still owe."""

    id: str
    number: str
    reference: str
    order: str | None
    customer: str | None
    corrects: str | None
    currency: str
    issued_on: str
    due_on: str
    net: int
    tax: int
    gross: int
    open: int
    lines: list[InvoiceLine]


class InvoiceAnswer(DocumentAnswer):
    object: Literal["invoice"]


class CreditNoteAnswer(DocumentAnswer):
    object: Literal["credit_note"]


class DebtAdjustmentAnswer(TypedDict):
    """What was given up, and what is left `open` of the item it was taken from."""

    object: Literal["adjustment"]
    id: str
    kind: str
    reference: str
    customer: str | None
    currency: str
    amount: int
    open: int
    posted_on: str
