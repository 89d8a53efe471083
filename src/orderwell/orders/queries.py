"""Reading orders for lists and pages: SQL and nothing else."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.errors import Invalid, NotFound
from ..kit.events import EVENTS
from ..kit.notes import notes_of
from ..kit.pages import DEFAULT_LIMIT, page
from ..kit.sentences import Sentence, word
from ..values.calendar import instant_text
from ..values.ids import parse, show
from ..values.money import scaled_text
from .answers import shown
from .model import PLACES, Line, Order
from .store import LINES, ORDERS

FULFILMENT = ("draft", "cancelled", "returned", "delivered", "shipped", "partly_shipped", "backordered", "packed",
              "picked", "ready", "open")  # fmt: skip


# How far orders are paid, by order: another capability's knowledge, asked for by whoever shows it.
PaymentWords = Callable[[Connection, Mapping[int, Sequence[Line]]], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """`channel` is an id, `customers` are numbers; `placed_from` and `placed_to` are business days, both included."""

    channel: str | None = None
    customers: Sequence[int] | None = None
    status: str | None = None
    reference: str | None = None
    placed_from: str | None = None
    placed_to: str | None = None
    fulfilment: str | None = None


def listed(
    connection: Connection, only: OrderFilter | None = None, *, payment_words: PaymentWords | None = None,
    limit: int = DEFAULT_LIMIT, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Orders, newest first, each with its lines and, given `payment_words`, how far it is paid."""
    query = filtered(sa.select(ORDERS.sa), only or OrderFilter())
    found = page(connection, query, ORDERS.c.id, "order", lambda row: {"row": Order(*row)}, limit=limit, cursor=cursor)
    rows = [each["row"] for each in found["data"]]
    lines = lines_of(connection, [row.id for row in rows])
    words = payment_words(connection, lines) if payment_words is not None else {}
    return {**found, "data": [shown(row, lines[row.id], words.get(row.id)) for row in rows]}


def one(connection: Connection, name: str, *, payment_words: PaymentWords | None = None) -> dict[str, Any]:
    """One order by its id: lines with the code of their SKU and where they are set aside, and its timeline; given
    `payment_words`, how far it is paid."""
    number = parse("order", name)
    row = connection.execute(sa.select(ORDERS.sa).where(ORDERS.c.id == number)).first() if number is not None else None
    if row is None:
        raise NotFound(Sentence("There is no order {name!r}.", name=name))
    order = Order(*row)
    lines = lines_of(connection, [order.id])[order.id]
    codes = _sku_codes(connection, order.id)
    places = allocations(connection, order.id, lines)
    words = payment_words(connection, {order.id: lines}) if payment_words is not None else {}
    answer = shown(order, lines, words.get(order.id))
    for line, told in zip(lines, answer["lines"], strict=True):
        told["sku_code"] = codes[line.sku_id]
        told["allocations"] = places.get(line.n, [])
    return {**answer, "timeline": timeline(connection, order.id)}


