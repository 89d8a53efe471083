"""A parcel and what is in it."""

from typing import NamedTuple

# Which way a parcel may go. 'failed' is a failed delivery: it is tried again or comes back. A lost one may turn up.
NEXT: dict[str, frozenset[str]] = {
    "packed": frozenset({"shipped", "unpacked"}),
    "shipped": frozenset({"delivered", "failed", "came_back", "lost"}),
    "failed": frozenset({"delivered", "failed", "came_back", "lost"}),
    "lost": frozenset({"delivered", "came_back"}),
    "delivered": frozenset(),
    "came_back": frozenset(),
    "unpacked": frozenset(),
}


class Parcel(NamedTuple):
    id: int
    order_id: int
    location_id: int
    status: str
    carrier: str  # '' for none: handed over, or own transport
    tracking: str
    label: str  # the carrier's reference of the label to print; '' for none
    packed_at: int
    shipped_at: int | None
    delivered_at: int | None


class ParcelLine(NamedTuple):
    parcel_id: int
    line: int
    order_id: int
    quantity: int
    cost_minor: int  # what these units cost when they left the shelf: what comes back is worth that again
