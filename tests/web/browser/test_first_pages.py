"""Home, the orders and one order, as people see and use them."""

from itertools import product

import pytest
from playwright.sync_api import Route

from orderwell.access.model import BUILT_IN
from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.pick_order import PickOrder
from orderwell.flows.place_order import LineAsk, PlaceOrder
from tests.web.browser.conftest import House, Opened, Watched, axe

ROLES = sorted(set(BUILT_IN) - {"integration"})


@pytest.fixture
def order(house: House) -> str:
    """An order with a shelf full of what it is for."""
    from decimal import Decimal

    ask = house.app.writer.ask
    ask(AdjustStock("warehouse", "found", [AdjustLine("noor-sage", Decimal(5), cost=1_000)]))
    placed = ask(PlaceOrder("web", [LineAsk("noor-sage", Decimal(2))], customer="C1001"))
    return str(placed["id"])


def reference(house: House, order: str) -> str:
    from orderwell.orders.queries import one

    with house.app.database.reading() as connection:
        return str(one(connection, order)["reference"])


@pytest.mark.parametrize("role", ROLES)
def test_nothing_keeps_anybody_out(opened: Opened, order: str, role: str) -> None:
    for theme in ("light", "dark"):
        page = opened("/", role=role, theme=theme)
        same = ("/account", "/orders?q=nothing-like-it", "/no-such-page") if role == "owner" else ()
        for path in ("/", "/orders", f"/orders/{order}", *same):  # what is the same for everybody is looked at once
            if path.startswith("/orders") and "orders:read" not in BUILT_IN[role]:
                continue
            page.go(path)
            assert axe(page) == [], (role, theme, path)


@pytest.mark.parametrize(("width", "language"), list(product((1920, 1366, 768, 390, 320), ("en", "nl"))))
def test_pages_fit_the_screen_in_both_languages(opened: Opened, order: str, width: int, language: str) -> None:
    page = opened("/", width=width, language=language)
    for path in ("/", "/orders", f"/orders/{order}", "/account"):
        page.go(path)
        over = page.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (path, over)
        page.check()


def test_signing_in_is_for_everybody_too(opened: Opened) -> None:
    for path, theme in product(("/sign-in", "/sign-in/link?token=x", "/set-up?token=x"), ("light", "dark")):
        page = opened(path, role=None, theme=theme, language="nl")
        assert axe(page) == [], (path, theme)


def test_a_small_laptop_shows_25_orders(opened: Opened) -> None:
    page = opened("/orders")
    seen = page.page.locator("tbody tr").evaluate_all(
        "rows => rows.filter(row => row.getBoundingClientRect().bottom <= innerHeight).length"
    )
    assert seen >= 25
    heights = page.page.locator("th a, th label, .btn, input:not([type=checkbox]), select").evaluate_all(
        "all => all.filter(each => each.checkVisibility()).map(each => each.getBoundingClientRect().height)"
    )
    assert min(heights) >= 24


def test_an_order_is_found_and_opened_in_three_keys(opened: Opened, house: House, order: str) -> None:
    page = opened("/")
    page.press("Control+k")
    page.type(reference(house, order))
    page.press("Enter")
    page.page.wait_for_url(f"**/orders/{order}")
    page.counted.within(keys=3)


def test_what_another_does_is_seen_without_a_reload(opened: Opened, house: House, order: str) -> None:
    watching, working = opened(f"/orders/{order}"), opened(f"/orders/{order}", role="warehouse")
    watching.listening()
    working.click("form[action$='/pick'] button")
    working.see("Picked.")
    watching.page.locator("#order > .head .state", has_text="Picked").first.wait_for()
    assert watching.page.url.endswith(order)


def test_without_the_stream_nothing_moves_and_the_page_says_so(opened: Opened, house: House, order: str) -> None:
    """The counterpart of the test above: it would fail if the change came by another way."""
    page = opened("/orders")
    page.page.route("**/live*", lambda route: route.abort())
    page.go(f"/orders/{order}")
    house.app.writer.ask(PickOrder(order))
    page.page.locator("#offline").wait_for(state="visible")
    assert page.page.locator("#order > .head .state", has_text="Picked").count() == 0
    page.wrong = [each for each in page.wrong if "ERR_FAILED" not in each and "Failed to fetch" not in each]


def test_a_stream_that_was_refused_at_first_is_asked_for_again(opened: Opened, house: House, order: str) -> None:
    page = opened("/orders")
    page.page.route("**/live*", lambda route: route.fulfill(status=503), times=1)
    page.go(f"/orders/{order}")
    page.listening()
    house.app.writer.ask(PickOrder(order))
    page.page.locator("#order > .head .state", has_text="Picked").wait_for()
    page.wrong = [each for each in page.wrong if "503" not in each]


