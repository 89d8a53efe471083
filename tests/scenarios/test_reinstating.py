"""A cancellation is taken back: by somebody who clicked wrong, or a customer who changes their mind again."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from orderwell.flows.ordered_units import UnitsAsk
from orderwell.flows.place_order import DiscountAsk, LineAsk, PlaceOrder
from orderwell.flows.reinstate_order import NotToReinstate, ReinstateOrder
from orderwell.inventory.rules import OutOfStock
from tests.support.shop import Shop

Opener = Callable[..., Shop]


def test_a_cancelled_order_is_placed_again_as_it_was(shop: Shop) -> None:
    shop.sku("lamp", price="3.33", stock=5)
    shop.sku("postage", kind="service", price="4.95")
    lines = [LineAsk("lamp", Decimal(3)), LineAsk("postage", Decimal(1))]
    placed = shop.do(PlaceOrder("web", lines, discount=DiscountAsk(percent=Decimal(7))))
    cancelled = shop.cancel(placed["id"])
    assert cancelled["cancelled"] == [{"line": 1, "quantity": "3"}, {"line": 2, "quantity": "1"}]
    again = shop.do(ReinstateOrder(placed["id"]))
    assert [again[each] for each in ("status", "net", "tax", "gross")] == [
        placed[each] for each in ("status", "net", "tax", "gross")
    ]
    assert shop.units(placed["id"]) == {"open": 1, "promised": 3}
    assert shop.stock_of("lamp")["available"] == 2
    shop.prove()
    shop.ship(placed["id"])
    shop.prove()


def test_some_units_come_back_to_an_order_that_goes_on(shop: Shop) -> None:
    shop.sku("lamp", price="1.03", stock=7)
    order = shop.order(lamp=7)
    whole = shop.cancel(order, line1=2)["gross"]
    shop.cancel(order, line1=3)
    assert shop.do(ReinstateOrder(order, lines=[UnitsAsk(1, Decimal(3))]))["gross"] == whole
    assert shop.units(order) == {"promised": 5, "cancelled": 2}
    shop.prove()


def test_what_was_sold_meanwhile_is_refused_and_nothing_changes(shop: Shop) -> None:
    shop.sku("lamp", stock=2)
    order = shop.order(lamp=2)
    shop.cancel(order)
    shop.order(lamp=1)
    with pytest.raises(OutOfStock):
        shop.do(ReinstateOrder(order))
    assert shop.units(order) == {"cancelled": 2}
    shop.prove()


def test_more_than_was_cancelled_or_nothing_at_all_is_refused(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=2)
    with pytest.raises(NotToReinstate, match="nothing is cancelled"):
        shop.do(ReinstateOrder(order))
    shop.cancel(order, line1=1)
    with pytest.raises(NotToReinstate, match="only 1 are cancelled"):
        shop.do(ReinstateOrder(order, lines=[UnitsAsk(1, Decimal(2))]))


def test_a_draft_and_what_was_billed_are_ordered_anew(open_shop: Opener) -> None:
    shop = open_shop(invoice_on="order")
    shop.sku("lamp", stock=5)
    draft = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], draft=True))["id"]
    billed = shop.order(lamp=1)
    for order, why in ((draft, "never placed"), (billed, "billed and credited")):
        shop.cancel(order)
        with pytest.raises(NotToReinstate, match=why):
            shop.do(ReinstateOrder(order))
    shop.prove()


def test_time_to_pay_begins_anew(open_shop: Opener) -> None:
    shop = open_shop(unpaid_expires_hours=24)
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=1)
    shop.cancel(order)
    assert shop.do(ReinstateOrder(order))["expires_at"] is not None
