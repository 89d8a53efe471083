"""Making the demonstration business: months of trade, day by day, each at its own time, through the one writer.

The same on every machine: chance is seeded, only the days are counted back from today.
"""

import gc
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from ..app import App
from ..kit.clock import TestClock
from ..kit.events import EVENTS
from ..kit.writer import Call
from ..values.calendar import DAY, SECOND, day_of, day_starts
from .agenda import Agenda
from .house import MAKING, ZONE, House
from .office import Office
from .provider import SimulatedProvider, found_at
from .shelves import Shelves
from .supply import Supply
from .trade import Trade

SEED = 20_261_122
HOUR = 3_600 * SECOND
NOON = 11 * HOUR  # after a day's start: the day is done in two halves
JOBS_EVERY_DAYS = 2
NEWEST_DAYS = 3
SHELVED_DAYS = 7  # so long the warehouse has had bins
UNSHELVED_DAYS = 2  # what came since has not been put away yet
RECENT_DAYS = 10  # whose events people look at one by one: they are in order of time to the second

WEEK = (1.12, 1.0, 0.98, 1.02, 1.1, 1.05, 0.75)  # Monday first
# Lamps sell when it is dark, and before the holidays. January first.
SEASON = (1.05, 0.95, 0.9, 0.85, 0.8, 0.75, 0.75, 0.8, 0.95, 1.1, 1.3, 1.35)
GROWTH = 0.5  # more at the end than at the start
HOURS = {  # of the day, by how much is ordered
    "web": [0, 0, 0, 0, 0, 1, 2, 4, 5, 6, 6, 6, 6, 5, 5, 5, 5, 6, 8, 10, 11, 8, 4, 1],
    "phone": [0] * 9 + [5, 7, 6, 4, 5, 6, 5, 3] + [0] * 7,
    "till": [0] * 10 + [3, 5, 6, 7, 7, 6, 5, 2] + [0] * 6,
}
MADE = "demo/made"  # the request that ends it: what has none was never finished
Progress = Callable[[int, int], None]


class Size(NamedTuple):
    orders: int
    customers: int
    days: int


FULL = Size(orders=3_200, customers=600, days=183)
SMALL = Size(orders=150, customers=60, days=42)


def make_demo(
    app: App, clock: TestClock, now: int, size: Size = FULL, progress: Progress = lambda _d, _a: None
) -> None:
    """Fill an empty database. `app` lives by `clock`, which stands at or before the first day."""
    chance = random.Random(SEED)
    house = House(chance, *size)
    with _little_garbage():
        start = first_instant(now, size)
        clock.advance_to(start)
        house.set_up(app, start)
        _live(app, clock, house, size, now, progress)


def half_made(app: App) -> bool:
    """Whether somebody began to make a demonstration here, and did not come to the end of it."""
    query = sa.select(EVENTS.c.request_id).where(EVENTS.c.actor == "demo", EVENTS.c.request_id.in_([MAKING, MADE]))
    with app.database.reading() as connection:
        found = set(connection.execute(query).scalars())
    return found == {MAKING}


def first_instant(now: int, size: Size) -> int:
    return day_starts(_days(now, size)[0], ZONE)


def _days(now: int, size: Size) -> list[str]:
    return [day_of(now - (size.days - 1 - n) * DAY, ZONE) for n in range(size.days)]


def _live(app: App, clock: TestClock, house: House, size: Size, now: int, progress: Progress) -> None:
    agenda, provider = Agenda(app, clock), SimulatedProvider(app)
    trade, supply, office = Trade(agenda, house, provider), Supply(agenda, house), Office(agenda, house)
    shelves = Shelves(agenda, house)
    days = _days(now, size)
    for n, (day, orders) in enumerate(zip(days, _spread(days, size.orders), strict=True)):
        start, weekday = day_starts(day, ZONE), date.fromisoformat(day).weekday()
        office.morning(start, weekday)
        supply.morning(start, weekday, n)
        if n == size.days - SHELVED_DAYS - 1:
            shelves.furnish(start + 20 * HOUR)
        elif size.days - SHELVED_DAYS <= n < size.days - UNSHELVED_DAYS:
            shelves.put_away(start)
        for _ in range(orders):
            trade.order(start, _hours(house.chance), n >= size.days - NEWEST_DAYS)
        if n in (size.days - 9, size.days - 4):
            trade.project(start + 9 * HOUR)
        if n == size.days - 1:
            trade.just_in(now)
        alike = n < size.days - RECENT_DAYS
        agenda.do_until(min(start + NOON, now), alike=alike)
        agenda.do_until(min(start + DAY, now), alike=alike)
        if n % JOBS_EVERY_DAYS == 0 or n == size.days - 1:
            provider.do_jobs()
        progress(n + 1, size.days)
    trade.begin_work()
    agenda.do_until(now + SECOND)
    shelves.begin_batch(now)
    app.writer.call(Call(found_at(), actor="demo", request_id=MADE, at=now)).value()


def _spread(days: list[str], orders: int) -> list[int]:
    """How many orders each day gets: by weekday, season and growth, and so many altogether."""
    shares = []
    for n, day in enumerate(days):
        there = date.fromisoformat(day)
        shares.append(WEEK[there.weekday()] * SEASON[there.month - 1] * (1 + GROWTH * n / len(days)))
    total, given, told = sum(shares), 0.0, []
    for share in shares:
        before = round(given)
        given += orders * share / total
        told.append(round(given) - before)
    return told


def _hours(chance: random.Random) -> Callable[[str], int]:
    """When on a day somebody orders, after its start."""

    def at(channel: str) -> int:
        by_hour = HOURS["till" if channel.startswith("till") else channel if channel == "phone" else "web"]
        return chance.choices(range(24), by_hour)[0] * HOUR + chance.randrange(HOUR)

    return at


@contextmanager
def _little_garbage() -> Iterator[None]:
    """Rows are tuples without cycles: there is next to nothing for the collector to find."""
    threshold = gc.get_threshold()
    gc.set_threshold(200_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
