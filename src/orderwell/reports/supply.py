"""When goods will be there: availability by date, and the day on which those who wait can expect theirs."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..catalog.store import SKUS
from ..inventory.arrivals import Arrival, availability, expected
from ..inventory.store import LOCATIONS, STOCK, TRANSFER_LINES, TRANSFERS
from ..kit.errors import NotFound
from ..kit.sentences import Sentence
from ..orders.store import ALLOCATIONS, ORDERS
from ..purchasing.store import PURCHASE_LINES, PURCHASE_ORDERS
from ..values.ids import parse, show
from ..values.money import scaled_text

Place = tuple[int, int]  # SKU, location


def available_by_date(
    connection: Connection, sku: str, *, today: str, location: str | None = None
) -> dict[str, Any]:  # fmt: skip
    """What of a SKU (code or id) can be promised now and from which day on, at each location (or one, by code).

    What customers await is taken off what comes. `overdue` should have come by now, and has no day any more.
    """
    found = connection.execute(
        sa.select(SKUS.c.id, SKUS.c.code, SKUS.c.unit_decimals).where(
            sa.or_(SKUS.c.code == sku, SKUS.c.id == (parse("sku", sku) or 0))
        )
    ).first()
    if found is None:
        raise NotFound(Sentence("There is no SKU {name!r}.", name=sku))
    coming = _arrivals(connection, [found.id])
    query = (
        sa.select(STOCK.sa, LOCATIONS.c.code)
        .join(LOCATIONS.sa, LOCATIONS.c.id == STOCK.c.location_id)
        .where(STOCK.c.sku_id == found.id)
        .order_by(LOCATIONS.c.priority, LOCATIONS.c.code)
    )
    if location is not None:
        query = query.where(LOCATIONS.c.code == location)
    places = [
        _at_place(row, coming.get((found.id, row.location_id), []), today, found.unit_decimals)
        for row in connection.execute(query)
    ]
    return {"object": "availability", "sku": show("sku", found.id), "sku_code": found.code, "locations": places}


def _at_place(row: Any, arrivals: Sequence[Arrival], today: str, places: int) -> dict[str, Any]:
    days = availability(
        available=row.on_hand - row.promised, awaited=row.awaited, arrivals=arrivals, today=today
    )  # fmt: skip
    overdue = sum(each.quantity for each in arrivals if each.on <= today)
    return {
        "location": show("location", row.location_id),
        "location_code": row.code,
        "awaited": scaled_text(row.awaited, places),
        "overdue": scaled_text(overdue, places),
        "from": [{"day": each.day, "available": scaled_text(each.available, places)} for each in days],
    }


def expected_dates(
    connection: Connection, *, today: str, order: str | None = None, sku: str | None = None
) -> list[dict[str, Any]]:  # fmt: skip
    """Units that customers await, the oldest promise first, and the day they are expected.

    Goods on order and in transit are given to those who wait in that order, the earliest first; `expected_on` is None
    where nothing that is still believed is left for them. Of all orders, or one (id); of all SKUs, or one (code).
    """
    waiting: dict[Place, list[Any]] = {}
    for row in connection.execute(_waiting(connection, order, sku)):
        waiting.setdefault((row.sku_id, row.location_id), []).append(row)
    coming = _arrivals(connection, sorted({sku_id for sku_id, _ in waiting}))
    answer = []
    for place, rows in waiting.items():
        for each in expected([row.awaited for row in rows], coming.get(place, []), today):
            row = rows[each.who]
            if order is not None and row.order_id != parse("order", order):
                continue
            answer.append(
                {
                    "order": show("order", row.order_id),
                    "reference": row.reference,
                    "line": row.line,
                    "sku": show("sku", row.sku_id),
                    "sku_code": row.code,
                    "location_code": row.location_code,
                    "quantity": scaled_text(each.quantity, row.unit_decimals),
                    "expected_on": each.on,
                }
            )
    return answer


def _waiting(connection: Connection, order: str | None, sku: str | None) -> sa.Select[Any]:
    """Everybody who waits for what was asked about: those before an order decide what is left for it."""
    mine = ALLOCATIONS.c
    told = (ORDERS.c.reference, SKUS.c.code, SKUS.c.unit_decimals, LOCATIONS.c.code.label("location_code"))
    query = (
        sa.select(ALLOCATIONS.sa, *told)
        .join(ORDERS.sa, ORDERS.c.id == mine.order_id)
        .join(SKUS.sa, SKUS.c.id == mine.sku_id)
        .join(LOCATIONS.sa, LOCATIONS.c.id == mine.location_id)
        .where(mine.awaited > 0)
        .order_by(mine.sku_id, mine.location_id, ORDERS.c.placed_at, mine.order_id, mine.line)
    )
    if order is not None:
        number = parse("order", order) or 0
        own = connection.execute(sa.select(mine.sku_id).where(mine.order_id == number, mine.awaited > 0)).scalars()
        query = query.where(mine.sku_id.in_(list(own)))
    return query if sku is None else query.where(SKUS.c.code == sku)


def _arrivals(connection: Connection, sku_ids: Sequence[int]) -> dict[Place, list[Arrival]]:
    """What is to come of each SKU to each location: from suppliers and from our other shelves."""
    line, part = PURCHASE_LINES.c, TRANSFER_LINES.c
    due = line.quantity - line.received - line.cancelled
    ordered = (
        sa.select(line.sku_id, line.location_id, PURCHASE_ORDERS.c.expected_on, due)
        .join(PURCHASE_ORDERS.sa, PURCHASE_ORDERS.c.id == line.purchase_order_id)
        .where(line.sku_id.in_(sku_ids), line.quantity > line.received + line.cancelled)
    )
    sent = part.shipped - part.received - part.returned - part.lost
    under_way = (
        sa.select(part.sku_id, TRANSFERS.c.target_id, TRANSFERS.c.expected_on, sent)
        .join(TRANSFERS.sa, TRANSFERS.c.id == part.transfer_id)
        .where(part.sku_id.in_(sku_ids), part.shipped > part.received + part.returned + part.lost)
    )
    found: dict[Place, list[Arrival]] = {}
    for query in (ordered, under_way):
        for sku_id, location_id, day, units in connection.execute(query):
            found.setdefault((sku_id, location_id), []).append(Arrival(day, units))
    return found
