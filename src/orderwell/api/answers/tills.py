"""Tills and their cash drawers. Amounts are whole minor units of the business's currency."""

from typing import Literal

from typing_extensions import TypedDict


class TillAnswer(TypedDict):
    """`cash` is what should be in the drawer now."""

    object: Literal["till"]
    id: str
    version: int
    code: str
    name: str
    location: str
    status: str
    cash: int


class DrawerSessionAnswer(TypedDict):
    """`difference` is what was counted more than expected, or below zero less. While the drawer is open, what closing
    it tells is null."""

    object: Literal["drawer_session"]
    id: str
    till: str
    number: int
    status: str
    person: str
    float: int
    opened_at: str
    opened_on: str
    opened_by: str
    expected: int | None
    counted: int | None
    difference: int | None
    deposited: int | None
    left: int | None
    closed_at: str | None
    closed_on: str | None
    closed_by: str
    closed_person: str | None


class ListedTillAnswer(TillAnswer):
    """With the session of its drawer that is open, or null."""

    session: DrawerSessionAnswer | None


class ClosedDrawerAnswer(DrawerSessionAnswer):
    currency: str


class OpenedDrawerAnswer(DrawerSessionAnswer):
    """`brought` came from the bank just now; `float_difference` is what else differs from what was left in it."""

    currency: str
    brought: int
    float_difference: int


class CashMovement(TypedDict):
    """Cash that no customer paid or got back; `account` is where it comes from or what it is for."""

    object: Literal["cash_movement"]
    id: str
    session: str
    kind: str
    account: str
    amount: int
    reason: str
    paid_on: str
    created_at: str


class CashMovementAnswer(CashMovement):
    currency: str


class MethodTotals(TypedDict):
    method: str
    payments: int
    received: int
    refunds: int
    refunded: int
    total: int


class DrawerReportAnswer(DrawerSessionAnswer):
    """The Z report; while the drawer is open, `expected` is what should be in it now."""

    till_code: str
    till_name: str
    methods: list[MethodTotals]
    brought: int
    float_difference: int
    paid_in: int
    paid_out: int
    cash_movements: list[CashMovement]


class DrawerMoveAnswer(TypedDict):
    """What went in or, below zero, out; `document` is the payment, refund or movement of cash it was for, if any."""

    object: Literal["drawer_move"]
    id: str
    session: str
    method: str
    kind: str
    amount: int
    document: str | None
    event: str
