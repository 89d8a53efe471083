"""The catalogue's tables."""

from ..kit.tables import Table
from .model import BACKORDER, REVENUE_KINDS, Barcode, CustomerPrice, PackUnit, Price, Product, Sku, TaxRate

PRODUCTS = Table("products", Product, key="id", lock="write")
PRODUCT_BY_CODE = PRODUCTS.group("code", unique=True)

SKUS = Table(
    "skus",
    Sku,
    key="id",
    lock="write",
    checks=[
        "kind IN ('stocked', 'service')",
        f"revenue IN {REVENUE_KINDS}",
        f"backorder IN {BACKORDER}",
        "backorder_cap >= 0",
        "unit_decimals BETWEEN 0 AND 3",
        "status IN ('active', 'retired')",
    ],
)
SKU_BY_CODE = SKUS.group("code", unique=True)

BARCODES = Table(
    "barcodes", Barcode, key="code", references={"sku_id": "skus.id"}, checks=["numerator > 0 AND denominator > 0"]
)
BARCODES_OF = BARCODES.group("sku_id")

PACK_UNITS = Table(
    "pack_units",
    PackUnit,
    key=("sku_id", "name"),
    root=("skus", "sku_id"),
    references={"sku_id": "skus.id"},
    checks=["numerator > 0 AND denominator > 0"],
)

PRICES = Table(
    "prices",
    Price,
    key=("sku_id", "channel_id", "currency"),
    root=("skus", "sku_id"),
    references={"sku_id": "skus.id"},
    checks=["price_e4 >= 0", "basis IN ('net', 'gross')"],
)

CUSTOMER_PRICES = Table(
    "customer_prices",
    CustomerPrice,
    key="id",
    root=("customers", "customer_id"),
    references={"customer_id": "customers.id", "sku_id": "skus.id"},
    indexes=[("sku_id",)],
    checks=["price_e4 >= 0", "from_quantity >= 0", "basis IN ('net', 'gross')"],
)
PRICES_AGREED_WITH = CUSTOMER_PRICES.group("customer_id")
CUSTOMER_PRICES_OF = CUSTOMER_PRICES.group("customer_id", "sku_id")

TAX_RATES = Table("tax_rates", TaxRate, key=("tax_class", "valid_from"), checks=["rate_bp >= 0"])
RATES_OF = TAX_RATES.group("tax_class")
