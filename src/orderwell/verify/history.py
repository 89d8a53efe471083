"""History as a whole: nothing in it was changed or taken away since, and every event has its place in the feed."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .model import Break, Check
from .streams import Stream, stream

DOCUMENTS = {  # rows that are covered by the event of the document they are part of
    "invoice_lines": "invoices",
    "credit_traces": "invoices",
    "receipt_lines": "receipts",
    "supplier_invoice_lines": "supplier_invoices",
    "stock_count_lines": "stock_counts",
    "manual_transfers": "manual_entries",
}
NOT_SEALED = {"feed"}  # written after the commit, by the sequencer; it has its own chain


def digests(connection: Connection, tables: Sequence[sa.Table]) -> Iterator[Break]:
    """Compute every request's digest again from its rows. `tables`: the append-only ones, in the fixed order."""
    sealed = [table for table in tables if table.name not in NOT_SEALED]
    streams = [(table.name, _by_cause(connection, table)) for table in sealed]
    events = _columns(next(table for table in sealed if table.name == "events"))
    kept_at = events.index("digest")
    while causes := [each.key for _, each in streams if each.key is not None]:
        cause = min(causes)
        state = hashlib.sha256()
        kept, first = None, None
        for name, rows in streams:
            if not rows.at(cause):
                continue
            found = [list(row[1:]) for row in rows.group]
            if name == "events":
                first = found[0]
                kept, first[kept_at] = first[kept_at], None
            state.update(name.encode())
            state.update(json.dumps(found, separators=(",", ":"), ensure_ascii=False).encode())
        if first is None or first[0] != cause:
            yield Break("cause_missing", "Rows of history point to an event that is not there.", f"events {cause}")
        elif kept is None:
            yield Break("digest_missing", "The event carries no digest of what its request wrote.", f"events {cause}")
        elif state.hexdigest() != kept:
            sentence = "History that this event covers was changed, added to or taken away since."
            yield Break("digest_differs", sentence, f"events {cause}")


def _columns(table: sa.Table) -> list[str]:
    return [column.name for column in table.columns]


def _by_cause(connection: Connection, table: sa.Table) -> Stream:
    listed = ", ".join(f"t.{column}" for column in _columns(table))
    source, order = _source(table)
    sql = f"SELECT {order[0]}, {listed} FROM {source} ORDER BY {', '.join(order)}"
    return Stream(groupby(stream(connection, sql), key=itemgetter(0)))


def _source(table: sa.Table) -> tuple[str, list[str]]:
    """Where rows come from, and their order: first the event that covers them, their own or that of their document."""
    keys = [column.name for column in table.primary_key]
    own = "cause" if table.name == "events" else "event_id"
    if own in table.columns:
        return f"{table.name} t", [f"t.{own}", *(f"t.{key}" for key in keys if key != own)]
    assert table.name in DOCUMENTS, f"{table.name} is history: which event covers its rows?"
    document = DOCUMENTS[table.name]
    source = f"{document} p JOIN {table.name} t ON t.{keys[0]} = p.id"
    return source, ["p.event_id", "p.id", *(f"t.{key}" for key in keys[1:])]


FEED = """
    SELECT f.position, f.event_id, f.chain, e.*
    FROM feed f LEFT JOIN events e ON e.id = f.event_id ORDER BY f.position
"""


def chain(connection: Connection) -> Iterator[Break]:
    """Walk the feed from its first place: no gap, no event missing, every link as it was forged."""
    before, link = 0, ""
    for position, event_id, kept, *event in stream(connection, FEED):
        where = f"feed {position}"
        if position != before + 1:
            yield Break("feed_gap", f"After place {before} comes place {position}.", where)
        if event[0] is None:
            yield Break("feed_event_missing", f"Event {event_id} has a place and is not there.", where)
        else:
            text = link + json.dumps(event, separators=(",", ":"), ensure_ascii=False)
            if hashlib.sha256(text.encode()).hexdigest() != kept:
                yield Break("feed_chain_broken", f"Event {event_id} is not what the chain was made over.", where)
        before, link = position, kept
    tip = connection.execute(sa.text("SELECT position, chain FROM feed_tip")).one_or_none()
    if (tuple(tip) if tip else (0, "")) != (before, link):
        yield Break("feed_tip_differs", f"The tip is not at place {before}, the last there is.", "feed_tip")


CHECKS = (
    Check(
        "event_lost",
        "Event {id} has no place in the feed and does not wait for one.",
        "events {id}",
        """
        SELECT e.id FROM events e WHERE NOT EXISTS (SELECT 1 FROM feed f WHERE f.event_id = e.id)
            AND NOT EXISTS (SELECT 1 FROM events_fresh w WHERE w.cause = e.cause AND w.event_id = e.id)
        """,
    ),
    Check(
        "event_waits_twice",
        "Event {event_id} has its place in the feed and waits for one.",
        "events_fresh {event_id}",
        "SELECT w.event_id FROM events_fresh w JOIN feed f ON f.event_id = w.event_id",
    ),
    Check(
        "fresh_event_missing",
        "Event {event_id} waits for its place and is not there.",
        "events_fresh {event_id}",
        """
        SELECT w.event_id FROM events_fresh w WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.id = w.event_id)
        """,
    ),
)
