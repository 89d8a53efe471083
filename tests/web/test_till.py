"""The till: its drawer, the cart in its address, paying, exchanging, and the PIN that unlocks it."""

from collections.abc import Iterator
from typing import Any

import pytest

from orderwell.access.pin_rules import hash_of_pin
from orderwell.access.rules import hash_of_token, new_token
from orderwell.flows.keep_access import DefineRole
from orderwell.flows.keep_catalog import AddChannel
from orderwell.flows.keep_drawer import KeepTill, OpenDrawer
from orderwell.flows.keep_pins import SetPin
from orderwell.flows.sign_in import EndSession, MakeLink, SetPassword, StartSession
from orderwell.values.ids import show
from tests.web.conftest import Browser, WebShop, forms_in, text_of


@pytest.fixture
def shop(database_url: str) -> Iterator[WebShop]:
    """Where the smallest coin is five cents."""
    shop = WebShop(database_url, cash_rounding=5)
    yield shop
    shop.close()


@pytest.fixture
def till(shop: WebShop) -> str:
    shop.do(AddChannel("counter", "Counter", "till"))
    shop.do(KeepTill("front", "Front counter", "main"))
    shop.sku("lamp", price="12.10", stock=5)
    shop.sku("bulb", price="2.42", stock=9)
    return "/till/front"


@pytest.fixture
def opened(shop: WebShop, till: str) -> str:
    shop.do(OpenDrawer("front", shop.person("shop_floor"), 10_000))
    return till


def added(browser: Browser, at: str, *codes: str, **more: str) -> str:
    """The address of the cart after these scans."""
    for code in codes:
        at = posted(browser, at, add=code, **more)
    return at


def posted(browser: Browser, at: str, **fields: str) -> str:
    till = at.partition("?")[0]
    form = browser.forms(at)[f"{till}/cart"]
    answered = browser.send(f"{till}/cart", {**form, **{name.replace("__", "."): fields[name] for name in fields}})
    assert answered.status_code == 303, text_of(answered.text)
    return str(answered.headers["location"])


def pay(browser: Browser, at: str, action: str, **fields: str) -> Any:
    """The last form of this action on the page has all lines; what was tendered is added to it."""
    form = browser.forms(at)[action]
    kept = {name: value for name, value in form.items() if not name.startswith("payments.")}
    return browser.send(action, {**kept, **{name.replace("__", "."): fields[name] for name in fields}})


def test_a_drawer_is_counted_before_anything_is_sold(shop: WebShop, till: str) -> None:
    browser = shop.browser("shop_floor")
    assert "Open the drawer" in text_of(browser.get(till).text)
    refused = browser.submit(till, f"{till}/open", counted="many")
    assert refused.status_code == 422
    assert "is no amount" in text_of(refused.text)
    assert browser.submit(till, f"{till}/open", counted="150.00").status_code == 303
    assert shop.rows("SELECT status, float_minor FROM drawer_sessions") == [("open", 15_000)]
    assert "Nothing in the cart" in text_of(browser.get(till).text)


def test_three_scans_and_cash_are_a_sale_with_change_and_a_receipt(shop: WebShop, opened: str) -> None:
    browser = shop.browser("shop_floor")
    at = added(browser, opened, "lamp", "bulb", "lamp")
    assert at == "/till/front?cart=lamp%2C2%2C%3Bbulb%2C1%2C"
    page = text_of(browser.get(at).text)
    assert "€26.62" in page
    done = pay(browser, at, "/till/front/sell", payments__0__method="cash", payments__0__tendered="30.00")
    assert done.status_code == 303, text_of(done.text)
    slip = text_of(browser.get(done.headers["location"]).text)
    assert "Change €3.40" in slip  # 26.62 is 26.60 in coins
    assert "Rounding -€0.02" in slip
    assert "VAT 21 % of €22.00 €4.62" in slip
    assert shop.stock_of("lamp")["on_hand"] == 3
    shop.prove()


def test_a_double_click_on_pay_makes_one_sale(shop: WebShop, opened: str) -> None:
    browser = shop.browser("shop_floor")
    at = added(browser, opened, "lamp")
    form = {**browser.forms(at)["/till/front/sell"], "payments.0.method": "pin"}
    kept = {name: value for name, value in form.items() if not name.startswith("payments.1") and "tendered" not in name}
    kept.pop("payments.0.amount", None)
    first, second = browser.send("/till/front/sell", kept), browser.send("/till/front/sell", kept)
    assert first.headers["location"] == second.headers["location"]
    assert shop.rows("SELECT count(*) FROM orders") == [(1,)]


def test_too_little_cash_is_refused_and_the_cart_is_kept(shop: WebShop, opened: str) -> None:
    browser = shop.browser("shop_floor")
    at = added(browser, opened, "lamp")
    refused = pay(browser, at, "/till/front/sell", payments__0__method="cash", payments__0__tendered="10.00")
    assert refused.status_code == 409
    assert "was handed over" in text_of(refused.text)
    assert 'name="lines.0.sku" value="lamp"' in refused.text
    assert shop.rows("SELECT count(*) FROM orders") == [(0,)]


def test_part_by_card_and_the_rest_in_cash(shop: WebShop, opened: str) -> None:
    browser = shop.browser("shop_floor")
    at = added(browser, opened, "2*lamp")
    done = pay(
        browser, at, "/till/front/sell", payments__0__method="pin", payments__0__amount="20.00",
        payments__1__method="cash", payments__1__tendered="5.00",
    )  # fmt: skip
    assert done.status_code == 303
    assert shop.rows("SELECT method, captured_minor FROM payments ORDER BY id") == [("pin", 2_000), ("cash", 420)]


def test_what_nothing_carries_is_said_and_the_rest_is_kept(shop: WebShop, opened: str) -> None:
    browser = shop.browser("shop_floor")
    at = added(browser, opened, "lamp", "no-such-thing")
    page = text_of(browser.get(at).text)
    assert "Nothing carries this code or name no-such-thing" in page
    assert "€12.10" in page
    assert "Which one?" in text_of(browser.get(added(browser, at, "bul")).text)
    assert posted(browser, at, act="tap.bulb") == "/till/front?cart=lamp%2C1%2C%3Bbulb%2C1%2C"


def test_quantities_are_typed_and_nothing_of_a_line_is_no_line(shop: WebShop, opened: str) -> None:
    browser = shop.browser("shop_floor", language="nl")
    at = added(browser, opened, "lamp", "bulb")
    assert "cart=lamp%2C4%2C" in posted(browser, at, q__0="4")
    assert posted(browser, at, q__0="0") == "/till/front?cart=bulb%2C1%2C"
    assert posted(browser, at, act="drop.1") == "/till/front?cart=lamp%2C1%2C"
    assert posted(browser, at, q__0="nonsense") == at


def test_discount_is_a_right(shop: WebShop, opened: str) -> None:
    at = added(shop.browser("owner"), opened, "lamp")
    owner, clerk = shop.browser("owner"), shop.browser("shop_floor")
    lower = posted(owner, at, off__0="10")
    assert "€10.89" in text_of(owner.get(lower).text)
    assert posted(clerk, at, off__0="10") == at
    refused = pay(clerk, lower, "/till/front/sell", payments__0__method="pin")
    assert refused.status_code == 403
    assert "need the right tills:discount" in text_of(refused.text)
    assert pay(owner, lower, "/till/front/sell", payments__0__method="pin").status_code == 303
    assert shop.rows("SELECT gross_minor FROM orders") == [(1_089,)]


def sold(browser: Browser, at: str, *codes: str) -> str:
    done = pay(browser, added(browser, at, *codes), "/till/front/sell", payments__0__method="cash")
    location: str = done.headers["location"]
    return location.partition("?")[0].rpartition("/")[2]


def test_an_exchange_is_one_cart_and_only_the_difference_is_paid(shop: WebShop, opened: str) -> None:
    browser = shop.browser("shop_floor")
    order = sold(browser, opened, "bulb")
    at = added(browser, opened, order, "bulb", "lamp")
    page = text_of(browser.get(at).text)
    assert "Comes back -€2.42" in page
    assert "To pay €9.68" in page
    done = pay(browser, at, "/till/front/exchange", payments__0__method="cash", payments__0__tendered="10.00")
    assert done.status_code == 303, text_of(done.text)
    slip = text_of(browser.get(done.headers["location"]).text)
    assert "Back: " in slip
    assert "Change €0.30" in slip
    assert shop.stock_of("bulb")["on_hand"] == 9
    shop.prove()


