"""Scenarios get a shop on each engine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from tests.support.shop import Shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    shop = Shop(database_url)
    yield shop
    shop.close()


@pytest.fixture
def open_shop(database_url: str) -> Iterator[Callable[..., Shop]]:
    """A shop with house rules of its own: `open_shop(invoice_on="order")`."""
    with ExitStack() as shops:
        yield lambda **business: shops.enter_context(closing(Shop(database_url, **business)))
