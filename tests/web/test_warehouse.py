"""The warehouse's pages without a script: each form does its work, says what it refuses, and asks for its right."""

from decimal import Decimal

import pytest

from orderwell.flows.keep_bins import AddBin
from orderwell.flows.keep_catalog import AddLocation, BarcodeAsk
from orderwell.flows.make_pick_list import MakePickList
from orderwell.flows.move_bins import PutAway, PutAwayLine
from orderwell.web.code128 import QUIET, WIDTHS, bars, symbols
from tests.support.buying import buy, supplier
from tests.web.conftest import WebShop, text_of


@pytest.fixture
def hall(shop: WebShop) -> WebShop:
    """Eight lamps in bin A-1, two in none."""
    shop.sku("lamp", stock=10, cost=300, barcodes=[BarcodeAsk("870001"), BarcodeAsk("870012", 2)])
    shop.do(AddBin("main", "A-1", 10))
    shop.do(PutAway("main", [PutAwayLine("lamp", Decimal(8), "A-1")]))
    return shop


def test_what_is_scanned_is_opened(hall: WebShop) -> None:
    browser = hall.browser("warehouse")
    order = hall.order(lamp=1)
    for code, target in (
        ("A-1", "/warehouse/count?scan=A-1&at=main"),
        ("870012", "/stock/sku_"),
        (order, f"/warehouse/pack/{order}?at=main"),
    ):
        opened = browser.get(f"/warehouse/open?code={code}&at=main")
        assert opened.status_code == 303
        assert opened.headers["location"].startswith(target)
    assert browser.get("/warehouse/open?code=nothing-like-it").status_code == 404
    hall.sku("A-1")  # now two things carry this code
    assert browser.get("/warehouse/open?code=A-1").headers["location"] == "/warehouse?code=A-1"
    choice = browser.get("/warehouse?code=A-1").text
    assert "/warehouse/count?scan=A-1" in choice
    assert "/stock/sku_" in choice


def test_goods_are_received_as_typed_and_nothing_typed_is_not_everything(hall: WebShop) -> None:
    supplier(hall, lamp="2")
    bought = buy(hall, lamp=12)
    path = f"/warehouse/receive/{bought}"
    browser = hall.browser("warehouse")
    refused = browser.submit(path, path)
    assert refused.status_code == 409
    assert "Nothing was scanned or typed" in refused.text
    assert browser.submit(path, path, lines__0__quantity="5").headers["location"] == "/warehouse/receive"
    assert hall.stock_of("lamp")["on_hand"] == 15
    too_many = browser.submit(path, path, lines__0__quantity="8")
    assert too_many.status_code == 409
    assert 'value="8"' in too_many.text
    browser.submit(path, path, everything="yes")
    assert hall.stock_of("lamp")["on_hand"] == 22
    assert "All of it has come" in browser.get(path).text


def test_picked_packed_and_sent_by_typing(hall: WebShop) -> None:
    order = hall.order(lamp=3)
    browser = hall.browser("warehouse")
    fields = {
        name: value for name, value in browser.forms("/warehouse/pick")["/warehouse/pick"].items() if "." not in name
    }
    made = browser.send("/warehouse/pick", {**fields, "orders": order})
    walk = made.headers["location"]
    wrong = browser.submit(walk, f"{walk}/pick", item="bulb", quantity="1")
    assert wrong.status_code == 422
    more = browser.submit(walk, f"{walk}/pick", item="lamp", quantity="4")
    assert "That is more than the list asks for" in more.text
    assert browser.submit(walk, f"{walk}/pick", item="870012", quantity="1").status_code == 303  # a pack of two
    assert hall.units(order).get("picked", 0) == 2
    browser.submit(walk, f"{walk}/pick", item="lamp", quantity="1")
    assert "All of this list is picked" in browser.get(walk).text

    path = f"/warehouse/pack/{order}"
    assert browser.submit(path, path).status_code == 409
    packed = browser.submit(path, path, lines__0__quantity="3", carrier="van")
    parcel = packed.headers["location"].partition("?")[0]
    assert "van" in browser.get(parcel).text
    assert browser.submit(parcel, f"{parcel}/ship", tracking="3SABC").status_code == 303
    assert hall.rows("SELECT carrier, tracking, status FROM parcels") == [("van", "3SABC", "shipped")]
    hall.prove()


