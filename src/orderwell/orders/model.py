"""An order, its lines, and the places its units can be in."""

from typing import NamedTuple

# The places of an order's units. Every unit ordered is in exactly one; they sum to what was ordered.
PLACES = ("open", "promised", "awaited", "picked", "packed", "shipped", "delivered", "returned", "cancelled")
NEW = "new"  # where units come from when an order is written down

# Which moves of units there are. Anything else is refused aloud.
MOVES: dict[str, frozenset[str]] = {
    NEW: frozenset({"open", "promised", "awaited"}),
    "open": frozenset({"promised", "awaited", "shipped", "cancelled"}),
    "promised": frozenset({"open", "awaited", "picked", "packed", "shipped", "cancelled"}),
    "awaited": frozenset({"open", "promised", "cancelled"}),
    "picked": frozenset({"promised", "packed", "shipped", "cancelled"}),
    "packed": frozenset({"promised", "shipped", "cancelled"}),
    "shipped": frozenset({"delivered", "returned", "promised"}),
    "delivered": frozenset({"returned"}),
    "returned": frozenset(),
    "cancelled": frozenset({"open", "promised", "awaited"}),  # an expired order that is paid after all
}

# The few stored words; all others are computed from quantities and amounts.
NEXT: dict[str, frozenset[str]] = {
    "draft": frozenset({"placed", "cancelled"}),
    "placed": frozenset({"cancelled"}),
    "cancelled": frozenset(),
}


class Order(NamedTuple):
    id: int
    version: int
    channel_id: int
    reference: str  # the channel's own, unique on it
    customer_id: int | None  # None: a guest
    status: str
    currency: str
    basis: str  # prices and discounts are 'net' or 'gross' of VAT
    created_at: int
    placed_at: int | None
    placed_on: str | None  # business day
    expires_at: int | None  # unpaid until then: cancelled; kept on an order that is cancelled for it
    net_minor: int  # of all units that are not cancelled, discounts taken off
    tax_minor: int
    gross_minor: int
    discount_minor: int  # of the whole order, in its basis; line discounts are on the lines
    ship_to: int | None
    bill_to: int | None
    customer_reference: str  # the customer's own order number, printed on the invoice
    payment_method: str
    terms_days: int
    collect_at: int | None  # location where the customer fetches it
    country: str  # where the goods go


class Line(NamedTuple):
    """What was ordered in one line, and in which place its units are now (sums of `unit_moves`)."""

    order_id: int
    n: int
    sku_id: int
    kind: str  # 'stocked' or 'service'
    description: str
    quantity: int  # smallest units
    unit_decimals: int
    price_e4: int
    discount_minor: int  # the line's own, in the order's basis
    net_minor: int  # of the whole quantity, all discounts taken off
    tax_minor: int
    rate_bp: int
    revenue: str
    invoiced: int  # units on invoices so far
    credited: int  # units on credit notes so far
    open: int
    promised: int
    awaited: int
    picked: int
    packed: int
    shipped: int
    delivered: int
    returned: int
    cancelled: int


def places_of(line: Line) -> tuple[int, ...]:
    """Units of a line in each of PLACES, in that order."""
    return line[-len(PLACES) :]  # type: ignore[return-value]


class Allocation(NamedTuple):
    """Units of a line that are promised from, picked at, or awaited at one location."""

    order_id: int
    line: int
    location_id: int
    sku_id: int
    promised: int
    picked: int
    awaited: int


class ExpiredUnits(NamedTuple):
    """What an order lost because its time ran out, and takes back when it is paid after all. Never changed."""

    event_id: int
    n: int
    order_id: int
    line: int
    quantity: int


class UnitMove(NamedTuple):
    """Units of a line went from one place to another. Never changed."""

    event_id: int
    n: int
    order_id: int
    line: int
    source: str
    target: str
    quantity: int
    location_id: int | None
