"""How prices are told to those who asked."""

from typing import Any

from ..values.ids import show
from ..values.money import price_text, scaled_text


def shown_price(row: Any, sku: Any, channel: str | None) -> dict[str, Any]:
    """A listed price; `channel` is null for the one that holds on every channel without its own."""
    return {
        "object": "price", "sku": show("sku", row.sku_id), "sku_code": sku.code, "channel": channel, "customer": None,
        "currency": row.currency, "basis": row.basis, "price": price_text(row.price_e4),
    }  # fmt: skip


def shown_agreed(row: Any, sku: Any) -> dict[str, Any]:
    """A price agreed with a customer; `valid_to` is its last day, null for none."""
    return {
        "object": "customer_price",
        "id": show("customer_price", row.id),
        "customer": show("customer", row.customer_id),
        "sku": show("sku", row.sku_id),
        "sku_code": sku.code,
        "currency": row.currency,
        "basis": row.basis,
        "price": price_text(row.price_e4),
        "from_quantity": scaled_text(row.from_quantity, sku.unit_decimals),
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }
