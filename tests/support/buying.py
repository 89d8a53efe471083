"""Words for buying, on top of the shop's."""

from decimal import Decimal
from typing import Any

from orderwell.flows.keep_suppliers import AddSupplier, SetSupplierSku
from orderwell.flows.place_purchase import PlacePurchaseOrder, PurchaseLineAsk
from orderwell.flows.purchased_lines import Purchased
from orderwell.flows.receive_purchase import ReceivePurchase
from tests.support.shop import Shop


def supplier(shop: Shop, reference: str = "acme", *, days: int = 7, **costs: str) -> dict[str, Any]:
    """A supplier who sells these SKUs at these costs."""
    made = shop.do(AddSupplier(reference, reference.capitalize(), lead_time_days=days, terms_days=14))
    for code, cost in costs.items():
        shop.do(SetSupplierSku(reference, code, Decimal(cost)))
    return made


def buy(shop: Shop, by: str = "acme", *, reference: str | None = None, **wants: int) -> str:
    """Order so many of each SKU for main; the purchase order's id."""
    lines = [PurchaseLineAsk(code, Decimal(quantity)) for code, quantity in wants.items()]
    return shop.do(PlacePurchaseOrder(by, "main", lines, reference=reference))["id"]


def receive(shop: Shop, purchase: str, **came: int) -> dict[str, Any]:
    return shop.do(ReceivePurchase(purchase, some(came)))


def some(units: dict[str, int]) -> list[Purchased] | None:
    return [Purchased(code, Decimal(quantity)) for code, quantity in units.items()] or None
