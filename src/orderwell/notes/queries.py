"""Notes of one order or customer, as a list; and the notes that a timeline names."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.pages import DEFAULT_LIMIT, page
from ..values.ids import parse
from .answers import shown
from .store import NOTES


def listed(
    connection: Connection, subject_id: int, *, pinned: str | None = None, limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Notes that are kept, newest first; with `pinned` "true" or "false" only those that are, or are not."""
    query = sa.select(NOTES.sa).where(NOTES.c.subject_id == subject_id, NOTES.c.status == "kept")
    if pinned is not None:
        query = query.where(NOTES.c.pin == ("pinned" if pinned == "true" else "loose"))
    return page(connection, query, NOTES.c.id, "note", shown, limit=limit, cursor=cursor)


def named_in(connection: Connection, events: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The notes that events of a timeline name, as they are now, by their shown id."""
    names = {event["data"]["note"] for event in events if "note" in event["data"]}
    numbers = [number for name in names if (number := parse("note", name)) is not None]
    rows = connection.execute(sa.select(NOTES.sa).where(NOTES.c.id.in_(numbers))) if numbers else ()
    return {told["id"]: told for told in map(shown, rows)}
