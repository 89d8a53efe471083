"""Yardstick (a): pgbench runs a PL/pgSQL function that writes what placing an order writes, an order a transaction."""

import re
import subprocess
import tempfile
from pathlib import Path

import psycopg

from orderwell.app import open_app
from orderwell.kit.writer import Call
from tests.support.postgres import PostgresServer

from .load import Absent, Answered
from .shop import SKUS, Shop, some_order

FUNCTION = Path(__file__).with_name("yardstick.sql")
SCRIPT = f"""
\\set a random(1, {SKUS})
\\set b random(1, {SKUS})
\\set c random(1, {SKUS})
\\set x random(1, 3)
\\set y random(1, 3)
\\set z random(1, 3)
SELECT place_order_yardstick(ARRAY[:a::int, :b::int, :c::int], ARRAY[:x::int, :y::int, :z::int]);
"""
TABLES = ("orders", "order_lines", "allocations", "unit_moves", "events", "events_fresh", "idempotency")


def prepare(shop: Shop) -> None:
    """Put the function into the shop's database; raises when it does not write the rows that a real order writes."""
    before = _counts(shop)
    app = open_app(shop.url)
    try:
        app.writer.run([Call(some_order(1, "sku-1", "sku-2", "sku-3"), key="first", input_hash="x")])[0].value()
    finally:
        app.close()
    real = _counts(shop)
    with psycopg.connect(shop.url, autocommit=True) as connection:
        connection.execute(_filled_in(connection))
        connection.execute("SELECT place_order_yardstick(ARRAY[1, 2, 3], ARRAY[1, 1, 1])")
    ours = _counts(shop)
    assert [b - a for a, b in zip(before, real, strict=True)] == [b - a for a, b in zip(real, ours, strict=True)]
    shop.prove()


def _counts(shop: Shop) -> tuple[int, ...]:
    return shop.one("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in TABLES))


def _filled_in(connection: "psycopg.Connection[tuple[object, ...]]") -> str:
    def value(sql: str) -> object:
        row = connection.execute(sql).fetchone()
        assert row is not None
        return row[0]

    values = {
        "channel_id": value("SELECT id FROM channels WHERE code = 'web'"),
        "location_id": value("SELECT id FROM locations WHERE code = 'main'"),
        "price_channel_id": value("SELECT min(channel_id) FROM prices"),
        "today": value("SELECT max(placed_on) FROM orders"),
        "data": value("SELECT quote_literal(data) FROM events WHERE type = 'order.placed'"),
        "digest": value("SELECT quote_literal(digest) FROM events WHERE type = 'order.placed'"),
        "answer": value("SELECT quote_literal(answer) FROM idempotency WHERE key = 'first'"),
    }
    text = FUNCTION.read_text()
    return re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]) if match[1] in values else match[0], text)


def run(server: PostgresServer, shop: Shop, clients: int, seconds: int) -> Answered:
    """Raises when orders that pgbench counted are not in the database."""
    before = shop.orders()
    with tempfile.TemporaryDirectory(prefix="orderwell-pgbench-") as folder:
        script = Path(folder) / "order.sql"
        script.write_text(SCRIPT)
        command = [
            pgbench(server), "-n", "-M", "prepared", "-f", str(script), "-c", str(clients), "-j", str(min(2, clients)),
            "-T", str(seconds), "--log", "--log-prefix", f"{folder}/log", shop.url,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert not done.returncode, done.stderr
        latencies = sorted(int(line.split()[2]) for log in Path(folder).glob("log*") for line in log.open())
    found = re.search(r"transactions actually processed: (\d+)", done.stdout)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    assert rate, done.stdout
    orders = int(found[1])
    assert shop.orders() - before == orders == len(latencies)
    p50, p99 = (latencies[int(len(latencies) * part)] / 1e3 for part in (0.5, 0.99))
    return Answered(orders, orders, 0, orders / float(rate[1]), p50, p99)


def pgbench(server: PostgresServer) -> str:
    program = server.binaries / "pgbench"
    if not program.exists():
        raise Absent(f"{program} is missing; pgbench comes with PostgreSQL. On Debian: apt-get install postgresql")
    return str(program)
