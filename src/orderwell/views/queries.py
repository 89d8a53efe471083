"""The views that somebody sees: their own, and those of their roles."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.pages import DEFAULT_LIMIT
from ..kit.pages import page as page_of
from .answers import shown
from .store import VIEWS


def listed(
    connection: Connection, *, person_id: int | None, roles: Sequence[str], page: str | None = None,
    limit: int = DEFAULT_LIMIT, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Newest first; with `page` only those of that list."""
    seen: list[sa.ColumnElement[bool]] = [VIEWS.c.role.in_(roles)]
    if person_id is not None:  # else it would be everybody's that are of no person
        seen.append(VIEWS.c.person_id == person_id)
    query = sa.select(VIEWS.sa).where(VIEWS.c.status == "kept", sa.or_(*seen))
    if page is not None:
        query = query.where(VIEWS.c.page == page)
    return page_of(connection, query, VIEWS.c.id, "view", shown, limit=limit, cursor=cursor)
