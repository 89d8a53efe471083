"""An accountant's day in the browser: with keys where there are keys, and within the budgets."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from orderwell.flows.import_statement import ImportStatement, StatementRow
from orderwell.reports.documents import Wanted, listed
from tests.web.browser.conftest import House, Opened, axe
from tests.web.browser.pictures import picture

INVOICES, BANK = "/accounting/invoices", "/accounting/bank_lines"
PAGES = (  # each with few rows: what is wrong with one is wrong with all
    f"{INVOICES}?state=open", f"{INVOICES}?q=nothing-like-it", "/accounting/receivables",
    "/accounting/payments?method=bank_transfer", "/accounting/books", "/accounting/books/journal?template=refund",
    "/accounting/books/accounts/scrap", "/accounting/books/vat", "/accounting/month-end", BANK, f"{BANK}/read",
    f"{BANK}?status=ignored", "/reports", "/reports/sales_by_day", "/reports/margin_by_channel", "/reports/receivables",
)  # fmt: skip


def documents(house: House, **wanted: str) -> list[dict[str, object]]:
    with house.app.database.reading() as connection:
        found: list[dict[str, object]] = listed(connection, Wanted(**wanted), today="9999-12-31")["data"]
    return found


@pytest.fixture
def invoice(house: House) -> str:
    """One that is owed and can be credited."""
    return str(next(each["id"] for each in documents(house, state="open") if each["kind"] == "invoice"))


@pytest.fixture
def waiting(house: House) -> list[str]:
    """Three bank lines, each for exactly what is open of an invoice, that name nothing."""
    owed = [each for each in documents(house, state="open") if each["kind"] == "invoice"][:3]
    rows = [
        StatementRow(
            datetime.now(UTC).date().isoformat(),
            f"{int(str(each['open'])) / 100:.2f}",
            counterparty=str(each["customer"]),
            text="-",
        )
        for each in owed
    ]
    house.app.writer.ask(ImportStatement(rows=rows))
    return [str(each["id"]) for each in owed]


def test_bank_lines_take_two_keys_each(opened: Opened, house: House, waiting: list[str]) -> None:
    page = opened(BANK, role="accounting")
    picture(page, "accounting-bank")
    before = page.page.locator("#bank-lines tbody tr").count()
    for done in range(1, 3):
        page.press("j")
        page.press("Enter")
        page.page.locator("#bank-lines tbody tr").nth(before - done).wait_for(state="detached")
    page.counted.within(keys=4)


@pytest.mark.parametrize(("theme", "every"), [("light", 1), ("dark", 3)])
def test_nothing_keeps_anybody_out(opened: Opened, invoice: str, theme: str, every: int) -> None:
    """The dark theme has the same pages in other colours: a third of them has every piece."""
    page = opened("/", role="accounting", theme=theme)
    for path in (f"{INVOICES}/{invoice}", *PAGES)[::every]:
        page.go(path)
        assert axe(page) == [], (theme, path)


@pytest.mark.parametrize("width", [1366, 390])
def test_pages_fit_the_screen_in_dutch(opened: Opened, invoice: str, waiting: list[str], width: int) -> None:
    page = opened("/", role="accounting", width=width, language="nl")
    for path in (*PAGES, f"{INVOICES}/{invoice}"):
        page.go(path)
        over = page.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (path, over)
        page.check()


def test_a_credit_note_takes_four_clicks_from_the_invoice(opened: Opened, invoice: str) -> None:
    page = opened(f"{INVOICES}/{invoice}", role="accounting")
    page.click("summary:has-text('Credit note')")
    page.click("button:has-text('Issue the credit note')")
    page.see("The credit note is issued.")
    assert "CRN-" in page.page.locator("h1").inner_text()
    page.counted.within(clicks=4)


INVOICE, ROW = "tbody th a[href*='/accounting/invoices/']", "main tbody th a"
FIGURES = (  # where it stands, what leads to what it sums, and what leads from there to a source
    ("/accounting/books", "a[href*='/accounts/sales?']", INVOICE),
    ("/accounting/books", "a[href*='/accounts/payable?']", "tbody th a[href*='/purchasing/orders/']"),
    ("/accounting/books", "a[href*='/accounts/bank?']", "tbody th a[href*='/accounting/payments/']"),
    ("/accounting/books/vat", ROW, INVOICE),
    (
        "/accounting/month-end",
        "main a[href*='/accounting/receivables']",
        "tbody th a[href*='/accounting/receivables/']",
    ),
    ("/accounting/receivables", ROW, INVOICE),
    ("/reports/sales_by_month", ROW, INVOICE),
    ("/reports/sales_by_product?from=2020-01-01", ROW, INVOICE),
    ("/reports/stock_value", ROW, "main a[href*='/orders/'], main a[href*='/stock/']"),
)


def test_from_a_figure_to_its_source_takes_two_clicks(opened: Opened) -> None:
    page = opened("/", role="owner")
    for at, first, second in FIGURES:
        page.go(at)
        page.counted.clicks = 0
        page.click(page.page.locator(first).first)
        page.page.wait_for_url(lambda url, at=at: not url.endswith(at))
        page.click(page.page.locator(second).first)
        page.page.wait_for_load_state()
        page.counted.within(clicks=2)
    page.page.set_viewport_size({"width": 1100, "height": 620})
    page.go("/accounting/books/accounts/receivable")
    picture(page, "accounting-card")


def test_a_month_that_is_right_is_closed_in_ten_clicks(opened: Opened, house: House) -> None:
    page = opened("/", role="accounting")
    page.click("a.side-link[href='/accounting/month-end']")
    page.page.wait_for_url("**/accounting/month-end")
    assert page.page.locator(".check-wrong").count() == 0
    if page.page.locator("form[action='/accounting/lock']").count() == 0:  # the demonstration has closed it itself
        page.click("summary:has-text('Open the books again')")
        page.click("button:has-text('Open them')")
        page.see("The books are open again.")
    page.click("form[action='/accounting/lock'] button")
    page.see("The books are closed.")
    page.counted.within(clicks=10)
    picture(page, "accounting-month-end")


def test_a_statement_file_is_read(opened: Opened, house: House) -> None:
    page = opened(f"{BANK}/read", role="accounting")
    content = b"date,amount,name,description\n2026-02-03,1234.56,Nobody known,of nothing\n"
    page.page.set_input_files("#statement-file", {"name": "june.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.page.locator("#statement-text")).to_have_value(re.compile("1234.56"))
    page.click("main button[type=submit]")
    page.see("The statement is read.")
    page.see("Nobody known")


def test_files_are_handed_out(opened: Opened) -> None:
    page = opened("/reports/sales_by_month", role="accounting")
    with page.page.expect_download() as waited:
        page.click("a[href*='format=xlsx']")
    assert waited.value.suggested_filename.endswith(".xlsx")
