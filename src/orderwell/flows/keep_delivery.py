"""Keeping delivery: methods with their zones and prices, when locations send, days on which nothing is delivered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, Len

from ..business import actions as business
from ..catalog import actions as catalog
from ..delivery import actions as delivery
from ..delivery.answers import shown_closed, shown_dispatch, shown_method
from ..delivery.model import WORKING_DAYS, ClosedDay, Method, Zone
from ..delivery.rules import plain_postcode
from ..delivery.store import METHOD_BY_CODE
from ..inventory import actions as inventory
from ..kit.errors import Invalid, Problem
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..values.calendar import is_day
from ..values.fields import Code, Country, Day, Minor, Name, Text, UnitPrice
from ..values.money import scaled

CUT_OFF = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")
MAX_ZONES = 200

Weekdays = Annotated[str, Len(1, 7)]
Postcode = Annotated[str, Len(0, 12)]


@dataclass(frozen=True, slots=True)
class ZoneAsk:
    """`postcode_from` and `postcode_to` are prefixes, both included: 1000 to 1999; left out, the whole country.

    `price` in major units, in the `basis` of the business unless it says another. Goods of `free_from` or more, in
    minor units and in the basis of the channel, are delivered for nothing.
    """

    country: Country
    price: UnitPrice
    lead_days: Annotated[int, Ge(0), Le(365)]
    postcode_from: Postcode = ""
    postcode_to: Postcode = ""
    basis: Literal["net", "gross"] | None = None
    free_from: Minor | None = None


@dataclass(frozen=True, slots=True)
class KeepDeliveryMethod:
    """Add a method of delivery, or change it; `zones` are all it has from now on.

    `sku` is the service that its cost is billed as: that decides tax class and revenue. `weekdays` on which it
    delivers, Monday is 1.
    """

    code: Code
    name: Name
    sku: Code
    zones: Annotated[list[ZoneAsk], Len(1, MAX_ZONES)]
    carrier: Text = ""
    weekdays: Weekdays = WORKING_DAYS
    status: Literal["open", "closed"] = "open"


@dataclass(frozen=True, slots=True)
class KeepDispatchTimes:
    """What is ready at a location by `cut_off` (HH:MM in the business's time zone) is sent the same day."""

    location: Code
    cut_off: Annotated[str, Len(5, 5)]
    weekdays: Weekdays = WORKING_DAYS


@dataclass(frozen=True, slots=True)
class KeepClosedDay:
    """Nothing is sent or delivered on a day; `open` takes that back."""

    day: Day
    name: Name = "closed"
    status: Literal["closed", "open"] = "closed"


@flow(KeepDeliveryMethod)
def keep_delivery_method(tx: Tx, ask: KeepDeliveryMethod) -> dict[str, Any]:
    """From now on; what was promised before stays promised."""
    house = business.current(tx)
    sku = catalog.skus_by_code(tx, [ask.sku])[ask.sku]
    if sku.kind != "service":
        raise Invalid.at(
            "/sku", Sentence("{sku} lies on a shelf; the cost of delivery is billed as a service.", sku=sku.code)
        )
    there = tx.one(METHOD_BY_CODE, ask.code)
    id_, version = (there.id, there.version) if there else (tx.new_id(), 1)
    method = Method(
        id_, version, ask.code, ask.name, ask.carrier, sku.id, _weekdays(ask.weekdays), ask.status
    )  # fmt: skip
    delivery.keep_method(tx, method, _zones(id_, ask.zones, house.basis))
    announce(tx, "delivery_method.kept", "delivery_method", id_, method=ask.code, status=ask.status)
    zones = [zone for zone in delivery.zones_of(tx, id_) if zone.status == "open"]
    return shown_method(delivery.open_or_closed(tx, id_), zones)


@flow(KeepDispatchTimes)
def keep_dispatch_times(tx: Tx, ask: KeepDispatchTimes) -> dict[str, Any]:
    place = inventory.location(tx, ask.location)
    if CUT_OFF.match(ask.cut_off) is None:
        raise Invalid.at("/cut_off", Sentence("{text!r} is no time of day, such as 16:00.", text=ask.cut_off))
    row = delivery.keep_dispatch(tx, place.id, ask.cut_off, _weekdays(ask.weekdays))
    announce(tx, "dispatch_times.kept", "location", place.id, cut_off=row.cut_off, weekdays=row.weekdays)
    return shown_dispatch(row)


@flow(KeepClosedDay)
def keep_closed_day(tx: Tx, ask: KeepClosedDay) -> dict[str, Any]:
    if not is_day(ask.day):
        raise Invalid.at("/day", Sentence("{text!r} is no day, such as 2026-01-31.", text=ask.day), "not_a_day")
    day = ClosedDay(ask.day, ask.name, ask.status)
    delivery.keep_day(tx, day)
    announce(tx, "closed_day.kept", "closed_day", 0, day=ask.day, status=ask.status)
    return shown_closed(day)


def _weekdays(text: str) -> str:
    """Each once, in order."""
    if not set(text) <= set("1234567"):
        raise Invalid.at("/weekdays", "Weekdays are digits from 1 (Monday) to 7, such as 12345.")
    return "".join(sorted(set(text)))


def _zones(method_id: int, asks: Sequence[ZoneAsk], basis: str) -> list[Zone]:
    zones, problems = [], []
    for n, ask in enumerate(asks):
        first, last = plain_postcode(ask.postcode_from), plain_postcode(ask.postcode_to or ask.postcode_from)
        price = scaled(ask.price, 4)
        if price is None:
            problems.append(Problem(f"/zones/{n}/price", "invalid_value", "Prices have at most four decimals."))
        if first > last or bool(first) != bool(last):
            detail = Sentence("A range of postcodes runs from a prefix to the same or a later one.")
            problems.append(Problem(f"/zones/{n}/postcode_to", "invalid_value", detail))
        zones.append(
            Zone(
                method_id, n + 1, ask.country.upper(), first, last, price or 0, ask.basis or basis, ask.free_from,
                ask.lead_days, "open",
            )
        )  # fmt: skip
    if problems:
        raise Invalid(problems[0].detail, problems)
    return zones
