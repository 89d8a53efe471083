"""Reading stock for lists and pages: what lies where, and how it came to be so. SQL and nothing else."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.errors import NotFound
from ..kit.events import EVENTS
from ..kit.pages import DEFAULT_LIMIT, page
from ..kit.sentences import Sentence
from ..values.calendar import instant_text
from ..values.ids import parse, show
from ..values.money import scaled_text
from . import transfers
from .model import Transfer, TransferLine
from .store import LOCATIONS, STOCK, STOCK_MOVES, TRANSFER_LINES, TRANSFERS, VALUATIONS

SKUS = sa.table("skus", sa.column("id"), sa.column("code"), sa.column("name"), sa.column("unit_decimals"))


def stock(
    connection: Connection, *, sku: str | None = None, location: str | None = None,
    limit: int = DEFAULT_LIMIT, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """SKUs that lie somewhere or are expected, newest first, with their figures at each location (or one).

    `sku` and `location` are codes or ids.
    """
    here = sa.select(STOCK.c.sku_id).where(STOCK.c.sku_id == SKUS.c.id)
    place = place_id(connection, location) if location is not None else None
    if place is not None:
        here = here.where(STOCK.c.location_id == place)
    query = sa.select(SKUS).where(here.exists())
    if sku is not None:
        query = query.where(sa.or_(SKUS.c.code == sku, SKUS.c.id == (parse("sku", sku) or 0)))
    found = page(connection, query, SKUS.c.id, "sku", lambda row: {"row": row}, limit=limit, cursor=cursor)
    rows = [each["row"] for each in found["data"]]
    figures = _figures(connection, [row.id for row in rows], place)
    worth = {sku_id: value for sku_id, value in connection.execute(_worth([row.id for row in rows]))}
    return {
        **found,
        "data": [
            {
                "object": "stock", "sku": show("sku", row.id), "sku_code": row.code, "name": row.name,
                "value": worth.get(row.id, 0), **_told(figures[row.id], row.unit_decimals),
            }
            for row in rows
        ],
    }  # fmt: skip


def _worth(sku_ids: Sequence[int]) -> sa.Select[Any]:
    return sa.select(VALUATIONS.c.sku_id, VALUATIONS.c.value_minor).where(VALUATIONS.c.sku_id.in_(sku_ids))


def _figures(connection: Connection, sku_ids: Sequence[int], location_id: int | None) -> dict[int, list[Any]]:
    query = (
        sa.select(STOCK.sa, LOCATIONS.c.code)
        .join(LOCATIONS.sa, LOCATIONS.c.id == STOCK.c.location_id)
        .where(STOCK.c.sku_id.in_(sku_ids))
        .order_by(LOCATIONS.c.priority, LOCATIONS.c.code)
    )
    if location_id is not None:
        query = query.where(STOCK.c.location_id == location_id)
    found: dict[int, list[Any]] = {each: [] for each in sku_ids}
    for row in connection.execute(query):
        found[row.sku_id].append(row)
    return found


def _told(rows: Sequence[Any], places: int) -> dict[str, Any]:
    def figures(on_hand: int, promised: int, awaited: int, incoming: int) -> dict[str, str]:
        units = {
            "on_hand": on_hand, "promised": promised, "available": on_hand - promised, "awaited": awaited,
            "incoming": incoming,
        }  # fmt: skip
        return {name: scaled_text(value, places) for name, value in units.items()}

    columns = ("on_hand", "promised", "awaited", "incoming")
    return {
        **figures(*(sum(getattr(row, column) for row in rows) for column in columns)),
        "locations": [
            {
                "location": show("location", row.location_id),
                "location_code": row.code,
                **figures(*(getattr(row, column) for column in columns)),
            }
            for row in rows
        ],
    }


def movements(
    connection: Connection, sku: str, *, location: str | None = None, limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The card of a SKU: its movements, newest first, as they changed what is on hand; who, when, why, at which cost.

    `balance` is what was on hand after the movements of that event: at all locations, or the one asked for. The cursor
    is the id of the last event on the page before; all movements of an event are on one page.
    """
    found_sku = connection.execute(
        sa.select(SKUS).where(sa.or_(SKUS.c.code == sku, SKUS.c.id == (parse("sku", sku) or 0)))
    ).first()
    if found_sku is None:
        raise NotFound(Sentence("There is no SKU {name!r}.", name=sku))
    place = place_id(connection, location) if location is not None else None
    moves = STOCK_MOVES.c
    mine = sa.and_(moves.sku_id == found_sku.id, _at(place))
    events = sa.select(moves.event_id.label("event_id")).where(mine).group_by(moves.event_id)
    listed = page(
        connection, events, moves.event_id, "event", lambda row: {"id": row.event_id}, limit=limit, cursor=cursor
    )
    ids = [each["id"] for each in listed["data"]]
    rows = connection.execute(_moves(mine, ids)).all()
    balance = _balance(connection, found_sku.id, place, ids[0]) if ids else 0
    shelves = _shelves(connection)
    data = []
    for id_ in ids:
        of_event = [row for row in rows if row.event_id == id_]
        change = sum(_change(row, place, shelves) for row in of_event)
        data += [_move(row, shelves, balance, found_sku.unit_decimals) for row in of_event]
        balance -= change
    return {**listed, "data": data}


