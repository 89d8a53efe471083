"""From the feed to deliveries: every event gets its place, and for each endpoint that wants it a job to send it."""

import json
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit import feed
from ..kit.clock import Clock
from ..kit.database import Database
from ..kit.events import FRESH
from ..kit.jobs import JOBS, Job
from ..values.ids import show
from .rules import wants
from .store import ENDPOINTS, PROGRESS, REPLAYS

KIND = "webhook.deliver"
AT_ONCE = 500  # events for one endpoint in one transaction


def spread(database: Database, clock: Clock, new_id: Callable[[], int]) -> int:
    """Bring the feed and every endpoint up to date; how many deliveries that made. Idle, it only reads."""
    with database.reading() as connection:
        fresh = connection.execute(sa.select(FRESH.c.cause).limit(1)).first() is not None
    if fresh:
        feed.catch_up(database)
    with database.reading() as connection:
        behind = _behind(connection)
    made = 0
    for endpoint_id in behind:
        while handed := _hand_over(database, endpoint_id, clock.now(), new_id):
            made += handed[1]
    return made


def queue_of(endpoint_id: int) -> str:
    """Its own queue: an endpoint that hangs holds up nobody else."""
    return f"webhook/{show('webhook_endpoint', endpoint_id)}"


def _behind(connection: Connection) -> list[int]:
    tip = sa.select(sa.func.coalesce(sa.func.max(feed.FEED.c.position), 0)).scalar_subquery()
    query = (
        sa.select(ENDPOINTS.c.id)
        .outerjoin(PROGRESS.sa, PROGRESS.c.endpoint_id == ENDPOINTS.c.id)
        .where(
            ENDPOINTS.c.status == "active",
            sa.or_(
                PROGRESS.c.position.is_(None),
                PROGRESS.c.position < tip,
                sa.exists().where(REPLAYS.c.endpoint_id == ENDPOINTS.c.id),
            ),
        )
    )
    return list(connection.execute(query.order_by(ENDPOINTS.c.id)).scalars())


def _hand_over(database: Database, endpoint_id: int, now: int, new_id: Callable[[], int]) -> tuple[int, int] | None:
    """The next stretch of the feed for one endpoint: how many events it held and how many were wanted.

    None when it is up to date, or another process is at it.
    """
    with database.changing() as connection:
        endpoint = connection.execute(sa.select(ENDPOINTS.sa).where(ENDPOINTS.c.id == endpoint_id)).one()
        mine = sa.select(PROGRESS.sa).where(PROGRESS.c.endpoint_id == endpoint_id)
        progress = connection.execute(mine.with_for_update(skip_locked=True)).one_or_none()
        if progress is None:
            if connection.execute(mine).one_or_none() is not None:
                return None
            _begin(connection, endpoint_id, endpoint.added_by)
            progress = connection.execute(mine.with_for_update(skip_locked=True)).one_or_none()
            if progress is None:
                return None
        types = tuple(endpoint.types.split())
        jobs = _again(connection, endpoint_id, types, now, new_id)
        fed = feed.read(connection, after=progress.position, limit=AT_ONCE)
        jobs += [_job(each, endpoint_id, now, new_id()) for each in fed if wants(types, each.event.type)]
        if fed:
            moved = sa.update(PROGRESS.sa).where(PROGRESS.c.endpoint_id == endpoint_id)
            connection.execute(moved.values(position=fed[-1].position))
        if jobs:
            connection.execute(sa.insert(JOBS.sa), [job._asdict() for job in jobs])
    return (len(fed), len(jobs)) if fed or jobs else None


def _begin(connection: Connection, endpoint_id: int, added_by: int) -> None:
    """It hears what comes after its own adding, once that has its place."""
    place = connection.execute(sa.select(feed.FEED.c.position).where(feed.FEED.c.event_id == added_by)).scalar()
    if place is not None:
        start = {"endpoint_id": endpoint_id, "position": place, "failing_since": None}
        if connection.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert

            connection.execute(insert(PROGRESS.sa).values(start).on_conflict_do_nothing())
        else:
            connection.execute(sa.insert(PROGRESS.sa).values(start))


def _again(
    connection: Connection, endpoint_id: int, types: Sequence[str], now: int, new_id: Callable[[], int]
) -> list[Job]:
    """What somebody asked to be sent once more, a stretch at a time."""
    query = sa.select(REPLAYS.sa).where(REPLAYS.c.endpoint_id == endpoint_id).order_by(REPLAYS.c.id).limit(1)
    asked = connection.execute(query).one_or_none()
    if asked is None:
        return []
    fed = [each for each in feed.read(connection, after=asked.first - 1, limit=AT_ONCE) if each.position <= asked.last]
    this = REPLAYS.c.id == asked.id
    if len(fed) < AT_ONCE:
        connection.execute(sa.delete(REPLAYS.sa).where(this))
    else:
        connection.execute(sa.update(REPLAYS.sa).where(this).values(first=fed[-1].position + 1))
    return [_job(each, endpoint_id, now, new_id()) for each in fed if wants(types, each.event.type)]


def _job(fed: feed.Fed, endpoint_id: int, now: int, id_: int) -> Job:
    queue = queue_of(endpoint_id)
    payload = json.dumps({"endpoint": endpoint_id, "event": fed.event.id, "position": fed.position})
    return Job(
        id_, 1, queue, KIND, fed.event.id, payload, f"{queue}/{fed.event.subject_id}", now, 0, None, None, "waiting",
        "", now, None,
    )  # fmt: skip
