"""A till, a session of its cash drawer, and what went in and out of it."""

from typing import NamedTuple

# What moves money at a till, and which way: +1 only in, -1 only out, 0 either.
KINDS = {
    "brought": 1,  # change money, when the drawer is opened
    "float_difference": 0,  # counted at opening, against what was left in it
    "payment": 1,
    "refund": -1,
    "paid_in": 1,
    "paid_out": -1,
    "count_difference": 0,  # counted at closing, against what should be in it
    "deposited": -1,  # taken to the bank when the drawer is closed
}
METHODS = ("cash", "pin")


class Till(NamedTuple):
    """Where a cash drawer stands. `cash_minor` is the sum of all moves of cash in its sessions."""

    id: int
    version: int
    code: str
    name: str
    location_id: int
    status: str  # 'open' or 'closed' (for good; the drawer of an open till is opened and closed each day)
    cash_minor: int  # what should be in the drawer now
    sessions: int  # how many there were: the number of the latest


class DrawerSession(NamedTuple):
    """From counting the float to counting what is there. Closed once, and never opened again."""

    id: int
    till_id: int
    number: int  # of its Z report: 1, 2, 3 … of each till
    status: str  # 'open' or 'closed'
    person_id: int  # who has the drawer
    float_minor: int  # counted at opening
    opened_at: int
    opened_on: str  # business day
    opened_by: str
    expected_minor: int | None  # at closing: what should have been there
    counted_minor: int | None
    deposited_minor: int | None  # of that, what was taken out
    closed_at: int | None
    closed_on: str | None
    closed_by: str
    closed_person_id: int | None


class DrawerMove(NamedTuple):
    """Money in (above zero) or out at a till during a session. Only cash lies in the drawer. Never changed."""

    id: int
    event_id: int
    session_id: int
    method: str
    kind: str
    amount_minor: int
    document_id: int | None  # the payment, refund or cash movement


class CashMovement(NamedTuple):
    """Paid into or out of a drawer for something that is no sale."""

    id: int
    session_id: int
    kind: str  # 'paid_in' or 'paid_out'
    account: str  # where it came from, or what it was for
    amount_minor: int  # above zero
    reason: str
    paid_on: str
    created_at: int
