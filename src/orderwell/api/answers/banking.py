"""Bank statements, their lines and what these pay. Amounts are whole minor units of their currency."""

from typing import Literal

from typing_extensions import TypedDict


class BadStatementLine(TypedDict):
    """A line of the statement that makes no sense; `line` counts from 1."""

    line: int
    code: str
    detail: str


class BankStatementAnswer(TypedDict):
    """`known` were read before and are passed over. Without a line that is new there is no statement, and no id."""

    object: Literal["bank_statement"]
    id: str | None
    read: int
    added: int
    known: int
    bad: list[BadStatementLine]


class BankMatchAnswer(TypedDict):
    object: Literal["bank_match"]
    id: str
    line: str
    payment: str
    amount: int
    made_by: str
    state: str


class BankLineAnswer(TypedDict):
    """`amount` is below zero for what went out; `left` is not matched yet; `ignored` is why it was set aside."""

    object: Literal["bank_line"]
    id: str
    version: int
    statement: str
    status: str
    account: str
    booked_on: str
    currency: str
    amount: int
    matched: int
    left: int
    counterparty: str
    counterparty_account: str
    text: str
    bank_reference: str
    ignored: str | None
    matches: list[BankMatchAnswer]


class BankCandidate(TypedDict):
    """What a line may have paid, how much is `due` there, and why it is thought so."""

    object: Literal["order", "invoice", "open_item"]
    id: str
    number: str
    customer: str | None
    due: int
    reasons: list[str]


class BankLineDetailAnswer(BankLineAnswer):
    candidates: list[BankCandidate]
