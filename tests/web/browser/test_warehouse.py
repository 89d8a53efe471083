"""The warehouse on a handheld: flows within their budgets, wrong scans that block, a connection that goes and comes."""

import re
from decimal import Decimal
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from playwright.sync_api import Route

from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.keep_bins import AddBin
from orderwell.flows.keep_catalog import AddLocation, AddSku, BarcodeAsk
from orderwell.flows.make_pick_list import MakePickList
from orderwell.flows.move_bins import PutAway, PutAwayLine
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.place_purchase import PlacePurchaseOrder, PurchaseLineAsk
from tests.web.browser.conftest import House, Opened, Watched, axe
from tests.web.browser.pictures import picture

HANDHELD = {"width": 360, "height": 640, "role": "warehouse"}
PLACE = "shelf-hall"
SKUS = [f"crate-{n}" for n in range(1, 6)]


HEARD = """() => {
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) {
        document.body.dataset.heard = this.frequency.value;
        return start.apply(this, at);
    };
}"""


class Floor(NamedTuple):
    house: House

    def barcode(self, n: int) -> str:
        return f"29100000000{n:02}"

    def rows(self, sql: str, **values: object) -> list[tuple[object, ...]]:
        with self.house.app.database.reading() as connection:
            return [tuple(row) for row in connection.execute(sa.text(sql), values)]

    def order(self, *lines: tuple[int, int]) -> dict[str, str]:
        asked = [LineAsk(SKUS[n], Decimal(quantity), Decimal(5)) for n, quantity in lines]
        return self.house.app.writer.ask(PlaceOrder("web", asked, customer="C1001"))

    def pick_list(self, *orders: dict[str, str]) -> str:
        return str(self.house.app.writer.ask(MakePickList(PLACE, [each["id"] for each in orders]))["id"])


@pytest.fixture(scope="module")
def floor(house: House) -> Floor:
    """A hall with five bins, a SKU in each."""
    ask = house.app.writer.ask
    ask(AddLocation(PLACE, "Hall", priority=0))
    made = Floor(house)
    for n, code in enumerate(SKUS):
        ask(AddSku(code, f"Crate {n + 1}", price=Decimal(5), barcodes=[BarcodeAsk(made.barcode(n))]))
        ask(AddBin(PLACE, f"H-{n + 1}", sort=50 - n * 10))  # the walk goes from H-5 to H-1
    ask(AdjustStock(PLACE, "found", [AdjustLine(code, Decimal(40), cost=8_000) for code in SKUS]))
    ask(PutAway(PLACE, [PutAwayLine(code, Decimal(40), f"H-{n + 1}") for n, code in enumerate(SKUS)]))
    return made


def test_a_purchase_order_of_five_lines_is_received_with_seven_scans(opened: Opened, floor: Floor) -> None:
    supplier = str(floor.rows("SELECT reference FROM suppliers LIMIT 1")[0][0])
    lines = [PurchaseLineAsk(code, Decimal(10), Decimal(2)) for code in SKUS]
    floor.house.app.writer.ask(PlacePurchaseOrder(supplier, PLACE, lines, reference="PO-901"))
    page = opened("/warehouse", **HANDHELD)
    page.scan("PO-901")
    page.page.wait_for_url("**/warehouse/receive/pur_*")
    for n in range(5):
        page.scan(floor.barcode(n))
    page.type("8")  # of the last one fewer came
    page.press("Enter")
    page.scan("PO-901")
    page.see("Received.")
    page.counted.within(scans=7, keys=1)
    came = floor.rows(
        "SELECT l.received FROM purchase_lines l JOIN purchase_orders p ON p.id = l.purchase_order_id"
        " WHERE p.reference = 'PO-901' ORDER BY l.n"
    )
    assert came == [(10,), (10,), (10,), (10,), (8,)]


def walk(page: Watched, floor: Floor) -> None:
    """Bin and item of the line that stands on the page; until the next one does."""
    line = page.page.locator("[data-line]")
    number, bin_ = line.get_attribute("data-line"), line.get_attribute("data-bin")
    page.scan(bin_ or "")
    page.page.locator("[data-bin-shown][data-state=full]").wait_for()
    page.scan(floor.barcode(int((bin_ or "H-1")[2:]) - 1))
    page.page.locator(f"[data-line='{number}']").wait_for(state="detached")