def test_a_short_pick_goes_on_with_the_next_line(hall: WebShop) -> None:
    order = hall.order(lamp=3)
    walk = f"/warehouse/pick/{hall.do(MakePickList('main', [order]))['id']}"
    browser = hall.browser("warehouse")
    assert browser.submit(walk, f"{walk}/short", found="1").status_code == 303
    assert hall.rows("SELECT kind FROM tasks") == [("short_pick",)]
    assert hall.units(order).get("picked", 0) == 1
    assert browser.submit(walk, f"{walk}/put-back", quantity="1").status_code == 303
    assert hall.units(order).get("picked", 0) == 0
    hall.prove()


def test_goods_are_put_away_counted_and_sent_to_another_place(hall: WebShop) -> None:
    hall.do(AddLocation("depot", "Depot", priority=5))
    browser = hall.browser("warehouse")
    assert (
        browser.submit("/warehouse/put-away?at=main", "/warehouse/put-away", lines__0__bin="nowhere").status_code > 400
    )
    assert browser.submit("/warehouse/put-away?at=main", "/warehouse/put-away", lines__0__bin="A-1").status_code == 303
    assert hall.rows("SELECT quantity FROM bin_stock") == [(10,)]

    page = "/warehouse/count?scan=A-1&at=main"
    again = browser.submit(page, "/warehouse/count", lines__0__counted="7")
    assert again.status_code == 409
    assert "count again" in text_of(again.text)
    assert "10" not in text_of(again.text).partition("A-1")[2].partition("Number of this request")[0]  # still blind
    assert hall.rows("SELECT quantity FROM bin_stock") == [(10,)]
    assert browser.submit(page, "/warehouse/count", lines__0__counted="7", again="yes").status_code == 303
    assert hall.rows("SELECT quantity FROM bin_stock") == [(7,)]

    sent = browser.submit(
        "/warehouse/transfers?at=main", "/warehouse/transfers", target="depot", lines__0__sku="870012",
        lines__0__quantity="4",
    )  # fmt: skip
    assert sent.status_code == 303
    (number,) = hall.rows("SELECT id FROM transfers")[0]
    from orderwell.values.ids import show

    path = f"/warehouse/transfers/{show('transfer', number)}"
    browser.submit(path, path, lines__0__quantity="1")
    browser.submit(path, path, lines__0__quantity="1")  # what came now, not in total
    assert hall.stock_of("lamp", "depot")["on_hand"] == 2
    assert hall.stock_of("lamp")["on_hand"] == 3
    hall.prove()


def test_who_may_only_look_finds_no_button_and_is_refused(hall: WebShop) -> None:
    order = hall.order(lamp=1)
    walk = f"/warehouse/pick/{hall.do(MakePickList('main', [order]))['id']}"
    looking = hall.browser("management")
    assert f"{walk}/pick" not in looking.forms(walk)
    fields = hall.browser("warehouse").forms(walk)[f"{walk}/pick"]
    assert looking.send(f"{walk}/pick", {**fields, "item": "lamp"}).status_code == 403
    assert looking.get("/warehouse/count?scan=A-1").status_code == 200
    assert hall.units(order).get("picked", 0) == 0


def test_code_128_is_as_the_standard_says() -> None:
    assert len(set(WIDTHS)) == 107
    assert {sum(map(int, each)) for each in WIDTHS[:-1]} == {11}
    assert symbols("PJJ123C") == [
        104,
        48,
        42,
        42,
        17,
        18,
        19,
        35,
        55,
        106,
    ]  # one more than the standard's own example, which begins in set A
    whole, lines = bars("A") or (0, [])
    assert whole == 4 * 11 + 2 + 2 * QUIET
    assert lines[0] == (QUIET, 2)
    assert bars("€") is None
    assert bars("") is None