def test_what_only_comes_back_is_paid_back_in_cash(shop: WebShop, opened: str) -> None:
    browser = shop.browser("shop_floor")
    order = sold(browser, opened, "lamp")
    at = added(browser, opened, order, "lamp")
    assert "To give back €12.10" in text_of(browser.get(at).text)
    done = pay(browser, at, "/till/front/exchange")
    assert done.status_code == 303, text_of(done.text)
    slip = text_of(browser.get(done.headers["location"]).text)
    assert "Give from the drawer €12.10" in slip
    assert "Total -€12.10" in slip
    assert shop.rows("SELECT cash_minor FROM tills") == [(10_000,)]
    again = added(browser, opened, order, "lamp")
    assert "back=" not in again
    shop.prove()


def test_who_takes_nothing_back_opens_no_receipt(shop: WebShop, opened: str) -> None:
    order = sold(shop.browser("shop_floor"), opened, "lamp")
    shop.do(DefineRole("seller", "Seller", ["tills:use", "orders:read", "orders:write", "payments:take"]))
    seller = shop.browser("seller")
    assert "receipt=" not in added(seller, opened, order)
    assert seller.get(f"/receipts/{order}").status_code == 200
    assert seller.get("/receipts/ord_0000000000001").status_code == 404
    assert seller.get("/receipts/nonsense").status_code == 404


def test_the_drawer_is_counted_and_closed_with_its_difference(shop: WebShop, opened: str) -> None:
    browser = shop.browser("shop_floor")
    sold(browser, opened, "lamp")
    paid = browser.submit(f"{opened}/drawer", f"{opened}/pay-out", amount="5.00", reason="Window cleaner")
    assert paid.status_code == 303
    action = next(each for each in browser.forms(f"{opened}/drawer") if each.startswith("/drawers/"))
    assert browser.submit(f"{opened}/drawer", action, counted="1000", deposited="2000").status_code == 422
    done = browser.submit(f"{opened}/drawer", action, counted="107.00", deposited="57.00")
    assert done.status_code == 303
    report = text_of(browser.get(done.headers["location"]).text)
    assert "Should be in the drawer €107.10" in report
    assert "Difference -€0.10" in report
    assert "Left in the drawer €50.00" in report
    assert browser.get(f"{opened}/drawer").status_code == 404
    assert shop.browser("management").get(done.headers["location"]).status_code == 200
    shop.prove()


def test_a_till_is_added_by_who_manages_the_business(shop: WebShop) -> None:
    owner = shop.browser("owner")
    assert "No till yet" in text_of(owner.get("/till").text)
    assert owner.submit("/till", "/till", code="front", name="Front", location="main").status_code == 303
    assert "/till" not in forms_in(shop.browser("shop_floor").get("/till").text)
    assert "Front" in text_of(shop.browser("shop_floor").get("/till").text)


def test_markup_and_long_names_are_only_text(shop: WebShop, opened: str) -> None:
    browser = shop.browser("shop_floor")
    at = added(browser, opened, "<script>alert(1)</script>")
    page = browser.get(at).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    nonsense = ["cart=%00", "cart=lamp,-1,", "cart=lamp,1e999,", "cart=;;,,;", "back=x,1,1,", "receipt=ord_x"]
    for query in [*nonsense, "cart=" + "x" * 1_990]:
        assert browser.get(f"{opened}?{query}").status_code == 200, query


# -- locking and unlocking


@pytest.fixture
def locked(shop: WebShop, opened: str) -> Browser:
    """A browser on which the floor signed in this morning, and which is locked now. Floor's PIN is 4703."""
    browser = device(shop)
    assert browser.submit("/till", "/till/pin", pin="1234").status_code == 422
    assert browser.submit("/till", "/till/pin", pin="4703").status_code == 303
    away = browser.submit(opened, f"{opened}/lock")
    assert away.headers["location"] == "/till/front/unlock?then=%2Ftill%2Ffront"
    del browser.http.cookies["orderwell"]
    return browser


