"""Sending the documents in order, in batches, and going on where an earlier replay was stopped."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from ..app import App
from ..flows.adjust_stock import AdjustStock
from ..inventory.store import ADJUSTMENTS
from ..invoicing.store import INVOICES
from ..kit.events import EVENTS
from ..kit.writer import Call
from ..ledger.store import DEBT_ADJUSTMENTS
from ..orders.store import ORDERS
from ..values.calendar import DAY, day_of
from . import house
from .paying import Paying
from .read import Document, read
from .requests import Purchases, calls_of
from .sending import Sender, Told
from .supply import LEAD_DAYS, Supply

Supplies = Literal["opening", "purchasing"]
Payments = Literal["none", "terms"]
Progress = Callable[[int, int], None]

BATCH = 64  # documents sent to the writer at once
LAST_ROUNDS = 4  # of ordering and receiving after the last document, for those who still wait


def replay(
    app: App, path: Path, *, supply: Supplies = "opening", payments: Payments = "none",
    progress: Progress = lambda _done, _all: None, batch: int = BATCH,
) -> Told:  # fmt: skip
    """Send every document that is not there yet. Raises Invalid when the file cannot be read at all."""
    reading = read(path)
    told = Told(rows=reading.rows, refused_rows=reading.refused)
    if not reading.documents:
        return told
    items = house.survey(reading.documents)
    gc.collect()
    gc.freeze()  # the documents stay until the end; looking through them again and again costs a fifth of the time
    threshold = gc.get_threshold()
    gc.set_threshold(200_000, 20, 50)  # rows are tuples without cycles: there is next to nothing to be found
    started = time.monotonic()
    house.set_up(app, reading.documents, items, opening=supply == "opening", terms=payments == "terms")
    _Run(app, told, items, supply=supply, payments=payments).send_all(reading.documents, batch, progress)
    told.seconds = time.monotonic() - started
    gc.set_threshold(*threshold)
    gc.unfreeze()
    return told


class _Run:
    """One pass through the documents, and what the house does every morning in between."""

    def __init__(
        self, app: App, told: Told, items: dict[str, house.Item], *, supply: Supplies, payments: Payments
    ) -> None:
        self._app, self._told = app, told
        self._sender = Sender(app, told, not_before=_last_moment(app))
        self._purchases = Purchases()
        self._there = references(app)
        self._supply = Supply(app, self._sender, items) if supply == "purchasing" else None
        self._paying = Paying(app, self._sender) if payments == "terms" else None
        self._day = ""
        self._zone = house.time_zone(app)

    def send_all(self, documents: Sequence[Document], batch: int, progress: Progress) -> None:
        first = documents[0].instant
        if self._supply is not None:
            self._supply.set_up(first)
        if self._paying is not None and self._there:
            self._paying.catch_up(first)
        daily = self._supply is not None or self._paying is not None
        done = 0
        for some in _batches(documents, batch, self._zone if daily else None):
            missing = [document for document in some if document.number not in self._there]
            if daily and missing:
                self._morning(some[0])
            self._send(some, {document.number for document in missing})
            done += len(some)
            progress(done, len(documents))
        if self._supply is not None:
            self._wait_for_supply(self._supply, documents[-1].instant)

    def _morning(self, first: Document) -> None:
        day = day_of(first.instant, self._zone)
        if day == self._day:
            return
        self._day = day
        if self._supply is not None:
            self._supply.morning(day, first.instant)
        if self._paying is not None:
            self._paying.morning(day, first.instant)

    def _send(self, documents: Sequence[Document], missing: set[str]) -> None:
        calls: list[Call] = []
        for document in documents:
            mine = calls_of(document, self._purchases)  # also of what is there: it counts for tracing
            if self._supply is not None:
                self._supply.sold(document, day_of(document.instant, self._zone))
            if document.number not in missing:
                self._told.there_before += 1
                continue
            self._told.sent += 1
            self._told.lines += len(document.rows)
            calls += mine
            if self._paying is not None:
                calls += self._paying.after(document)
        for call in self._sender.send(calls, may_wait=self._supply is not None):
            if self._supply is not None and isinstance(call.ask, AdjustStock):
                self._supply.must_wait(call)

    def _wait_for_supply(self, supply: Supply, last: int) -> None:
        """Go on for some mornings after the last document, until everybody has what they wait for."""
        for n in range(LAST_ROUNDS):
            if supply.settled():
                break
            at = last + (n * LEAD_DAYS + 1) * DAY
            supply.morning(day_of(at, self._zone), at)
        else:
            at = last + LAST_ROUNDS * LEAD_DAYS * DAY
            supply.morning(day_of(at, self._zone), at)
        for call in supply.give_up():
            reason = "Its units never came to the shelf."
            self._told.refused.append((call.request_id.removeprefix("replay/"), "out_of_stock", reason))


def references(app: App) -> set[str]:
    """The channel's references of all documents that are in the database."""
    channel_id, _ = house.place_ids(app)
    found: set[str] = set()
    with app.database.reading() as connection:
        for table in (ORDERS, INVOICES, ADJUSTMENTS, DEBT_ADJUSTMENTS):
            query = sa.select(table.c.reference).where(table.c.channel_id == channel_id)
            found.update(connection.execute(query).scalars())
    return found


def _last_moment(app: App) -> int:
    """When the last thing a replay did happened; 0 before the first."""
    with app.database.reading() as connection:
        query = sa.select(sa.func.max(EVENTS.c.at)).where(EVENTS.c.actor == "replay")
        return int(connection.execute(query).scalar_one() or 0)


def _batches(documents: Sequence[Document], size: int, zone: str | None) -> Iterator[Sequence[Document]]:
    """Documents in batches; with a zone, no batch holds two days."""
    start = 0
    while start < len(documents):
        end = min(start + size, len(documents))
        if zone is not None:
            day = day_of(documents[start].instant, zone)
            end = next((n for n in range(start + 1, end) if day_of(documents[n].instant, zone) != day), end)
        yield documents[start:end]
        start = end


def summary(app: App, told: Told) -> dict[str, Any]:
    """Documents and money as the database has them, and how the run went. Amounts are decimal strings."""
    from .figures import figures

    seconds = max(told.seconds, 1e-9)
    reasons = told.reasons()
    return {
        **figures(app),
        "rows": told.rows,
        "rows_refused": len(told.refused_rows),
        "refused_rows": [{"line": row.line, "reason": row.reason} for row in told.refused_rows[:1000]],
        "documents_refused": [{"document": d, "code": c, "detail": s} for d, c, s in told.refused[:1000]],
        "refusals": dict(sorted(reasons.items())),
        "documents_sent": told.sent,
        "documents_there_before": told.there_before,
        "seconds": round(told.seconds, 3),
        "orders_per_second": round(told.sent / seconds, 1),
        "lines_per_second": round(told.lines / seconds, 1),
    }
