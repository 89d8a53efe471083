"""Events reach those who asked for them: signed, on time, again when it failed, and nobody waits for somebody else."""

import random
import time
from collections.abc import Iterator

import pytest

from orderwell.flows.keep_webhooks import (
    AddWebhookEndpoint,
    ChangeWebhookEndpoint,
    EndpointDisabled,
    RemoveWebhookEndpoint,
    ReplayWebhooks,
)
from orderwell.kit.errors import Invalid, NotFound
from orderwell.notifications import queries
from orderwell.notifications.rules import DELAYS, new_secret
from orderwell.values.ids import parse
from orderwell.verify.proof import verify
from orderwell.worker import Worker
from tests.notifications.receiver import Receiver
from tests.support.shop import Shop

SECOND = 1_000_000


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    shop = Shop(database_url)
    shop.sku("lamp", stock=500)
    yield shop
    assert verify(shop.app.database).breaks == []
    shop.close()


@pytest.fixture
def worker(shop: Shop) -> Iterator[Worker]:
    worker = Worker(shop.app, rng=random.Random(1))
    yield worker
    worker.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


SECRET = new_secret()


def deliveries(shop: Shop, endpoint: str) -> list[tuple[str, int]]:
    number = parse("webhook_endpoint", endpoint)
    assert number is not None
    with shop.app.database.reading() as connection:
        return [(each["status"], each["attempts"]) for each in queries.deliveries(connection, number)["data"]]


def status_of(shop: Shop) -> list[tuple[str, str]]:
    with shop.app.database.reading() as connection:
        return [(each["status"], each["reason"]) for each in queries.endpoints(connection)["data"]]


def seconds_pass(shop: Shop, seconds: float) -> None:
    shop.clock.advance_to(shop.clock.now() + int(seconds * SECOND))


def adding(url: str, types: list[str] | None = None) -> AddWebhookEndpoint:
    return AddWebhookEndpoint(url, SECRET, types or [])


def test_an_order_is_told_signed_and_thin(shop: Shop, worker: Worker, receiver: Receiver) -> None:
    endpoint = shop.do(adding(receiver.url, ["order.*"]))
    order = shop.order(lamp=2, reference="web-1")
    worker.tick()
    (told,) = receiver.verified(SECRET)
    assert told == {
        "type": "order.placed",
        "timestamp": "2026-01-05T08:00:00Z",
        "data": {
            "reference": "web-1", "channel": "web", "gross": 2000, "currency": "EUR", "object": "order", "id": order,
        },
    }  # fmt: skip
    assert receiver.received[0].id.startswith("evt_")
    assert deliveries(shop, endpoint["id"]) == [("done", 1)]


def test_an_endpoint_hears_what_comes_after_it_and_what_it_asked_for(
    shop: Shop, worker: Worker, receiver: Receiver
) -> None:
    shop.order(lamp=1)
    shop.do(adding(receiver.url, ["order.shipped", "invoice.*"]))
    shop.ship(shop.order(lamp=1))
    worker.tick()
    assert sorted(receiver.types) == ["invoice.issued", "order.shipped"]


def test_the_secret_is_in_no_answer_list_or_event(shop: Shop, receiver: Receiver) -> None:
    assert SECRET not in str(shop.do(adding(receiver.url)))
    with shop.app.database.reading() as connection:
        assert SECRET not in str(queries.endpoints(connection))
    assert shop.rows("SELECT count(*) FROM events WHERE data LIKE '%whsec%'") == [(0,)]


def test_failed_deliveries_follow_the_schedule_and_then_are_dead(
    shop: Shop, worker: Worker, receiver: Receiver
) -> None:
    receiver.default = 500
    endpoint = shop.do(adding(receiver.url, ["order.placed"]))
    shop.order(lamp=1)
    worker.tick()
    for attempt, delay in enumerate(DELAYS, 1):
        assert len(receiver.received) == attempt
        seconds_pass(shop, delay - 1)
        worker.tick()
        assert len(receiver.received) == attempt, "too early"
        seconds_pass(shop, 1 + delay * 0.1)
        worker.tick()
    assert len({each.id for each in receiver.received}) == 1, "the id stays the same"
    assert deliveries(shop, endpoint["id"]) == [("dead", len(DELAYS) + 1)]


def test_what_failed_once_arrives_the_next_time(shop: Shop, worker: Worker, receiver: Receiver) -> None:
    receiver.answers = [(500, {}), (301, {"location": "http://127.0.0.1:1/"})]
    endpoint = shop.do(adding(receiver.url, ["order.placed"]))
    shop.order(lamp=1)
    for _ in range(3):
        worker.tick()
        seconds_pass(shop, 400)
    assert deliveries(shop, endpoint["id"]) == [("done", 3)]


