"""How long pages take where 100,000 orders are held: one person looks, the clock of the client tells.

The orders are those of the demonstration business, its months copied in SQL, each copy ten days before the one it was
made from: all states, payments, parcels, documents and customers, in the proportions of that shop.
"""

import http.client
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any
from urllib.parse import quote

import psycopg
import sqlalchemy as sa

from orderwell.access.rules import hash_of_token, new_token
from orderwell.app import open_app
from orderwell.cli.demonstrating import prepare_demo
from orderwell.cli.ways_in import DEMO_PEOPLE, demo_owner
from orderwell.flows.sign_in import MakeLink, StartSession
from orderwell.kit.database import Database
from orderwell.kit.tables import TABLES
from orderwell.reports.order_list import GOODS, MONEY, WAITING
from orderwell.values.ids import show

from .orders import durable_postgres
from .processes import serving
from .results import Result, table
from .settings import Settings

HELD = 100_000
STEP_DAYS = 10
STEP_ID = STEP_DAYS * 86_400_000 << 22  # ids tell the time
STEP_AT = STEP_DAYS * 86_400_000_000
LIST_MS, DETAIL_MS, HOME_MS = 150, 100, 1_500
WARM, LOOKS = 3, 60

# What a copy of the months consists of. Each column is moved back like what it holds: an id, an instant, a day; a text
# that must stay unique gets the copy's number behind it, a number within a series a million for each copy.
IDS, INSTANTS, DAYS, TEXTS, NUMBERS = "ids", "instants", "days", "texts", "numbers"
COPIED: dict[str, dict[str, tuple[str, ...]]] = {
    "customers": {IDS: ("id", "merged_into_id"), TEXTS: ("reference",), INSTANTS: ("created_at",)},
    "addresses": {IDS: ("id", "customer_id")},
    "orders": {
        IDS: ("id", "customer_id", "ship_to", "bill_to"), TEXTS: ("reference",), DAYS: ("placed_on",),
        INSTANTS: ("created_at", "placed_at", "expires_at"),
    },
    "order_lines": {IDS: ("order_id",)},
    "allocations": {IDS: ("order_id",)},
    "parcels": {IDS: ("id", "order_id"), INSTANTS: ("packed_at", "shipped_at", "delivered_at")},
    "parcel_lines": {IDS: ("parcel_id", "order_id")},
    "payments": {
        IDS: ("id", "order_id", "customer_id"), TEXTS: ("provider_reference",), DAYS: ("paid_on",),
        INSTANTS: ("created_at",),
    },
    "invoices": {
        IDS: ("id", "event_id", "order_id", "customer_id", "corrects_id", "bill_to"), NUMBERS: ("number",),
        DAYS: ("issued_on", "due_on"),
    },
    "open_items": {IDS: ("id", "order_id", "party_id", "document_id"), DAYS: ("opened_on", "due_on")},
    "returns": {IDS: ("id", "order_id", "customer_id"), INSTANTS: ("announced_at",)},
    "return_lines": {IDS: ("return_id", "order_id")},
    "journal": {IDS: ("event_id", "document_id"), DAYS: ("posted_on",)},
    "events": {IDS: ("id", "cause", "subject_id"), INSTANTS: ("at",), TEXTS: ("request_id",)},
    "event_notes": {IDS: ("event_id",)},
}  # fmt: skip
ONLY = {"events": "subject IN ('order', 'payment', 'customer')"}


@dataclass(slots=True)
class Look:
    """A page, and the ways in which it is asked for."""

    name: str
    target_ms: int
    paths: list[str]
    part: str = ""  # the element that is asked for, as a live change does


@dataclass(slots=True)
class Seen:
    p50_ms: float
    p95_ms: float
    kib: float  # compressed, the largest
    target_ms: int


def measure(settings: Settings, engines: list[str]) -> tuple[list[Result], dict[str, Any]]:
    results, cases = [], {}
    for engine in engines:
        seen = _on(engine, settings)
        cases.update({f"{name}, {engine}": each for name, each in seen.items()})
        worst = max(seen, key=lambda name: seen[name].p95_ms / seen[name].target_ms)
        ratio = seen[worst].p95_ms / seen[worst].target_ms
        figures = {"held": HELD, "page": worst, "p95_ms": round(seen[worst].p95_ms, 1)}
        results.append(Result(f"pages_{engine}", ratio, 1.0, "lower", "the worst page's p95 / its target", figures))
    return results, cases


def told(cases: dict[str, Seen]) -> str:
    head = ("page, engine", "p50 ms", "p95 ms", "target", "kB", "")
    rows = [
        (name, f"{s.p50_ms:.1f}", f"{s.p95_ms:.1f}", f"{s.target_ms}", f"{s.kib:.1f}",
         "" if s.p95_ms <= s.target_ms else "MISSED")
        for name, s in cases.items()
    ]  # fmt: skip
    return table([head, *rows])


