"""Replaying a year of a shop on SQLite, next to yardstick (b): the rows it leaves behind, written by executemany."""

import csv
import gzip
import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

from orderwell import schema
from orderwell.app import open_app
from orderwell.kit.database import Database
from orderwell.kit.sqlite import sqlite_settings
from orderwell.kit.tables import TABLES, WHOLE, Table
from orderwell.replay.read import COLUMNS
from orderwell.replay.run import replay

from .results import Result, Sample
from .settings import Settings

NAMES = ("replay_sqlite",)
TARGET = 4.0
DOCUMENTS_A_COMMIT = 64
SLICE = Path(__file__).parents[1] / "tests" / "data"
MADE_UP_DOCUMENTS = 3_000  # of 20 lines on average


def measure(settings: Settings, names: set[str], cases: dict[str, Sample]) -> list[Result]:
    path = _file(settings)
    source = settings.folder / "replay.db"
    cpu = time.process_time()
    seconds, documents, lines = _replayed(path, source)
    cpu = time.process_time() - cpu
    rows, raw_seconds, size = _written_again(source, settings.folder / "raw.db", documents)
    figures: dict[str, Any] = {
        "file": path.name, "documents": documents, "lines": lines,
        "seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2), "raw_seconds": round(raw_seconds, 2),
        "documents_per_second": round(documents / seconds), "lines_per_second": round(lines / seconds),
        "rows": rows, "rows_per_line": round(rows / lines, 2), "bytes_per_line": round(size / lines),
    }  # fmt: skip
    return [Result("replay_sqlite", seconds / raw_seconds, TARGET, "lower", "seconds: replay / its rows raw", figures)]


def _replayed(path: Path, target: Path) -> tuple[float, int, int]:
    """Seconds, documents, lines."""
    url = f"sqlite:///{target}"
    database = Database(url)
    schema.create(database)
    database.close()
    app = open_app(url)
    try:
        told = replay(app, path)
    finally:
        app.close()
    assert not told.refused, told.refused[:5]
    return told.seconds, told.sent, told.lines


def _written_again(source: Path, target: Path, documents: int) -> tuple[int, float, int]:
    """Rows, seconds and bytes of the same contents written raw: same tables, indexes, triggers and settings."""
    database = Database(f"sqlite:///{target}")
    schema.create(database)
    database.close()
    tables = sorted(TABLES.values(), key=lambda table: table.position)
    inserts = {table: f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.columns))})" for table in tables}
    rows, seconds = 0, 0.0
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target, isolation_level=None)) as writing:
        sqlite_settings(writing)
        for chunk in _chunks(reading, tables, ceil(documents / DOCUMENTS_A_COMMIT)):
            started = time.perf_counter()
            writing.execute("BEGIN IMMEDIATE")
            for table, those in chunk:
                writing.executemany(inserts[table], those)
            writing.execute("COMMIT")
            seconds += time.perf_counter() - started
            rows += sum(len(those) for _, those in chunk)
        assert rows == sum(writing.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0] for table in tables)
        assert rows == sum(reading.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0] for table in tables)
        (size,) = writing.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()
    return rows, seconds, size


def _chunks(
    reading: sqlite3.Connection, tables: list[Table[Any]], number: int
) -> Iterator[list[tuple[Table[Any], list[Any]]]]:
    """All rows in so many parts, in the order in which they came to be: ids grow with time."""
    causes = [cause for (cause,) in reading.execute("SELECT DISTINCT cause FROM events ORDER BY cause")]
    bounds = [causes[len(causes) * n // number] for n in range(1, number)]
    for n, (after, until) in enumerate(zip([-1, *bounds], [*bounds, 2**63 - 1], strict=True)):
        chunk = []
        for table in tables:
            timed = table.c[table.key[0]].type is WHOLE
            if timed or n == 0:
                where = f"WHERE {table.key[0]} > {after} AND {table.key[0]} <= {until}" if timed else ""
                chunk.append((table, reading.execute(f"SELECT * FROM {table.name} {where}").fetchall()))
        yield [(table, rows) for table, rows in chunk if rows]


def _file(settings: Settings) -> Path:
    named = settings.csv or os.environ.get("ORDERWELL_REPLAY_CSV")
    in_tests = sorted(SLICE.glob("**/online*retail*.csv*"))
    if named or in_tests:
        path = Path(named) if named else in_tests[0]
    else:
        path = settings.folder / "made-up.csv"
        _make_up(path)
    return _first(path, settings.documents, settings.folder) if settings.documents else path


def _first(path: Path, documents: int, folder: Path) -> Path:
    """So many documents from the beginning of a file."""
    part = folder / f"first-{documents}-of-{path.name.removesuffix('.gz')}"
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    seen: set[str] = set()
    with opened as source, part.open("w", newline="") as target:
        rows, kept = csv.reader(source), csv.writer(target)
        kept.writerow(next(rows))
        for row in rows:
            seen.add(row[0])
            if len(seen) > documents:
                break
            kept.writerow(row)
    return part


def _make_up(path: Path) -> None:
    """A file of the same form, always the same: some 60,000 rows, one document in twelve a credit note."""
    chance = random.Random(20_101_201)
    at = datetime(2010, 12, 1, 8, 26)  # noqa: DTZ001 - the file has local times
    prices = {f"{20000 + n}": f"{chance.randint(29, 1995) / 100:.2f}" for n in range(2_500)}
    codes = list(prices)
    with path.open("w", newline="") as file:
        kept = csv.writer(file)
        kept.writerow(COLUMNS)
        bought: list[tuple[str, list[tuple[str, int]]]] = []
        for n in range(MADE_UP_DOCUMENTS):
            at += timedelta(minutes=chance.randint(1, 30))
            if n % 12 == 11:
                customer, lines = bought[chance.randrange(len(bought))]
                number, rows = f"C{536365 + n}", [(code, -quantity) for code, quantity in lines[:2]]
            else:
                customer = str(12_346 + chance.randrange(800)) if chance.random() < 0.85 else ""
                number = str(536365 + n)
                picked = chance.sample(codes, min(2_000, 1 + int(chance.expovariate(1 / 21))))
                rows = [(code, chance.choice((1, 2, 6, 12, 24))) for code in picked]
                bought.append((customer, rows))
            for code, quantity in rows:
                kept.writerow([number, code, f"ARTICLE {code}", quantity, at, prices[code], customer, "United Kingdom"])
