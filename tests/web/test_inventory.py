"""Inventory: the list, one SKU with what stands behind its figures, and what puts them right."""

from decimal import Decimal

import pytest

from orderwell.flows.keep_bins import AddBin
from orderwell.flows.keep_catalog import AddLocation, BarcodeAsk
from orderwell.flows.keep_suppliers import SetReorderRule
from orderwell.flows.move_bins import PutAway, PutAwayLine
from tests.support.buying import buy, supplier
from tests.web.conftest import WebShop, text_of


@pytest.fixture
def shelves(shop: WebShop) -> WebShop:
    shop.do(AddLocation("depot", "Depot", priority=5))
    shop.sku("lamp", stock=10, cost=300, barcodes=[BarcodeAsk("870001")])
    shop.sku("bulb", stock=4, cost=100)
    shop.stock("lamp", 6, at="depot")
    return shop


def cells(html: str, code: str) -> list[str]:
    """On hand, promised, available, awaited, incoming as they stand in the row of a SKU."""
    row = html.partition(f">{code}</a></th>")[2].partition("</tr>")[0]
    return [text_of(f"<td{each}") for each in row.split("<td")[2:7]]


def test_the_list_says_what_lies_where_and_what_is_promised(shelves: WebShop) -> None:
    supplier(shelves, lamp="2")
    order = shelves.order(lamp=3)
    buy(shelves, lamp=12)
    browser = shelves.browser("warehouse")
    assert cells(browser.get("/stock").text, "lamp") == ["16", "3", "13", "0", "12"]
    assert cells(browser.get("/stock?at=depot").text, "lamp") == ["6", "0", "6", "0", "0"]
    for search in ("LAM", "870001"):
        found = browser.get(f"/stock?q={search}").text
        assert ">lamp</a>" in found
        assert ">bulb</a>" not in found
    assert "No SKU fits" in browser.get("/stock?low=yes").text
    shelves.do(SetReorderRule("bulb", "main", Decimal(5), Decimal(9), "acme"))
    low = browser.get("/stock?low=yes").text
    assert ">bulb</a>" in low
    assert ">lamp</a>" not in low
    page = browser.get("/stock/lamp").text
    assert f"/orders/{order}" in page
    assert "/warehouse/receive/pur_" in page


def test_lists_are_paged_by_code(shelves: WebShop) -> None:
    for n in range(60):
        shelves.sku(f"nail-{n:02}")
    browser = shelves.browser("warehouse")
    first = browser.get("/stock").text
    assert "nail-47" in first
    assert "nail-48" not in first
    second = browser.get("/stock?cursor=nail-47").text
    assert ">nail-48</a>" in second
    assert ">lamp</a>" not in second


def test_stock_is_put_right_with_a_reason(shelves: WebShop) -> None:
    browser = shelves.browser("warehouse")
    page = "/stock/lamp"
    browser.submit(page, "/stock/adjust", location="main", reason="damaged", lines__0__quantity="2", note="fell")
    browser.submit(page, "/stock/adjust", location="main", reason="found", lines__0__quantity="1")
    assert shelves.stock_of("lamp")["on_hand"] == 9
    said = text_of(browser.get(page).text)
    assert "Damaged Main street Scrap 2 14 Warehouse" in said
    assert "Stock is put right." in said
    browser.submit(page, "/stock/count", location="main", lines__0__counted="7")
    assert shelves.stock_of("lamp")["on_hand"] == 7
    shelves.order(lamp=5)
    refused = browser.submit(page, "/stock/count", location="main", lines__0__counted="2")
    assert refused.status_code == 409
    assert "Less was counted than is promised to orders" in refused.text
    typed = browser.submit(page, "/stock/adjust", location="main", reason="lost", lines__0__quantity="many")
    assert typed.status_code == 422
    shelves.prove()


def test_a_transfer_can_be_taken_back_and_bins_can_be_changed(shelves: WebShop) -> None:
    browser = shelves.browser("warehouse")
    page = "/stock/lamp"
    browser.submit(page, "/stock/transfer", source="main", target="depot", lines__0__quantity="4")
    assert shelves.stock_of("lamp")["on_hand"] == 6
    forms = browser.forms(page)
    (undo,) = [each for each in forms if each.endswith("/end")]
    assert browser.send(undo, forms[undo]).status_code == 303
    assert shelves.stock_of("lamp")["on_hand"] == 10
    for code in ("A-1", "A-2"):
        shelves.do(AddBin("main", code))
    shelves.do(PutAway("main", [PutAwayLine("lamp", Decimal(5), "A-1")]))
    browser.submit(page, "/stock/move", location="main", lines__0__target="A-2", lines__0__quantity="2")
    assert sorted(shelves.rows("SELECT quantity FROM bin_stock")) == [(2,), (3,)]
    shelves.prove()


def test_who_may_only_look_sees_figures_and_no_forms(shelves: WebShop) -> None:
    looking = shelves.browser("management")
    assert not [each for each in looking.forms("/stock/lamp") if each.startswith("/stock")]
    fields = shelves.browser("owner").forms("/stock/lamp")["/stock/adjust"]
    assert looking.send("/stock/adjust", {**fields, "reason": "found", "lines.0.quantity": "5"}).status_code == 403
    assert shelves.stock_of("lamp")["on_hand"] == 10
    assert shelves.browser("warehouse").get("/stock/nothing").status_code == 404


def test_the_palette_finds_skus(shelves: WebShop) -> None:
    assert "/stock/sku_" in shelves.browser("warehouse").get("/palette?q=870001").text


def test_nonsense_in_an_address_does_no_harm(shelves: WebShop) -> None:
    browser = shelves.browser("owner")
    for text in ("\x00", "a" * 3_000, "'", "<script>alert(1)</script>", "٣", "sku_"):
        for name in ("q", "at", "low", "cursor", "rows", "scan", "code"):
            for path in ("/stock", "/stock/lamp", "/warehouse", "/warehouse/count"):
                answered = browser.http.get(path, params={name: text})
                assert answered.status_code in (200, 422), (path, name)
                assert "<script>alert" not in answered.text
        assert browser.http.get("/warehouse/open", params={"code": text}).status_code in (303, 404)
