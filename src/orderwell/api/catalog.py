"""Products, SKUs, prices and tax rates over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ..catalog.queries import agreed
from ..catalog.store import PRODUCTS, SKUS
from ..flows.keep_catalog import AddProduct, AddSku, SetPrice, SetTaxRate, shown_sku
from ..flows.keep_customer_prices import EndCustomerPrice, SetCustomerPrice
from ..reports.prices import prices
from .answers.catalog import (
    CustomerPriceAnswer,
    PriceAnswer,
    ProductAnswer,
    SkuAnswer,
    SkuPricesAnswer,
    TaxRateAnswer,
)
from .lists import lists, one, queried
from .operations import Look, Operation, Query, read, verb

READ, WRITE = "catalog:read", "catalog:write"


def operations() -> list[Operation]:
    sku = {"code": "lamp", "name": "Desk lamp", "price": "49.95", "barcodes": [{"code": "8712345678906"}],
           "packs": [{"name": "box", "numerator": 12}]}  # fmt: skip
    agreement = {"customer": "10042", "sku": "lamp", "price": "39.50", "from_quantity": "10", "basis": "net"}
    return [
        verb(
            "POST", "/products", AddProduct, right=WRITE, result=ProductAnswer, status=201,
            example={"code": "lamps", "name": "Lamps"},
        ),
        lists("/products", PRODUCTS, kind="product", right=READ, result=ProductAnswer, filters=("code", "status")),
        one("/products/{product}", PRODUCTS, kind="product", right=READ, result=ProductAnswer),
        verb("POST", "/skus", AddSku, right=WRITE, result=SkuAnswer, status=201, example=sku),
        lists(
            "/skus", SKUS, kind="sku", right=READ, result=SkuAnswer, filters=("code", "product_id", "status", "kind"),
            shown=_skus,
        ),
        one("/skus/{sku}", SKUS, kind="sku", right=READ, result=SkuAnswer, shown=_skus),
        verb(
            "POST", "/prices", SetPrice, right=WRITE, result=PriceAnswer,
            example={"sku": "lamp", "price": "44.50", "channel": "web"},
        ),
        read(
            "/skus/{sku}/prices", _prices, name="list_sku_prices", right=READ, result=SkuPricesAnswer,
            summary="All prices of one SKU (by id or code), those agreed with a customer first.",
            query=[Query("customer", "Also what was agreed with this customer (id or reference).")],
        ),
        verb(
            "POST", "/customer_prices", SetCustomerPrice, right=WRITE, result=CustomerPriceAnswer, status=201,
            example=agreement,
        ),
        queried(
            "/customer_prices", agreed, right=READ, result=CustomerPriceAnswer,
            filters={"customer": "customer", "sku": "sku"},
        ),
        verb(
            "POST", "/customer_prices/{customer_price}/end", EndCustomerPrice, right=WRITE, result=CustomerPriceAnswer,
        ),
        verb(
            "POST", "/tax_rates", SetTaxRate, right="business:manage", result=TaxRateAnswer, status=201,
            example={"tax_class": "standard", "rate": "21", "valid_from": "2027-01-01"},
        ),
    ]  # fmt: skip


def _skus(_: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [shown_sku(row) for row in rows]


def _prices(look: Look) -> Mapping[str, Any]:
    return prices(look.connection, sku=look.path["sku"], **look.query)
