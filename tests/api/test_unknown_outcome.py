"""No answer to COMMIT is not a no (R5): the caller is told that nobody knows, and a retry with the same key tells."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx2
import pytest
from sqlalchemy.engine import make_url

from orderwell.kit import faults
from tests.api.conftest import ApiShop, Client
from tests.support.laws import assert_laws
from tests.support.proxy import Proxy

CASES = pytest.param(50, id="50_cases"), pytest.param(500, id="500_cases", marks=pytest.mark.prove)
TRIES = 10

Arm = Callable[[], None]


@pytest.fixture
def ways(database_url: str) -> Iterator[tuple[str, dict[str, Arm]]]:
    """The database's URL, and what may go wrong at the next COMMIT: an error, or on PostgreSQL a cut connection."""

    def struck(name: str, strike: Callable[[], None]) -> Arm:
        def once() -> None:
            del faults.armed[name]
            strike()

        return lambda: faults.armed.update({name: once})

    def fail() -> None:
        raise faults.Injected("for a test")

    errors = {"error before": struck("commit.before", fail), "error after": struck("commit.after", fail)}
    if database_url.startswith("sqlite"):
        yield database_url, errors
    else:
        url = make_url(database_url)
        with closing(Proxy(url.port or 0)) as proxy:
            cuts = {
                f"cut {how}": struck("commit.before", lambda how=how: proxy.cut(how))  # type: ignore[misc]
                for how in ("before", "at once", "after")
            }
            yield url.set(port=proxy.port).render_as_string(hide_password=False), {**errors, **cuts}
    faults.armed.clear()


@pytest.fixture
def shop(ways: tuple[str, dict[str, Arm]]) -> Iterator[ApiShop]:
    shop = ApiShop(ways[0])
    yield shop
    shop.close()


@pytest.mark.slow
@pytest.mark.parametrize("cases", CASES)
def test_a_retry_with_the_same_key_tells_the_one_true_result(
    shop: ApiShop, live: httpx2.Client, ways: tuple[str, dict[str, Arm]], cases: int
) -> None:
    shop.sku("lamp", stock=cases, cost=500)
    owner = shop.client(live, role="owner")
    chance = random.Random(cases)
    true = {"error before": {False}, "error after": {True}, "cut before": {False}, "cut after": {True}}
    order = owner.order(key="first").json()["id"]
    for n in range(cases):
        way = list(ways[1])[n % len(ways[1])]
        path, body, event = chance.choice(asks(order))
        ways[1][way]()
        lost = send(owner, path, body, f"k{n}")
        assert (lost.status_code, lost.json()["code"]) == (503, "outcome_unknown"), way
        assert lost.json()["retryable"] is True
        assert int(lost.headers["retry-after"]) > 0
        assert not faults.armed, "the fault struck"

        told = again(owner, path, body, f"k{n}")
        assert told.status_code == 201, (way, told.text)
        assert ("idempotent-replayed" in told.headers) in true.get(way, {True, False}), way
        once_more = send(owner, path, body, f"k{n}")
        assert once_more.content == told.content
        assert once_more.headers["idempotent-replayed"] == "true"
        assert shop.rows(
            "SELECT COUNT(*) FROM events WHERE request_id = :id AND type = :type", id=f"k{n}", type=event
        ) == [(1,)], way
        if event == "order.placed":
            order = told.json()["id"]
    shop.prove()
    assert_laws(shop.rows)


def asks(order: str) -> list[tuple[str, dict[str, Any], str]]:
    lines = [{"sku": "lamp", "quantity": "1"}]
    return [
        ("/orders", {"channel": "web", "lines": lines}, "order.placed"),
        ("/payments", {"method": "bank_transfer", "amount": 100, "order": order}, "payment.received"),
        ("/stock/adjustments", {"location": "main", "reason": "found", "lines": lines}, "stock.adjusted"),
    ]


def send(client: Client, path: str, body: dict[str, Any], key: str) -> Any:
    return client.post(path, body, key=key, request_id=key)


def again(client: Client, path: str, body: dict[str, Any], key: str) -> Any:
    """As a client does that is told to come back: the connection may be found gone, the commit may be under way."""
    for _ in range(TRIES):
        answer = send(client, path, body, key)
        if answer.status_code != 503:
            break
    return answer
