"""Customers, exceptions, purchasing and returns, as people see and use them."""

from decimal import Decimal
from itertools import product

import pytest
import sqlalchemy as sa

from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.expire_orders import ExpireOrders
from orderwell.flows.issue_credit_note import CreditLine, IssueCreditNote, Trace
from orderwell.flows.keep_customers import ChangeCustomer
from orderwell.flows.keep_suppliers import SetReorderRule
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.place_purchase import PlacePurchaseOrder, PurchaseLineAsk
from orderwell.flows.propose_purchases import Propose
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.flows.return_goods import AnnounceReturn, ReceiveReturn
from orderwell.flows.ship_order import ShipOrder
from orderwell.values.ids import parse, show
from tests.web.browser.conftest import House, Opened, axe
from tests.web.browser.pictures import picture

SKU = "noor-sage"


ROLES = ("customer_service", "warehouse", "purchasing", "accounting", "management")
# What a page is built of: without its texts, and of rows that are built alike the first.
BUILT = """() => {
    const built = (node) =>
        node.tagName + '.' + node.className + '(' + [...new Set([...node.children].map(built))] + ')';
    return built(document.querySelector('main'));
}"""


def asked(house: House, sql: str) -> list[tuple[object, ...]]:
    with house.app.database.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql))]


@pytest.fixture(scope="module")
def sold(house: House) -> str:
    """Three lamps for C1001, paid by bank and sent."""
    ask = house.app.writer.ask
    ask(AdjustStock("warehouse", "found", [AdjustLine(SKU, Decimal(9), cost=9_000)]))
    order = str(ask(PlaceOrder("web", [LineAsk(SKU, Decimal(3))], customer="C1001", reference="W20001"))["id"])
    ask(ReceivePayment("bank_transfer", order=order))
    ask(ShipOrder(order))
    return order


