"""Placing orders over HTTP, on both engines, next to the yardstick: every case once, then all again, medians."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import psutil

from tests.support.postgres import PostgresServer

from . import yardstick
from .load import Answered, Load, send
from .processes import Server, cpu_seconds, serving
from .results import Result, Sample, middle
from .settings import Settings
from .shop import FEW, HOT, LIMITED, Shop, open_shop

CLIENTS = (1, 16, 64)
MOST = 64
BATCH, BATCH_CLIENTS = 100, 8  # more than a commit takes wait at any time, and answers come several times a second
NAMES = (
    "http_orders_postgres_64", "batch_orders_postgres", "http_orders_sqlite_64", "flash_sale_postgres",
    "flash_sale_sqlite",
)  # fmt: skip


@dataclass(slots=True)
class Case:
    name: str
    run: Callable[[], Sample]
    samples: list[Sample] = field(default_factory=list)


@dataclass(slots=True)
class Place:
    """One engine with its shop and a server on it."""

    shop: Shop
    server: Server
    database: psutil.Process | None  # None: it lives in the server

    def run(self, load: Load) -> Sample:
        server, database = self._cpu()
        answered = send(self.server, self.shop, load)
        after = self._cpu()
        assert not answered.refused, f"{answered.refused} answers were no 2xx"
        return sample(answered, after[0] - server, after[1] - database, self.server.memory_mib)

    def _cpu(self) -> tuple[float, float]:
        return cpu_seconds(self.server.process), cpu_seconds(self.database) if self.database else 0.0

    def sell_out(self, load: Load) -> None:
        """Everyone wants what there is too little of: exactly that is sold."""
        stored = refused = 0
        while not refused:
            answered = send(self.server, self.shop, load)
            stored, refused = stored + answered.stored, answered.refused
        found = self.shop.one(
            "SELECT s.on_hand, s.promised, (SELECT sum(quantity) FROM order_lines WHERE sku_id = s.sku_id)"
            " FROM stock s JOIN skus k ON k.id = s.sku_id WHERE k.code = :code",
            code=FEW,
        )
        assert (stored, *found) == (LIMITED,) * 4, f"{LIMITED} there; {stored} orders; on hand, promised, sold: {found}"


def sample(answered: Answered, server_cpu: float, database_cpu: float, memory_mib: float = 0.0) -> Sample:
    rate = answered.accepted / answered.seconds
    server_us, database_us = (seconds / answered.stored * 1e6 for seconds in (server_cpu, database_cpu))
    return Sample(rate, answered.p50_ms, answered.p99_ms, server_us, database_us, memory_mib)


def measure(settings: Settings, names: set[str], cases: dict[str, Sample]) -> list[Result]:
    """Fills `cases` with every case's medians."""
    with ExitStack() as closing:
        listed = list(_cases(settings, names, closing))
        for number in range(settings.runs):
            for case in listed:
                case.samples.append(case.run())
                print(f"  {number + 1}/{settings.runs} {case.name}: {case.samples[-1].orders_per_second:,.0f} orders/s")
    cases.update((case.name, middle(case.samples)) for case in listed)
    return [each for each in _results(cases) if each.name in names]


def _cases(settings: Settings, names: set[str], closing: ExitStack) -> Iterator[Case]:
    seconds, clients = settings.seconds, CLIENTS if names >= set(NAMES) else (MOST,)
    postgres = closing.enter_context(durable_postgres())
    if names & {"http_orders_postgres_64", "batch_orders_postgres"}:
        yard = open_shop(postgres.create_database())
        yardstick.prepare(yard)
        closing.callback(yard.prove)
        for number in clients:
            yield Case(f"pgbench, PL/pgSQL, {number}", lambda number=number: _yard(postgres, yard, number, seconds))  # type: ignore[misc]
    places: dict[str, Place] = {}
    if names - {"flash_sale_sqlite"}:
        places["postgres"] = open_place(closing, postgres.create_database(), postgres, workers=settings.workers)
    if any("sqlite" in name for name in names):
        places["sqlite"] = open_place(closing, f"sqlite:///{settings.folder / 'http.db'}")
    for engine, place in places.items():
        for number in clients:
            yield _load(place, f"orders, {engine}, {number}", Load(number, seconds))
        if "batch_orders_postgres" in names or len(clients) > 1:
            yield _load(
                place, f"batches of {BATCH}, {engine}, {BATCH_CLIENTS}", Load(BATCH_CLIENTS, seconds, batch=BATCH)
            )
        if f"flash_sale_{engine}" in names:
            yield _load(place, f"flash sale, {engine}, {MOST}", Load(MOST, seconds, sku=HOT))
            place.sell_out(Load(MOST, 3, sku=FEW, lines=1, units=1))


def _load(place: Place, name: str, load: Load) -> Case:
    return Case(name, lambda: place.run(load))


def _yard(postgres: PostgresServer, shop: Shop, clients: int, seconds: int) -> Sample:
    process = psutil.Process(postgres.pid)
    before = cpu_seconds(process)
    answered = yardstick.run(postgres, shop, clients, seconds)
    return sample(answered, 0.0, cpu_seconds(process) - before)


@contextmanager
def durable_postgres() -> Iterator[PostgresServer]:
    """As it comes, but for more shared buffers."""
    with PostgresServer(durable=True, shared_buffers="1GB", max_connections=200) as postgres:
        yield postgres


def open_place(closing: ExitStack, url: str, postgres: PostgresServer | None = None, *, workers: int = 1) -> Place:
    """A new shop with a server. At the end everything sold must have been set aside."""
    shop = open_shop(url)
    closing.callback(shop.prove)
    server = closing.enter_context(serving(url, workers=workers))
    return Place(shop, server, psutil.Process(postgres.pid) if postgres else None)


def _results(cases: dict[str, Sample]) -> Iterator[Result]:
    ratios = (
        ("http_orders_postgres_64", f"orders, postgres, {MOST}", f"pgbench, PL/pgSQL, {MOST}", 0.7),
        ("batch_orders_postgres", f"batches of {BATCH}, postgres, {BATCH_CLIENTS}", f"pgbench, PL/pgSQL, {MOST}", 1.5),
        ("http_orders_sqlite_64", f"orders, sqlite, {MOST}", f"orders, postgres, {MOST}", 1.0),
        ("flash_sale_postgres", f"flash sale, postgres, {MOST}", f"orders, postgres, {MOST}", 0.8),
        ("flash_sale_sqlite", f"flash sale, sqlite, {MOST}", f"orders, sqlite, {MOST}", 0.8),
    )
    for name, ours, theirs, target in ratios:
        if ours in cases and theirs in cases:
            a, b = cases[ours], cases[theirs]
            figures = {"orders_per_second": round(a.orders_per_second), "compared_with": round(b.orders_per_second)}
            ratio = a.orders_per_second / b.orders_per_second
            yield Result(name, ratio, target, "higher", f"orders/s: {ours} / {theirs}", figures)