def test_a_script_that_comes_late_costs_no_stream(opened: Opened, house: House) -> None:
    page = opened("/orders")

    def late(route: Route) -> None:
        page.page.wait_for_timeout(700)
        route.continue_()

    page.page.route("**/hx-sse*", late)
    page.go("/orders?q=late")
    page.listening()


def test_rows_change_in_place_and_new_ones_wait(opened: Opened, house: House, order: str) -> None:
    from decimal import Decimal

    page = opened("/orders")
    page.listening()
    first = page.page.locator("tbody tr").first
    assert first.get_attribute("id") == order
    house.app.writer.ask(PlaceOrder("web", [LineAsk("postage", Decimal(1))]))
    house.app.writer.ask(PickOrder(order))
    page.page.locator(f"#{order} .state", has_text="Picked").wait_for()
    assert "changed" in (page.page.locator(f"#{order}").get_attribute("class") or "")
    page.see("1 new order")
    assert page.page.locator("tbody tr").first.get_attribute("id") == order
    page.click(".newer")
    page.page.locator(f"tbody tr:first-child:not(#{order})").wait_for()


def test_undo_takes_it_back_and_leaves_both_in_the_timeline(opened: Opened, order: str) -> None:
    page = opened(f"/orders/{order}", role="warehouse")
    page.click("form[action$='/pick'] button")
    page.see("Picked.")
    page.press("z")
    page.see("Put back on the shelf.")
    said = page.page.locator(".timeline-list").inner_text()
    assert "Put back on the shelf" in said
    assert "Picked" in said


def test_a_refusal_stays_until_it_is_read(opened: Opened, order: str) -> None:
    page = opened(f"/orders/{order}", language="nl")
    page.click("summary:has-text('Betaling aannemen')")
    page.page.locator("input[name=amount]").fill("veel")
    page.click("button:has-text('Betaling boeken')")
    refused = page.page.locator(f"form[action='/orders/{order}/pay'] .refused")
    refused.wait_for()
    assert page.page.locator("input[name=amount]").input_value() == "veel"
    assert "Nummer van dit verzoek" in refused.inner_text()


def test_everything_works_without_scripts(opened: Opened, order: str) -> None:
    page = opened(f"/orders/{order}", scripts=False)
    page.click("form[action$='/pick'] button")
    page.see("Picked.")
    page.click("summary:has-text('Take payment')")
    page.page.locator("input[name=amount]").fill("1.00")
    page.click("button:has-text('Book the payment')")
    page.see("The payment is booked.")
    page.go("/orders?goods=picked")
    assert page.page.locator(f"#{order}").count() == 1


def test_the_list_is_worked_with_keys_alone(opened: Opened) -> None:
    page = opened("/")
    page.press("g")
    page.press("o")
    page.page.wait_for_url("**/orders")
    page.press("j")
    page.press("j")
    page.press("k")
    wanted = page.page.locator("tr[aria-current=true] a").get_attribute("href")
    assert wanted == page.page.locator("tbody th a").first.get_attribute("href")
    page.press("Enter")
    page.page.wait_for_url(f"**{wanted}")
    page.press("?")
    page.page.locator("#keys[open]").wait_for()


def test_single_keys_can_be_switched_off(opened: Opened, house: House) -> None:
    house.prefer("accounting", "shortcuts", "off")
    page = opened("/orders", role="accounting")
    page.press("j")
    page.press("?")
    assert page.page.locator("tr[aria-current=true]").count() == 0
    assert page.page.locator("#keys[open]").count() == 0
    page.press("Control+k")
    page.page.locator("#palette[open]").wait_for()


def test_searching_keeps_the_address_to_share(opened: Opened, house: House, order: str) -> None:
    page: Watched = opened("/orders")
    page.press("/")
    page.type(reference(house, order))
    page.page.wait_for_url("**/orders?q=*")
    page.page.locator("tbody tr:only-child").wait_for()
    other = opened(page.page.url.removeprefix(house.url))
    assert other.page.locator("tbody tr").count() == 1


def test_a_page_stays_small(opened: Opened, house: House, order: str) -> None:
    page = opened("/")
    for path in ("/", "/orders", f"/orders/{order}"):
        answered = page.page.request.get(house.url + path)
        assert len(answered.body()) < 100_000, path
        assert answered.headers["content-encoding"] == "gzip"
