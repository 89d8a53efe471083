"""Customers are found by what somebody on the telephone happens to know."""

from collections.abc import Iterator
from typing import Any

import pytest

from orderwell.customers.queries import listed
from orderwell.kit.errors import Invalid
from tests.support.shop import Shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    shop = Shop(database_url)
    shop.customer("1001", name="Anna de Vries", email="anna@Example.com", phone="+31 20-555 01 23", country="NL")
    shop.customer("1002", name="Bakkerij Özdemir", kind="company", email="info@bakkerij.example", country="NL")
    shop.customer("1003", name="Anna Berg", email="a_berg@example.com", phone="020 555", country="NO")
    yield shop
    shop.close()


def found(shop: Shop, **asked: Any) -> list[str]:
    with shop.app.database.reading() as connection:
        return [each["row"].reference for each in listed(connection, **asked)["data"]]


def test_customers_are_found_by_any_part_of_what_is_known(shop: Shop) -> None:
    for search, expected in {
        "anna": ["1003", "1001"],
        "ANNA vries": ["1001"],
        "anna@example": ["1001"],
        "Özdemir": ["1002"],
        "555-01": ["1001"],
        "(020)555": ["1003"],
        "a_b": ["1003"],
        "%": [],
        "1002": ["1002"],
        "nobody": [],
        "": ["1003", "1002", "1001"],
    }.items():
        assert found(shop, search=search) == expected, search


def test_exact_look_ups_and_searches_go_together_and_page_by_page(shop: Shop) -> None:
    assert found(shop, country="NL") == ["1002", "1001"]
    assert found(shop, search="anna", country="NL") == ["1001"]
    assert found(shop, email="a_berg@example.com") == ["1003"]
    with shop.app.database.reading() as connection:
        first = listed(connection, limit=2)
        second = listed(connection, limit=2, cursor=first["next_cursor"])
        with pytest.raises(Invalid):
            listed(connection, limit=0)
    assert [each["row"].reference for each in second["data"]] == ["1001"]
    assert (first["has_more"], second["has_more"]) == (True, False)
