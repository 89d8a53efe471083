"""Scenarios get a shop on each engine."""

from collections.abc import Iterator

import pytest

from tests.support.shop import Shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    shop = Shop(database_url)
    yield shop
    shop.close()
