"""Places, stock and movements."""

from typing import NamedTuple

# Places that are no shelf: where goods come from and go to. Fixed ids, made with the business.
SUPPLIER, CUSTOMER, SCRAP, COUNT, OPENING, TRANSIT = 1, 2, 3, 4, 5, 6
VIRTUAL = {
    SUPPLIER: "supplier",
    CUSTOMER: "customer",
    SCRAP: "scrap",
    COUNT: "count",
    OPENING: "opening",
    TRANSIT: "transit",
}

SOURCING = ("fewest_parcels", "most_stock", "fixed_order")


class Location(NamedTuple):
    id: int
    version: int
    code: str
    name: str
    kind: str  # 'stock' where goods are sold from; else one of VIRTUAL
    priority: int  # lower comes first in the rule's order
    status: str  # 'open' or 'closed'
    layout: str = "whole"  # 'bins' once it has any: then its goods are put away and picked by bin


class Stock(NamedTuple):
    """What lies at one place of one SKU, in smallest units. A cache: each figure is the sum of its movements."""

    sku_id: int
    location_id: int
    version: int
    on_hand: int
    promised: int  # set aside for orders: promised, picked or packed, still on hand
    awaited: int  # ordered by customers, not here yet
    incoming: int  # ordered from suppliers or in transit, not here yet
    binned: int = 0  # of those on hand: put away in bins

    @property
    def available(self) -> int:
        return self.on_hand - self.promised


class Valuation(NamedTuple):
    """What all units of one SKU on hand cost together; cost of goods is the moving average of it."""

    sku_id: int
    version: int
    quantity: int
    value_minor: int


class Adjustment(NamedTuple):
    """A document that says why stock was put right. Never changed."""

    id: int
    event_id: int
    location_id: int
    reason: str
    adjusted_on: str
    value_minor: int  # what stock is worth more (or, below zero, less) since
    channel_id: int | None  # of an adjustment that a channel sent under its own `reference`, unique there
    reference: str
    note: str


class StockMove(NamedTuple):
    """Units of a SKU went from one place to another. Never changed, mistakes are moved back."""

    event_id: int
    n: int
    sku_id: int
    source_id: int
    target_id: int
    quantity: int
    cost_minor: int  # of all these units together, 0 between our own shelves
    reason: str
    document_id: int | None  # parcel, receipt, return, count … that says why


class Transfer(NamedTuple):
    """Goods went from one shelf to another; until they are received they are in transit, and still ours."""

    id: int
    version: int
    reference: str
    source_id: int
    target_id: int
    shipped_on: str
    expected_on: str
    note: str


class TransferLine(NamedTuple):
    transfer_id: int
    n: int
    sku_id: int
    shipped: int  # smallest units
    unit_decimals: int
    received: int
    returned: int  # back at the source
    lost: int

    @property
    def under_way(self) -> int:
        return self.shipped - self.received - self.returned - self.lost


class StockCount(NamedTuple):
    """Somebody counted what lies at a location. Never changed."""

    id: int
    event_id: int
    location_id: int
    reference: str
    counted_on: str
    value_minor: int  # what stock is worth more (or, below zero, less) since
    note: str
    bin_id: int | None = None  # None: all that lies at the location


class StockCountLine(NamedTuple):
    count_id: int
    n: int
    sku_id: int
    expected: int
    counted: int


class Bin(NamedTuple):
    """A shelf, drawer or pallet place at a location. What lies in no bin has not been put away, or was picked."""

    id: int
    version: int
    location_id: int
    code: str  # unique at its location
    sort: int  # the order in which one walks past
    status: str  # 'open' or 'closed'


class BinStock(NamedTuple):
    """Units of a SKU in a bin: the sum of its movements. The row of `stock` stands for all bins of its SKU there."""

    bin_id: int
    sku_id: int
    location_id: int
    quantity: int


class BinMove(NamedTuple):
    """Units went from one bin to another, None being none of them. Never changed, mistakes are moved back."""

    event_id: int
    n: int
    sku_id: int
    location_id: int
    source_id: int | None
    target_id: int | None
    quantity: int
    reason: str
    document_id: int | None  # parcel, count, pick list … that says why
