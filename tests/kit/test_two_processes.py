"""Two server processes on one PostgreSQL: hot items, poison in every tenth batch, and numbers without gaps."""

import json
import subprocess
import sys
import threading
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from orderwell.app import App, open_app
from orderwell.flows.keep_catalog import AddSku
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.kit import feed
from orderwell.kit.events import EVENTS, FRESH, Event, Fresh
from orderwell.verify.proof import verify
from tests.kit.asks import call
from tests.kit.conftest import Copies
from tests.kit.server_under_load import EVERY
from tests.support.postgres import PostgresServer
from tests.support.shop import Shop

ROOT = Path(__file__).parents[2]
UNITS = 60
BATCHES = {"batches", "poisoned_batches", "neighbours", "poison_internal"}
on_postgres = pytest.mark.parametrize("engine_kind", ["postgres"], indirect=True, scope="module")


@pytest.mark.slow
def test_two_servers_and_16_clients_never_oversell_and_never_deadlock(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database()
    shop = Shop(url)
    for code in ("hot", "warm", "cold"):
        shop.sku(code, stock=UNITS, cost=700)
    servers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.kit.server_under_load", url, str(n)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for n in range(2)
    ]  # fmt: skip
    told: Counter[str] = Counter()
    for server in servers:
        out, _ = server.communicate(timeout=120)
        assert server.returncode == 0
        said = json.loads(out)
        assert said["poison_internal"] == said["batches"] // EVERY, "each was refused, and nobody with it"
        assert said["poisoned_batches"] >= said["batches"] // EVERY  # what had to wait is in two of them
        assert said["poisoned_batches"] > 5, f"too few batches to say anything: {said}"
        assert said["neighbours"] > 0, "poison never had anybody beside it"
        told.update(said)

    assert verify(shop.app.database).breaks == []
    placed = shop.rows("SELECT SUM(quantity) FROM order_lines l JOIN skus s ON s.id = l.sku_id WHERE s.code = 'hot'")
    assert placed[0][0] == UNITS, "demand was enough, so exactly all were sold"
    assert told["placed"] == shop.rows("SELECT count(*) FROM orders")[0][0]
    assert told["shipped"] == shop.rows("SELECT MAX(number) FROM invoices")[0][0]
    assert {each for each in told if each not in BATCHES} <= {"placed", "shipped", "out_of_stock"}, "nothing else fails"
    deadlocks = shop.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert deadlocks == [(0,)]
    shop.close()
    postgres_server.drop_database(url)


@on_postgres
def test_two_processes_under_one_key_have_one_effect(copy_of_shop: Copies) -> None:
    with copy_of_shop() as first:
        second = open_app(str(first.database.url.render_as_string(hide_password=False)), clock=first.clock)
        for n in range(8):
            asked = PlaceOrder("web", [LineAsk("postage", Decimal(1))], reference=f"race-{n}")
            outcomes = at_once(first, second, lambda asked=asked, n=n: call(asked, f"race-{n}"))  # type: ignore[misc]
            assert len({each.body for each in outcomes if each.refusal is None}) == 1
            assert all(each.refusal.code == "order_exists" for each in outcomes if each.refusal)
            again = [app.writer.run([call(asked, f"race-{n}")])[0] for app in (first, second)]
            assert {each.body for each in again} <= {each.body for each in outcomes}
            assert all(each.replayed for each in again)
        second.close()


@on_postgres
def test_whoever_loses_a_race_for_a_code_is_refused_by_name(copy_of_shop: Copies) -> None:
    with copy_of_shop() as first:
        second = open_app(str(first.database.url.render_as_string(hide_password=False)), clock=first.clock)
        for n in range(8):
            outcomes = at_once(first, second, lambda n=n: call(AddSku(f"code-{n}", "New")))  # type: ignore[misc]
            assert sorted(each.refusal.code for each in outcomes if each.refusal) == ["code_taken"]
        second.close()


def at_once(first: App, second: App, make: Any) -> list[Any]:
    gate = threading.Barrier(2)
    outcomes: list[Any] = []

    def ask(app: App) -> None:
        gate.wait()
        outcomes.extend(app.writer.run([make()]))

    threads = [threading.Thread(target=ask, args=(app,)) for app in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@on_postgres
def test_readers_of_the_feed_miss_nothing_that_commits_out_of_order(copy_of_shop: Copies) -> None:
    with copy_of_shop() as app:
        feed.catch_up(app.database)
        seen = position = last(app)
        early, late = app.database.engine.connect(), app.database.engine.connect()
        add(early, app.ids.next())
        later_id = app.ids.next()
        add(late, later_id)
        late.commit()  # began second, is there first
        assert feed.catch_up(app.database) == 1
        with app.database.reading() as connection:
            (fed,) = feed.read(connection, after=seen)
        assert (fed.position, fed.event.id) == (position + 1, later_id)
        early.commit()
        assert feed.catch_up(app.database) == 1
        with app.database.reading() as connection:
            (missed,) = feed.read(connection, after=fed.position)
        assert missed.event.id < later_id
        early.close()
        late.close()


@on_postgres
def test_only_one_process_at_a_time_gives_places(copy_of_shop: Copies) -> None:
    with copy_of_shop() as app:
        feed.catch_up(app.database)
        with app.database.engine.connect() as connection:
            add(connection, app.ids.next())
            connection.commit()
        with app.database.engine.connect() as other:
            other.execute(sa.select(feed.TIP.sa).with_for_update())
            assert feed.advance(app.database) == 0
        assert feed.advance(app.database) == 1


def add(connection: sa.Connection, id_: int) -> None:
    connection.execute(sa.insert(EVENTS.sa).values(Event(id_, id_, 1, "x.y", "x", 1, "me", "", "{}", None)._asdict()))
    connection.execute(sa.insert(FRESH.sa).values(Fresh(id_, id_)._asdict()))


def last(app: App) -> int:
    with app.database.reading() as connection:
        return feed.last_position(connection)
