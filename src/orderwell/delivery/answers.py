"""How methods of delivery and promises are told."""

from collections.abc import Iterable
from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show
from ..values.money import price_text
from .model import ClosedDay, DeliveryPromise, Dispatch, Method, Zone


def shown_method(method: Method, zones: Iterable[Zone]) -> dict[str, Any]:
    return {
        "object": "delivery_method",
        **method._asdict(),
        "id": show("delivery_method", method.id),
        "sku_id": show("sku", method.sku_id),
        "zones": [
            {
                "country": zone.country,
                "postcode_from": zone.postcode_from,
                "postcode_to": zone.postcode_to,
                "price": price_text(zone.price_e4),
                "basis": zone.basis,
                "free_from": zone.free_from_minor,
                "lead_days": zone.lead_days,
            }
            for zone in zones
        ],
    }


def shown_dispatch(times: Dispatch) -> dict[str, Any]:
    return {
        "object": "dispatch_times", "location": show("location", times.location_id), "cut_off": times.cut_off,
        "weekdays": times.weekdays,
    }  # fmt: skip


def shown_closed(day: ClosedDay) -> dict[str, Any]:
    return {"object": "closed_day", "day": day.day, "name": day.name, "status": day.status}


def shown_promise(promise: DeliveryPromise, method: str) -> dict[str, Any]:
    return {
        "object": "delivery_promise",
        "order": show("order", promise.order_id),
        "method": method,
        "promised_at": instant_text(promise.promised_at),
        "dispatch_on": promise.dispatch_on,
        "deliver_on": promise.deliver_on,
        "cost": promise.cost_minor,
        "rule": promise.rule,
    }