def device(shop: WebShop) -> Browser:
    """Signed in as the shop floor, on a browser that is known."""
    token, link, known = new_token(), new_token(), new_token()
    person = shop.person("shop_floor")
    shop.do(MakeLink("sign_in", hash_of_token(link), person))
    shop.do(StartSession(person, hash_of_token(token), device=hash_of_token(known), link_hash=hash_of_token(link)))
    browser = Browser(shop.site, token)
    browser.http.cookies.set("orderwell_device", known)
    return browser


def unlock(shop: WebShop, browser: Browser, pin: str, person: str = "shop_floor", then: str = "/till/front") -> Any:
    form = browser.forms("/till/front/unlock")["/till/front/unlock"]
    return browser.send("/till/front/unlock", {**form, "person": shop.person(person), "pin": pin, "then": then})


def test_a_locked_till_opens_with_the_pin_and_the_cart_is_still_there(shop: WebShop, locked: Browser) -> None:
    assert locked.get("/till/front").status_code == 303
    wrong = unlock(shop, locked, "4704")
    assert wrong.status_code == 403
    assert "This is not the PIN of this person." in text_of(wrong.text)
    right = unlock(shop, locked, "4703", then="/till/front?cart=lamp%2C1%2C")
    assert (right.status_code, right.headers["location"]) == (303, "/till/front?cart=lamp%2C1%2C")
    assert "€12.10" in text_of(locked.get("/till/front?cart=lamp%2C1%2C").text)
    assert shop.rows("SELECT area FROM sessions WHERE ended_at IS NULL ORDER BY id")[-1] == ("till",)
    locked.submit("/till/front", "/till/front/lock")
    assert shop.rows("SELECT count(*) FROM sessions WHERE area = 'till' AND ended_at IS NULL") == [(0,)]


def test_a_pin_opens_the_till_and_no_more(shop: WebShop, locked: Browser) -> None:
    shop.do(SetPin(shop.person("owner"), hash_of_pin("8264")))
    assert unlock(shop, locked, "8264", "owner").status_code == 303
    assert locked.get("/till/front").status_code == 200
    assert 'name="_key"' in locked.get("/till").text
    assert "/till" not in forms_in(locked.get("/till").text)  # adding one asks for business:manage
    assert locked.submit("/till", "/till/pin", pin="7391").status_code == 403
    other = shop.browser("management")
    assert other.get("/till").status_code == 403


def test_a_pin_is_worth_nothing_on_a_browser_where_nobody_signed_in(shop: WebShop, locked: Browser) -> None:
    shop.do(SetPassword(shop.person("owner"), "$" * 30))  # or there is no form to sign in with
    stranger = shop.browser(None)
    assert "Shop_floor" not in text_of(stranger.get("/till/front/unlock").text)
    fields = {**stranger.forms("/sign-in")["/sign-in"], "_back": "/till/front/unlock"}
    sent = {**fields, "person": shop.person("shop_floor"), "pin": "4703"}
    refused = stranger.send("/till/front/unlock", sent)
    assert refused.status_code == 403
    assert "Sign in with your password first" in text_of(refused.text)
    session = shop.rows("SELECT id FROM sessions WHERE device <> '' ORDER BY id")[0][0]
    shop.do(EndSession(show("session", session)))
    assert "Sign in first" in text_of(locked.get("/till/front/unlock").text)


def test_wrong_pins_are_counted_whoever_sends_them(shop: WebShop, locked: Browser) -> None:
    for _ in range(5):
        assert unlock(shop, locked, "1111").status_code == 403
    throttled = unlock(shop, locked, "4703")
    assert throttled.status_code == 403
    assert "Too many wrong PINs" in text_of(throttled.text)


def test_who_does_not_work_at_a_till_unlocks_none(shop: WebShop, locked: Browser) -> None:
    shop.do(SetPin(shop.person("warehouse"), hash_of_pin("8264")))
    assert "Warehouse" not in text_of(locked.get("/till/front/unlock").text)
    refused = unlock(shop, locked, "8264", "warehouse")
    assert refused.status_code == 403
    assert "does not work at a till" in text_of(refused.text)
