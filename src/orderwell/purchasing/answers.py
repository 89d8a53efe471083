"""How purchasing is told to those who asked: JSON-ready, the same after a request and when looked up."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show
from ..values.money import price_text, scaled_text
from .model import PurchaseLine, PurchaseOrder, Supplier
from .rules import purchase_status


def shown_supplier(supplier: Supplier) -> dict[str, Any]:
    return {"object": "supplier", **supplier._asdict(), "id": show("supplier", supplier.id)}


def shown_purchase(
    purchase: PurchaseOrder, lines: Sequence[PurchaseLine], codes: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """`codes` of the SKUs are told beside their ids where they are known."""
    return {
        "object": "purchase_order",
        "id": show("purchase_order", purchase.id),
        "version": purchase.version,
        "reference": purchase.reference,
        "supplier": show("supplier", purchase.supplier_id),
        "status": purchase_status(lines),
        "currency": purchase.currency,
        "ordered_at": instant_text(purchase.ordered_at),
        "ordered_on": purchase.ordered_on,
        "expected_on": purchase.expected_on,
        "note": purchase.note,
        "lines": [shown_line(line, (codes or {}).get(line.sku_id)) for line in lines],
    }


def shown_line(line: PurchaseLine, code: str | None = None) -> dict[str, Any]:
    places = line.unit_decimals
    named = {"sku_code": code} if code is not None else {}
    return {
        "line": line.n,
        "sku": show("sku", line.sku_id),
        **named,
        "location": show("location", line.location_id),
        "unit_cost": price_text(line.cost_e4),
        "quantity": scaled_text(line.quantity, places),
        "received": scaled_text(line.received, places),
        "cancelled": scaled_text(line.cancelled, places),
        "due": scaled_text(line.due, places),
        "invoiced": scaled_text(line.invoiced, places),
        "received_value": line.received_minor,
    }
