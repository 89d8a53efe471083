"""The nouns of the catalogue."""

from typing import NamedTuple

EVERY_CHANNEL = 0  # channel_id of a price that holds where no channel has its own

REVENUE_KINDS = ("goods", "delivery", "manual", "voucher", "other")
BACKORDER = ("no", "yes", "capped")


class Product(NamedTuple):
    """What customers know by one name; its SKUs are the variants that lie on shelves."""

    id: int
    version: int
    code: str
    name: str
    description: str
    status: str


class Sku(NamedTuple):
    id: int
    version: int
    code: str
    product_id: int | None
    name: str
    kind: str  # 'stocked' or 'service' (postage, gift wrap: nothing lies on a shelf)
    unit: str  # 'piece', 'kg' …
    unit_decimals: int  # quantities are whole numbers of 10**-unit_decimals units
    tax_class: str
    revenue: str  # which revenue it earns: one of REVENUE_KINDS
    backorder: str  # 'no', 'yes' or 'capped'
    backorder_cap: int  # in smallest units; with 'capped', the most that may be awaited at once
    status: str  # 'active' or 'retired'


class Barcode(NamedTuple):
    """A barcode, and the pack it is printed on as an exact ratio: 12/1 for a box of twelve pieces."""

    code: str
    sku_id: int
    numerator: int
    denominator: int


class PackUnit(NamedTuple):
    """A named pack of a SKU: one `box` is numerator/denominator of its units."""

    sku_id: int
    name: str
    numerator: int
    denominator: int


class Price(NamedTuple):
    sku_id: int
    channel_id: int
    currency: str
    price_e4: int
    basis: str  # 'net' or 'gross'


class CustomerPrice(NamedTuple):
    """A price agreed with one customer, from a quantity in one order line on, for a while or for good.

    Never taken away: what no longer holds has ended, so old orders can be explained.
    """

    id: int
    customer_id: int
    sku_id: int
    currency: str
    from_quantity: int  # smallest units
    valid_from: str  # day
    valid_to: str | None  # last day; before `valid_from`: it never holds
    price_e4: int
    basis: str  # 'net' or 'gross'


class TaxRate(NamedTuple):
    tax_class: str
    valid_from: str  # day
    rate_bp: int  # hundredths of a percent: 2100 is 21 %
