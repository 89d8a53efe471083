"""Lines of bank statements, and the payments they were matched with."""

from typing import NamedTuple


class Statement(NamedTuple):
    """Lines that came in together. Its text is not kept: the lines are."""

    id: int
    event_id: int
    format: str  # 'csv', 'camt053' or 'rows'
    name: str
    lines: int  # that were new


class BankLine(NamedTuple):
    """One line of a statement. What the bank wrote never changes; how much of it is matched does."""

    id: int
    version: int
    statement_id: int
    fingerprint: str  # of all the bank wrote, unique: read twice it is one line
    account: str  # ours, '' where the statement does not say
    booked_on: str  # day
    amount_minor: int  # below zero: it went out
    currency: str
    counterparty: str
    counterparty_account: str
    text: str
    bank_reference: str
    matched_minor: int  # sum of the matches that stand
    ignored: str  # why it is no payment of a customer; '' while nobody said so


class BankMatch(NamedTuple):
    """Part of a line, taken as a payment."""

    id: int
    line_id: int
    payment_id: int
    amount_minor: int
    made_by: str  # 'rule' or 'hand'
    state: str  # 'standing' or 'taken_back'


class Written(NamedTuple):
    """A line as the bank wrote it, read and understood."""

    account: str
    booked_on: str
    amount_minor: int
    currency: str
    counterparty: str
    counterparty_account: str
    text: str
    bank_reference: str


class Row(NamedTuple):
    """A line not yet understood: where it stood, and its fields as texts."""

    n: int
    fields: dict[str, str]


class Bad(NamedTuple):
    """A line that cannot be taken, and why. The others are."""

    n: int
    code: str
    detail: str


class Debt(NamedTuple):
    """Something that is owed and that a line may have paid."""

    kind: str  # 'order', 'invoice' or 'open_item'
    id: int
    order_id: int | None
    customer_id: int | None
    number: str  # as people call it
    due_minor: int
    currency: str
    word: str  # the word of the line that names it; '' when none does
    reasons: tuple[str, ...] = ()


class Decision(NamedTuple):
    """Which debts a line pays beyond doubt; none, and why."""

    pays: tuple[Debt, ...]
    why: str
