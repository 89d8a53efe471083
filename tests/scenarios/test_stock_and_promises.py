"""What is promised from where: the worked cases S1 to S15, each in a shop that sells lamps."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.deliver_parcel import ParcelCameBack
from orderwell.flows.expire_orders import ExpireOrders
from orderwell.flows.keep_catalog import AddLocation
from orderwell.flows.pack_parcel import PackOrder, UnpackParcel
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.inventory.rules import OutOfStock
from orderwell.kit.errors import Invalid
from orderwell.values.ids import parse
from tests.support.shop import Shop

Opener = Callable[..., Shop]


def with_stock(shop: Shop, *stocks: int, sku: str = "lamp", **more: Any) -> None:
    """The SKU in as many locations as there are figures, `main` first, then `shelf2`, `shelf3` …"""
    shop.sku(sku, **more)
    for n, units in enumerate(stocks, 1):
        at = "main" if n == 1 else f"shelf{n}"
        if n > 1 and not shop.rows("SELECT 1 FROM locations WHERE code = :at", at=at):
            shop.do(AddLocation(at, at, priority=n))
        if units:
            shop.stock(sku, units, at=at)


def promised(shop: Shop, order: str, sku: str = "lamp") -> dict[str, int]:
    """Units of a SKU that are promised to an order, by location."""
    rows = shop.rows(
        "SELECT l.code, a.promised FROM allocations a JOIN locations l ON l.id = a.location_id"
        " JOIN skus k ON k.id = a.sku_id WHERE a.order_id = :id AND k.code = :sku AND a.promised > 0 ORDER BY l.code",
        id=parse("order", order), sku=sku,
    )  # fmt: skip
    return {str(code): int(units) for code, units in rows}


@pytest.mark.parametrize("stock", [0, 1])
def test_s1_too_little_at_the_only_location_is_refused_by_name(shop: Shop, stock: int) -> None:
    with_stock(shop, stock)
    with pytest.raises(OutOfStock, match=rf"lamp \(5 wanted, {stock} available\)") as refused:
        shop.order(lamp=5)
    assert refused.value.facts["items"] == [{"sku": "lamp", "wanted": 5, "available": stock}]
    assert shop.stock_of("lamp")["promised"] == 0


def test_s1_enough_at_the_only_location(shop: Shop) -> None:
    with_stock(shop, 5)
    assert promised(shop, shop.order(lamp=5)) == {"main": 5}
    shop.prove()


def test_s2_too_little_everywhere_reserves_nothing(shop: Shop) -> None:
    with_stock(shop, 1, 1)
    with pytest.raises(OutOfStock):
        shop.order(lamp=5)
    assert shop.stock_of("lamp")["promised"] == shop.stock_of("lamp", "shelf2")["promised"] == 0
    shop.prove()


@pytest.mark.parametrize(
    ("case", "stocks", "expected"),
    [
        ("s3", (2, 3), {"main": 2, "shelf2": 3}),
        ("s4", (2, 5), {"shelf2": 5}),
        ("s4", (5, 2), {"main": 5}),
        ("s5", (3, 3, 3), {"main": 3, "shelf2": 2}),
        ("s6", (2, 2, 2), {"main": 2, "shelf2": 2, "shelf3": 1}),
    ],
)
def test_s3_to_s6_five_from_several_locations_in_the_fewest_parcels(
    shop: Shop, case: str, stocks: tuple[int, ...], expected: dict[str, int]
) -> None:
    with_stock(shop, *stocks)
    order = shop.order(lamp=5)
    assert promised(shop, order) == expected
    assert len(shop.ship(order)["parcels"]) == len(expected)
    shop.prove()


def test_s7_two_skus_over_two_locations(shop: Shop) -> None:
    with_stock(shop, 10, sku="lamp")
    with_stock(shop, 1, 10, sku="bulb")
    order = shop.order(lamp=2, bulb=4)
    assert promised(shop, order, "lamp") == {"main": 2}
    assert promised(shop, order, "bulb") == {"main": 1, "shelf2": 3}
    assert len(shop.ship(order)["parcels"]) == 2


def test_s8_what_is_missing_is_awaited_where_the_rule_begins(shop: Shop) -> None:
    with_stock(shop, 2, 3, backorder="yes")
    order = shop.order(lamp=10)
    assert promised(shop, order) == {"main": 2, "shelf2": 3}
    assert shop.units(order) == {"promised": 5, "awaited": 5}
    assert shop.stock_of("lamp")["awaited"] == 5
    assert shop.stock_of("lamp", "shelf2")["awaited"] == 0
    shop.prove()


def test_s9_nothing_is_awaited_when_both_locations_together_have_it(shop: Shop) -> None:
    with_stock(shop, 5, 5, backorder="yes")
    order = shop.order(lamp=8)
    assert promised(shop, order) == {"main": 5, "shelf2": 3}
    assert shop.units(order) == {"promised": 8}


def test_s10_most_stock_first(open_shop: Opener) -> None:
    shop = open_shop(sourcing="most_stock")
    with_stock(shop, 3, 4)
    assert promised(shop, shop.order(lamp=5)) == {"shelf2": 4, "main": 1}


def test_s10_most_stock_first_holds_where_fewer_would_do_elsewhere(open_shop: Opener) -> None:
    shop = open_shop(sourcing="most_stock")
    with_stock(shop, 2, 9)
    assert promised(shop, shop.order(lamp=2)) == {"shelf2": 2}


def test_s11_fixed_order_second_location_first(open_shop: Opener) -> None:
    shop = open_shop(sourcing="fixed_order")
    shop.do(AddLocation("barn", "Barn", priority=-1))
    shop.sku("lamp", stock=4)
    shop.stock("lamp", 3, at="barn")
    assert promised(shop, shop.order(lamp=5)) == {"barn": 3, "main": 2}


def test_s12_a_collection_point_gives_all_of_it_whatever_the_rule(open_shop: Opener) -> None:
    shop = open_shop(sourcing="fixed_order")
    with_stock(shop, 9, 5)
    order = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(5))], collect_at="shelf2"))["id"]
    assert promised(shop, order) == {"shelf2": 5}


def test_s12_a_collection_point_with_too_little_is_refused_whatever_lies_elsewhere(shop: Shop) -> None:
    with_stock(shop, 9, 2)
    with pytest.raises(OutOfStock):
        shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(5))], collect_at="shelf2"))
    with pytest.raises(Invalid, match="no location 'moon'"):
        shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], collect_at="moon"))


def test_s13_a_hold_past_its_time_goes_to_the_next_buyer(open_shop: Opener) -> None:
    shop = open_shop(unpaid_expires_hours=24)
    with_stock(shop, 1)
    first = shop.order(lamp=1)
    with pytest.raises(OutOfStock):
        shop.order(lamp=1)
    shop.days_pass(1)

    assert shop.do(ExpireOrders([first])) == {"object": "expiry", "cancelled": [first], "kept": []}

    second = shop.order(lamp=1)
    assert shop.units(second) == {"promised": 1}
    told = shop.rows("SELECT type FROM events WHERE subject_id = :id ORDER BY id", id=parse("order", first))
    assert [type_ for (type_,) in told] == ["order.placed", "order.expired", "order.cancelled"]
    shop.prove()


def test_s14_cancelling_releases_the_promise_and_leaves_on_hand_alone(shop: Shop) -> None:
    with_stock(shop, 5)
    order = shop.order(lamp=3)
    assert shop.stock_of("lamp")["promised"] == 3
    shop.cancel(order)
    assert shop.stock_of("lamp") == {"on_hand": 5, "promised": 0, "available": 5, "awaited": 0, "incoming": 0}
    assert shop.units(order) == {"cancelled": 3}
    shop.prove()


def test_s15_a_parcel_cancelled_before_it_left_is_promised_again(shop: Shop) -> None:
    with_stock(shop, 5)
    order = shop.order(lamp=3)
    (parcel,) = shop.do(PackOrder(order))["parcels"]
    assert shop.units(order) == {"packed": 3}
    assert shop.stock_of("lamp")["promised"] == 3

    shop.do(UnpackParcel(parcel))

    assert promised(shop, order) == {"main": 3}
    assert shop.stock_of("lamp") == {"on_hand": 5, "promised": 3, "available": 2, "awaited": 0, "incoming": 0}
    shop.prove()


def test_s15_a_parcel_cancelled_after_it_left_brings_on_hand_and_promise_back(shop: Shop) -> None:
    with_stock(shop, 5)
    order = shop.order(lamp=3)
    (parcel,) = shop.ship(order)["parcels"]
    assert shop.stock_of("lamp")["on_hand"] == 2

    shop.do(ParcelCameBack(parcel))

    assert promised(shop, order) == {"main": 3}
    assert shop.stock_of("lamp") == {"on_hand": 5, "promised": 3, "available": 2, "awaited": 0, "incoming": 0}
    shop.prove()


def test_a_capped_backorder_is_shared_by_all_orders(shop: Shop) -> None:
    with_stock(shop, 0, backorder="capped", backorder_cap=Decimal(3))
    assert shop.units(shop.order(lamp=2)) == {"awaited": 2}
    with pytest.raises(OutOfStock):
        shop.order(lamp=2)
    assert shop.units(shop.order(lamp=1)) == {"awaited": 1}
    shop.prove()


def test_what_comes_in_goes_to_the_oldest_order_first_and_in_part(shop: Shop) -> None:
    with_stock(shop, 0, backorder="yes")
    first, second = shop.order(lamp=3), shop.order(lamp=2)
    shop.stock("lamp", 4)
    assert shop.units(first) == {"promised": 3}
    assert shop.units(second) == {"promised": 1, "awaited": 1}
    shop.prove()
