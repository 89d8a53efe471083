"""A day at the till as a cashier has it, with what it may cost in scans, taps and keys."""

from decimal import Decimal

import pytest

from orderwell.access.pin_rules import hash_of_pin
from orderwell.access.rules import hash_of_token, new_token
from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.keep_drawer import OpenDrawer
from orderwell.flows.keep_pins import SetPin
from orderwell.flows.sign_in import MakeLink, StartSession
from tests.web.browser.conftest import House, Opened, Watched, axe
from tests.web.browser.pictures import picture

TILL = "/till/utrecht"
CASHIER = "till@example.com"
SKUS = ("noor-black", "noor-white", "noor-brass")


@pytest.fixture(scope="module")
def codes(house: House) -> list[str]:
    """Barcodes of three lamps, with a shelf full of each and the drawer counted."""
    ask = house.app.writer.ask
    ask(AdjustStock("utrecht", "found", [AdjustLine(each, Decimal(50), cost=50_000) for each in SKUS]))
    ask(OpenDrawer("utrecht", CASHIER, 20_000))
    with house.app.database.reading() as connection:
        found = connection.exec_driver_sql("SELECT s.code, b.code FROM skus s JOIN barcodes b ON b.sku_id = s.id")
        by_sku = dict(found.all())  # type: ignore[arg-type]
    return [by_sku[each] for each in SKUS]


def lines(page: Watched, count: int) -> None:
    page.page.locator(".cart-lines li").nth(count - 1).wait_for()


def sold(page: Watched, *codes: str) -> str:
    """A sale by card; the number on its receipt."""
    for code in codes:
        page.scan(code)
    lines(page, len(codes))
    page.page.locator("form.pay .big").click()
    text = page.page.locator(".slip-code").text_content()
    assert text is not None
    return text


def test_three_scans_cash_and_a_receipt(opened: Opened, codes: list[str]) -> None:
    """As fast as the scanner goes, with nothing in focus."""
    page = opened(TILL, role="shop_floor")
    page.page.locator("#add").evaluate("box => box.blur()")
    for code in codes:
        page.scan(code)
    lines(page, 3)
    picture(page, "till")
    page.click(page.page.locator(".quick button").nth(1))
    page.see("Change")
    page.page.locator(".slip .bars").wait_for()
    picture(page, "till-receipt")
    page.click("[data-next]")
    page.see("Nothing in the cart")
    page.counted.within(scans=3, clicks=3)


def test_three_scans_and_the_card_and_the_next_customer_begins_with_a_scan(opened: Opened, codes: list[str]) -> None:
    page = opened(TILL, role="shop_floor", width=1024)
    for code in codes:
        page.scan(code)
    lines(page, 3)
    page.click("form.pay .big")
    page.page.locator(".slip .bars").wait_for()
    page.counted.within(scans=3, clicks=2)
    page.scan(codes[0])
    lines(page, 1)


def test_a_sale_without_a_mouse(opened: Opened, codes: list[str]) -> None:
    """What is typed in the scan field is the amount: keys, not free text, so the two digits count as well."""
    page = opened(TILL, role="shop_floor")
    for code in codes:
        page.scan(code)
    page.press("F9")  # what was scanned comes first
    page.page.locator(".slip", has_text="Cash").wait_for()
    page.press("Enter")
    page.see("Nothing in the cart")
    page.counted.within(scans=3, keys=2)

    page.scan(codes[0])
    lines(page, 1)
    for key in ("1", "0", "0"):
        page.press(key)
    page.press("F9")
    page.see("Change")
    page.press("Enter")
    page.see("Nothing in the cart")
    page.counted.within(scans=4, keys=7)

    page.scan(codes[0])
    page.press("F8")
    page.page.locator(".slip", has_text="Card").wait_for()
    page.counted.within(scans=5, keys=8)


def test_part_by_card_and_the_rest_in_cash_by_keys(opened: Opened, codes: list[str]) -> None:
    page = opened(TILL, role="shop_floor")
    page.scan(codes[0])
    lines(page, 1)
    page.type("20")
    page.press("F8")
    rest = page.page.locator("[name='payments.1.tendered']")
    assert page.page.locator("[name='payments.0.amount']").input_value() == "20"
    assert rest.evaluate("field => field === document.activeElement")
    page.type("50")
    page.press("Enter")
    slip = page.page.locator(".slip")
    slip.wait_for()
    assert "€20.00" in slip.inner_text()
    assert "€50.00" in slip.inner_text()
    page.see("Change")
    page.counted.within(scans=1, keys=2)


