"""Goods move between our own shelves, and what lies there is counted."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.count_stock import CountBelowPromised, CountLine, CountStock
from orderwell.flows.keep_catalog import AddLocation
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.transfer_stock import (
    EndTransfer,
    NothingUnderWay,
    ReceivedLine,
    ReceiveTransfer,
    TransferLineAsk,
    TransferStock,
)
from orderwell.inventory.rules import OutOfStock
from orderwell.inventory.transfers import LessThanReceived, MoreThanShipped, TransferExists
from orderwell.kit.errors import Invalid
from tests.support.shop import Shop


@pytest.fixture
def two(shop: Shop) -> Shop:
    """The shop with a second location, and 20 lamps at main."""
    shop.do(AddLocation("north", "North", priority=1))
    shop.sku("lamp", stock=20, cost=300, backorder="yes")
    return shop


def send(shop: Shop, *, reference: str | None = None, **units: int) -> str:
    lines = [TransferLineAsk(code, Decimal(quantity)) for code, quantity in units.items()]
    return shop.do(TransferStock("main", "north", lines, reference=reference))["id"]


def arrived(shop: Shop, transfer: str, **totals: int) -> dict[str, Any]:
    return shop.do(
        ReceiveTransfer(transfer, [ReceivedLine(code, Decimal(total)) for code, total in totals.items()] or None)
    )


def count(shop: Shop, **counted: int) -> dict[str, Any]:
    return shop.do(CountStock("main", [CountLine(code, Decimal(units)) for code, units in counted.items()]))


def test_a_transfer_is_received_in_parts_reported_in_total(two: Shop) -> None:
    """Case S17."""
    transfer = send(two, lamp=12)
    assert two.stock_of("lamp")["on_hand"] == 8
    assert two.stock_of("lamp", "north") == {
        "on_hand": 0, "promised": 0, "available": 0, "awaited": 0, "incoming": 12,
    }  # fmt: skip

    assert arrived(two, transfer, lamp=8)["status"] == "partly_received"
    assert two.stock_of("lamp", "north")["on_hand"] == 8
    assert arrived(two, transfer, lamp=12)["status"] == "received"
    assert two.stock_of("lamp", "north")["on_hand"] == 12
    assert arrived(two, transfer, lamp=12)["status"] == "received"  # told again, nothing new

    with pytest.raises(MoreThanShipped, match="lamp: 13 received of 12 shipped"):
        arrived(two, transfer, lamp=13)
    with pytest.raises(LessThanReceived, match="lamp: 12 were received before, 3 are reported now"):
        arrived(two, transfer, lamp=3)
    assert two.stock_of("lamp", "north")["on_hand"] == 12
    assert two.balance("inventory") == 6000


def test_what_is_promised_stays_where_it_is(two: Shop) -> None:
    two.order(lamp=15)
    with pytest.raises(OutOfStock, match="lamp: 5 units are free at this location, 6 were to leave it"):
        send(two, lamp=6)
    with pytest.raises(Invalid, match="from one location to another"):
        two.do(TransferStock("main", "main", [TransferLineAsk("lamp", Decimal(1))]))
    send(two, lamp=4, reference="T-1")
    with pytest.raises(TransferExists):
        send(two, lamp=1, reference="T-1")


def test_goods_in_transit_arrive_for_those_who_wait_there(two: Shop) -> None:
    waiting = two.do(PlaceOrder("web", [LineAsk("lamp", Decimal(4))], collect_at="north"))["id"]
    assert two.units(waiting) == {"awaited": 4}
    arrived(two, send(two, lamp=6))
    assert two.units(waiting) == {"promised": 4}
    assert two.stock_of("lamp", "north")["available"] == 2


def test_the_rest_of_a_transfer_comes_back(two: Shop) -> None:
    transfer = send(two, lamp=12)
    arrived(two, transfer, lamp=8)
    assert two.do(EndTransfer(transfer, "returned"))["lines"][0]["returned"] == "4"
    assert two.stock_of("lamp")["on_hand"] == 12
    assert two.stock_of("lamp", "north")["incoming"] == 0
    with pytest.raises(NothingUnderWay):
        two.do(EndTransfer(transfer, "returned"))
    with pytest.raises(MoreThanShipped):
        arrived(two, transfer, lamp=12)


def test_what_is_lost_on_the_way_is_a_difference_at_cost(two: Shop) -> None:
    transfer = send(two, lamp=12)
    arrived(two, transfer, lamp=8)
    ended = two.do(EndTransfer(transfer, "lost", note="Ask Noor Bakker"))
    assert (ended["status"], ended["note"]) == ("received", "Ask Noor Bakker")
    assert two.rows("SELECT COUNT(*) FROM events WHERE data LIKE '%Noor%'") == [(0,)]
    assert two.journal(template="stock_difference") == "stock_difference: stock_differences <- inventory 12.00"
    assert two.stock_of("lamp", "north")["incoming"] == 0


def test_a_count_puts_the_books_right(shop: Shop) -> None:
    shop.sku("lamp", stock=10, cost=300)
    shop.sku("shade", stock=10, cost=200)
    shop.sku("bulb", stock=10, cost=100)

    counted = count(shop, lamp=8, shade=13, bulb=10)

    assert [line["difference"] for line in counted["lines"]] == ["-2", "3", "0"]
    assert counted["value"] == 0
    assert [shop.stock_of(code)["on_hand"] for code in ("lamp", "shade", "bulb")] == [8, 13, 10]
    assert shop.journal(template="stock_difference") == ""  # 6.00 less and 6.00 more
    again = count(shop, lamp=10)  # the two were found after all: the first count is put right by the next
    assert again["value"] == 600
    assert shop.journal(template="stock_difference") == "stock_difference: inventory <- stock_differences 6.00"


def test_a_count_below_what_orders_hold_is_refused_by_name_and_changes_nothing(shop: Shop) -> None:
    shop.sku("lamp", stock=10)
    shop.sku("shade", stock=10)
    shop.order(lamp=6)
    with pytest.raises(CountBelowPromised, match=r"lamp \(5 counted, 6 promised\)") as refused:
        count(shop, shade=9, lamp=5)
    assert refused.value.facts == {"items": [{"sku": "lamp", "counted": "5", "promised": "6"}]}
    assert shop.stock_of("shade")["on_hand"] == 10
    count(shop, lamp=6)
    assert shop.stock_of("lamp")["available"] == 0


def test_what_is_found_goes_to_those_who_wait(shop: Shop) -> None:
    shop.sku("lamp", backorder="yes")
    order = shop.order(lamp=3)
    shop.do(CountStock("main", [CountLine("lamp", Decimal(2), cost=800)]))
    assert shop.units(order) == {"promised": 2, "awaited": 1}
    assert shop.journal() == "stock_difference: inventory <- stock_differences 8.00"


def test_a_sku_is_counted_once_and_only_goods_are(shop: Shop) -> None:
    shop.sku("lamp", stock=1)
    shop.sku("postage", kind="service")
    with pytest.raises(Invalid, match="two lines"):
        shop.do(CountStock("main", [CountLine("lamp", Decimal(1)), CountLine("lamp", Decimal(2))]))
    with pytest.raises(Invalid, match="service"):
        count(shop, postage=1)