def _on(engine: str, settings: Settings) -> dict[str, Seen]:
    with ExitStack() as stack:
        postgres = stack.enter_context(durable_postgres()) if engine == "postgres" else None
        url = postgres.create_database() if postgres else f"sqlite:///{settings.folder / 'pages.db'}"
        print(f"  filling {engine} with {HELD:,} orders", flush=True)
        fill(url)
        cookie, looks = _session(url), _looks(url)
        server = stack.enter_context(serving(url))
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        stack.callback(connection.close)
        return {each.name: _seen(connection, cookie, each) for each in looks}


# -- a hundred thousand orders


def fill(url: str, held: int = HELD) -> None:
    """Make the demonstration, then copy its months until so many orders are there."""
    prepare_demo(url, None)
    with _connected(url) as run:
        for name in COPIED:
            run(f"CREATE TEMPORARY TABLE sample_{name} AS SELECT * FROM {name} WHERE {ONLY.get(name, '1 = 1')}")
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


# -- who looks, and at what


def _session(url: str) -> str:
    app = open_app(url)
    app.writer.start()
    try:
        demo_owner(app)
        token, link = new_token(), new_token()
        app.writer.ask(MakeLink("sign_in", hash_of_token(link), DEMO_PEOPLE[0][1]))
        app.writer.ask(StartSession(DEMO_PEOPLE[0][1], hash_of_token(token), link_hash=hash_of_token(link)))
    finally:
        app.close()
    return token


def _looks(url: str) -> list[Look]:
    chance = random.Random(1)
    database = Database(url)
    with database.reading() as connection:
        rows = connection.execute(sa.text("SELECT id, reference, customer_id, placed_on FROM orders ORDER BY id")).all()
        channels = connection.execute(sa.text("SELECT code FROM channels")).scalars().all()
        names = connection.execute(sa.text("SELECT name FROM customers ORDER BY id LIMIT 600")).scalars().all()
        tracking = connection.execute(sa.text("SELECT tracking FROM parcels WHERE tracking <> ''")).scalars().all()
    database.close()
    some = chance.sample(list(rows), LOOKS)
    words = [word for name in chance.sample(list(names), 40) for word in name.split() if len(word) > 3]
    newest = ",".join(show("order", row.id) for row in rows[-50:][::-1])
    ids = [f"/orders/{show('order', row.id)}" for row in some]
    texts = [row.reference for row in some[:15]] + words[:15] + [f"{row.reference[:4]}" for row in some[15:30]]
    asked = [*texts, *list(tracking)[:10], "nothing-has-this", "example.com"]
    return [
        Look("orders", LIST_MS, ["/orders"]),
        Look("orders, still to be sent", LIST_MS, [f"/orders?goods={WAITING}"]),
        *(Look(f"orders, goods={word}", LIST_MS, [f"/orders?goods={word}"]) for word in GOODS),
        *(Look(f"orders, money={word}", LIST_MS, [f"/orders?money={word}"]) for word in MONEY),
        *(Look(f"orders, channel={code}", LIST_MS, [f"/orders?channel={code}"]) for code in channels),
        Look("orders, of a customer", LIST_MS, [
            f"/orders?customer={show('customer', row.customer_id)}" for row in some if row.customer_id
        ]),
        Look("orders, searched", LIST_MS, [f"/orders?q={quote(each)}" for each in asked]),
        Look("orders, two words", LIST_MS, [f"/orders?q={quote(a)}+{quote(b)}" for a, b in pairwise(words)]),
        Look("orders, of old days", LIST_MS, [f"/orders?to={row.placed_on}" for row in some if row.placed_on]),
        Look("orders, deep", LIST_MS, [f"/orders?cursor={show('order', row.id)}" for row in some]),
        Look("orders, rows that are open", LIST_MS, [f"/orders?rows={newest}"], part="orders"),
        Look("one order", DETAIL_MS, ids),
        Look("one order, that changed", DETAIL_MS, ids, part="order"),
        Look("palette", DETAIL_MS, [f"/palette?q={quote(each)}" for each in asked]),
        Look("home", HOME_MS, ["/"]),
    ]  # fmt: skip


def _seen(connection: http.client.HTTPConnection, cookie: str, look: Look) -> Seen:
    headers = {"cookie": f"orderwell={cookie}", "accept-encoding": "gzip", "accept-language": "en"}
    if look.part:
        headers |= {"hx-request": "true", "hx-request-type": "partial", "hx-target": f"div#{look.part}"}
    took, largest = [], 0
    for n in range(-WARM, LOOKS):
        started = time.perf_counter()
        connection.request("GET", look.paths[n % len(look.paths)], headers=headers)
        response = connection.getresponse()
        body = response.read()
        ended = time.perf_counter()
        assert response.status == 200, (look.name, look.paths[n % len(look.paths)], response.status)
        if n >= 0:
            took.append((ended - started) * 1_000)
            largest = max(largest, len(body))
    took.sort()
    seen = Seen(round(median(took), 1), round(took[int(len(took) * 0.95)], 1), largest / 1_000, look.target_ms)
    print(f"  {look.name}: {seen.p50_ms:.1f} / {seen.p95_ms:.1f} ms", flush=True)
    return seen
