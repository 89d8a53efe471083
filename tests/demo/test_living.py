"""Simulated customers and colleagues: what they do comes in as requests like any other, and has an end."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
import sqlalchemy as sa

from orderwell.app import App, open_app
from orderwell.cli.demonstrating import prepare_demo
from orderwell.demo import living, making
from orderwell.demo.living import Living, Provider
from orderwell.demo.making import Size
from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.record_provider_event import as_request
from orderwell.flows.refund_payment import RefundPayment
from orderwell.kit.errors import Denied
from orderwell.payments.provider import notification
from orderwell.payments.store import PAYMENTS
from orderwell.values.ids import show
from orderwell.worker import Worker
from tests.cli.conftest import Run
from tests.demo.test_making import number

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Beside(Provider):
    """The provider whose notifications are handed in as the server's face does, once they are asked for."""

    def __init__(self, app: App) -> None:
        super().__init__(app, "http://127.0.0.1:1", SECRET)
        self.app, self.told = app, threading.Semaphore(0)
        self.server.simulated._deliver = self.hand_in

    def hand_in(self, headers: dict[str, str], body: bytes) -> bool:
        self.app.writer.ask(as_request("simulated", notification(body, headers, SECRET)))
        self.told.release()
        return True


@contextmanager
def shop(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[App, Beside, Living, Worker]]:
    monkeypatch.setattr(making, "SMALL", Size(orders=40, customers=20, days=12))
    prepare_demo(url, None, small=True)
    app = open_app(url)
    app.writer.start()
    provider = Beside(app)
    worker = Worker(app)
    try:
        yield app, provider, Living(app, provider, chance=random.Random(3)), worker
    finally:
        worker.stop()
        provider.stop()
        app.close()


def test_they_order_pay_and_are_served_and_the_books_add_up(
    run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(living, "ON_THE_WAY_SECONDS", 0)
    monkeypatch.setattr(living, "LEFT_FOR_PEOPLE", 1)
    with shop(database_url, monkeypatch) as (app, provider, life, worker):
        before = number(app, "SELECT count(*) FROM orders")
        done: set[str] = set()
        for _ in range(120):
            did = life.act()
            done.add(did)
            worker.tick()
            if did == "pay":
                assert provider.told.acquire(timeout=20)
        assert {"order", "pay", "sale", "packing", "shipment", "delivery"} <= done
        assert number(app, "SELECT count(*) FROM orders") > before + 20
        assert number(app, "SELECT count(*) FROM events WHERE request_id = 'demo/living' AND type = 'order.placed'")
        assert number(app, "SELECT count(*) FROM jobs WHERE status = 'dead'") == 0
    assert run("verify", "--database", database_url, "--json").json["clean"] is True


def test_they_order_nothing_that_is_not_there(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(database_url, monkeypatch) as (app, _, life, _worker):
        for place in ("warehouse", "utrecht", "arnhem"):
            there = life._available(place)
            lines = [AdjustLine(code, Decimal(-units)) for code, units in there.items() if units > 0]
            app.writer.ask(AdjustStock(place, "lost", lines))
        before = number(app, "SELECT count(*) FROM orders")
        assert {life._order() for _ in range(5)} == {life._sell() for _ in range(5)} == {"nothing"}
        assert number(app, "SELECT count(*) FROM orders") == before


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_they_stop_where_the_business_has_grown_large(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(database_url, monkeypatch) as (app, _, life, _worker):
        monkeypatch.setattr(living, "MOST_ORDERS", number(app, "SELECT count(*) FROM orders"))
        assert {life._order() for _ in range(5)} == {life._sell() for _ in range(5)} == {"nothing"}


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_the_thread_ends_when_it_is_told_to(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(living, "LEAST_SECONDS", 0)
    monkeypatch.setattr(living, "MOST_SECONDS", 0)
    with shop(database_url, monkeypatch) as (_, _, life, _worker):
        acted = threading.Event()
        monkeypatch.setattr(Living, "act", lambda _: acted.set())
        life.start()
        assert acted.wait(20)
        life.stop()
        assert not life._thread.is_alive()


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_only_a_demonstration_has_simulated_customers(house: str) -> None:
    app = open_app(house)
    try:
        with pytest.raises(Denied, match="demonstration"):
            Living(app, None)  # type: ignore[arg-type]
    finally:
        app.close()


def test_the_provider_knows_after_a_new_start_what_was_paid_before(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shop(database_url, monkeypatch) as (app, provider, _, worker):
        books = provider.server.simulated.books
        with app.database.reading() as connection:
            paid = connection.execute(
                sa.select(PAYMENTS.sa).where(PAYMENTS.c.provider != "", PAYMENTS.c.captured_minor > 0)
            ).all()
        assert paid
        for row in paid:
            assert books.find(row.provider_reference).captured == row.captured_minor
        assert books.begin("new", "redirect", 100, "EUR").id > max(row.provider_reference for row in paid)
        one = next(row for row in paid if row.refunded_minor == 0)
        app.writer.ask(RefundPayment(show("payment", one.id), amount=100))
        worker.tick()
        refund = f"FROM payment_instructions WHERE payment_id = {one.id} AND kind = 'refund'"
        assert number(app, f"SELECT count(*) {refund} AND state = 'done'") == 1
        assert number(app, f"SELECT refunded_minor FROM payments WHERE id = {one.id}") == 100
