"""The feed: every event gets its place after it was committed, from one sequencer, with a hash chain over all of them.

Transactions commit in another order than they began in, so a reader that remembers "the last id I saw" skips events.
Positions are given to what is committed, one after the other: a reader that remembers a position misses nothing.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import setwise
from .database import Database
from .events import EVENTS, FRESH, Event, encode
from .tables import Table

LIMIT = 1_000  # events that get their place in one transaction: the writer waits for it on SQLite
START = ""  # the chain before the first event


class Place(NamedTuple):
    position: int  # 1, 2, 3 … without a gap
    event_id: int
    chain: str  # SHA-256 over the chain so far and this event


class Tip(NamedTuple):
    id: int
    position: int  # of the last event that has a place
    chain: str


class Fed(NamedTuple):
    position: int
    event: Event


FEED = Table("feed", Place, key="position", append_only=True, unique=[("event_id",)])
TIP = Table("feed_tip", Tip, key="id")  # whoever holds its row is the sequencer


def advance(database: Database, limit: int = LIMIT) -> int:
    """Give a place to events that have none; how many. Returns 0 at once while another process is at it."""
    with database.changing() as connection:
        tip = _take_tip(connection)
        if tip is None:
            return 0
        fresh = sa.select(EVENTS.sa).join(FRESH.sa, FRESH.c.event_id == EVENTS.c.id)
        rows = connection.execute(fresh.order_by(FRESH.c.cause, FRESH.c.event_id).limit(limit)).all()
        if not rows:
            return 0
        position, chain = tip.position, tip.chain
        places = []
        for row in rows:
            position += 1
            chain = link(chain, row)
            places.append(Place(position, row.id, chain))
        setwise.insert(connection, FEED, places)
        setwise.delete(connection, FRESH, [(row.cause, row.id) for row in rows])
        connection.execute(sa.update(TIP.sa).where(TIP.c.id == 1).values(position=position, chain=chain))
    return len(rows)


def catch_up(database: Database) -> int:
    """Advance until nothing is left; how many events got a place."""
    total = 0
    while placed := advance(database):
        total += placed
    return total


def link(chain: str, event: Sequence[object]) -> str:
    """The chain after one more event: everything the event says, and its digest of the history behind it."""
    return hashlib.sha256((chain + encode(list(event))).encode()).hexdigest()


def read(
    connection: Connection,
    *,
    after: int = 0,
    limit: int = 100,
    types: Sequence[str] = (),
    subject_id: int | None = None,
) -> list[Fed]:
    """Events behind a position, in order; of these types (`order.placed`, or `order.*`), or all."""
    query = sa.select(FEED.c.position, EVENTS.sa).join(EVENTS.sa, EVENTS.c.id == FEED.c.event_id)
    query = query.where(FEED.c.position > after)
    if types:
        query = query.where(sa.or_(*(_matches(each) for each in types)))
    if subject_id is not None:
        query = query.where(EVENTS.c.subject_id == subject_id)
    rows = connection.execute(query.order_by(FEED.c.position).limit(limit)).all()
    return [Fed(row[0], Event._make(row[1:])) for row in rows]


def last_position(connection: Connection) -> int:
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(FEED.c.position), 0))).scalar_one())


def _matches(wanted: str) -> sa.ColumnElement[bool]:
    if wanted.endswith(".*"):
        return EVENTS.c.type.startswith(wanted[:-1], autoescape=True)
    return EVENTS.c.type == wanted


def _take_tip(connection: Connection) -> Tip | None:
    """The tip, locked until the end of this transaction; None when somebody else holds it."""
    tip = sa.select(TIP.sa).where(TIP.c.id == 1)
    row = connection.execute(tip.with_for_update(skip_locked=True)).one_or_none()  # SQLite has locked it all already
    if row is None and connection.execute(tip).one_or_none() is None:
        first = {"id": 1, "position": 0, "chain": START}
        if connection.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert

            connection.execute(insert(TIP.sa).values(first).on_conflict_do_nothing())
        else:
            connection.execute(sa.insert(TIP.sa).values(first))
        row = connection.execute(tip.with_for_update(skip_locked=True)).one_or_none()
    return None if row is None else Tip._make(row)
