"""The same requests to a notebook, to SQLite and to PostgreSQL: the same answers, and the same shop afterwards."""

import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

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
SKUS = sorted(PRICES)
references = st.sampled_from([f"web-{n}" for n in range(1, 9)])


@pytest.fixture
def shops(engine_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """Two shops on a fresh copy each: SQLite, and the engine at hand."""
    original = f"sqlite:///{tmp_path / 'shop.db'}"
    furnish(original)
    server: PostgresServer | None = None
    if engine_kind == "postgres":
        server = request.getfixturevalue("postgres_server")
        template = server.create_database()
        furnish(template)
    copies = 0

    def opened() -> list[App]:
        nonlocal copies
        copies += 1
        shutil.copy(tmp_path / "shop.db", tmp_path / f"{copies}.db")
        urls = [f"sqlite:///{tmp_path / f'{copies}.db'}"]
        if server is not None:
            name = template.rpartition("/")[2]
            server.execute(f'CREATE DATABASE "{name}_{copies}" TEMPLATE "{name}"')
            urls.append(server.url(f"{name}_{copies}"))
        return [open_app(url, clock=TestClock(MONDAY)) for url in urls]

    yield opened
    if server is not None:
        for n in range(1, copies + 1):
            server.drop_database(f"{template}_{n}")
        server.drop_database(template)


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
            try:
                assert seen(app) == self.notebook.told(), app.database.kind
                assert verify(app.database).breaks == []
            finally:
                app.close()


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


def run(shops: Opened, examples: int, steps: int) -> None:
    machine = type("Shopkeeping", (Shopkeeping,), {"opened": staticmethod(shops)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck), derandomize=examples < 100,
        ),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_engine_answers_as_the_notebook_does(shops: Opened, engine_kind: str) -> None:
    run(shops, 40 if engine_kind == "sqlite" else 15, 20)


@pytest.mark.prove
@pytest.mark.timeout(36_000)
def test_the_same_for_long(shops: Opened) -> None:
    run(shops, 2_000, 50)
