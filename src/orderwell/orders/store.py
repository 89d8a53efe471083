"""Tables of orders. `unit_moves` is history; the places on lines and allocations are sums of it."""

from ..kit.tables import Table
from .model import PLACES, Allocation, ExpiredUnits, Line, Order, UnitMove

ORDERS = Table(
    "orders",
    Order,
    key="id",
    lock="read",
    indexes=[("customer_id", "id"), ("status", "id")],
    checks=["status IN ('draft', 'placed', 'cancelled')", "gross_minor = net_minor + tax_minor"],
)
EXPIRING = ORDERS.group(
    "expires_at",
    where="expires_at IS NOT NULL AND status = 'placed'",
    keep=lambda row: row.expires_at is not None and row.status == "placed",
)
ORDER_BY_REFERENCE = ORDERS.group("channel_id", "reference", unique=True)

LINES = Table(
    "order_lines",
    Line,
    key=("order_id", "n"),
    root=("orders", "order_id"),
    references={"order_id": "orders.id"},
    some={"order_id": "open > 0 OR returned > 0"},  # drafts, services that wait for their goods; what came back
    checks=["quantity > 0", f"quantity = {' + '.join(PLACES)}", *(f"{place} >= 0" for place in PLACES)],
)
LINES_OF = LINES.group("order_id")

ALLOCATIONS = Table(
    "allocations",
    Allocation,
    key=("order_id", "line", "location_id"),
    root=("orders", "order_id"),
    references={"order_id": "orders.id"},
    some={"location_id": "promised > 0 OR picked > 0 OR awaited > 0"},  # still to be done: few of all there ever were
    checks=["promised >= 0", "picked >= 0", "awaited >= 0"],
)
ALLOCATIONS_OF = ALLOCATIONS.group("order_id")
AWAITING = ALLOCATIONS.group("sku_id", where="awaited > 0", keep=lambda row: row.awaited > 0)

EXPIRED_UNITS = Table(
    "expired_units",
    ExpiredUnits,
    key=("event_id", "n"),
    root=("orders", "order_id"),
    append_only=True,
    references={"order_id": "orders.id"},
    checks=["quantity > 0"],
)
EXPIRED_OF = EXPIRED_UNITS.group("order_id")

UNIT_MOVES = Table(
    "unit_moves",
    UnitMove,
    key=("event_id", "n"),
    append_only=True,
    indexes=[("order_id",)],
    checks=["quantity > 0", "source <> target"],
)
