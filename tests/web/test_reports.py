"""Reports as people see them and take them along: what is in a file is what is on the page, and never a formula."""

import csv
import io
import re
import zipfile
from typing import Any

import pytest

from orderwell.flows.ship_order import ShipOrder
from orderwell.values.ids import parse
from orderwell.web.exports import Column, Sheet, csv_of, plain, xlsx_of
from orderwell.web.pages.reports import SHOWN
from tests.web.conftest import WebShop, text_of

EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0")


@pytest.fixture
def sold(shop: WebShop) -> WebShop:
    shop.sku("lamp", price="12.10", stock=9, cost=400)
    shop.do(ShipOrder(shop.order(lamp=2)))
    shop.do(ShipOrder(shop.order(lamp=1, channel="till")))
    return shop


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def cells_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def test_every_report_is_shown_and_handed_out_in_both_languages(sold: WebShop) -> None:
    for language in ("en", "nl"):
        browser = sold.browser("accounting", language)
        listed = browser.get("/reports").text
        for each in SHOWN:
            assert f"/reports/{each.name}" in listed
            assert browser.get(f"/reports/{each.name}").status_code == 200, each.name
            file = browser.get(f"/reports/{each.name}/export?format=csv")
            assert file.headers["content-type"].startswith("text/csv"), each.name
            assert len(rows_of(file.content)[0]) == len(each.columns)
            book = browser.get(f"/reports/{each.name}/export?format=xlsx")
            assert book.content.startswith(b"PK"), each.name
            assert "<f>" not in cells_of(book.content)


def test_figures_on_the_page_and_in_the_file_are_one(sold: WebShop) -> None:
    browser = sold.browser("accounting")
    assert "€30.00" in text_of(browser.get("/reports/sales_by_month").text)
    rows = rows_of(browser.get("/reports/margin_by_product/export?format=csv&from=2000-01-01").content)
    assert rows[1] == ["lamp", "Lamp", "30.00", "12.00", "18.00", "60.0"]
    assert [row[0] for row in rows_of(browser.get("/reports/sales_by_channel/export").content)[1:]] == [
        "Till",
        "Web shop",
    ]


def test_a_channel_and_days_narrow_it(sold: WebShop) -> None:
    browser = sold.browser("accounting")
    assert "€10.00" in text_of(browser.get("/reports/sales_by_day?channel=till").text)
    assert "Nothing in these days" in browser.get("/reports/sales_by_day?from=2001-01-01&to=2001-01-02").text
    for nonsense in ("?channel=nowhere", "?from=x&to=2026-02-31", "?from=9999-01-01&to=0001-01-01"):
        assert browser.get(f"/reports/sales_by_day{nonsense}").status_code == 200, nonsense
    assert browser.get("/reports/nothing_like_it").status_code == 404
    assert browser.get("/reports/nothing_like_it/export").status_code == 404


def test_the_books_are_for_those_who_may_read_them(sold: WebShop) -> None:
    browser = sold.browser("customer_service")
    assert "/reports/trial_balance" not in browser.get("/reports").text
    for path in ("/reports/trial_balance", "/reports/receivables", "/reports/trial_balance/export?format=csv"):
        assert browser.get(path).status_code == 403, path
    assert browser.get("/reports/sales_by_day").status_code == 200
    assert sold.browser("warehouse").get("/reports/sales_by_day/export").status_code == 403


BY = ("day", "month", "channel", "product", "customer", "country")


@pytest.mark.parametrize("by", BY)
def test_a_row_of_sales_opens_the_documents_it_sums_and_no_other(sold: WebShop, by: str) -> None:
    """A figure, the documents, the document: two clicks."""
    sold.sku("shade", price="24.20", stock=9)
    sold.customer("77")
    sold.do(ShipOrder(sold.order(shade=1, lamp=1, customer="77", channel="till")))
    page = sold.browser("accounting").get(f"/reports/sales_by_{by}").text
    net = {"product": "l.net_minor"}.get(by, "i.net_minor")
    lines = "JOIN invoice_lines l ON l.invoice_id = i.id JOIN skus s ON s.id = l.sku_id" if by == "product" else ""
    rows = re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2].partition("</tbody>")[0], re.DOTALL)
    opened = 0
    for row in rows:
        link = re.search(r'href="(/accounting/invoices[^"]*)"', row)
        if link is None:
            continue  # guests: there is no page of all of them
        opened += 1
        listed = sold.browser("accounting").get(link[1].replace("&amp;", "&")).text
        ids = [parse("invoice", each) for each in re.findall(r'<tr id="(inv_\w+)"', listed)]
        code = text_of(row).split()[0]
        only = f" AND s.code = '{code}'" if by == "product" else ""
        found = sold.rows(f"SELECT SUM({net}) FROM invoices i {lines} WHERE i.id IN ({', '.join(map(str, ids))}){only}")
        assert f"€{found[0][0] / 100:.2f}" in text_of(row), (by, text_of(row))
    assert opened == len(rows) - (by == "customer")


def test_vat_opens_the_documents_of_its_rate_and_a_filter_can_be_taken_off(sold: WebShop) -> None:
    browser = sold.browser("accounting")
    (link,) = re.findall(r'href="(/accounting/invoices\?[^"]*)"', browser.get("/reports/vat_summary").text)
    listed = browser.get(link.replace("&amp;", "&")).text
    assert listed.count('<tr id="inv_') == 2
    assert "Take off: VAT rate" in listed
    assert '<tr id="inv_' not in browser.get("/accounting/invoices?rate=9").text
    for nonsense in ("rate=x", "rate=1e9", "channel=nowhere", "sku=none", "country=%3Cb%3E"):
        assert browser.get(f"/accounting/invoices?{nonsense}").status_code == 200, nonsense


@pytest.mark.parametrize("text", EVIL)
def test_what_a_spreadsheet_would_run_is_a_text(text: str) -> None:
    assert plain(text) == f"'{text}"
    sheet = Sheet("x", (Column("name", "Name"), Column("amount", "Amount", "money")),
                  [{"name": text, "amount": -1250}], "EUR")  # fmt: skip
    assert rows_of(csv_of(sheet, "en"))[1][1] == "-12.50"
    assert rows_of(csv_of(sheet, "en"))[1][0].startswith("'")
    book = cells_of(xlsx_of(sheet, "en"))
    assert "<f>" not in book
    assert "<v>-12.5" in book


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "<script>alert(1)</script>", "x" * 200])
def test_names_of_customers_do_no_harm(shop: WebShop, name: str) -> None:
    shop.sku("lamp", price="12.10", stock=9)
    shop.do(_customer(name))
    shop.do(ShipOrder(shop.order(lamp=1, customer="77")))
    browser = shop.browser("accounting")
    page = browser.get("/reports/sales_by_customer").text
    assert "<script>alert" not in page
    (row,) = rows_of(browser.get("/reports/sales_by_customer/export").content)[1:]
    assert row[0] == (f"'{name}" if name.startswith("=") else name)
    assert re.search(r'filename="sales-by-customer-[0-9-]+\.csv"', browser.get(
        "/reports/sales_by_customer/export").headers["content-disposition"])  # fmt: skip


def _customer(name: str) -> Any:
    from orderwell.flows.keep_customers import AddCustomer

    return AddCustomer(name, reference="77")
