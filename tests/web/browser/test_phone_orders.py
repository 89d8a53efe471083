"""An order on the telephone, by keyboard alone."""

from decimal import Decimal

import pytest

from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.keep_delivery import KeepDeliveryMethod, ZoneAsk
from tests.web.browser.conftest import House, Opened, axe
from tests.web.browser.pictures import picture

PATH = "/orders/new"
SKUS = ("noor-black", "noor-white", "noor-brass")


@pytest.fixture(scope="module")
def stocked(house: House) -> None:
    ask = house.app.writer.ask
    ask(AdjustStock("warehouse", "found", [AdjustLine(each, Decimal(50), cost=50_000) for each in SKUS]))
    ask(KeepDeliveryMethod("parcel", "Parcel to the door", "postage", [ZoneAsk("NL", Decimal("4.95"), 1)]))


def customer_of(house: House) -> tuple[str, str]:
    """Number and telephone of one that nobody shares a number with."""
    with house.app.database.reading() as connection:
        found = connection.exec_driver_sql(
            "SELECT reference, phone FROM customers WHERE phone <> '' AND kind = 'person' AND country = 'NL'"
            " AND status = 'active' ORDER BY id LIMIT 1"
        ).one()
    return str(found[0]), str(found[1])


def test_a_known_customer_and_three_lines_in_twelve_keys(opened: Opened, house: House, stocked: None) -> None:
    reference, phone = customer_of(house)
    page = opened("/orders", role="customer_service")
    page.press("Control+k")
    page.type("new order")
    page.press("Enter")
    page.page.wait_for_url(f"**{PATH}")
    page.type(phone)
    page.press("Enter")
    page.page.locator(".known").wait_for()
    assert page.page.locator("#add").evaluate("box => box === document.activeElement")
    for n, text in enumerate(("noor-black", "2*noor-white", "noor desk brass")):
        page.type(text)
        page.press("Enter")
        page.page.locator("table.lines tbody tr").nth(n).wait_for()
    page.see("Parcel to the door")
    page.see("there on")
    picture(page, "phone-order")
    page.press("Control+Enter")
    page.page.wait_for_url("**/orders/ord_*")
    page.see(reference)
    page.page.locator("table.lines").get_by_text("Noor desk lamp, brass").wait_for()
    page.counted.within(keys=12)


def test_what_is_being_written_outlives_a_reload(opened: Opened, house: House, stocked: None) -> None:
    page = opened(PATH, role="customer_service")
    page.page.get_by_role("button", name="New customer").click()
    page.page.locator("[name='new.name']").fill("Bob Bakker")  # once it is there: where it goes has a name too
    page.page.locator("#add").fill("noor-black")
    page.page.keyboard.press("Enter")
    page.page.locator("table.lines tbody tr").first.wait_for()
    page.page.reload()
    page.page.locator("table.lines tbody tr").first.wait_for()
    page.page.locator("[name='new.name'][value='Bob Bakker']").wait_for()
    page.page.locator("[data-place]").dblclick()
    page.page.wait_for_url("**/orders/ord_*")
    with house.app.database.reading() as connection:
        count = "SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.name = 'Bob Bakker'"
        assert connection.exec_driver_sql(count).scalar() == 1
    page.go(PATH)
    assert page.page.locator("table.lines").count() == 0


def test_without_scripts_it_is_written_too(opened: Opened, stocked: None) -> None:
    page = opened(f"{PATH}?customer=C1001", role="customer_service", scripts=False)
    page.page.locator("#add").fill("noor-black")
    page.page.keyboard.press("Enter")
    page.page.locator("table.lines tbody tr").first.wait_for()
    page.page.locator("[data-place]").click()
    page.page.locator("table.lines").get_by_text("Noor desk lamp, black").wait_for()


@pytest.mark.parametrize(
    ("width", "theme", "language"), [(1366, "light", "en"), (390, "dark", "nl"), (320, "light", "nl")]
)
def test_it_fits_and_keeps_nobody_out(
    opened: Opened, stocked: None, width: int, theme: str, language: str
) -> None:  # fmt: skip
    page = opened(PATH, role="customer_service", width=width, theme=theme, language=language)
    full = f"{PATH}?customer=C1001&cart=noor-black%2C2%2C10%3Bnoor-white%2C1%2C&find=lamp"
    for path in (PATH, full, f"{PATH}?adding=yes", f"{PATH}?who=an"):
        page.go(path)
        over = page.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (path, over)
        page.check()
        assert axe(page) == [], path
