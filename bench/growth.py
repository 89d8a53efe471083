"""Does an order cost more when many are held? The same load on 10,000 and on a million, by turns."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import psutil
import psycopg

from orderwell.app import open_app
from orderwell.kit.database import Database
from orderwell.kit.feed import catch_up
from orderwell.kit.tables import TABLES
from orderwell.kit.writer import Call

from .load import Load
from .orders import Place, durable_postgres
from .processes import serving
from .results import Result, Sample, middle
from .settings import Settings
from .shop import SKUS, Shop, open_shop, some_order

NAMES = ("growth_sqlite", "growth_postgres")
FEW = 10_000
TARGET = 1.2
CLIENTS = 64
SAMPLE = 1_000  # orders placed for real; the others are copies of them
STEP = 600_000 << 22  # ids tell the time: each copy was placed ten minutes before the one it was made from

# What a copy of a placed order consists of: table → columns with ids, columns with texts that must stay unique.
COPIED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "orders": (("id",), ("reference",)),
    "order_lines": (("order_id",), ()),
    "allocations": (("order_id",), ()),
    "events": (("id", "cause", "subject_id"), ("request_id",)),
    "unit_moves": (("event_id", "order_id"), ()),
    "idempotency": ((), ("key",)),
    "feed": (("event_id",), ()),
}


def measure(settings: Settings, names: set[str], cases: dict[str, Sample]) -> list[Result]:
    return [_grown(name.removeprefix("growth_"), settings, cases) for name in NAMES if name in names]


def _grown(engine: str, settings: Settings, cases: dict[str, Sample]) -> Result:
    samples: dict[int, list[Sample]] = {FEW: [], settings.held: []}
    with ExitStack() as stack:
        postgres = stack.enter_context(durable_postgres()) if engine == "postgres" else None
        places = {}
        for held in samples:
            url = postgres.create_database() if postgres else f"sqlite:///{settings.folder / f'held-{held}.db'}"
            shop = open_shop(url)
            _fill(shop, held)
            stack.callback(shop.prove)
            server = stack.enter_context(serving(url))
            places[held] = Place(shop, server, psutil.Process(postgres.pid) if postgres else None)
            places[held].run(Load(CLIENTS, 1))
        before = {held: place.server.memory_mib for held, place in places.items()}
        for number in range(settings.runs):
            for held, place in places.items():
                samples[held].append(place.run(Load(CLIENTS, settings.seconds)))
                rate = samples[held][-1].orders_per_second
                print(f"  {number + 1}/{settings.runs} {engine}, {held:,} held: {rate:,.0f} orders/s", flush=True)
    few, many = (middle(samples[held]) for held in samples)
    for held, found in zip(samples, (few, many), strict=True):
        cases[f"orders, {engine}, {CLIENTS}, {held:,} held"] = found
    cpu, time = many.cpu_us / few.cpu_us, few.orders_per_second / many.orders_per_second
    memory = {f"{held} held": [round(before[held], 1), round(samples[held][-1].memory_mib, 1)] for held in samples}
    figures: dict[str, Any] = {
        "held": settings.held, "cpu_ratio": round(cpu, 3), "time_ratio": round(time, 3),
        "memory_mib": memory,
    }  # fmt: skip
    what = f"the worse of CPU and time per order: {settings.held:,} held / {FEW:,}"
    return Result(f"growth_{engine}", max(cpu, time), TARGET, "lower", what, figures)


def _fill(shop: Shop, held: int) -> None:
    """Place a thousand orders, then copy them in SQL until so many are there."""
    assert held % SAMPLE == 0
    print(f"  filling {shop.engine} with {held:,} orders", flush=True)
    first = _place_sample(shop)
    copies = held // SAMPLE - 1
    with _connected(shop) as run:
        for table in COPIED:
            run(f"CREATE TEMPORARY TABLE sample_{table} AS SELECT * FROM {table} WHERE {_of_sample(table)} >= {first}")
        run("BEGIN")
        for number in range(copies, 0, -1):  # the oldest first, as they would have come
            for table in COPIED:
                run(f"INSERT INTO {table} SELECT {_shifted(table, number)} FROM sample_{table} ORDER BY 1")
        run(f"UPDATE stock SET promised = promised * {copies + 1}")
        run("UPDATE feed_tip SET position = (SELECT max(position) FROM feed)")
        run("COMMIT")
    assert shop.orders() == held
    shop.prove()


def _place_sample(shop: Shop) -> int:
    """Places a thousand orders and gives their events a place in the feed; the instant before the first."""
    chance = random.Random(1)
    app = open_app(shop.url)
    try:
        first = app.ids.next()
        for start in range(0, SAMPLE, 50):
            asks = [
                some_order(n, *(f"sku-{chance.randint(1, SKUS)}" for _ in range(3))) for n in range(start, start + 50)
            ]
            calls = [
                Call(ask, actor="sample", request_id="sample", key=f"{ask.reference}", input_hash="0" * 64)
                for ask in asks
            ]
            for outcome in app.writer.run(calls):
                outcome.value()
    finally:
        app.close()
    database = Database(shop.url)
    catch_up(database)
    database.close()
    return first


def _of_sample(table: str) -> str:
    ids, _ = COPIED[table]
    return ids[0] if ids else "at"


def _shifted(table: str, number: int) -> str:
    """The columns of a copy: ids lie further back, texts have a number behind them."""
    ids, texts = COPIED[table]
    told = []
    for column in TABLES[table].columns:
        if column in ids:
            told.append(f"{column} - {STEP * number}")
        elif column in texts:
            told.append(f"{column} || '-{number}'")
        elif column == "position":
            told.append(f"{column} + {SAMPLE * number}")
        else:
            told.append(column)
    return ", ".join(told)


@contextmanager
def _connected(shop: Shop) -> Iterator[Any]:
    """`run(sql)` on a connection that is quick rather than careful; afterwards all is on disk."""
    if shop.engine == "postgres":
        with psycopg.connect(shop.url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")  # references hold, they need no checking
            yield connection.execute
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
        return
    with closing(sqlite3.connect(shop.url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -1000000")
        yield connection.execute
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
