"""Webhook endpoints and what was sent to them, with what each event was, for people."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit import feed
from ..kit.errors import NotFound
from ..kit.events import EVENTS
from ..kit.jobs import JOBS
from ..kit.sentences import Sentence
from ..notifications import queries
from ..notifications.spread import queue_of
from ..values.ids import parse, show


def listed(connection: Connection, *, limit: int, cursor: str | None = None) -> dict[str, Any]:
    found = queries.endpoints(connection, limit=limit, cursor=cursor)
    return {**found, "data": _with_counts(connection, found["data"])}


def one(connection: Connection, name: str) -> dict[str, Any]:
    """Raises NotFound, also for one that was removed."""
    number = parse("webhook_endpoint", name)
    found = queries.endpoint(connection, number) if number is not None else None
    if found is None:
        raise NotFound(Sentence("There is no webhook endpoint {name!r}.", name=name))
    return _with_counts(connection, [found])[0]


def deliveries(
    connection: Connection, name: str, *, status: str | None, limit: int, cursor: str | None
) -> dict[str, Any]:
    """What was sent, the newest first, with the type of each event."""
    number = parse("webhook_endpoint", name) or 0
    found = queries.deliveries(connection, number, status=status, limit=limit, cursor=cursor)
    ids = [parse("event", each["webhook_id"]) for each in found["data"]]
    types = {
        show("event", row.id): row.type
        for row in connection.execute(sa.select(EVENTS.c.id, EVENTS.c.type).where(EVENTS.c.id.in_(ids)))
    }
    return {**found, "data": [{**each, "type": types.get(each["webhook_id"], "")} for each in found["data"]]}


def _with_counts(connection: Connection, endpoints: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How many deliveries wait and were given up, and how far behind the feed each is."""
    tip = feed.last_position(connection)
    queues = {queue_of(parse("webhook_endpoint", each["id"]) or 0): each["id"] for each in endpoints}
    query = (
        sa.select(JOBS.c.queue, JOBS.c.status, sa.func.count().label("count"))
        .where(JOBS.c.status.in_(("waiting", "dead")), JOBS.c.queue.in_(list(queues)))
        .group_by(JOBS.c.queue, JOBS.c.status)
    )
    counts = {(queues[row.queue], row.status): row.count for row in connection.execute(query)}
    return [
        {
            **each,
            "waiting": counts.get((each["id"], "waiting"), 0),
            "dead": counts.get((each["id"], "dead"), 0),
            "behind": max(tip - each["position"], 0) if each["position"] is not None else 0,
        }
        for each in endpoints
    ]