def test_a_batch_is_picked_along_the_walk_with_two_scans_a_line_and_packed(opened: Opened, floor: Floor) -> None:
    first, second = floor.order((0, 2), (3, 1)), floor.order((1, 1), (3, 4))
    page = opened(f"/warehouse/pick/{floor.pick_list(first, second)}", **HANDHELD)
    walked = []
    for _ in range(4):
        walked.append(page.page.locator("[data-line]").get_attribute("data-bin"))
        if len(walked) == 2:
            picture(page, "warehouse-pick")
        walk(page, floor)
    assert walked == ["H-4", "H-4", "H-2", "H-1"]
    page.see("All of this list is picked")
    page.counted.within(scans=8)

    page.page.add_init_script("window.print = () => { document.documentElement.dataset.printed += ' once'; };")
    page.go("/warehouse/pack")
    page.counted.scans = 0
    page.scan(first["reference"])
    page.page.wait_for_url(f"**/warehouse/pack/{first['id']}*")
    for n in (0, 0, 3):
        page.scan(floor.barcode(n))
    page.page.wait_for_url("**/warehouse/parcels/par_*")
    assert page.page.locator("html[data-printed]").get_attribute("data-printed") == "undefined once"
    page.counted.within(scans=4)
    assert floor.rows("SELECT status FROM parcels ORDER BY id DESC LIMIT 1") == [("packed",)]
    page.click("button:has-text('Hand to the carrier')")
    page.page.locator(".parcel-state", has_text="Under way").wait_for()


def test_a_wrong_item_blocks_until_somebody_means_it(opened: Opened, floor: Floor) -> None:
    order = floor.order((0, 1), (1, 1))
    page = opened(f"/warehouse/pack/{order['id']}?at={PLACE}", **HANDHELD, language="nl")
    page.page.evaluate(HEARD)
    page.scan(floor.barcode(2))
    blocked = page.page.locator("#blocked")
    blocked.wait_for()
    page.see("Dit wordt hier niet gevraagd. Leg het terug.")
    assert page.page.locator("body[data-scanned=wrong][data-heard='140']").count() == 1
    red, green, blue = re.findall(r"\d+", blocked.evaluate("each => getComputedStyle(each).backgroundColor"))[:3]
    assert int(red) > 2 * max(int(green), int(blue))
    picture(page, "warehouse-blocked")
    page.scan(floor.barcode(0))  # the scanner's Enter takes nothing away, and what it read does not count
    assert blocked.is_visible()
    assert page.page.locator(".sheet-line[data-state=full]").count() == 0
    assert axe(page) == []
    page.click("[data-seen]")
    page.scan(floor.barcode(0))
    page.scan(floor.barcode(0))
    blocked.wait_for()
    page.see("Dit is er allemaal al. Leg het terug.")
    assert floor.rows("SELECT COUNT(*) FROM parcels p JOIN orders o ON o.id = p.order_id WHERE o.reference = :r",
                      r=order["reference"]) == [(0,)]  # fmt: skip


def test_a_short_pick_takes_two_taps_and_the_next_line_comes_at_once(opened: Opened, floor: Floor) -> None:
    order = floor.order((2, 3), (4, 1))
    page = opened(f"/warehouse/pick/{floor.pick_list(order)}", **HANDHELD)
    walk(page, floor)
    page.click(".short-pick summary")
    page.click(".numbers button:has-text('1')")
    page.see("All of this list is picked")
    page.counted.within(scans=2, clicks=2)
    kinds = floor.rows("SELECT kind FROM tasks WHERE kind = 'short_pick'")
    assert kinds == [("short_pick",)]


