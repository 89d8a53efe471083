"""Returns. Quantities are decimal strings."""

from typing import Literal

from typing_extensions import TypedDict


class ReturnLine(TypedDict):
    """Units by what has become of them."""

    line: int
    sku: str
    announced: str
    received: str
    restocked: str
    scrapped: str
    credited: str


class ReturnAnswer(TypedDict):
    object: Literal["return"]
    id: str
    version: int
    order: str
    customer: str | None
    status: str
    reason: str
    announced_at: str
    lines: list[ReturnLine]


class InspectedReturnAnswer(ReturnAnswer):
    """`refund_due` in minor units of `currency`; no credit note where nothing was invoiced."""

    credit_note: str | None
    refund_due: int
    currency: str
