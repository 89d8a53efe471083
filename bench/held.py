"""A hundred thousand orders: the demonstration business, its months copied in SQL, each copy ten days before the one it
was made from. All states, payments, parcels, documents, movements and customers are there in that shop's proportions.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from orderwell.cli.demonstrating import prepare_demo
from orderwell.kit.tables import TABLES

HELD = 100_000
STEP_DAYS = 10
STEP_ID = STEP_DAYS * 86_400_000 << 22  # ids tell the time
STEP_AT = STEP_DAYS * 86_400_000_000

# What a copy of the months consists of. Each column is moved back like what it holds: an id, an instant, a day; a text
# that must stay unique gets the copy's number behind it, a number within a series a million for each copy.
IDS, INSTANTS, DAYS, TEXTS, NUMBERS = "ids", "instants", "days", "texts", "numbers"
COPIED: dict[str, dict[str, tuple[str, ...]]] = {
    "customers": {IDS: ("id", "merged_into_id"), TEXTS: ("reference",), INSTANTS: ("created_at",)},
    "addresses": {IDS: ("id", "customer_id")},
    "orders": {
        IDS: ("id", "customer_id", "ship_to", "bill_to"), TEXTS: ("reference",), DAYS: ("placed_on",),
        INSTANTS: ("created_at", "placed_at"),  # none expires while pages are looked at: `expires_at` stays
    },
    "order_lines": {IDS: ("order_id",)},
    "allocations": {IDS: ("order_id",)},
    "unit_moves": {IDS: ("event_id", "order_id")},
    "expired_units": {IDS: ("event_id", "order_id")},
    "stock_moves": {IDS: ("event_id", "document_id")},
    "parcels": {IDS: ("id", "order_id"), INSTANTS: ("packed_at", "shipped_at", "delivered_at")},
    "parcel_lines": {IDS: ("parcel_id", "order_id")},
    "payments": {
        IDS: ("id", "order_id", "customer_id"), TEXTS: ("provider_reference",), DAYS: ("paid_on",),
        INSTANTS: ("created_at",),
    },
    "payment_moves": {IDS: ("id", "event_id", "payment_id")},
    "invoices": {
        IDS: ("id", "event_id", "order_id", "customer_id", "corrects_id", "bill_to"), NUMBERS: ("number",),
        DAYS: ("issued_on", "due_on"),
    },
    "invoice_lines": {IDS: ("invoice_id",)},
    "credit_traces": {IDS: ("invoice_id", "order_id")},
    "open_items": {IDS: ("id", "order_id", "party_id", "document_id"), DAYS: ("opened_on", "due_on")},
    "settlements": {IDS: ("event_id", "debit_item", "credit_item")},
    "returns": {IDS: ("id", "order_id", "customer_id"), INSTANTS: ("announced_at",)},
    "return_lines": {IDS: ("return_id", "order_id")},
    "journal": {IDS: ("event_id", "entry_id", "document_id"), DAYS: ("posted_on",)},
    "transfers": {IDS: ("id",), TEXTS: ("reference",), DAYS: ("shipped_on", "expected_on")},
    "transfer_lines": {IDS: ("transfer_id",)},
    "purchase_orders": {
        IDS: ("id",), TEXTS: ("reference",), DAYS: ("ordered_on", "expected_on"), INSTANTS: ("ordered_at",),
    },
    "purchase_lines": {IDS: ("purchase_order_id",)},
    "receipts": {IDS: ("id", "event_id", "purchase_order_id", "reverses"), DAYS: ("received_on",)},
    "receipt_lines": {IDS: ("receipt_id",)},
    "tasks": {IDS: ("id", "subject_id"), TEXTS: ("key",), INSTANTS: ("opened_at", "closed_at")},
    "events": {IDS: ("id", "cause", "subject_id"), INSTANTS: ("at",), TEXTS: ("request_id",)},
    "event_notes": {IDS: ("event_id",)},
}  # fmt: skip


def fill(url: str, held: int = HELD) -> None:
    """Make the demonstration, then copy its months until so many orders are there."""
    prepare_demo(url, None)
    with _connected(url) as run:
        for name in COPIED:
            run(f"CREATE TEMPORARY TABLE sample_{name} AS SELECT * FROM {name}")
        sample = int(run("SELECT COUNT(*) FROM sample_orders").fetchone()[0])
        run("BEGIN")
        for number in range(-(-held // sample) - 1, 0, -1):  # the oldest first, as they would have come
            for name in COPIED:
                run(f"INSERT INTO {name} SELECT {_shifted(name, number, url)} FROM sample_{name} ORDER BY 1")
        run("COMMIT")


def _shifted(name: str, number: int, url: str) -> str:
    kinds = {column: kind for kind, columns in COPIED[name].items() for column in columns}
    told = []
    for column in TABLES[name].columns:
        kind = kinds.get(column)
        if kind == IDS:
            told.append(f"{column} - {STEP_ID * number}")
        elif kind == INSTANTS:
            told.append(f"{column} - {STEP_AT * number}")
        elif kind == DAYS:
            days = STEP_DAYS * number
            back = f"date({column}, '-{days} days')" if url.startswith("sqlite") else f"({column}::date - {days})::text"
            told.append(f"CASE WHEN {column} <> '' THEN {back} ELSE {column} END")
        elif kind == TEXTS:
            told.append(f"CASE WHEN {column} <> '' THEN {column} || '-{number}' ELSE {column} END")
        elif kind == NUMBERS:
            told.append(f"{column} + {1_000_000 * number}")
        else:
            told.append(column)
    return ", ".join(told)


@contextmanager
def _connected(url: str) -> Iterator[Callable[[str], Any]]:
    """`run(sql)` on a connection that is quick rather than careful; afterwards all is on disk and counted."""
    if not url.startswith("sqlite"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")  # references hold, they need no checking
            yield connection.execute  # type: ignore[misc]
            connection.execute("VACUUM ANALYZE")
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as file:
        file.execute("PRAGMA synchronous = OFF")
        file.execute("PRAGMA cache_size = -1000000")
        for (guard,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {guard}")  # copies lie in periods that are closed
        yield file.execute
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
