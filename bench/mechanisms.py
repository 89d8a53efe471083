"""Ways of batching, compared in process: 64 place-order requests wait, again and again, on each engine."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from statistics import mean, median
from typing import Any, NamedTuple

import psutil

from orderwell.app import App, open_app
from orderwell.business.model import ONLY
from orderwell.business.store import BUSINESS
from orderwell.catalog import actions as catalog
from orderwell.catalog.store import PRICES, RATES_OF, SKU_BY_CODE, SKUS
from orderwell.channels.store import CHANNEL_BY_CODE
from orderwell.flows.place_order import PlaceOrder
from orderwell.inventory.store import STOCK_OF
from orderwell.kit import exchange
from orderwell.kit.batch import Batch
from orderwell.kit.calls import STORIES, Call, Story
from orderwell.kit.picture import Picture
from orderwell.kit.session import Reader
from orderwell.kit.writer import MAX_CALLS, Writer
from orderwell.orders.store import ORDER_BY_REFERENCE

from .orders import durable_postgres
from .processes import cpu_seconds
from .results import table
from .settings import Settings
from .shop import SKUS as NUMBER_OF_SKUS
from .shop import Shop, open_shop, some_order

WAITING = 64


class OneByOne(Batch):
    """Commits for all who wait, but every flow loads its own rows with its own statements."""

    def _run_flows(self, reader: Reader) -> int:
        everybody = self.calls
        self.picture.wanted.clear()  # the hints of all
        for call in everybody:
            self.calls = [call]
            self._hint()
            super()._run_flows(reader)
        self.calls = everybody
        return len(everybody)


class Declared(Batch):
    """The keys of both rounds are told beforehand, in code that has to agree with the flow; flows run once."""

    def _run_flows(self, reader: Reader) -> int:
        exchange.load(reader, self.picture)
        for call in self.calls:
            for source, key in _second_round(self.picture, call.ask):
                self.picture.want(source, key)
        return super()._run_flows(reader)


def _second_round(picture: Picture, ask: PlaceOrder) -> Iterator[tuple[Any, Any]]:
    """What a plain order without customer or discount reads once its SKUs and channel are known."""
    (channel_id,) = picture.members[CHANNEL_BY_CODE][ask.channel]
    yield ORDER_BY_REFERENCE, (channel_id, ask.reference)
    skus = [picture.rows[SKUS][id_] for line in ask.lines for id_ in picture.members[SKU_BY_CODE][line.sku]]
    for sku in skus:
        yield STOCK_OF, sku.id
        yield RATES_OF, sku.tax_class
    for key in catalog.price_keys(skus, channel_id, picture.rows[BUSINESS][ONLY].currency):
        yield PRICES, key


def _writer(app: App, batch: type[Batch] = Batch, max_calls: int = MAX_CALLS) -> Writer:
    writer = Writer(app.database, app.clock, app.ids.next, max_calls=max_calls)
    writer.batch = batch
    return writer


MECHANISMS: dict[str, tuple[Callable[[App], Writer], bool]] = {  # and whether requests give hints
    "discovery with hints": (_writer, True),
    "discovery alone": (_writer, False),
    "keys declared in two rounds": (partial(_writer, batch=Declared), True),
    "one commit, each its own reads": (partial(_writer, batch=OneByOne), True),
    "one transaction a request": (partial(_writer, max_calls=1), True),
}


class Taken(NamedTuple):
    """What 64 requests took."""

    seconds: float
    cpu_seconds: float  # of this process, and of the database
    statements: int  # BEGIN among them, COMMIT not


def measure(settings: Settings) -> str:
    rows = [("mechanism", "engine", "orders/s", "CPU µs/order", "statements a batch")]
    with durable_postgres() as postgres:
        for url in (f"sqlite:///{settings.folder / 'mechanisms.db'}", postgres.create_database()):
            shop = open_shop(url)
            cost = partial(_cost, psutil.Process(postgres.pid)) if shop.engine == "postgres" else time.process_time
            for name, batches in _measured(shop, cost, settings.seconds * settings.runs * len(MECHANISMS)).items():
                rate = WAITING / median(batch.seconds for batch in batches)
                cpu = mean(batch.cpu_seconds for batch in batches) / WAITING * 1e6
                rows.append((name, shop.engine, f"{rate:,.0f}", f"{cpu:,.0f}", str(batches[0].statements)))
            shop.prove()
    return table(rows)


def _cost(database: psutil.Process) -> float:
    return time.process_time() + cpu_seconds(database)


def _measured(shop: Shop, cost: Callable[[], float], seconds: float) -> dict[str, list[Taken]]:
    """By turns, a batch each, so that whatever else the machine does hits all of them alike."""
    found: dict[str, list[Taken]] = {name: [] for name in MECHANISMS}
    app = open_app(shop.url)
    writers = {name: make(app) for name, (make, _) in MECHANISMS.items()}
    try:
        deadline = time.monotonic() + seconds
        for number in count():
            if time.monotonic() > deadline:
                break
            for name, writer in writers.items():
                with _hinting(MECHANISMS[name][1]):
                    batch = _batch(app, writer, cost, f"{name}-{number}")
                if number:  # the first one warms up
                    found[name].append(batch)
    finally:
        for writer in writers.values():
            writer.stop()
        app.close()
    return found


def _batch(app: App, writer: Writer, cost: Callable[[], float], name: str) -> Taken:
    calls = [Call(_order(f"{name}-{n}"), key=f"{name}-{n}", input_hash="0" * 64) for n in range(WAITING)]
    app.database.statements, cpu, started = 0, cost(), time.perf_counter()
    outcomes = writer.run(calls)
    seconds = time.perf_counter() - started
    cpu = cost() - cpu
    for outcome in outcomes:
        outcome.value()
    return Taken(seconds, cpu, app.database.statements)


def _order(reference: str) -> PlaceOrder:
    return some_order(reference, *(f"sku-{random.randint(1, NUMBER_OF_SKUS)}" for _ in range(3)))


@contextmanager
def _hinting(wanted: bool) -> Iterator[None]:
    before = STORIES[PlaceOrder]
    STORIES[PlaceOrder] = before if wanted else Story(before.flow, None)
    try:
        yield
    finally:
        STORIES[PlaceOrder] = before
