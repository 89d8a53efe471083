"""An order is placed, shipped and invoiced: where its units, the stock and the money are at each step."""

import pytest

from orderwell.inventory.rules import OutOfStock
from orderwell.orders.actions import OrderExists
from tests.support.shop import Shop


def test_an_order_sets_stock_aside_and_shipping_invoices_it(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5, cost=2000)
    order = shop.order(lamp=2)
    assert shop.units(order) == {"promised": 2}
    assert shop.stock_of("lamp") == {"on_hand": 5, "promised": 2, "available": 3, "awaited": 0, "incoming": 0}

    shipped = shop.ship(order)

    assert shipped["invoice"] == "INV-000001"
    assert shop.units(order) == {"shipped": 2}
    assert shop.stock_of("lamp") == {"on_hand": 3, "promised": 0, "available": 3, "awaited": 0, "incoming": 0}
    assert shop.journal() == "\n".join(
        [
            "opening_stock: inventory <- opening 100.00",
            "invoice: receivable <- sales 82.56",
            "invoice: receivable <- vat_payable 17.34",
            "cost_of_goods: cost_of_goods <- inventory 40.00",
        ]
    )


def test_what_is_not_there_is_refused_by_name_and_leaves_no_trace(shop: Shop) -> None:
    shop.sku("lamp", stock=1)
    with pytest.raises(OutOfStock, match=r"lamp \(2 wanted, 1 available\)"):
        shop.order(lamp=2)
    assert shop.stock_of("lamp")["promised"] == 0
    assert shop.rows("SELECT count(*) FROM orders") == [(0,)]


def test_the_same_order_sent_twice_by_a_channel_is_one_order(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    first = shop.order(lamp=1, reference="web-1")
    with pytest.raises(OrderExists) as refused:
        shop.order(lamp=1, reference="web-1")
    assert refused.value.facts == {"order": first}
    assert shop.stock_of("lamp")["promised"] == 1
