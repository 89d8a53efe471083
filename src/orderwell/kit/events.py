"""Events: one append-only table that is each order's timeline, the audit trail, the feed and the source of webhooks.

Everything a request writes points to its first event, the cause: that event's digest covers all of it, so `verify` can
tell whether any row of history was changed or taken away since. Events hold ids and facts, never personal data: what a
person typed or a partner said lies beside them (`notes`).
"""

import hashlib
from typing import Any, NamedTuple

from pydantic_core import to_json

from .picture import Tx
from .tables import Table


class Event(NamedTuple):
    id: int
    cause: int  # id of the first event of the same request
    at: int
    type: str  # `order.placed`
    subject: str  # kind of the thing it is about: `order`
    subject_id: int
    actor: str
    request_id: str
    data: str  # JSON object
    digest: str | None  # on the cause: SHA-256 of every row of history the request wrote


class Fresh(NamedTuple):
    cause: int  # comes first: causes are in the order of requests, other events of a batch are not
    event_id: int


EVENTS = Table("events", Event, key="id", append_only=True, indexes=[("subject_id",), ("cause",), ("request_id",)])
FRESH = Table("events_fresh", Fresh, key=("cause", "event_id"))  # committed and not yet given a place in the feed


def encode(value: Any) -> str:
    """Compact JSON, letters beyond ASCII as they are: what `json.dumps` gives without spaces and `ensure_ascii`."""
    return to_json(value).decode()


def announce(tx: Tx, type_: str, subject: str, subject_id: int, **data: Any) -> None:
    """Tell what happened. The first of a request is its cause; every request that writes announces something."""
    id_ = tx.new_id() if tx.appended(EVENTS) else tx.cause
    row = Event(id_, tx.cause, tx.now, type_, subject, subject_id, tx.actor, tx.request_id, encode(data), None)
    tx.append(EVENTS, row)
    tx.append(FRESH, Fresh(tx.cause, id_))


def seal(tx: Tx) -> None:
    """Put the digest of all history this request has written on its cause. Called once, when the flow has ended."""
    if not tx.wrote:
        return
    events = tx.appended(EVENTS)
    assert events, "a request that writes must announce what happened"
    events[0] = events[0]._replace(digest=digest((t.name, rows) for t, rows in tx.history() if t.append_only))


def digest(history: Any) -> str:
    """SHA-256 over (table name, rows in order) pairs in the fixed order of tables; a digest column counts as empty."""
    state = hashlib.sha256()
    for name, rows in history:
        state.update(name.encode())
        state.update(to_json(rows))
    return state.hexdigest()
