"""Parcels; they belong to their order, whose version moves with them."""

from ..kit.tables import Table
from .model import NEXT, Parcel, ParcelLine

PARCELS = Table(
    "parcels",
    Parcel,
    key="id",
    root=("orders", "order_id"),
    references={"order_id": "orders.id"},
    indexes=[("tracking",)],
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
