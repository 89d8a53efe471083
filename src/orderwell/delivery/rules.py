"""Which zone an address is in, what delivery costs, and on which day it arrives. Pure."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ..kit.errors import Conflict
from .model import Dispatch, Method, Zone

FARTHEST_DAYS = 3_660  # beyond that nothing is looked for


class NotDelivered(Conflict):
    code = "not_delivered_there"
    title = "This method does not deliver to that address"


class Dates(NamedTuple):
    dispatch_on: str
    deliver_on: str


def plain_postcode(text: str) -> str:
    """Postcodes are compared without blanks and in capitals: '1234 ab' is '1234AB'."""
    return "".join(text.split()).upper()


def zone_for(zones: Sequence[Zone], *, country: str, postcode: str) -> Zone | None:
    """The narrowest zone an address is in: the longest prefix, then the first."""
    code = plain_postcode(postcode)
    fitting = [zone for zone in zones if zone.status == "open" and zone.country == country and _within(zone, code)]
    return min(fitting, key=lambda zone: (-len(zone.postcode_from), zone.n), default=None)


def _within(zone: Zone, code: str) -> bool:
    first, last = zone.postcode_from, zone.postcode_to
    if not first:
        return True
    return len(code) >= len(first) and first <= code[: len(first)] and code[: len(last)] <= last


def is_free(zone: Zone, goods_minor: int) -> bool:
    return zone.free_from_minor is not None and goods_minor >= zone.free_from_minor


def dates(
    *, ready_on: str, minute: int, today: str, dispatch: Dispatch, method: Method, lead_days: int,
    closed: Collection[str],
) -> Dates | None:  # fmt: skip
    """When goods that are ready on a day are sent and delivered; None where no such day is ever open.

    `minute` of today decides only for what is ready today: what is awaited is there in the morning of its day.
    """
    first = ready_on
    if ready_on <= today:
        hours, minutes = dispatch.cut_off.split(":")
        first = today if minute < int(hours) * 60 + int(minutes) else _after(today)
    sent = open_day(first, dispatch.weekdays, closed)
    day = sent
    for _ in range(lead_days):
        day = open_day(_after(day), method.weekdays, closed) if day is not None else None
    if day is not None:
        day = open_day(day, method.weekdays, closed)
    return Dates(sent, day) if sent is not None and day is not None else None


def open_day(day: str, weekdays: str, closed: Collection[str]) -> str | None:
    """This day, or the first after it that is one of the weekdays and not closed."""
    found = date.fromisoformat(day)
    for _ in range(FARTHEST_DAYS):
        if str(found.isoweekday()) in weekdays and found.isoformat() not in closed:
            return found.isoformat()
        found += timedelta(days=1)
    return None


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
