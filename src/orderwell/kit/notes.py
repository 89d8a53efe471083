"""Notes: what a person typed, or a partner said, when something happened. It may be about somebody.

So it is no part of the event, which is sealed for ever and goes out in the feed and in webhooks. It lies beside it,
where it can be erased, and is shown to those who may see the thing itself.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..values.calendar import instant_text
from ..values.ids import show
from .events import EVENTS
from .picture import Tx
from .tables import Table


class Note(NamedTuple):
    event_id: int
    text: str


NOTES = Table("event_notes", Note, key="event_id")


def keep_note(tx: Tx, text: str) -> None:
    """Keep what was said with the event that was announced last; nothing, where nothing was said."""
    if text:
        tx.add(NOTES, Note(tx.appended(EVENTS)[-1].id, text))


def notes_of(connection: Connection, event_ids: Iterable[int]) -> dict[int, str]:
    """Notes by event; events that have none are left out."""
    query = sa.select(NOTES.sa).where(NOTES.c.event_id.in_(list(event_ids)))
    return {row.event_id: row.text for row in connection.execute(query)}


def notes_about(connection: Connection, subject: str, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """All that was said about things of one kind, oldest first, each with what happened then."""
    query = (
        sa.select(EVENTS.c.subject_id, EVENTS.c.id, EVENTS.c.type, EVENTS.c.at, EVENTS.c.actor, NOTES.c.text)
        .join(NOTES.sa, NOTES.c.event_id == EVENTS.c.id)
        .where(EVENTS.c.subject_id.in_(ids), EVENTS.c.subject == subject)
        .order_by(EVENTS.c.id)
    )
    found: dict[int, list[dict[str, Any]]] = {each: [] for each in ids}
    for row in connection.execute(query):
        found[row.subject_id].append(
            {
                "event": show("event", row.id), "type": row.type, "at": instant_text(row.at), "actor": row.actor,
                "note": row.text,
            }
        )  # fmt: skip
    return found