def lines_of(connection: Connection, order_ids: Sequence[int]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {each: [] for each in order_ids}
    query = sa.select(LINES.sa).where(LINES.c.order_id.in_(order_ids)).order_by(LINES.c.order_id, LINES.c.n)
    for row in connection.execute(query):
        found[row.order_id].append(Line(*row))
    return found


def allocations(connection: Connection, order_id: int, lines: Sequence[Line]) -> Mapping[int, list[dict[str, Any]]]:
    """What is promised, picked and awaited where, by line."""
    decimals = {line.n: line.unit_decimals for line in lines}
    rows = connection.execute(
        sa.text(
            "SELECT a.line, l.id, l.code, a.promised, a.picked, a.awaited FROM allocations a"
            " JOIN locations l ON l.id = a.location_id WHERE a.order_id = :order_id"
            " AND a.promised + a.picked + a.awaited > 0 ORDER BY a.line, l.priority, l.code"
        ),
        {"order_id": order_id},
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for line, location_id, code, promised, picked, awaited in rows:
        amounts = {"promised": promised, "picked": picked, "awaited": awaited}
        told = {word: scaled_text(units, decimals[line]) for word, units in amounts.items() if units}
        found.setdefault(line, []).append({"location": show("location", location_id), "location_code": code, **told})
    return found


def timeline(connection: Connection, subject_id: int, *, subject: str = "order") -> list[dict[str, Any]]:
    """Everything that happened to an order (or to what else it is about), oldest first, and what was said to it."""
    rows = connection.execute(
        sa.select(EVENTS.sa).where(EVENTS.c.subject_id == subject_id, EVENTS.c.subject == subject).order_by(EVENTS.c.id)
    ).all()
    notes = notes_of(connection, [row.id for row in rows])
    return [
        {
            "id": show("event", row.id),
            "type": row.type,
            "at": instant_text(row.at),
            "actor": row.actor,
            "request_id": row.request_id,
            "data": json.loads(row.data),
            "note": notes.get(row.id),
        }
        for row in rows
    ]


def expired(connection: Connection, now: int, *, after: int = 0, limit: int) -> list[int]:
    """Placed orders that were to be paid by now and may not have been, oldest first, from an id on."""
    may_expire = sa.text("expires_at IS NOT NULL AND status = 'placed'")  # as the index on them says it
    query = sa.select(ORDERS.c.id).where(may_expire, ORDERS.c.expires_at <= now, ORDERS.c.id > after)
    return list(connection.execute(query.order_by(ORDERS.c.id).limit(limit)).scalars())


def ready_at(connection: Connection, location_id: int, *, limit: int = 100) -> list[dict[str, Any]]:
    """The work list of a location: what is to be picked or packed there, the oldest order first."""
    rows = connection.execute(
        sa.text(
            "SELECT a.order_id, o.reference, a.line, k.code, n.description, n.unit_decimals, a.promised, a.picked"
            " FROM allocations a JOIN orders o ON o.id = a.order_id"
            " JOIN order_lines n ON n.order_id = a.order_id AND n.n = a.line JOIN skus k ON k.id = a.sku_id"
            " WHERE a.location_id = :location_id AND a.promised + a.picked > 0 ORDER BY a.order_id, a.line LIMIT :limit"
        ),
        {"location_id": location_id, "limit": limit},
    )
    return [
        {
            "order": show("order", row.order_id),
            "reference": row.reference,
            "line": row.line,
            "sku_code": row.code,
            "description": row.description,
            "to_pick": scaled_text(row.promised, row.unit_decimals),
            "to_pack": scaled_text(row.picked, row.unit_decimals),
        }
        for row in rows
    ]


def filtered(query: sa.Select[Any], only: OrderFilter) -> sa.Select[Any]:
    """Raises Invalid for what is no id or no word."""
    equal = {
        ORDERS.c.channel_id: _id(only.channel, "channel"),
        ORDERS.c.status: only.status,
        ORDERS.c.reference: only.reference,
    }
    for column, value in equal.items():
        if value is not None:
            query = query.where(column == value)
    if only.customers is not None:
        query = query.where(ORDERS.c.customer_id.in_(only.customers))
    if only.placed_from is not None:
        query = query.where(ORDERS.c.placed_on >= only.placed_from)
    if only.placed_to is not None:
        query = query.where(ORDERS.c.placed_on <= only.placed_to)
    if only.fulfilment is not None:
        query = query.where(_fulfilment(only.fulfilment))
    return query


def _id(text: str | None, kind: str) -> int | None:
    return None if text is None else number_of(text, kind)


def number_of(text: str, kind: str) -> int:
    """Raises Invalid."""
    number = parse(kind, text)
    if number is None:
        raise Invalid.at(f"/{kind}", Sentence("{text!r} is no id of a {kind}.", text=text, kind=word(kind)))
    return number


def _fulfilment(word: str) -> sa.ColumnElement[bool]:
    """The same words as `rules.fulfilment_status`, asked of the lines in SQL; a test compares them."""
    if word not in FULFILMENT:
        raise Invalid.at("/fulfilment", Sentence("{text!r} is none of {allowed}.", text=word, allowed=list(FULFILMENT)))
    if word == "draft":
        return ORDERS.c.status == "draft"
    sums = {place: sa.func.sum(LINES.c[place]) for place in PLACES}
    live = sa.func.sum(LINES.c.quantity) - sums["cancelled"]
    gone = sums["shipped"] + sums["delivered"] + sums["returned"]
    rules: list[tuple[str, sa.ColumnElement[bool]]] = [
        ("cancelled", live == 0),
        ("returned", sums["returned"] == live),
        ("shipped", sa.and_(gone == live, sums["shipped"] > 0)),
        ("delivered", gone == live),
        ("partly_shipped", gone > 0),
        ("backordered", sums["awaited"] > 0),
        ("packed", sums["packed"] > 0),
        ("picked", sums["picked"] > 0),
        ("ready", sums["promised"] > 0),
    ]
    told = sa.case(*((rule, name) for name, rule in rules), else_="open")
    computed = sa.select(told).where(LINES.c.order_id == ORDERS.c.id).scalar_subquery()
    return sa.and_(ORDERS.c.status != "draft", computed == word)


def _sku_codes(connection: Connection, order_id: int) -> dict[int, str]:
    rows = connection.execute(
        sa.text(
            "SELECT DISTINCT k.id, k.code FROM order_lines n JOIN skus k ON k.id = n.sku_id WHERE n.order_id = :id"
        ),
        {"id": order_id},
    )
    return {row.id: row.code for row in rows}
