"""Tables of picking. `pick_moves` is history; the figures on lines are sums of it."""

from ..kit.tables import Table
from .model import KINDS, PickLine, PickList, PickMove

PICK_LISTS = Table(
    "pick_lists",
    PickList,
    key="id",
    lock="read",
    indexes=[("location_id", "status", "id")],
    references={"location_id": "locations.id"},
    checks=["status IN ('open', 'done', 'closed')"],
)

PICK_LINES = Table(
    "pick_lines",
    PickLine,
    key=("pick_list_id", "n"),
    root=("pick_lists", "pick_list_id"),
    references={"pick_list_id": "pick_lists.id", "order_id,line": "order_lines.order_id,n"},
    checks=["asked > 0", "picked >= 0 AND short >= 0 AND dropped >= 0", "picked + short + dropped <= asked"],
)
LINES_OF_LIST = PICK_LINES.group("pick_list_id")
TO_PICK = PICK_LINES.group("sku_id", where="asked > picked + short + dropped", keep=lambda row: row.left > 0)

PICK_MOVES = Table(
    "pick_moves",
    PickMove,
    key=("event_id", "n"),
    append_only=True,
    indexes=[("pick_list_id",)],
    checks=["quantity > 0", f"kind IN {KINDS}"],
)
