"""One SKU, 100 units, 64 buyers who want far more (R7): never more than 100 are sold and held together, whoever pays or
does not, however often the server is killed; and in the end exactly 100 are sold, and nothing is held for nobody."""

import random
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa

from orderwell.app import open_app
from orderwell.cli.setting_up import first_key
from orderwell.kit.database import Database
from orderwell.verify.proof import verify
from orderwell.worker import Worker
from tests.crash.fast_clock import FastClock
from tests.support.laws import assert_laws
from tests.support.processes import HANGS_AFTER_SECONDS, Server
from tests.support.shop import Shop

UNITS, BUYERS, ATTEMPTS, KILLS = 100, 64, 2_000, 5
RUSH = ATTEMPTS - UNITS  # the others come when it is over, and pay
FAILING = 0.3  # of payments
RATE = 900  # an unpaid order expires after an hour: four seconds
SEEDS = [pytest.param(n, id=f"seed_{n}", marks=() if n < 3 else pytest.mark.prove) for n in range(20)]


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_hundred_units_are_sold_once_each(database_url: str, tmp_path: Path, seed: int) -> None:
    secret = furnish(database_url)
    clock, chance = FastClock(RATE, time.time_ns() // 1000), random.Random(seed)
    server = Server(
        database_url, tmp_path / "log", workers=2 if database_url.startswith("postgres") else 1,
        program=(sys.executable, "-m", "tests.crash.fast_clock"), environment=clock.environment,
    )  # fmt: skip
    with server, closing(Samples(database_url)) as samples:
        server.start()
        rush = Buyers(server.url, secret, f"{seed}-rush", attempts=RUSH, failing=FAILING, seed=seed)
        for part in range(1, KILLS + 1):
            rush.wait_for(RUSH * part // (KILLS + 1) + chance.randint(-50, 50))
            server.kill9()
            server.start()
        rush.join()
        server.stop()
        sweep_once(database_url, clock, samples)
        sold, held = samples.look()
        assert held == 0, "units are held for nobody"
        assert sold <= UNITS

        server.start()
        Buyers(server.url, secret, f"{seed}-late", attempts=UNITS, failing=0, seed=seed).join()
        server.stop()
        assert samples.look() == (UNITS, 0), "demand was enough, so exactly all were sold"
    assert samples.taken > 20, "hardly anybody looked"
    assert rush.told["paid"] > 0 < rush.told["not paid"]
    assert rush.told["out_of_stock"] > 0, "there was never a rush"
    check(database_url)


def furnish(url: str) -> str:
    """An API key of a shop whose orders have to be paid within the hour."""
    shop = Shop(url, served=True, unpaid_expires_hours=1)
    shop.sku("hot", stock=UNITS, cost=700)
    shop.close()
    app = open_app(url)
    secret = first_key(app)
    app.close()
    return secret


class Buyers:
    """64 at once, so many attempts among them. Each asks until it is told, whoever dies meanwhile."""

    def __init__(self, url: str, secret: str, name: str, *, attempts: int, failing: float, seed: int) -> None:
        self.told: Counter[str] = Counter()
        self._url, self._name, self._failing = url, name, failing
        self._headers = {"authorization": f"Bearer {secret}"}
        self._left = iter(range(attempts))
        self._changed = threading.Condition()
        self._done = 0
        self._failures: list[str] = []
        chances = [random.Random(f"{seed}/{n}") for n in range(BUYERS)]
        self._threads = [threading.Thread(target=self._buy, args=(chance,)) for chance in chances]
        for thread in self._threads:
            thread.start()

    def wait_for(self, attempts: int) -> None:
        with self._changed:
            there = self._changed.wait_for(lambda: self._done >= attempts or self._failures, 5 * HANGS_AFTER_SECONDS)
        assert there, "nobody gets on"

    def join(self) -> None:
        for thread in self._threads:
            thread.join(5 * HANGS_AFTER_SECONDS)
            assert not thread.is_alive(), "a buyer hangs"
        assert not self._failures, self._failures

    def _buy(self, chance: random.Random) -> None:
        try:
            with httpx2.Client(base_url=f"{self._url}/api/v1", headers=self._headers, timeout=60) as http:
                while (n := self._next()) is not None:
                    self._end(self._attempt(http, chance, f"{self._name}-{n}"))
        except Exception as error:
            with self._changed:
                self._failures.append(repr(error))
                self._changed.notify_all()

    def _next(self) -> int | None:
        with self._changed:
            return next(self._left, None)

    def _end(self, told: str) -> None:
        with self._changed:
            self._done += 1
            self.told[told] += 1
            self._changed.notify_all()

    def _attempt(self, http: httpx2.Client, chance: random.Random, key: str) -> str:
        lines = [{"sku": "hot", "quantity": "1"}]
        order = self._ask(http, "/orders", {"channel": "web", "lines": lines}, key)
        if order.status_code != 201:
            return str(order.json()["code"])
        if chance.random() < self._failing:
            return "not paid"
        body = {"method": "bank_transfer", "order": order.json()["id"], "amount": order.json()["gross"]}
        paid = self._ask(http, "/payments", body, f"{key}-pay")
        assert paid.status_code == 201, paid.text
        return "paid"

    def _ask(self, http: httpx2.Client, path: str, body: dict[str, Any], key: str) -> httpx2.Response:
        deadline = time.monotonic() + 2 * HANGS_AFTER_SECONDS
        while True:
            assert time.monotonic() < deadline, f"no answer to {key}"
            try:
                answer = http.post(path, json=body, headers={"idempotency-key": key})
            except httpx2.TransportError:
                time.sleep(0.05)  # it was killed, and will be back
                continue
            if answer.status_code != 503:
                assert answer.status_code < 500, answer.text
                return answer


class Samples:
    """Somebody who counts, again and again, on one moment of the data each time."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self.taken = 0
        self._wrong: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def look(self) -> tuple[int, int]:
        """Units of orders that are paid, and of those that still may be."""
        with self._database.reading() as connection:

            def units(which: str) -> int:
                sql = "SELECT COALESCE(SUM(l.quantity - l.cancelled), 0) FROM orders o JOIN order_lines l"
                sql += f" ON l.order_id = o.id WHERE o.status = 'placed' AND o.expires_at IS {which}"
                return int(connection.execute(sa.text(sql)).scalar_one())

            sold, held = units("NULL"), units("NOT NULL")
            on_hand, promised = connection.execute(sa.text("SELECT on_hand, promised FROM stock")).one()
        assert sold + held <= UNITS, f"{sold} sold and {held} held"
        assert promised == sold + held <= on_hand == UNITS, f"{promised} promised, {sold} sold, {held} held"
        return sold, held

    def last_expiry(self) -> int:
        with self._database.reading() as connection:
            sql = "SELECT COALESCE(MAX(expires_at), 0) FROM orders WHERE status = 'placed'"
            return int(connection.execute(sa.text(sql)).scalar_one())

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._database.close()
        assert not self._wrong, self._wrong[:3]

    def _watch(self) -> None:
        while not self._stop.wait(0.02):
            try:
                self.look()
                self.taken += 1
            except Exception as error:
                self._wrong.append(repr(error))


def sweep_once(url: str, clock: FastClock, samples: Samples) -> None:
    """When the last hold's time is over the worker looks once."""
    last = samples.last_expiry()
    while clock.now() <= last:
        time.sleep(0.02)
    app = open_app(url, clock=clock)
    worker = Worker(app)
    worker.tick()
    worker.stop()
    app.close()


def check(url: str) -> None:
    with closing(Database(url)) as database:
        assert verify(database).breaks == []
        with database.reading() as connection:
            assert_laws(lambda sql: [tuple(row) for row in connection.execute(sa.text(sql))])
