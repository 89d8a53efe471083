"""How an order is told to those who asked: JSON-ready, the same after placing, changing and looking up."""

from collections.abc import Sequence
from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show
from ..values.money import price_text, scaled_text
from .model import PLACES, Line, Order, places_of
from .rules import fulfilment_status


def shown(order: Order, lines: Sequence[Line], payment_status: str | None = None) -> dict[str, Any]:
    """Amounts in minor units of `currency`, quantities and unit prices as decimal strings."""
    paid = {} if payment_status is None else {"payment_status": payment_status}
    return {
        "id": show("order", order.id),
        "object": "order",
        "version": order.version,
        "reference": order.reference,
        "channel": show("channel", order.channel_id),
        "customer": show("customer", order.customer_id) if order.customer_id is not None else None,
        "status": order.status,
        "fulfilment_status": fulfilment_status(order.status, lines),
        **paid,
        "currency": order.currency,
        "basis": order.basis,
        "net": order.net_minor,
        "tax": order.tax_minor,
        "gross": order.gross_minor,
        "discount": order.discount_minor,
        "placed_at": instant_text(order.placed_at),
        "placed_on": order.placed_on,
        "expires_at": instant_text(order.expires_at),
        "customer_reference": order.customer_reference,
        "country": order.country,
        "payment_method": order.payment_method,
        "lines": [shown_line(line) for line in lines],
    }


def shown_line(line: Line) -> dict[str, Any]:
    places = line.unit_decimals
    return {
        "line": line.n,
        "sku": show("sku", line.sku_id),
        "description": line.description,
        "quantity": scaled_text(line.quantity, places),
        "unit_price": price_text(line.price_e4),
        "discount": line.discount_minor,
        "net": line.net_minor,
        "tax": line.tax_minor,
        "units": {
            place: scaled_text(units, places) for place, units in zip(PLACES, places_of(line), strict=True) if units
        },
    }
