"""Parcels; they belong to their order, whose version moves with them."""

from ..kit.tables import Table
from .model import NEXT, TRACKING, Carrier, Parcel, ParcelLine, TrackingEvent

PARCELS = Table(
    "parcels",
    Parcel,
    key="id",
    root=("orders", "order_id"),
    references={"order_id": "orders.id"},
    indexes=[("tracking",), ("status", "id")],
    checks=[f"status IN {tuple(NEXT)}"],
)
PARCELS_OF = PARCELS.group("order_id")

PARCEL_LINES = Table(
    "parcel_lines",
    ParcelLine,
    key=("parcel_id", "line"),
    root=("orders", "order_id"),
    references={"parcel_id": "parcels.id"},
    checks=["quantity > 0", "cost_minor >= 0"],
)
LINES_IN = PARCEL_LINES.group("parcel_id", of="parcels")

CARRIERS = Table("carriers", Carrier, key="code", lock="write", checks=["status IN ('open', 'closed')"])

TRACKING_EVENTS = Table(
    "tracking_events",
    TrackingEvent,
    key=("event_id", "n"),
    append_only=True,
    unique=[("parcel_id", "reference")],
    references={"parcel_id": "parcels.id"},
    checks=[f"status IN {tuple(TRACKING)}"],
)
TRACKED = TRACKING_EVENTS.group("parcel_id", of="parcels")
