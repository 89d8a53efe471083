"""Sending the documents in order, in batches, and going on where an earlier replay was stopped."""

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from ..app import App
from ..inventory.store import ADJUSTMENTS
from ..invoicing.store import INVOICES
from ..kit.errors import Refused, Unavailable
from ..kit.writer import Call
from ..ledger.store import DEBT_ADJUSTMENTS
from ..orders.store import ORDERS
from . import house
from .read import Document, RefusedRow, read
from .requests import Purchases, calls_of, untraced

Supply = Literal["opening", "purchasing"]
Payments = Literal["none", "terms"]
Progress = Callable[[int, int], None]

BATCH = 64  # documents sent to the writer at once
TRIES = 5


@dataclass(slots=True)
class Told:
    """What the run itself can tell; all figures of money are read from the database afterwards."""

    sent: int = 0
    there_before: int = 0
    lines: int = 0
    seconds: float = 0.0
    rows: int = 0
    refused_rows: list[RefusedRow] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)  # document, code, sentence

    def reasons(self) -> Counter[str]:
        return Counter([row.reason for row in self.refused_rows] + [code for _, code, _ in self.refused])


def replay(
    app: App, path: Path, *, supply: Supply = "opening", payments: Payments = "none",
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
    started = time.monotonic()
    house.set_up(app, reading.documents, items, opening=supply == "opening", terms=payments == "terms")
    there = references(app)
    purchases = Purchases()
    total = len(reading.documents)
    for done, documents in _batches(reading.documents, batch):
        calls: list[Call] = []
        for document in documents:
            mine = calls_of(document, purchases)  # also for what is there: it counts for tracing
            if document.number in there:
                told.there_before += 1
            else:
                told.sent += 1
                told.lines += len(document.rows)
                calls.extend(mine)
        _send(app, calls, told)
        progress(done, total)
    told.seconds = time.monotonic() - started
    return told


def references(app: App) -> set[str]:
    """The channel's references of all documents that are in the database."""
    channel_id, _ = house.place_ids(app)
    found: set[str] = set()
    with app.database.reading() as connection:
        for table in (ORDERS, INVOICES, ADJUSTMENTS, DEBT_ADJUSTMENTS):
            query = sa.select(table.c.reference).where(table.c.channel_id == channel_id)
            found.update(connection.execute(query).scalars())
    return found


def _batches(documents: Sequence[Document], size: int) -> Iterator[tuple[int, Sequence[Document]]]:
    for start in range(0, len(documents), size):
        batch = documents[start : start + size]
        yield start + len(batch), batch


def _send(app: App, calls: list[Call], told: Told) -> None:
    """Perform calls; try again what was not refused for good, and credit notes that trace to nothing without it."""
    for _ in range(TRIES):
        outcomes = app.writer.run(calls)
        again: list[Call] = []
        for call, outcome in zip(calls, outcomes, strict=True):
            if outcome.refusal is None:
                continue
            if isinstance(outcome.refusal, Unavailable):
                again.append(call)
            elif (bare := untraced(call)) is not None:
                again.append(bare)
            else:
                _refused(told, call, outcome.refusal)
        if not again:
            return
        calls = again
    for call in calls:
        _refused(told, call, Unavailable("The database did not take it after several tries."))


def _refused(told: Told, call: Call, refusal: Refused) -> None:
    told.refused.append((call.request_id.removeprefix("replay/"), refusal.code, refusal.detail))


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
