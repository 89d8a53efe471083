"""How an order was at an instant, for whoever acted on what they saw then: field by field what differs from now."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..customers.store import ADDRESSES
from ..kit.events import EVENTS
from ..orders.model import PLACES, Line, Order, places_of
from ..orders.rules import fulfilment_status
from ..orders.store import UNIT_MOVES
from ..values.calendar import instant
from ..values.ids import parse
from ..values.money import scaled_text

CANCELLED = ("order.cancelled", "order.units_cancelled", "order.expired")
MONEY = {"payment.received": 1, "payment.captured": 1, "payment.refunded": -1}
ADDRESS = "order.address_changed"


class Move(NamedTuple):
    at: int
    line: int
    source: str
    target: str
    quantity: int


class Difference(NamedTuple):
    """`what` names it: 'goods', 'gross', 'received', 'ship_to', or a line's number."""

    what: str
    before: Any
    now: Any


def differences(
    connection: Connection, order: Order, lines: Sequence[Line], happened: Sequence[Mapping[str, Any]], received: int
) -> Callable[[int], list[Difference]]:
    """What of an order is not as it was at an instant, field by field. History is added up backwards from now."""
    moves = _moves(connection, order.id)
    addresses = _addresses(connection, order, happened)

    def since(seen: int) -> list[Difference]:
        later = [each for each in happened if _instant(each["at"]) >= seen]
        before = {line.n: _before(line, [each for each in moves if each.at >= seen]) for line in lines}
        status = order.status
        if any(each["type"] in ("order.cancelled", "order.expired") for each in later):
            status = "placed"
        if any(each["type"] == "order.placed" for each in later):
            status = "draft"
        gone = sum(_amount(each, "net") + _amount(each, "tax") for each in later if each["type"] in CANCELLED)
        came = sum(sign * _amount(each, "amount") for each in later if (sign := MONEY.get(each["type"], 0)))
        then = fulfilment_status(status, list(before.values()))
        where = next((each["data"]["before"] for each in reversed(later) if each["type"] == ADDRESS), 0)
        found = [
            Difference("goods", then, fulfilment_status(order.status, lines)),
            Difference("gross", order.gross_minor + gone, order.gross_minor),
            Difference("received", received - came, received),
            *(Difference(str(line.n), _places(before[line.n]), _places(line)) for line in lines),
        ]
        if where != 0:
            found.append(Difference("ship_to", addresses.get(where), addresses.get("now")))
        return [each for each in found if each.before != each.now]

    return since


def _instant(text: str) -> int:
    return instant(datetime.fromisoformat(text))


def _moves(connection: Connection, order_id: int) -> list[Move]:
    query = (
        sa.select(EVENTS.c.at, UNIT_MOVES.c.line, UNIT_MOVES.c.source, UNIT_MOVES.c.target, UNIT_MOVES.c.quantity)
        .join(EVENTS.sa, EVENTS.c.id == UNIT_MOVES.c.event_id)
        .where(UNIT_MOVES.c.order_id == order_id)
    )
    return [Move._make(row) for row in connection.execute(query)]


def _before(line: Line, undone: Sequence[Move]) -> Line:
    places = dict(zip(PLACES, places_of(line), strict=True))
    for move in undone:
        if move.line == line.n:
            places[move.target] -= move.quantity
            if move.source in places:
                places[move.source] += move.quantity
    return line._replace(**places)  # type: ignore[arg-type]  # places are whole numbers, all of them


def _places(line: Line) -> tuple[tuple[str, str], ...]:
    return tuple(
        (place, scaled_text(units, line.unit_decimals))
        for place, units in zip(PLACES, places_of(line), strict=True)
        if units
    )


def _amount(event: Mapping[str, Any], name: str) -> int:
    value = event["data"].get(name, 0)
    return value if isinstance(value, int) else 0


def _addresses(connection: Connection, order: Order, happened: Sequence[Mapping[str, Any]]) -> dict[Any, str]:
    """In a line each, by shown id; `now` is where it goes."""
    names = {each["data"]["before"]: None for each in happened if each["type"] == ADDRESS}
    if not names:
        return {}
    ids = {name: number for name in names if name and (number := parse("address", name)) is not None}
    wanted = [*ids.values(), *([order.ship_to] if order.ship_to is not None else [])]
    rows = {row.id: row for row in connection.execute(sa.select(ADDRESSES.sa).where(ADDRESSES.c.id.in_(wanted)))}
    told_as = {number: f"{row.name}, {row.street}, {row.postcode} {row.city}" for number, row in rows.items()}
    return {**{name: told_as[number] for name, number in ids.items()}, "now": told_as.get(order.ship_to or 0, "")}
