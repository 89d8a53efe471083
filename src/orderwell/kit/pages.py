"""Pages of a list: newest first by id, with a cursor that neither skips nor repeats while rows are being added."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..values.ids import parse, show
from .errors import Invalid
from .sentences import Sentence

DEFAULT_LIMIT, MAX_LIMIT = 20, 100


def page(
    connection: Connection,
    query: sa.Select[Any],
    id_column: sa.ColumnElement[int],
    kind: str,
    shown: Callable[[Any], dict[str, Any]],
    *,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> dict[str, Any]:
    """One page of `query`; the cursor is the shown id (of `kind`) of the last row on the page before.

    Raises Invalid for a cursor that is no such id, or a limit outside 1 to 100.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid.at("/limit", Sentence("limit is 1 to {most}.", most=MAX_LIMIT))
    if cursor is not None:
        after = parse(kind, cursor)
        if after is None:
            raise Invalid.at("/cursor", Sentence("{cursor!r} is no cursor of this list.", cursor=cursor))
        query = query.where(id_column < after)
    rows = connection.execute(query.order_by(id_column.desc()).limit(limit + 1)).all()
    data = rows[:limit]
    more = len(rows) > limit
    last = getattr(data[-1], id_column.key or "id") if data else None
    return {
        "data": [shown(row) for row in data],
        "has_more": more,
        "next_cursor": show(kind, last) if more and last is not None else None,
    }


def first_of_each(
    query: sa.Select[Any], by: sa.ColumnElement[Any], order: Sequence[sa.ColumnElement[Any]], most: int
) -> sa.Select[Any]:
    """The rows of `query` that come first, at most so many of each value of `by`: many small lists in one."""
    place = sa.func.row_number().over(partition_by=by, order_by=order)
    placed = query.add_columns(place.label("place")).subquery()
    columns = [placed.c[each] for each in query.selected_columns.keys()]
    return sa.select(*columns).where(placed.c.place <= most).order_by(placed.c.place)