def test_the_drawer_is_counted_in_the_evening_and_in_the_morning(opened: Opened, codes: list[str]) -> None:
    page = opened(TILL, role="shop_floor")
    page.press("F2")
    page.page.wait_for_url("**/drawer")
    page.type("12.34")
    page.press("Enter")
    page.see("Z report")
    page.see("Difference")
    page.see("The difference is posted to cash over and short.")
    page.counted.within(keys=2)
    assert axe(page) == []
    page.go(TILL)
    page.type("12.34")
    page.press("Enter")
    page.see("Nothing in the cart")
    page.counted.within(keys=3)


def test_an_exchange_in_one_cart(opened: Opened, codes: list[str]) -> None:
    page = opened(TILL, role="shop_floor")
    receipt = sold(page, codes[0])
    page.go(TILL)
    page.counted.scans = 0
    page.scan(receipt)
    page.scan(codes[0])  # it is on the receipt: it comes back
    page.scan(codes[0])  # none of it is left there: it goes along
    page.scan(codes[1])
    lines(page, 3)
    page.click("form.pay .big")
    page.see("Back: Noor desk lamp")
    page.counted.within(scans=4, clicks=3)
    page.go(TILL)
    page.counted.scans = page.counted.clicks = 0
    second = sold(page, codes[2])
    page.go(TILL)
    page.counted.scans = 0
    for code in (second, codes[2], codes[1]):
        page.scan(code)
    lines(page, 2)
    page.click("form.pay .big")
    page.page.locator(".slip").wait_for()
    page.counted.within(scans=3, clicks=3)


def test_a_pin_takes_over_with_the_cart_as_it_was(opened: Opened, house: House, codes: list[str]) -> None:
    known = new_token()
    house.app.writer.ask(SetPin("owner@example.com", hash_of_pin("4703")))
    page = opened("/sign-in", role=None)
    link, token = new_token(), new_token()
    house.app.writer.ask(MakeLink("sign_in", hash_of_token(link), CASHIER))
    start = StartSession(CASHIER, hash_of_token(token), device=hash_of_token(known), link_hash=hash_of_token(link))
    house.app.writer.ask(start)
    cookies = {"orderwell": token, "orderwell_device": known}
    page.page.context.add_cookies([{"name": each, "value": cookies[each], "url": house.url} for each in cookies])
    page.go(TILL)
    page.scan(codes[0])
    lines(page, 1)
    page.press("F4")
    page.see("This till is locked")
    assert axe(page) == []
    page.page.get_by_text("Olga van den Berg").click()
    page.type("4703")
    page.press("Enter")
    lines(page, 1)
    page.see("Olga van den Berg")
    page.counted.within(scans=1, keys=2, clicks=1)


def test_without_scripts_it_sells_too(opened: Opened, codes: list[str]) -> None:
    page = opened(TILL, role="shop_floor", scripts=False)
    for code in codes[:2]:
        page.page.locator("#add").fill(code)
        page.page.get_by_role("button", name="Add", exact=True).click()
    lines(page, 2)
    page.page.locator("form.pay .big").click()
    page.see("Keep this to bring something back.")


@pytest.mark.parametrize(("width", "language"), [(1366, "en"), (390, "nl"), (320, "nl")])
def test_it_fits_and_everything_can_be_touched(opened: Opened, codes: list[str], width: int, language: str) -> None:
    theme = "dark" if language == "nl" else "light"
    page = opened(TILL, role="owner", width=width, language=language, theme=theme)
    receipt = sold(page, codes[0])
    full = f"{TILL}?cart=noor-black%2C2%2C10%3Bnoor-white%2C1%2C&back={receipt}%2C1%2C1%2Crestock&receipt={receipt}"
    for path in ("/till", TILL, full, f"{TILL}?find=lamp", f"{TILL}/drawer", f"/receipts/{receipt}", "/till/arnhem"):
        page.go(path)
        over = page.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (path, over)
        small = page.page.locator("main :is(.btn, input:not([type=hidden], [type=radio]), select)").evaluate_all(
            "all => all.filter(each => each.offsetParent && !each.closest('.visually-hidden'))"
            ".filter(each => each.getBoundingClientRect().height < 44).map(each => each.outerHTML.slice(0, 100))"
        )
        assert small == [], path
        page.check()
        if width != 320:
            assert axe(page) == [], path
