"""One key that asks too often is told to wait; nobody else notices."""

from collections.abc import Iterator

import pytest

from orderwell.api.errors import TooManyRequests
from orderwell.api.limits import Limits
from orderwell.settings import Settings
from tests.api.conftest import ApiShop

FEW = Settings(requests_per_second=2, request_burst=3)


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_fills_steadily_and_holds_no_more_than_a_burst() -> None:
    clock = Clock()
    limits = Limits(FEW, clock)
    for _ in range(3):
        limits.take(1)
    with pytest.raises(TooManyRequests) as refused:
        limits.take(1)
    assert refused.value.facts == {"retry_after": 1}
    limits.take(2)  # another key has its own
    clock.now += 0.5
    limits.take(1)
    with pytest.raises(TooManyRequests):
        limits.take(1)
    clock.now += 3_600
    for _ in range(3):
        limits.take(1)
    with pytest.raises(TooManyRequests):
        limits.take(1)


def test_whoever_is_refused_need_not_wait_longer_for_having_asked() -> None:
    clock = Clock()
    limits = Limits(Settings(requests_per_second=1, request_burst=1), clock)
    limits.take(1)
    for _ in range(100):
        with pytest.raises(TooManyRequests) as refused:
            limits.take(1)
        assert refused.value.facts == {"retry_after": 1}
    clock.now += 1
    limits.take(1)


@pytest.fixture
def shop(database_url: str) -> Iterator[ApiShop]:
    shop = ApiShop(database_url, FEW)
    yield shop
    shop.close()


def test_a_key_that_asks_too_often_gets_429_and_leaves_no_trace(shop: ApiShop) -> None:
    shop.sku("lamp", stock=10)
    clock = Clock()
    shop.api.face.keys.limits = Limits(FEW, clock)
    eager, calm = shop.owner, shop.client(role="owner")
    assert [eager.order(key=f"order-{n}").status_code for n in range(4)] == [201, 201, 201, 429]
    refused = eager.order(key="order-3")
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["content-type"] == "application/problem+json"
    told = refused.json()
    assert (told["code"], told["retryable"], told["facts"]) == ("too_many_requests", True, {"retry_after": 1})
    assert calm.get("/orders").status_code == 200
    assert shop.rows("SELECT COUNT(*) FROM orders") == [(3,)]
    clock.now += 1
    assert eager.order(key="order-3").status_code == 201  # the same key as before: it was never taken


def test_what_needs_no_key_is_not_counted(shop: ApiShop) -> None:
    assert {shop.http.get("/health/ready").status_code for _ in range(20)} == {200}