def _at(location_id: int | None) -> sa.ColumnElement[bool]:
    moves = STOCK_MOVES.c
    return sa.true() if location_id is None else sa.or_(moves.source_id == location_id, moves.target_id == location_id)


def _moves(mine: sa.ColumnElement[bool], event_ids: Sequence[int]) -> sa.Select[Any]:
    moves = STOCK_MOVES.c
    return (
        sa.select(STOCK_MOVES.sa, EVENTS.c.at, EVENTS.c.actor, EVENTS.c.request_id)
        .join(EVENTS.sa, EVENTS.c.id == moves.event_id, isouter=True)
        .where(mine, moves.event_id.in_(event_ids))
        .order_by(moves.event_id.desc(), moves.n.desc())
    )


def _shelves(connection: Connection) -> dict[int, tuple[str, str]]:
    """Code and kind of every place."""
    rows = connection.execute(sa.select(LOCATIONS.c.id, LOCATIONS.c.code, LOCATIONS.c.kind))
    return {row.id: (row.code, row.kind) for row in rows}


def _change(row: Any, location_id: int | None, shelves: dict[int, tuple[str, str]]) -> int:
    """What a movement did to the units on hand: at one location, or on all shelves."""

    def counts(place: int) -> bool:
        return place == location_id if location_id is not None else shelves[place][1] == "stock"

    return int(row.quantity) * (counts(row.target_id) - counts(row.source_id))


def _balance(connection: Connection, sku_id: int, location_id: int | None, event_id: int) -> int:
    """What was on hand once an event had happened."""
    moves = STOCK_MOVES.c
    places = sa.select(LOCATIONS.c.id).where(LOCATIONS.c.kind == "stock")
    if location_id is not None:
        places = places.where(LOCATIONS.c.id == location_id)
    change = sa.case((moves.target_id.in_(places), moves.quantity), else_=0) - sa.case(
        (moves.source_id.in_(places), moves.quantity), else_=0
    )
    query = sa.select(sa.func.coalesce(sa.func.sum(change), 0))
    return int(connection.execute(query.where(moves.sku_id == sku_id, moves.event_id <= event_id)).scalar_one())


def _move(row: Any, shelves: dict[int, tuple[str, str]], balance: int, places: int) -> dict[str, Any]:
    return {
        "object": "stock_move",
        "event": show("event", row.event_id),
        "at": instant_text(row.at),
        "actor": row.actor,
        "request_id": row.request_id,
        "from": shelves[row.source_id][0],
        "to": shelves[row.target_id][0],
        "quantity": scaled_text(row.quantity, places),
        "cost": row.cost_minor,
        "reason": row.reason,
        "balance": scaled_text(balance, places),
    }


def transfer_list(
    connection: Connection, *, status: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> dict[str, Any]:
    """Transfers, newest first; `status` is 'under_way' or 'ended'."""
    query = sa.select(TRANSFERS.sa)
    if status is not None:
        line = TRANSFER_LINES.c
        going = sa.select(line.transfer_id).where(
            line.transfer_id == TRANSFERS.c.id, line.shipped > line.received + line.returned + line.lost
        )
        query = query.where(going.exists() if status == "under_way" else ~going.exists())
    found = page(
        connection, query, TRANSFERS.c.id, "transfer", lambda row: {"row": Transfer(*row)}, limit=limit, cursor=cursor
    )
    return {**found, "data": [_transfer(connection, each["row"]) for each in found["data"]]}


def transfer(connection: Connection, name: str) -> dict[str, Any]:
    """One transfer by id or reference."""
    number = parse("transfer", name)
    where = TRANSFERS.c.id == number if number is not None else TRANSFERS.c.reference == name
    row = connection.execute(sa.select(TRANSFERS.sa).where(where)).first()
    if row is None:
        raise NotFound(Sentence("There is no transfer {name!r}.", name=name))
    return _transfer(connection, Transfer(*row))


def _transfer(connection: Connection, row: Transfer) -> dict[str, Any]:
    query = (
        sa.select(TRANSFER_LINES.sa, SKUS.c.code)
        .join(SKUS, SKUS.c.id == TRANSFER_LINES.c.sku_id)
        .where(TRANSFER_LINES.c.transfer_id == row.id)
        .order_by(TRANSFER_LINES.c.n)
    )
    rows = connection.execute(query).all()
    lines = [TransferLine(*each[:-1]) for each in rows]
    return transfers.shown(row, lines, {each.sku_id: each.code for each in rows})


def place_id(connection: Connection, name: str) -> int:
    query = sa.select(LOCATIONS.c.id).where(
        sa.or_(LOCATIONS.c.code == name, LOCATIONS.c.id == (parse("location", name) or 0)), LOCATIONS.c.kind == "stock"
    )
    found = connection.execute(query).scalar()
    if found is None:
        raise NotFound(Sentence("There is no location {name!r}.", name=name))
    return int(found)
