"""The exceptions inbox, as a list."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.pages import DEFAULT_LIMIT, page
from .answers import shown
from .store import TASKS


def listed(
    connection: Connection, *, status: str | None = "open", kind: str | None = None, subject_id: int | None = None,
    limit: int = DEFAULT_LIMIT, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Tasks, newest first; open ones unless another status, or None for all."""
    query = sa.select(TASKS.sa)
    for column, value in (("status", status), ("kind", kind), ("subject_id", subject_id)):
        if value is not None:
            query = query.where(TASKS.c[column] == value)
    return page(connection, query, TASKS.c.id, "task", shown, limit=limit, cursor=cursor)
