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


# What carriers say of a parcel, and what becomes of it in our words ('' where nothing does: it is on its way).
TRACKING = {
    "announced": "",
    "in_transit": "",
    "out_for_delivery": "",
    "returning": "",  # it has come back when our own people hold it
    "failed": "failed",
    "lost": "lost",
    "delivered": "delivered",
}


class Carrier(NamedTuple):
    """A carrier that is spoken to over its API; any other is only a name written on the parcel."""

    code: str
    version: int
    url: str
    account: str
    status: str  # 'open' or 'closed'


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


class TrackingEvent(NamedTuple):
    """Something a carrier says happened to a parcel. Never changed."""

    event_id: int
    n: int
    parcel_id: int
    reference: str  # the carrier's own name for it, unique for the parcel
    status: str  # one of TRACKING
    happened_at: int
    place: str
