"""Schedules: jobs that come back, every so often or at a time of day. Each due one is started by exactly one process.

What recurs is declared in code; the table holds when each is due next. A due schedule becomes an ordinary job, with
its retries and its dead letter. However long nobody was there, it is started once and not once for every time missed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from ..values.calendar import instant, moment
from .database import Database
from .jobs import JOBS, SECOND, Job
from .tables import Table


class Schedule(NamedTuple):
    name: str
    next_at: int
    last_at: int | None


SCHEDULES = Table("schedules", Schedule, key="name")


class Recurring(NamedTuple):
    """Every so many seconds, or daily at a local time (`HH:MM`)."""

    kind: str
    every_seconds: int
    at_local: str


RECURRING: dict[str, Recurring] = {}


def recurring(kind: str, *, every_seconds: int = 0, at_local: str = "") -> None:
    """Have a job of this kind come back: every so many seconds, or daily at a local time."""
    assert bool(every_seconds) != bool(at_local), "either every so often or at a time of day"
    RECURRING[kind] = Recurring(kind, every_seconds, at_local)


def next_time(each: Recurring, after: int, zone: str) -> int:
    """The first time due after an instant. A local time that the clocks skip that day is taken an hour later."""
    if each.every_seconds:
        return after + each.every_seconds * SECOND
    hour, minute = map(int, each.at_local.split(":"))
    here = moment(after).astimezone(ZoneInfo(zone))
    for day in (here.date(), here.date() + timedelta(days=1)):
        due = instant(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)))
        if due > after:
            return due
    raise AssertionError("tomorrow is after now")


def start_due(database: Database, now: int, new_id: Callable[[], int], zone: str) -> int:
    """Turn schedules that are due into jobs; how many. A new one is first due one interval from now."""
    with database.reading() as connection:
        known = {row.name: row for row in connection.execute(sa.select(SCHEDULES.sa))}
    if all(name in known and known[name].next_at > now for name in RECURRING):
        return 0
    started = 0
    with database.changing() as connection:
        rows = connection.execute(sa.select(SCHEDULES.sa).with_for_update(skip_locked=True)).all()
        due = [row.name for row in rows if row.name in RECURRING and row.next_at <= now]
        for name in due:
            each = RECURRING[name]
            started += _start(connection, each, now, new_id)
            following = next_time(each, now, zone)
            connection.execute(
                sa.update(SCHEDULES.sa).where(SCHEDULES.c.name == name).values(next_at=following, last_at=now)
            )
        for name in RECURRING.keys() - known.keys():
            _first(connection, name, next_time(RECURRING[name], now, zone))
    return started


def _start(connection: sa.Connection, each: Recurring, now: int, new_id: Callable[[], int]) -> int:
    """Nothing is started while the last one has not come to its end."""
    waiting = sa.select(JOBS.c.id).where(JOBS.c.ordering == f"schedule/{each.kind}", JOBS.c.status == "waiting")
    if connection.execute(waiting).first() is not None:
        return 0
    queue = each.kind.partition(".")[0]
    job = Job(
        new_id(), 1, queue, each.kind, 0, "{}", f"schedule/{each.kind}", now, 0, None, None, "waiting", "", now, None
    )
    connection.execute(sa.insert(JOBS.sa).values(job._asdict()))
    return 1


def _first(connection: sa.Connection, name: str, next_at: int) -> None:
    """Another process may be writing the same name down at the same moment: the first one counts."""
    values: dict[str, Any] = {"name": name, "next_at": next_at, "last_at": None}
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        connection.execute(sqlite_insert(SCHEDULES.sa).values(values).on_conflict_do_nothing())
        return
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert

    connection.execute(postgresql_insert(SCHEDULES.sa).values(values).on_conflict_do_nothing())