def test_events_of_one_order_keep_their_order_while_others_pass(shop: Shop, worker: Worker, receiver: Receiver) -> None:
    shop.do(adding(receiver.url, ["order.*"]))
    receiver.answers = [(500, {})]
    shop.ship(shop.order(lamp=1))
    shop.order(lamp=1)
    worker.tick()
    assert receiver.types == ["order.placed", "order.placed"]
    seconds_pass(shop, 10)
    worker.tick()
    assert receiver.types[2:] == ["order.placed", "order.shipped"]


def test_an_endpoint_that_asks_for_patience_gets_it(shop: Shop, worker: Worker, receiver: Receiver) -> None:
    receiver.answers = [(429, {"retry-after": "120"})]
    endpoint = shop.do(adding(receiver.url, ["order.placed"]))
    shop.order(lamp=1)
    worker.tick()
    seconds_pass(shop, 100)
    worker.tick()
    assert len(receiver.received) == 1
    seconds_pass(shop, 21)
    worker.tick()
    assert deliveries(shop, endpoint["id"]) == [("done", 1)]


def test_an_endpoint_that_is_gone_is_disabled_at_once(shop: Shop, worker: Worker, receiver: Receiver) -> None:
    receiver.answers = [(410, {})]
    endpoint = shop.do(adding(receiver.url, ["order.placed"]))
    shop.order(lamp=1)
    shop.order(lamp=1)
    worker.tick()
    assert status_of(shop) == [("disabled", "gone")]
    assert len(receiver.received) == 1
    with pytest.raises(EndpointDisabled):
        shop.do(ReplayWebhooks(endpoint["id"], 1))


def test_an_endpoint_that_fails_for_five_days_is_disabled_with_an_event(
    shop: Shop, worker: Worker, receiver: Receiver
) -> None:
    receiver.default = 500
    shop.do(adding(receiver.url, ["order.placed"]))
    for _ in range(12):
        shop.order(lamp=1)
        worker.tick()
        if status_of(shop) != [("active", "")]:
            break
        seconds_pass(shop, 43_200)
    assert status_of(shop) == [("disabled", "failing")]
    assert shop.rows("SELECT count(*) FROM events WHERE type = 'webhook_endpoint.disabled'") == [(1,)]


def test_enabled_again_it_is_sent_what_it_missed(shop: Shop, worker: Worker, receiver: Receiver) -> None:
    endpoint = shop.do(adding(receiver.url, ["order.placed"]))["id"]
    worker.tick()
    shop.do(ChangeWebhookEndpoint(endpoint, status="disabled", reason="move"))
    shop.order(lamp=1)
    worker.tick()
    assert receiver.received == []
    shop.do(ChangeWebhookEndpoint(endpoint, status="active"))
    worker.tick()
    assert receiver.types == ["order.placed"]


def test_one_event_or_a_stretch_of_them_is_sent_again_under_the_same_ids(
    shop: Shop, worker: Worker, receiver: Receiver
) -> None:
    endpoint = shop.do(adding(receiver.url, ["order.placed"]))["id"]
    for _ in range(3):
        shop.order(lamp=1)
    worker.tick()
    ids = [each.id for each in receiver.received]
    first = int(shop.rows("SELECT MIN(f.position) FROM feed f JOIN events e ON e.id = f.event_id"
                          " WHERE e.type = 'order.placed'")[0][0])  # fmt: skip
    shop.do(ReplayWebhooks(endpoint, first))
    worker.tick()
    assert [each.id for each in receiver.received] == [*ids, ids[0]]
    shop.do(ReplayWebhooks(endpoint, first, first + 2))
    worker.tick()
    assert [each.id for each in receiver.received] == [*ids, ids[0], *ids]
    with pytest.raises(Invalid):
        shop.do(ReplayWebhooks(endpoint, 5, 4))


def test_a_removed_endpoint_hears_nothing_and_is_not_found(shop: Shop, worker: Worker, receiver: Receiver) -> None:
    endpoint = shop.do(adding(receiver.url))["id"]
    shop.do(RemoveWebhookEndpoint(endpoint))
    shop.order(lamp=1)
    worker.tick()
    assert receiver.received == []
    with pytest.raises(NotFound):
        shop.do(RemoveWebhookEndpoint(endpoint))


@pytest.mark.slow
def test_an_endpoint_that_hangs_holds_up_nobody_else(shop: Shop) -> None:
    with Receiver() as hangs, Receiver() as well:
        hangs.hangs.clear()
        shop.do(adding(hangs.url, ["order.placed"]))
        for n in range(50):
            shop.do(adding(f"{well.url}/{n}", ["order.placed"]))
        worker = Worker(shop.app)
        worker.start()
        shop.order(lamp=1)
        deadline = time.monotonic() + 30
        while len({each.path for each in well.received}) < 50 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len({each.path for each in well.received}) == 50
        assert len(hangs.received) == 1
        hangs.hangs.set()
        worker.stop()
