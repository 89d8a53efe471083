"""The journal, open items and the closing of periods. Amounts are whole minor units of their currency."""

from typing import Literal

from typing_extensions import TypedDict


class LedgerTransferAnswer(TypedDict):
    """`document` is the id of the document behind it, or its kind where such documents have no id."""

    object: Literal["transfer"]
    event: str
    posted_on: str
    template: str
    debit: str
    credit: str
    amount: int
    currency: str
    document: str


class OpenItemAnswer(TypedDict):
    """`party` is a customer, or a supplier where the account is payable."""

    object: Literal["open_item"]
    id: str
    version: int
    account: str
    party: str | None
    order: str | None
    document: str
    currency: str
    amount: int
    open: int
    opened_on: str
    due_on: str


class BooksAnswer(TypedDict):
    object: Literal["books"]
    locked_through: str | None


class EntryTransfer(TypedDict):
    debit: str
    credit: str
    amount: int


class ManualEntryAnswer(TypedDict):
    object: Literal["manual_entry"]
    id: str
    reverses: str | None
    posted_on: str
    currency: str
    note: str
    transfers: list[EntryTransfer]


class CreditAnswer(TypedDict):
    """What was set off, what the customer owes still, and what credit is left."""

    object: Literal["credit"]
    customer: str
    applied: int
    open: int
    credit: int
