"""The audit trail: who did what, when, to which thing and with which request, newest first.

Looking for somebody who did little would mean looking at everything: so one page looks at so many events at most, and
says where to look on. Days are found by halving, since later events have later times but for a little disorder; what
a thing or a request wrote is found by its index.
"""

import json
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..access.store import PEOPLE
from ..kit.events import EVENTS, Event
from ..values.ids import KINDS, PREFIXES, parse, show
from .order_page import named

WINDOW = 50_000  # events that one page looks at
DISORDER = 86_400_000_000  # an event is recorded at most so long after one that is later by the business's clock
MAX_TRIES = 64  # halvings of a 63-bit id


class Wanted(NamedTuple):
    who: str | None = None  # 'per_…', 'key_…', 'cli', 'system'
    type: str | None = None  # 'order.placed', or 'order.' for all about orders
    subject_id: int | None = None
    request_id: str | None = None
    from_at: int | None = None
    to_at: int | None = None  # not included


def about(subject_id: int) -> Wanted:
    return Wanted(subject_id=subject_id)


def wanted_thing(text: str) -> int | None:
    """The number behind the id of anything; None for what is no id."""
    kind = KINDS.get(text[:3])
    return parse(kind, text) if kind is not None else None


def events(connection: Connection, wanted: Wanted, *, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """`next_cursor` is where to look on; `looked_at_all` is False when there may be more further back."""
    before = parse("event", cursor) if cursor is not None else None
    query = sa.select(EVENTS.sa).where(*_conditions(wanted))
    if wanted.to_at is not None:
        before = min(_first_from(connection, wanted.to_at + DISORDER), before or 2**63 - 1)
    if before is not None:
        query = query.where(EVENTS.c.id < before)
    floor = None
    if wanted.subject_id is None and wanted.request_id is None:
        floor = _floor(connection, before)
        query = query.where(EVENTS.c.id >= (floor or 0))
    rows = connection.execute(query.order_by(EVENTS.c.id.desc()).limit(limit + 1)).all()
    found = [Event._make(row) for row in rows[:limit]]
    if len(rows) > limit:
        following: int | None = found[-1].id
    else:
        following = floor if floor is not None and _may_be_earlier(connection, wanted, floor) else None
    return {
        "data": named(connection, [_shown(each) for each in found]),
        "next_cursor": show("event", following) if following is not None else None,
        "looked_at_all": following is None,
    }


def people(connection: Connection, limit: int) -> list[Any]:
    """Whom one may choose from, by name."""
    query = sa.select(PEOPLE.c.id, PEOPLE.c.name).order_by(PEOPLE.c.name, PEOPLE.c.id).limit(limit)
    return list(connection.execute(query))


def _conditions(wanted: Wanted) -> list[Any]:
    conditions: list[Any] = []
    for column, value in (
        (EVENTS.c.actor, wanted.who), (EVENTS.c.subject_id, wanted.subject_id), (EVENTS.c.request_id, wanted.request_id)
    ):  # fmt: skip
        if value is not None:
            conditions.append(column == value)
    if wanted.type is not None:
        exact = not wanted.type.endswith(".")
        conditions.append(
            EVENTS.c.type == wanted.type if exact else EVENTS.c.type.startswith(wanted.type, autoescape=True)
        )
    if wanted.from_at is not None:
        conditions.append(EVENTS.c.at >= wanted.from_at)
    if wanted.to_at is not None:
        conditions.append(EVENTS.c.at < wanted.to_at)
    return conditions


def _floor(connection: Connection, before: int | None) -> int | None:
    """The event so many places back; None when there are fewer."""
    query = sa.select(EVENTS.c.id)
    if before is not None:
        query = query.where(EVENTS.c.id < before)
    return connection.execute(query.order_by(EVENTS.c.id.desc()).offset(WINDOW).limit(1)).scalar()


def _may_be_earlier(connection: Connection, wanted: Wanted, floor: int) -> bool:
    if wanted.from_at is None:
        return True
    at = connection.execute(sa.select(EVENTS.c.at).where(EVENTS.c.id == floor)).scalar_one()
    return bool(at >= wanted.from_at - DISORDER)


def _first_from(connection: Connection, at: int) -> int:
    """The id before which everything happened earlier than an instant."""
    low, high = 0, connection.execute(sa.select(sa.func.max(EVENTS.c.id))).scalar() or 0
    high += 1
    for _ in range(MAX_TRIES):
        if low >= high:
            break
        middle = (low + high) // 2
        query = sa.select(EVENTS.c.id, EVENTS.c.at).where(EVENTS.c.id >= middle).order_by(EVENTS.c.id).limit(1)
        row = connection.execute(query).first()
        if row is None or row.at >= at:
            high = middle
        else:
            low = row.id + 1
    return high


def _shown(event: Event) -> dict[str, Any]:
    """Facts as pairs: ids, codes and figures, which is all that events hold."""
    subject = show(event.subject, event.subject_id) if event.subject in PREFIXES and event.subject_id else None
    return {
        "id": show("event", event.id), "at": event.at, "type": event.type, "subject": event.subject,
        "subject_id": subject, "actor": event.actor, "request_id": event.request_id,
        "facts": [(name, _plain(value)) for name, value in json.loads(event.data).items()],
    }  # fmt: skip


def _plain(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return " ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
