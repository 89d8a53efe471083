"""Inventory as people see it: live, found from anywhere, in both themes and languages."""

from decimal import Decimal

from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.keep_catalog import AddSku
from orderwell.flows.place_order import LineAsk, PlaceOrder
from tests.web.browser.conftest import House, Opened, axe
from tests.web.browser.pictures import picture


def add(house: House, code: str) -> str:
    ask = house.app.writer.ask
    made = ask(AddSku(code, f"Name of {code}", price=Decimal(5)))
    ask(AdjustStock("warehouse", "found", [AdjustLine(code, Decimal(9), cost=900)]))
    return str(made["id"])


def test_a_sale_changes_the_open_page_and_is_marked(opened: Opened, house: House) -> None:
    sku = add(house, "aa-live")
    page, other = opened("/stock?q=aa-live"), opened(f"/stock/{sku}", role="warehouse")
    page.listening()
    other.listening()
    house.app.writer.ask(PlaceOrder("web", [LineAsk("aa-live", Decimal(2))], customer="C1001"))
    page.page.locator(f"#{sku}.changed b", has_text="7").wait_for()
    other.page.locator("#place-warehouse b", has_text="7").wait_for()
    other.page.locator("#held li").first.wait_for()


def test_what_one_person_puts_right_another_sees_and_an_undone_transfer_leaves_both_movements(
    opened: Opened, house: House
) -> None:
    sku = add(house, "bb-two")
    one, other = opened(f"/stock/{sku}", role="warehouse"), opened(f"/stock/{sku}", role="owner", height=600)
    other.listening()
    one.click("summary:has-text('Transfer')")
    one.page.locator("[action='/stock/transfer'] [name='lines.0.quantity']").fill("4")
    one.click("[action='/stock/transfer'] button[type=submit]")
    one.page.locator("#place-warehouse a", has_text="5").first.wait_for()
    other.page.locator("#place-warehouse.changed a", has_text="5").first.wait_for()
    picture(other, "inventory-sku")
    one.click(".done button:has-text('Undo')")
    other.page.locator("#place-warehouse a", has_text="9").first.wait_for()
    one.counted.within(clicks=3)
    moved = other.page.locator(".moves tbody tr").all_inner_texts()
    assert [each.split("\t")[1] for each in moved[:2]] == ["Transfer taken back", "Transfer"]
    assert [each.split("\t")[5] for each in moved[:2]] == ["9", "5"]


def test_a_sku_is_found_and_opened_in_three_keys(opened: Opened, house: House) -> None:
    sku = add(house, "zz-palette")
    page = opened("/stock", role="warehouse", width=1024, height=600)
    picture(page, "inventory-list")
    page.press("Control+k")
    page.type("zz-palette")
    page.press("Enter")
    page.page.wait_for_url(f"**/stock/{sku}")
    page.counted.within(keys=3)


def test_the_pages_fit_keep_nobody_out_and_are_in_both_languages(opened: Opened, house: House) -> None:
    sku = add(house, "yy-fits")
    for theme, language, width in (("light", "nl", 1366), ("dark", "en", 390), ("dark", "nl", 320)):
        page = opened("/", role="warehouse", theme=theme, language=language, width=width)
        for path in ("/stock", "/stock?low=yes", "/stock?q=nothing-like-it", f"/stock/{sku}"):
            page.go(path)
            assert axe(page) == [], (path, theme)
            over = page.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, path
            page.check()


def test_a_small_laptop_shows_25_skus(opened: Opened) -> None:
    page = opened("/stock")
    seen = page.page.locator("tbody tr").evaluate_all(
        "rows => rows.filter(row => row.getBoundingClientRect().bottom <= innerHeight).length"
    )
    assert seen >= 25
    assert len(page.page.request.get(f"{page.house.url}/stock").body()) < 100_000
