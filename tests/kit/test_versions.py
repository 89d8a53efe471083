"""A version rises by one for each request that changes a thing or what is below it: If-Match and locks rest on it."""

from decimal import Decimal

from orderwell.flows.cancel_order import CancelOrder
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.values.ids import parse
from tests.support.shop import Shop


def test_a_request_raises_the_version_once_however_often_it_writes(database_url: str) -> None:
    shop = Shop(database_url)
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=3)

    def version() -> int:
        return int(shop.rows("SELECT version FROM orders WHERE id = :id", id=parse("order", order))[0][0])

    assert version() == 1
    shop.do(CancelOrder(order, lines=[UnitsAsk(1, Decimal(1))]))  # changes the line, then the order from its old copy
    assert version() == 2
    shop.ship(order)
    assert version() == 3
    shop.close()
