"""Scenarios get a shop on each engine. Each ends with the three laws, and with a look at everything that is there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from tests.support.answers import look_at_everything
from tests.support.laws import assert_laws
from tests.support.shop import Shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    shop = Shop(database_url)
    yield shop
    assert_laws(shop.rows)
    look_at_everything(shop.app.database)
    shop.close()


@pytest.fixture
def open_shop(database_url: str) -> Iterator[Callable[..., Shop]]:
    """A shop with house rules of its own: `open_shop(invoice_on="order")`."""
    opened: list[Shop] = []
    with ExitStack() as shops:

        def open_(**business: Any) -> Shop:
            opened.append(shops.enter_context(closing(Shop(database_url, **business))))
            return opened[-1]

        yield open_
        for shop in opened:
            assert_laws(shop.rows)
            look_at_everything(shop.app.database)
