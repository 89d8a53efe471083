"""Returns over HTTP."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ..flows.return_goods import AnnounceReturn, CancelReturn, InspectReturn, ReceiveReturn
from ..returns.answers import shown
from ..returns.store import RETURN_LINES, RETURNS
from .answers.expanded import ReturnDetailAnswer
from .answers.returns import InspectedReturnAnswer, ReturnAnswer
from .expand import rights_of
from .lists import lists, one, rows_by
from .operations import Operation, verb

READ, WRITE = "returns:read", "returns:write"


def operations() -> list[Operation]:
    units = [{"line": 1, "quantity": "1"}]
    inspected = {"location": "main", "lines": [{"line": 1, "quantity": "1", "outcome": "restock"}]}
    return [
        verb(
            "POST", "/orders/{order}/returns", AnnounceReturn, right=WRITE, result=ReturnAnswer, status=201,
            example={"lines": units},
        ),
        lists(
            "/returns", RETURNS, kind="return", right=READ, result=ReturnAnswer, filters=("order_id", "customer_id"),
            shown=_returns,
        ),
        one(
            "/returns/{return_id}", RETURNS, kind="return", right=READ, result=ReturnDetailAnswer, shown=_returns,
            expands=rights_of("customer", "lines.sku", "order", "order.customer"),
        ),
        verb(
            "POST", "/returns/{return_id}/receive", ReceiveReturn, right=WRITE, result=ReturnAnswer,
            example={"lines": units},
        ),
        verb(
            "POST", "/returns/{return_id}/inspect", InspectReturn, right=WRITE, result=InspectedReturnAnswer,
            example=inspected,
        ),
        verb("POST", "/returns/{return_id}/cancel", CancelReturn, right=WRITE, result=ReturnAnswer),
    ]  # fmt: skip


def _returns(connection: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    lines: dict[int, list[Any]] = defaultdict(list)
    for line in rows_by(connection, RETURN_LINES, "return_id", [row.id for row in rows]):
        lines[line.return_id].append(line)
    return [shown(row, lines[row.id]) for row in rows]