@pytest.fixture(scope="module")
def pages(house: House, sold: str) -> list[str]:
    """One of each kind."""
    ask = house.app.writer.ask
    (customer,) = asked(house, "SELECT id FROM customers WHERE reference = 'C1001'")
    (other,) = asked(house, "SELECT id FROM customers WHERE reference = 'C1002'")
    (supplier,) = asked(house, f"SELECT s.supplier_id FROM supplier_skus s JOIN skus k ON k.id = s.sku_id"
                               f" WHERE k.code = '{SKU}' LIMIT 1")  # fmt: skip
    who, into = show("customer", int(str(customer[0]))), show("customer", int(str(other[0])))
    sells = show("supplier", int(str(supplier[0])))
    back = ask(AnnounceReturn(sold, [UnitsAsk(1, Decimal(1))], reason="too big"))["id"]
    ask(ReceiveReturn(back))
    bought = ask(PlacePurchaseOrder(sells, "warehouse", [PurchaseLineAsk(SKU, Decimal(4))]))["id"]
    ask(SetReorderRule(SKU, "warehouse", Decimal(40), Decimal(50)))
    ask(Propose())
    return [
        "/customers", "/customers?q=nothing-like-it", "/customers/new", f"/customers/{who}",
        f"/customers/{who}/change", f"/customers/{who}/merge?into={into}", f"/customers/{into}/erase", "/tasks",
        "/tasks?status=closed", "/purchasing", "/purchasing/orders", "/purchasing/orders/new",
        f"/purchasing/orders/{bought}", "/purchasing/suppliers", f"/purchasing/suppliers/{sells}",
        "/purchasing/rules", "/returns", f"/returns/{back}", f"/orders/{sold}/return",
        f"/orders/{sold}/refund?amount=1",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """What pages are built of that were examined."""
    return set()


@pytest.mark.parametrize(("theme", "width"), [("light", 1366), ("dark", 390)])
def test_nothing_keeps_anybody_out(opened: Opened, pages: list[str], seen: set[str], theme: str, width: int) -> None:
    page = opened("/", theme=theme, width=width, language="nl")
    for path in pages:
        page.go(path)
        assert axe(page) == [], (theme, path)
        page.check()
        if theme == "light":
            seen.add(page.page.evaluate(BUILT))


def test_whoever_looks_can_use_what_is_shown(opened: Opened, pages: list[str], seen: set[str]) -> None:
    """With fewer rights pages look different; each look is examined once."""
    for role in ROLES:
        page = opened("/", role=role)
        for path in pages:
            if page.page.request.head(page.house.url + path).status == 200:
                page.go(path)
                built = page.page.evaluate(BUILT)
                if built not in seen:
                    assert axe(page) == [], (role, path)
                    seen.add(built)
    assert len(seen) > 20


@pytest.mark.parametrize("width", [1920, 768, 320])
def test_pages_fit_the_screen_and_stay_small(opened: Opened, pages: list[str], width: int) -> None:
    page = opened("/", width=width)
    for path in pages:
        page.go(path)
        over = page.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (path, over)
        assert len(page.page.content()) < 100_000, path


def test_a_customer_is_found_and_opened_in_three_keys(opened: Opened) -> None:
    page = opened("/", role="customer_service")
    page.press("Control+k")
    page.type("C1001")
    page.press("Enter")
    page.page.wait_for_url("**/customers/cus_*")
    page.counted.within(keys=3)


def test_what_another_changes_is_seen_without_a_reload(opened: Opened, house: House, pages: list[str]) -> None:
    page = opened(pages[3], role="customer_service")
    page.listening()
    picture(page, "customers-one")
    house.app.writer.ask(ChangeCustomer("C1001", phone="+31 6 0000 7777"))
    page.see("+31 6 0000 7777")
    listed = opened("/customers?q=C1001", role="customer_service")
    listed.listening()
    house.app.writer.ask(ChangeCustomer("C1001", phone="+31 6 0000 8888"))
    listed.see("+31 6 0000 8888")


def test_searching_for_a_customer_while_typing(opened: Opened) -> None:
    page = opened("/customers", role="customer_service")
    page.press("/")
    page.type("c1001")
    page.page.wait_for_url("**/customers?q=c1001")
    page.page.wait_for_function("document.querySelectorAll('tbody tr').length === 1")
    page.page.keyboard.press("Escape")
    page.press("j")
    page.press("Enter")
    page.page.wait_for_url("**/customers/cus_*")


def test_what_is_proposed_is_ordered_received_and_billed_in_five_clicks(opened: Opened, house: House) -> None:
    ask = house.app.writer.ask
    ask(SetReorderRule("kap-moss", "warehouse", Decimal(60), Decimal(80)))
    ask(Propose())
    page = opened("/purchasing")
    picture(page, "purchasing-proposals")
    page.page.locator("tr:not(:has(th:has-text('kap-moss'))) input.quantity").evaluate_all(
        "all => all.forEach(each => { each.value = '' })"
    )
    page.click("button:has-text('Order all that is filled in')")
    page.page.wait_for_url("**/purchasing/orders/pur_*")
    page.click("summary:has-text('Receive')")
    page.click("button:has-text('Put on the shelf')")
    page.see("Received; it is on the shelf.")
    page.click("summary:has-text('Book the bill')")
    order = parse("purchase_order", page.page.url.rpartition("/")[2])
    came = "SELECT SUM(received_minor - invoiced_minor) FROM purchase_lines WHERE purchase_order_id ="
    net = int(str(asked(house, f"{came} {order}")[0][0]))
    typed = (("Their number", "F-2026-9"), ("Without VAT", f"{net / 100:.2f}"), ("VAT", f"{net * 0.21 / 100:.2f}"))
    for label, text in typed:
        page.page.get_by_label(label, exact=True).fill(text)
    page.click("button:has-text('Book it')")
    page.see("The bill is booked.")
    page.counted.within(clicks=5)
    page.page.get_by_role("button", name="Undo").wait_for()
    picture(page, "purchasing-order")
    assert page.page.get_by_text("Differs from what was ordered").count() == 0
    page.press("z")
    page.see("The bill is taken back.")
    booked = (
        "SELECT COUNT(*), SUM(net_minor) FROM supplier_invoices WHERE reference IN ('F-2026-9', '') AND net_minor <> 0"
    )
    assert asked(house, booked) == [(2, 0)], "one the other way, and nothing changed"


def test_fifty_proposals_become_purchase_orders_in_three_clicks(opened: Opened, house: House) -> None:
    ask = house.app.writer.ask
    codes = asked(house, "SELECT k.code FROM skus k JOIN supplier_skus s ON s.sku_id = k.id ORDER BY k.code LIMIT 50")
    for (code,) in codes:
        ask(SetReorderRule(str(code), "warehouse", Decimal(900), Decimal(999)))
    ask(Propose())
    page = opened("/", role="purchasing")
    page.click("a.side-link[href='/purchasing']")
    assert page.page.locator("input.quantity").count() >= 50
    page.page.locator("input.quantity").first.fill("1.000")
    page.click("button:has-text('Order all that is filled in')")
    page.see("Ordered, one purchase order a supplier.")
    page.counted.within(clicks=3)
    assert asked(house, "SELECT COUNT(*) FROM proposals WHERE status = 'open'") == [(0,)]


def test_part_of_the_money_goes_back_in_six_clicks_with_its_posting_shown(
    opened: Opened, house: House, sold: str
) -> None:
    house.app.writer.ask(IssueCreditNote([CreditLine(SKU, Decimal(1), traces=[Trace(sold, 1)])], restock="warehouse"))
    page = opened(f"/orders/{sold}", role="accounting")
    page.click("a:has-text('Give money back')")
    page.page.wait_for_url("**/refund")
    page.page.locator("#amount").fill("2.50")
    page.page.locator("#reason").fill("a scratch")
    page.click("button:has-text('Show what will happen')")
    page.see("Accounts receivable")
    picture(page, "returns-refund")
    page.click("button:has-text('Give back €2.50')")
    page.page.wait_for_url(f"**/orders/{sold}")
    page.see("The money goes back the way it came.")
    page.counted.within(clicks=6)
    assert asked(house, "SELECT amount_minor FROM payment_instructions WHERE reason = 'a scratch'") == [(250,)]


def test_a_refund_is_decided_on_from_the_inbox_in_two_clicks(opened: Opened, house: House) -> None:
    ask = house.app.writer.ask
    order = str(ask(PlaceOrder("web", [LineAsk("postage", Decimal(1))]))["id"])
    ask(ReceivePayment("bank_transfer", 100, order=order))
    with house.app.database.changing() as connection:
        connection.execute(sa.text("UPDATE orders SET expires_at = 1 WHERE id = (SELECT MAX(id) FROM orders)"))
    ask(ExpireOrders([order]))
    page = opened("/tasks", role="accounting")
    page.click("button:has-text('Give back €1.00')")
    page.see("The money goes back.")
    page.counted.within(clicks=2)


def test_a_return_is_received_and_settled_without_scripts(opened: Opened, house: House, sold: str) -> None:
    page = opened(f"/orders/{sold}/return", scripts=False)
    page.page.locator("input[name$='.quantity']").first.fill("1")
    page.click("button:has-text('Announce the return')")
    page.click("summary:has-text('Receive')")
    page.click("button:has-text('It is in')")
    page.click("button:has-text('Settle, and credit the customer')")
    page.see("Settled: on the shelf or scrapped, and credited.")


def test_keys_and_sizes_of_what_is_clicked(opened: Opened, pages: list[str]) -> None:
    page = opened("/")
    for path, key in product(("/customers", "/tasks", "/purchasing", "/returns"), ("?",)):
        page.go(path)
        page.page.keyboard.press(key)
        page.page.locator("#keys[open]").wait_for()
        heights = page.page.locator("main .btn, main input, main select, main tbody th a").evaluate_all(
            "all => all.filter(each => each.offsetParent && each.type !== 'hidden' && each.type !== 'checkbox')"
            ".map(each => each.getBoundingClientRect().height)"
        )
        assert min(heights, default=24) >= 24, path
