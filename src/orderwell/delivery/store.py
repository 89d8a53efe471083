"""Tables of delivery. `delivery_promises` is history."""

from ..kit.tables import Table
from .model import ClosedDay, DeliveryPromise, Dispatch, Method, Zone

METHODS = Table(
    "delivery_methods",
    Method,
    key="id",
    lock="write",
    references={"sku_id": "skus.id"},
    checks=["status IN ('open', 'closed')", "weekdays <> ''"],
)
METHOD_BY_CODE = METHODS.group("code", unique=True)
METHODS_OPEN = METHODS.group("status", where="status = 'open'", keep=lambda row: row.status == "open")

ZONES = Table(
    "delivery_zones",
    Zone,
    key=("method_id", "n"),
    root=("delivery_methods", "method_id"),
    references={"method_id": "delivery_methods.id"},
    checks=["price_e4 >= 0", "lead_days >= 0", "basis IN ('net', 'gross')", "status IN ('open', 'closed')"],
)
ZONES_OF = ZONES.group("method_id")

DISPATCH = Table(
    "dispatch_times",
    Dispatch,
    key="location_id",
    lock="write",
    references={"location_id": "locations.id"},
    checks=["weekdays <> ''"],
)

CLOSED_DAYS = Table("closed_days", ClosedDay, key="day", checks=["status IN ('closed', 'open')"])
DAYS_CLOSED = CLOSED_DAYS.group("status", where="status = 'closed'", keep=lambda row: row.status == "closed")

PROMISES = Table(
    "delivery_promises",
    DeliveryPromise,
    key="order_id",
    append_only=True,
    indexes=[("event_id",), ("deliver_on",)],
    references={"order_id": "orders.id", "method_id": "delivery_methods.id"},
    checks=["cost_minor >= 0"],
)
