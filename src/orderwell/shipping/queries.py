"""Reading parcels for lists and pages: SQL and nothing else."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.errors import NotFound
from ..kit.pages import DEFAULT_LIMIT, page
from ..kit.sentences import Sentence
from ..values.calendar import instant_text
from ..values.ids import parse
from .answers import shown_parcel
from .model import Carrier, Parcel
from .store import CARRIERS, PARCEL_LINES, PARCELS, TRACKING_EVENTS


def of_order(connection: Connection, order_id: int) -> list[dict[str, Any]]:
    rows = connection.execute(sa.select(PARCELS.sa).where(PARCELS.c.order_id == order_id).order_by(PARCELS.c.id))
    return _told(connection, [Parcel(*row) for row in rows])


def one(connection: Connection, name: str) -> dict[str, Any]:
    number = parse("parcel", name)
    query = sa.select(PARCELS.sa).where(PARCELS.c.id == number)
    row = connection.execute(query).first() if number is not None else None
    if row is None:
        raise NotFound(Sentence("There is no parcel {name!r}.", name=name))
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


def tracking(connection: Connection, parcel_id: int) -> list[dict[str, Any]]:
    """What its carrier said of a parcel, in the order in which it happened."""
    query = sa.select(TRACKING_EVENTS.sa).where(TRACKING_EVENTS.c.parcel_id == parcel_id)
    rows = connection.execute(query.order_by(TRACKING_EVENTS.c.happened_at, TRACKING_EVENTS.c.reference))
    return [
        {"reference": row.reference, "status": row.status, "at": instant_text(row.happened_at), "place": row.place}
        for row in rows
    ]


def carriers(connection: Connection) -> list[Carrier]:
    return [Carrier(*row) for row in connection.execute(sa.select(CARRIERS.sa).order_by(CARRIERS.c.code))]


def under_way(connection: Connection, carrier: str, *, after: int = 0, limit: int) -> list[int]:
    """Parcels a carrier has and has not delivered, by id from one on: those it is to be asked about."""
    query = sa.select(PARCELS.c.id).where(
        PARCELS.c.status.in_(("shipped", "failed", "lost")), PARCELS.c.carrier == carrier, PARCELS.c.label != "",
        PARCELS.c.id > after,
    )  # fmt: skip
    return list(connection.execute(query.order_by(PARCELS.c.id).limit(limit)).scalars())


def known_events(connection: Connection, parcel_ids: Sequence[int]) -> set[tuple[int, str]]:
    """(parcel, carrier's name of the event) of all that is written down of these parcels."""
    query = sa.select(TRACKING_EVENTS.c.parcel_id, TRACKING_EVENTS.c.reference)
    return {tuple(row) for row in connection.execute(query.where(TRACKING_EVENTS.c.parcel_id.in_(parcel_ids)))}


def address_of(connection: Connection, parcel_id: int) -> dict[str, str]:
    """Where a parcel is to go; empty for an order without an address."""
    row = connection.execute(
        sa.text(
            "SELECT a.name, a.company, a.street, a.postcode, a.city, a.country FROM parcels p"
            " JOIN orders o ON o.id = p.order_id JOIN addresses a ON a.id = o.ship_to WHERE p.id = :parcel_id"
        ),
        {"parcel_id": parcel_id},
    ).first()
    return dict(row._mapping) if row is not None else {}


def _told(connection: Connection, parcels: Sequence[Parcel]) -> list[dict[str, Any]]:
    contents: dict[int, dict[int, int]] = {parcel.id: {} for parcel in parcels}
    query = sa.select(PARCEL_LINES.sa).where(PARCEL_LINES.c.parcel_id.in_(contents)).order_by(PARCEL_LINES.c.line)
    for row in connection.execute(query):
        contents[row.parcel_id][row.line] = row.quantity
    return [shown_parcel(parcel, contents[parcel.id]) for parcel in parcels]
