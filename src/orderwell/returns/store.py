"""Tables of returns."""

from ..kit.tables import Table
from .model import ExchangeCredit, Return, ReturnLine

RETURNS = Table(
    "returns",
    Return,
    key="id",
    lock="read",
    references={"order_id": "orders.id"},
    indexes=[("order_id",), ("customer_id",)],
    checks=["status IN ('open', 'cancelled')"],
)

RETURN_LINES = Table(
    "return_lines",
    ReturnLine,
    key=("return_id", "line"),
    root=("returns", "return_id"),
    references={"return_id": "returns.id"},
    checks=[
        "announced >= 0 AND received >= 0 AND restocked >= 0 AND scrapped >= 0 AND credited >= 0",
        "received <= announced",
        "restocked + scrapped <= received",
        "credited <= restocked + scrapped",
    ],
)
LINES_OF_RETURN = RETURN_LINES.group("return_id")
RETURN_LINES_OF_ORDER = RETURN_LINES.group("order_id", of="orders")

EXCHANGE_CREDITS = Table(
    "exchange_credits",
    ExchangeCredit,
    key="id",
    append_only=True,
    references={"source_order_id": "orders.id", "target_order_id": "orders.id"},
    indexes=[("source_order_id",)],
    checks=["amount_minor <> 0"],
)
CREDIT_SPENT_ON = EXCHANGE_CREDITS.group("target_order_id", of="orders")
