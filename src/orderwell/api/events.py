"""The feed of events over HTTP: what webhooks tell, to be read at one's own pace."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit import feed
from ..kit.errors import Invalid
from ..kit.events import EVENTS, Event
from ..kit.notes import notes_of
from ..kit.pages import DEFAULT_LIMIT
from ..kit.sentences import Sentence
from ..values.calendar import instant_text
from ..values.ids import PREFIXES, show
from .answers.events import FeedPage
from .lists import LIMIT
from .operations import Look, Operation, Query, read

AFTER = Query("after", "`next_cursor` of the page before; events behind it, oldest first. Left out: from the start.")
TYPES = Query("types", "`order.placed`, or `order.*`; may be given several times.", many=True)


def operations() -> list[Operation]:
    return [
        read(
            "/events", _events, name="list_events", right="events:read", result=FeedPage, query=[LIMIT, AFTER, TYPES],
            summary="Read the feed: every event once, in the order in which they were committed.",
        ),
    ]  # fmt: skip


def _events(look: Look) -> Mapping[str, Any]:
    limit, after = look.query.get("limit", DEFAULT_LIMIT), look.query.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) <= 18):
        raise Invalid.at("/after", Sentence("{after!r} is no cursor of this feed.", after=after))
    found = feed.read(look.connection, after=int(after), limit=limit + 1, types=look.query.get("types", ()))
    data = found[:limit]
    return {
        "object": "list",
        "data": [shown(each.event) for each in data],
        "has_more": len(found) > limit,
        "next_cursor": str(data[-1].position) if data else after,
    }


def about(connection: Connection, subject_id: int) -> list[dict[str, Any]]:
    """Everything that was announced about one thing, oldest first; for those who may see the thing, what was said."""
    query = sa.select(EVENTS.sa).where(EVENTS.c.subject_id == subject_id).order_by(EVENTS.c.id)
    rows = [Event._make(row) for row in connection.execute(query)]
    notes = notes_of(connection, [row.id for row in rows])
    return [{**shown(row), "note": notes.get(row.id)} for row in rows]


def shown(event: Event) -> dict[str, Any]:
    return {
        "object": "event",
        "id": show("event", event.id),
        "type": event.type,
        "at": instant_text(event.at),
        "subject": event.subject,
        "subject_id": show(event.subject, event.subject_id) if event.subject in PREFIXES else None,
        "actor": event.actor,
        "request_id": event.request_id,
        "data": json.loads(event.data),
    }
