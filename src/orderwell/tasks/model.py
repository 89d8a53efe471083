"""A task: an exception that the system could not settle by itself."""

from typing import NamedTuple


class Task(NamedTuple):
    id: int
    version: int
    key: str  # the trouble, unique: reported twice it is one task
    kind: str  # 'payment_mismatch', 'late_payment' …
    subject: str  # kind of the thing it is about: 'payment'
    subject_id: int
    detail: str  # what is wrong and what can be done, without personal data
    status: str  # 'open' or 'closed'
    opened_at: int
    closed_at: int | None
    closed_by: str
    note: str  # how it was settled
