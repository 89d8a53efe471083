"""How a parcel is told to those who asked."""

from collections.abc import Mapping
from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show
from .model import Parcel


def shown_parcel(parcel: Parcel, contents: Mapping[int, int]) -> dict[str, Any]:
    """`contents` by order line, in the smallest unit of its SKU."""
    return {
        "id": show("parcel", parcel.id),
        "object": "parcel",
        "order": show("order", parcel.order_id),
        "location": show("location", parcel.location_id),
        "status": parcel.status,
        "carrier": parcel.carrier,
        "tracking": parcel.tracking,
        "label": parcel.label,
        "packed_at": instant_text(parcel.packed_at),
        "shipped_at": instant_text(parcel.shipped_at),
        "delivered_at": instant_text(parcel.delivered_at),
        "lines": [{"line": n, "smallest_units": units} for n, units in contents.items()],
    }
