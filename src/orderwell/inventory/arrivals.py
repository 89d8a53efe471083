"""What there will be on which day, and when what is awaited will come. Pure."""

from collections.abc import Sequence
from typing import NamedTuple


class Arrival(NamedTuple):
    on: str  # day
    quantity: int


class From(NamedTuple):
    """From this day on, so many units can be promised."""

    day: str
    available: int


class Expected(NamedTuple):
    """Units of one who waits, and the day they should be here; None when nothing on order is left for them."""

    who: int  # position among those who wait
    quantity: int
    on: str | None


def in_time(arrivals: Sequence[Arrival], today: str) -> list[Arrival]:
    """Arrivals that can still be believed, earliest first. What should have come by now has no day any more."""
    return sorted((each for each in arrivals if each.on > today), key=lambda each: each.on)


def availability(*, available: int, awaited: int, arrivals: Sequence[Arrival], today: str) -> list[From]:
    """What can be promised now, and from each day on which more of it comes.

    Those who wait come first: what they await is taken off what comes, and never off what is here already.
    """
    days = [From(today, available)]
    waiting = awaited
    for arrival in in_time(arrivals, today):
        free = max(0, arrival.quantity - waiting)
        waiting -= arrival.quantity - free
        there = days[-1].available + free
        if days[-1].day == arrival.on:
            days[-1] = From(arrival.on, there)
        elif there != days[-1].available:
            days.append(From(arrival.on, there))
    return days


def expected(waiting: Sequence[int], arrivals: Sequence[Arrival], today: str) -> list[Expected]:
    """Share arrivals out to those who wait, in their order, earliest arrival first."""
    coming = in_time(arrivals, today)
    at, left = 0, coming[0].quantity if coming else 0
    found = []
    for who, units in enumerate(waiting):
        while units and at < len(coming):
            taken = min(units, left)
            if taken:
                found.append(Expected(who, taken, coming[at].on))
            units, left = units - taken, left - taken
            if not left:
                at += 1
                left = coming[at].quantity if at < len(coming) else 0
        if units:
            found.append(Expected(who, units, None))
    return found
