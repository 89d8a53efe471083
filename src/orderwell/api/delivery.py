"""Methods of delivery, their options and what was promised, over HTTP."""

from collections.abc import Mapping
from typing import Any

from ..delivery import queries
from ..delivery.answers import shown_closed, shown_dispatch
from ..delivery.store import CLOSED_DAYS, DISPATCH, METHODS
from ..flows.delivery_options import AskDeliveryOptions
from ..flows.keep_delivery import KeepClosedDay, KeepDeliveryMethod, KeepDispatchTimes
from .answers import list_of
from .answers.delivery import (
    ClosedDayAnswer,
    DeliveryMethodAnswer,
    DeliveryOptionsAnswer,
    DeliveryPromiseAnswer,
    DispatchTimesAnswer,
)
from .lists import lists, one
from .operations import Look, Operation, read, verb

READ, WRITE = "business:read", "business:manage"
METHOD = {
    "code": "parcel", "name": "Parcel to the door", "sku": "postage", "carrier": "simulated",
    "zones": [{"country": "NL", "price": "4.95", "lead_days": 1, "free_from": 5000}],
}  # fmt: skip
OPTIONS = {"channel": "web", "lines": [{"sku": "lamp", "quantity": "2"}], "country": "NL", "postcode": "1234 AB"}


def operations() -> list[Operation]:
    return [
        verb(
            "POST", "/delivery_methods", KeepDeliveryMethod, right=WRITE, result=DeliveryMethodAnswer, example=METHOD,
        ),
        lists(
            "/delivery_methods", METHODS, kind="delivery_method", right=READ, result=DeliveryMethodAnswer,
            filters=("code", "status"), shown=queries.methods,
        ),
        one(
            "/delivery_methods/{delivery_method}", METHODS, kind="delivery_method", right=READ,
            result=DeliveryMethodAnswer, shown=queries.methods,
        ),
        verb(
            "POST", "/dispatch_times", KeepDispatchTimes, right=WRITE, result=DispatchTimesAnswer,
            example={"location": "main", "cut_off": "16:00"},
        ),
        read(
            "/dispatch_times", _dispatch, name="list_dispatch_times", right=READ, result=list_of(DispatchTimesAnswer),
            summary="When locations send.",
        ),
        verb(
            "POST", "/closed_days", KeepClosedDay, right=WRITE, result=ClosedDayAnswer,
            example={"day": "2026-12-25", "name": "Christmas"},
        ),
        read(
            "/closed_days", _closed, name="list_closed_days", right=READ, result=list_of(ClosedDayAnswer),
            summary="Days on which nothing is sent or delivered.",
        ),
        verb(
            "POST", "/delivery_options", AskDeliveryOptions, right="orders:read", result=DeliveryOptionsAnswer,
            example=OPTIONS, asks=True,
        ),
        read(
            "/orders/{order}/delivery_promise", _promise, name="get_delivery_promise", right="orders:read",
            result=DeliveryPromiseAnswer,
            summary="What the customer was told about delivery: day, cost, and by which rule.",
        ),
    ]  # fmt: skip


def _promise(look: Look) -> Mapping[str, Any]:
    return queries.promise(look.connection, look.path["order"])


def _dispatch(look: Look) -> Mapping[str, Any]:
    rows = look.connection.execute(DISPATCH.sa.select().order_by(DISPATCH.c.location_id))
    return {"object": "list", "data": [shown_dispatch(row) for row in rows]}


def _closed(look: Look) -> Mapping[str, Any]:
    mine = CLOSED_DAYS.c.status == "closed"
    rows = look.connection.execute(CLOSED_DAYS.sa.select().where(mine).order_by(CLOSED_DAYS.c.day))
    return {"object": "list", "data": [shown_closed(row) for row in rows]}
