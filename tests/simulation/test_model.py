"""The same requests to a notebook, to SQLite and to PostgreSQL: the same answers, and the same shop afterwards."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from orderwell import schema
from orderwell.app import App, open_app
from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.cancel_order import CancelOrder
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.ship_order import ShipOrder
from orderwell.kit.clock import TestClock
from orderwell.kit.writer import Outcome
from orderwell.verify.proof import verify
from tests.kit.asks import call, furnish
from tests.simulation.model import PRICES, Notebook
from tests.support.postgres import PostgresServer
from tests.support.shop import MONDAY

Opened = Callable[[], list[App]]
LENGTHS = pytest.param(200, 30, id="200_times_30"), pytest.param(2_000, 50, id="2000_times_50", marks=pytest.mark.prove)
SKUS = sorted(PRICES)
references = st.sampled_from([f"web-{n}" for n in range(1, 9)])


@pytest.fixture
def shops(engine_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """Gives two shops, SQLite's and the one of the engine at hand, as they were when they opened; again and again."""
    with ExitStack() as open_ones:
        kept = [Kept(f"sqlite:///{tmp_path / 'shop.db'}")]
        if engine_kind == "postgres":
            server: PostgresServer = request.getfixturevalue("postgres_server")
            url = server.create_database()
            open_ones.callback(server.drop_database, url)
            kept.append(Kept(url))
        for each in kept:
            open_ones.callback(each.app.close)

        def opened() -> list[App]:
            for each in kept:
                each.restore()
            return [each.app for each in kept]

        yield opened


class Kept:
    """A furnished shop and what was in it then. Putting that back is far quicker than making a database each time."""

    def __init__(self, url: str) -> None:
        furnish(url)
        self.app = open_app(url, clock=TestClock(MONDAY))
        self._database = self.app.database
        if self._database.kind == "sqlite":
            with closing(sqlite3.connect(self._database.path)) as shop, closing(sqlite3.connect(self._copy)) as copy:
                shop.backup(copy)
        else:
            self._run("CREATE SCHEMA kept", *(f"CREATE TABLE kept.{t} AS TABLE {t}" for t in schema.LOCK_ORDER))

    @property
    def _copy(self) -> Path:
        return self._database.path.with_suffix(".kept")

    def restore(self) -> None:
        if self._database.kind == "sqlite":
            with closing(sqlite3.connect(self._copy)) as copy, closing(sqlite3.connect(self._database.path)) as shop:
                copy.backup(shop)
            return
        self._run(
            "SET LOCAL session_replication_role = replica",  # history may not be deleted: its guards step aside
            *(f"DELETE FROM {table}; INSERT INTO {table} TABLE kept.{table}" for table in schema.LOCK_ORDER),
        )

    def _run(self, *statements: str) -> None:
        with self._database.changing() as connection:
            connection.exec_driver_sql("; ".join(statements))


class Shopkeeping(RuleBasedStateMachine):
    """What a day may bring. Every few requests go as one batch; keys are used twice now and then."""

    opened: Opened

    @initialize()
    def open(self) -> None:
        self.apps = self.opened()
        self.notebook = Notebook()
        self.keys = 0
        self.last: tuple[Any, str] | None = None

    def do(self, ask: Any, expected: str) -> None:
        self.keys += 1
        key = f"k{self.keys}"
        for app in self.apps:
            (outcome,) = app.writer.run([call(ask, key)])
            assert told(outcome) == expected, (app.database.kind, ask)
        if expected == "done":
            self.last = ask, key

    @rule(reference=references, lines=st.dictionaries(st.sampled_from(SKUS), st.integers(1, 5), min_size=1))
    def place(self, reference: str, lines: dict[str, int]) -> None:
        asked = [LineAsk(sku, Decimal(units)) for sku, units in lines.items()]
        self.do(PlaceOrder("web", asked, reference=reference), self.notebook.place(reference, lines))

    @rule(reference=references)
    def ship(self, reference: str) -> None:
        self.do(ShipOrder(reference, "web"), self.notebook.ship(reference))

    @rule(reference=references)
    def cancel(self, reference: str) -> None:
        self.do(CancelOrder(reference, "web"), self.notebook.cancel(reference))

    @rule(sku=st.sampled_from(SKUS), units=st.integers(1, 6))
    def find(self, sku: str, units: int) -> None:
        lines = [AdjustLine(sku, Decimal(units))]
        self.do(AdjustStock("main", "found", lines), self.notebook.find(sku, units))

    @rule(sku=st.sampled_from(SKUS), units=st.integers(1, 6))
    def lose(self, sku: str, units: int) -> None:
        lines = [AdjustLine(sku, Decimal(-units))]
        self.do(AdjustStock("main", "damaged", lines), self.notebook.lose(sku, units))

    @precondition(lambda self: self.last is not None)
    @rule()
    def send_the_last_one_again(self) -> None:
        assert self.last is not None
        for app in self.apps:
            (outcome,) = app.writer.run([call(*self.last)])
            assert outcome.replayed

    def teardown(self) -> None:
        for app in getattr(self, "apps", ()):
            assert seen(app) == self.notebook.told(), app.database.kind
            assert verify(app.database).breaks == []


def told(outcome: Outcome) -> str:
    return "done" if outcome.refusal is None else outcome.refusal.code


def seen(app: App) -> dict[str, object]:
    """The shop as the notebook would tell it."""
    with app.database.reading() as connection:

        def rows(sql: str) -> Any:
            return connection.execute(sa.text(sql)).all()

        stock = rows("SELECT k.code, s.on_hand, s.promised, s.awaited FROM stock s JOIN skus k ON k.id = s.sku_id")
        lines = rows(
            "SELECT o.reference, o.status, k.code, l.promised, l.awaited, l.shipped, l.cancelled"
            " FROM order_lines l JOIN orders o ON o.id = l.order_id JOIN skus k ON k.id = l.sku_id"
        )
        orders: dict[str, Any] = {}
        for reference, status, code, *places in lines:
            units = dict(zip(("promised", "awaited", "shipped", "cancelled"), places, strict=True))
            orders.setdefault(reference, (status, {}))[1][code] = units
        return {
            "stock": {code: tuple(units) for code, *units in stock},
            "orders": orders,
            "invoices": rows("SELECT COUNT(*) FROM invoices")[0][0],
            "receivable": int(rows("SELECT COALESCE(SUM(open_minor), 0) FROM open_items")[0][0]),
        }


def run(shops: Opened, runs: int, steps: int) -> None:
    machine = type("Shopkeeping", (Shopkeeping,), {"opened": staticmethod(shops)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs, stateful_step_count=steps, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(36_000)
@pytest.mark.parametrize(("runs", "steps"), LENGTHS)
def test_every_engine_answers_as_the_notebook_does(shops: Opened, runs: int, steps: int) -> None:
    run(shops, runs, steps)
