"""Reading parcels for lists and pages: SQL and nothing else."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.errors import NotFound
from ..kit.pages import DEFAULT_LIMIT, page
from ..values.ids import parse
from .answers import shown_parcel
from .model import Parcel
from .store import PARCEL_LINES, PARCELS


def of_order(connection: Connection, order_id: int) -> list[dict[str, Any]]:
    rows = connection.execute(sa.select(PARCELS.sa).where(PARCELS.c.order_id == order_id).order_by(PARCELS.c.id))
    return _told(connection, [Parcel(*row) for row in rows])


def one(connection: Connection, name: str) -> dict[str, Any]:
    number = parse("parcel", name)
    query = sa.select(PARCELS.sa).where(PARCELS.c.id == number)
    row = connection.execute(query).first() if number is not None else None
    if row is None:
        raise NotFound(f"There is no parcel {name!r}.")
    return _told(connection, [Parcel(*row)])[0]


def listed(
    connection: Connection, *, status: str | None = None, location_id: int | None = None, tracking: str | None = None,
    limit: int = DEFAULT_LIMIT, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Parcels, newest first; `status="packed"` at a location is its list of what the carrier is to take along."""
    query = sa.select(PARCELS.sa)
    for column, value in (
        (PARCELS.c.status, status),
        (PARCELS.c.location_id, location_id),
        (PARCELS.c.tracking, tracking),
    ):
        if value is not None:
            query = query.where(column == value)
    found = page(
        connection, query, PARCELS.c.id, "parcel", lambda row: {"row": Parcel(*row)}, limit=limit, cursor=cursor
    )
    return {**found, "data": _told(connection, [each["row"] for each in found["data"]])}


def _told(connection: Connection, parcels: Sequence[Parcel]) -> list[dict[str, Any]]:
    contents: dict[int, dict[int, int]] = {parcel.id: {} for parcel in parcels}
    query = sa.select(PARCEL_LINES.sa).where(PARCEL_LINES.c.parcel_id.in_(contents)).order_by(PARCEL_LINES.c.line)
    for row in connection.execute(query):
        contents[row.parcel_id][row.line] = row.quantity
    return [shown_parcel(parcel, contents[parcel.id]) for parcel in parcels]
