"""Products, SKUs, prices and tax rates."""

from typing import Literal

from typing_extensions import TypedDict


class ProductAnswer(TypedDict):
    object: Literal["product"]
    id: str
    version: int
    code: str
    name: str
    description: str
    status: str


class SkuAnswer(TypedDict):
    """`backorder_cap` is in the smallest unit: 10 to the power of minus `unit_decimals`."""

    object: Literal["sku"]
    id: str
    version: int
    code: str
    product_id: str | None
    name: str
    kind: str
    unit: str
    unit_decimals: int
    tax_class: str
    revenue: str
    backorder: str
    backorder_cap: int
    status: str


class PriceAnswer(TypedDict):
    """`price` is a decimal string in major units; without a channel it holds for all that have none of their own."""

    object: Literal["price"]
    sku: str
    channel: str | None
    currency: str
    basis: str
    price: str


class TaxRateAnswer(TypedDict):
    """`rate` in percent, a decimal string."""

    object: Literal["tax_rate"]
    tax_class: str
    rate: str
    valid_from: str


class ListedPriceAnswer(PriceAnswer):
    """A price that was agreed with nobody."""

    sku_code: str
    customer: None


class CustomerPriceAnswer(TypedDict):
    """A price agreed with a customer, from `from_quantity` units in a line on; `valid_to` is its last day, or null."""

    object: Literal["customer_price"]
    id: str
    customer: str
    sku: str
    sku_code: str
    currency: str
    basis: str
    price: str
    from_quantity: str
    valid_from: str
    valid_to: str | None


class SkuPricesAnswer(TypedDict):
    """All prices of one SKU, on one page."""

    object: Literal["list"]
    data: list[CustomerPriceAnswer | ListedPriceAnswer]
    has_more: bool
    next_cursor: None
