"""Products, SKUs, prices and tax rates over HTTP."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ..catalog.store import PRODUCTS, SKUS
from ..flows.keep_catalog import AddProduct, AddSku, SetPrice, SetTaxRate, shown_sku
from .answers.catalog import PriceAnswer, ProductAnswer, SkuAnswer, TaxRateAnswer
from .lists import lists, one
from .operations import Operation, verb

READ, WRITE = "catalog:read", "catalog:write"


def operations() -> list[Operation]:
    sku = {"code": "lamp", "name": "Desk lamp", "price": "49.95", "barcodes": [{"code": "8712345678906"}],
           "packs": [{"name": "box", "numerator": 12}]}  # fmt: skip
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
        verb(
            "POST", "/tax_rates", SetTaxRate, right="business:manage", result=TaxRateAnswer, status=201,
            example={"tax_class": "standard", "rate": "21", "valid_from": "2027-01-01"},
        ),
    ]  # fmt: skip


def _skus(_: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [shown_sku(row) for row in rows]
