"""What customer service and the warehouse do with orders, counted; and that nothing on these pages keeps people out."""

from decimal import Decimal
from itertools import count

import pytest

from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.keep_notes import AddOrderNote
from orderwell.flows.pick_order import PickOrder
from orderwell.flows.place_order import AddressAsk, LineAsk, PlaceOrder
from tests.web.browser.conftest import House, Opened, axe
from tests.web.browser.pictures import picture

NUMBERS = count(20_001)
HOME = AddressAsk("N. Bakker", "Dorpsstraat 1", "1234 AB", "Ede", "NL")


@pytest.fixture
def order(house: House) -> str:
    ask = house.app.writer.ask
    ask(AdjustStock("warehouse", "found", [AdjustLine("noor-sage", Decimal(5), cost=1_000)]))
    number, lines = f"W{next(NUMBERS)}", [LineAsk("noor-sage", Decimal(2))]
    placed = ask(PlaceOrder("web", lines, reference=number, customer="C1001", ship_to=HOME))
    ask(AddOrderNote(placed["id"], "Ring first, please.", pinned=True))
    return str(placed["id"])


def test_every_figure_is_one_click_from_its_list(opened: Opened, order: str) -> None:
    page = opened("/", role="management")
    picture(page, "home")
    for n in range(page.page.locator(".need").count()):
        need = page.page.locator(".need").nth(n)
        count, to = int(need.locator("b").inner_text()), need.get_attribute("href")
        page.click(need)
        page.page.wait_for_url(f"**{to}")
        assert page.page.locator("main tbody tr, main .task").count() == count, to
        page.counted.within(clicks=n + 1)
        page.go("/")


def test_where_is_my_order_is_answered_in_two_clicks_without_a_page_load(opened: Opened, order: str) -> None:
    page = opened(f"/orders/{order}", role="customer_service")
    before = page.page.evaluate("performance.timeOrigin")
    page.click("summary:has-text('Where is it?')")
    page.page.locator("#answer").wait_for(state="visible")
    picture(page, "order")
    page.click(".opens[open] [data-copy]")
    page.page.locator(".opens[open] .copied").wait_for()
    page.counted.within(clicks=4)
    assert page.page.evaluate("performance.timeOrigin") == before


def test_an_address_is_changed_and_taken_back(opened: Opened, order: str) -> None:
    page = opened(f"/orders/{order}", role="customer_service")
    page.click("summary:has-text('Change the address')")
    page.page.locator("input[name='ship_to.street']").fill("Kade 7")
    page.click("button:has-text('Send it there')")
    page.see("The address is changed.")
    page.page.locator("address", has_text="Kade 7").wait_for()
    page.counted.within(clicks=4)
    page.press("z")
    page.page.locator("address", has_text="Dorpsstraat 1").wait_for()


def test_cancelling_before_picking(opened: Opened, order: str) -> None:
    page = opened(f"/orders/{order}", role="customer_service")
    page.click("summary:has-text('Cancel')")
    page.click("button:has-text('Cancel the order')")
    page.see("Cancelled.")
    page.counted.within(clicks=4)
    page.press("z")
    page.see("Taken back: it is wanted again.")
    said = page.page.locator(".timeline-list").inner_text()
    assert "Cancellation taken back" in said
    assert "Cancelled" in said


def test_a_stale_form_shows_the_difference(opened: Opened, house: House, order: str) -> None:
    page = opened(f"/orders/{order}", role="customer_service", language="nl")
    page.click("summary:has-text('Annuleren')")  # open: it is not swapped while somebody is at it
    house.app.writer.ask(PickOrder(order))
    page.click("form[action$='/cancel'] button")
    page.page.locator(".differs", has_text="Te picken").wait_for()
    assert axe(page) == []


def test_many_orders_are_picked_from_the_list(opened: Opened, order: str) -> None:
    page = opened("/orders?goods=to_pick", role="warehouse")
    page.press("j")
    page.press("x")
    picture(page, "orders")
    page.click("#bulk [formaction='/bulk/orders/pick']")
    page.page.wait_for_url("**/bulk/orders/pick")
    page.see("1 done · 0 refused")
    assert axe(page) == []


def test_a_view_with_its_columns_is_kept(opened: Opened, order: str) -> None:
    page = opened("/orders?goods=to_pick", role="customer_service")
    page.click("summary:has-text('Columns')")
    page.click("label.box:has-text('Channel')")
    page.click("button:has-text('Show these')")
    page.page.wait_for_url("**column.customer*")
    page.click("summary:has-text('Views')")
    page.page.locator("input[name=name]").fill("My picks")
    page.click("button:has-text('Keep what is shown')")
    page.page.wait_for_url("**columns=customer*")
    assert page.page.locator(".views a[aria-current]").inner_text() == "My picks"
    assert page.page.locator("th", has_text="Channel").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_keeps_anybody_out(opened: Opened, order: str, theme: str) -> None:
    page = opened("/orders", role="customer_service", theme=theme, language="nl")
    for summary in ("Weergaven", "Kolommen"):
        page.click(f"summary:has-text('{summary}')")
    page.page.locator(".choose").first.check()
    assert axe(page) == []
    page.go(f"/orders/{order}")
    page.click("summary:has-text('Waar is het?')")
    page.click("summary:has-text('Wijzig het adres')")
    assert axe(page) == []
    for path in (f"/packing-slips?orders={order}", f"/pick-sheets?orders={order}"):
        page.go(path)
        assert axe(page) == []


@pytest.mark.parametrize("width", [390, 320])
def test_they_fit_a_telephone(opened: Opened, order: str, width: int) -> None:
    page = opened("/orders", width=width, language="nl")
    for path in (
        "/orders?columns=customer,their_number,day,country",
        f"/orders/{order}",
        f"/packing-slips?orders={order}",
    ):
        page.go(path)
        over = page.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (path, over)
        page.check()