def test_a_lost_connection_books_nothing_twice(opened: Opened, floor: Floor) -> None:
    """The first answer is lost on its way back; the same scan under the same key is answered as the first time."""
    order = floor.order((0, 1), (1, 1))
    pick_list = floor.pick_list(order)
    page = opened(f"/warehouse/pick/{pick_list}", **HANDHELD)
    sent: list[str] = []

    def lossy(route: Route) -> None:
        sent.append(route.request.post_data or "")
        if len(sent) == 1:
            route.fetch()
        if len(sent) <= 2:
            route.abort()
        else:
            route.continue_()

    page.page.route("**/warehouse/pick/*/pick", lossy)
    page.scan("H-2")
    page.scan(floor.barcode(1))
    page.page.locator("#waiting").wait_for(state="visible")
    page.page.locator("[data-line='2']").wait_for()
    page.page.locator("#waiting").wait_for(state="hidden")
    assert len(sent) == 3
    assert len(set(sent)) == 1
    moved = (
        "SELECT SUM(m.quantity) FROM pick_moves m JOIN pick_lines l ON l.pick_list_id = m.pick_list_id AND l.n = m.line"
    )
    assert floor.rows(
        f"{moved} JOIN orders o ON o.id = l.order_id WHERE o.reference = :r", r=order["reference"]
    ) == [(1,)]  # fmt: skip
    page.wrong = [each for each in page.wrong if "ERR_FAILED" not in each]


def test_a_scan_that_was_not_answered_survives_the_page(opened: Opened, floor: Floor) -> None:
    page = opened(f"/warehouse/pick/{floor.pick_list(floor.order((0, 1), (1, 1)))}", **HANDHELD)
    page.page.route("**/warehouse/pick/*/pick", lambda route: route.abort())
    page.scan("H-2")
    page.scan(floor.barcode(1))
    page.page.locator("#waiting").wait_for(state="visible")
    page.page.unroute_all()
    page.go(page.page.url.removeprefix(floor.house.url))
    page.page.locator("[data-line='2']").wait_for()
    page.wrong = [each for each in page.wrong if "ERR_FAILED" not in each]


def test_a_bin_is_counted_with_a_scan_and_a_number_and_recounted_when_far_off(opened: Opened, floor: Floor) -> None:
    page = opened(f"/warehouse/count?at={PLACE}", **HANDHELD)
    here = floor.rows("SELECT quantity FROM bin_stock s JOIN bins b ON b.id = s.bin_id WHERE b.code = 'H-5'")[0][0]
    page.scan("H-5")
    page.page.locator("[data-count]").wait_for()
    page.type(str(here))
    page.press("Enter")
    page.see("Scan the next bin or item.")
    page.counted.within(scans=1, keys=1)
    page.scan("H-4")
    page.page.locator("[data-count]").wait_for()
    page.type("100")
    page.press("Enter")
    page.see("That differs from the books: count again")
    page.click("[data-seen]")
    page.type("41")
    page.press("Enter")
    page.see("Scan the next bin or item.")
    assert floor.rows("SELECT quantity FROM bin_stock s JOIN bins b ON b.id = s.bin_id WHERE b.code = 'H-4'") == [(41,)]


def test_handheld_pages_fit_are_for_a_thumb_and_keep_nobody_out(opened: Opened, floor: Floor) -> None:
    order = floor.order((0, 1))
    pick_list = floor.pick_list(floor.order((1, 1)))
    for theme, language in (("light", "nl"), ("dark", "en")):
        page = opened("/", **HANDHELD, theme=theme, language=language)
        for path in (
            "/warehouse", "/warehouse?code=crate-1", "/warehouse/receive", "/warehouse/put-away", "/warehouse/pick",
            f"/warehouse/pick/{pick_list}", "/warehouse/pack", f"/warehouse/pack/{order['id']}", "/warehouse/parcels",
            "/warehouse/count", "/warehouse/count?scan=H-1", "/warehouse/transfers",
        ):  # fmt: skip
            page.go(path if "?" in path else f"{path}?at={PLACE}")
            assert axe(page) == [], (path, theme)
            over = page.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, path
            small = page.page.locator("main :is(a, button, summary, input:not([type=hidden], [type=checkbox]))")
            heights = small.evaluate_all(
                "all => all.filter(each => each.checkVisibility()).map(each => [each.getBoundingClientRect().height,"
                " each.outerHTML.slice(0, 80)])"
            )
            assert [each for each in heights if each[0] < 43.9] == [], path
            page.check()
