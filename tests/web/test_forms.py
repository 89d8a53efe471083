"""Forms: once, by us, on what was seen; and a refusal is told where it belongs."""

import re
from typing import Any

import pytest

from orderwell.flows.cancel_order import CancelOrder
from tests.web.conftest import HTMX, Browser, WebShop, text_of


@pytest.fixture
def order(shop: WebShop) -> str:
    shop.sku("lamp", price="10.00", stock=5)
    return shop.order(lamp=3)


def state(shop: WebShop) -> Any:
    return shop.rows("SELECT promised, picked, packed, shipped, cancelled FROM order_lines")


def test_a_double_click_does_it_once(shop: WebShop, order: str) -> None:
    browser = shop.browser("owner")
    pay = browser.forms(f"/orders/{order}")[f"/orders/{order}/pay"]
    sent = {**pay, "method": "bank_transfer", "amount": "5.00"}
    first, second = browser.send(f"/orders/{order}/pay", sent), browser.send(f"/orders/{order}/pay", sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert shop.rows("SELECT captured_minor FROM payments") == [(500,)]
    changed = browser.send(f"/orders/{order}/pay", {**sent, "amount": "6.00"})
    assert changed.status_code == 422
    assert "sent before with something else" in text_of(changed.text)
    assert shop.rows("SELECT captured_minor FROM payments") == [(500,)]


def test_it_works_without_scripts_and_says_so_on_the_next_page_once(shop: WebShop, order: str) -> None:
    browser = shop.browser("warehouse")
    done = browser.submit(f"/orders/{order}", f"/orders/{order}/pick")
    assert (done.status_code, done.headers["location"]) == (303, f"/orders/{order}")
    assert state(shop) == [(0, 3, 0, 0, 0)]
    page = browser.get(f"/orders/{order}")
    assert "Picked." in page.text
    undo = {action: fields for action, fields in _forms(page.text).items() if action.endswith("/unpick")}
    assert browser.send(f"/orders/{order}/unpick", undo[f"/orders/{order}/unpick"]).status_code == 303
    assert state(shop) == [(3, 0, 0, 0, 0)]
    assert "Put back on the shelf." in browser.get(f"/orders/{order}").text
    assert 'class="done"' not in browser.get(f"/orders/{order}").text
    happened = [row[0] for row in shop.rows("SELECT type FROM events WHERE subject = 'order' ORDER BY id")]
    assert happened[-2:] == ["order.picked", "order.unpicked"]


def _forms(html: str) -> dict[str, dict[str, str]]:
    from tests.web.conftest import forms_in

    return forms_in(html)


def test_with_scripts_the_part_comes_back_as_it_is_now(shop: WebShop, order: str) -> None:
    browser = shop.browser("owner")
    fields = browser.forms(f"/orders/{order}")[f"/orders/{order}/pick"]
    done = browser.send(f"/orders/{order}/pick", fields, hx_target="div#order", **_htmx())
    assert done.status_code == 200
    assert "<html" not in done.text
    assert done.text.lstrip().startswith('<div id="order"')
    assert 'hx-swap-oob="innerHTML"' in done.text
    assert "Picked" in done.text
    assert f"/orders/{order}/unpick" in done.text


def _htmx() -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in HTMX.items()}


def test_a_stale_form_is_refused_with_what_happened_since(shop: WebShop, order: str) -> None:
    mine, other = shop.browser("owner"), shop.browser("warehouse")
    fields = mine.forms(f"/orders/{order}")[f"/orders/{order}/pick"]
    other.submit(f"/orders/{order}", f"/orders/{order}/pick")
    for headers in ({}, {"hx_target": "div#order", **_htmx()}):
        refused = mine.send(f"/orders/{order}/pick", fields, **headers)
        assert refused.status_code == 412
        text = text_of(refused.text)
        assert "It has changed since it was read" in text
        assert re.search(r"Since you opened this: .*\d\d:\d\d Picked · Warehouse", text), text
        assert "Number of this request" in text
    assert state(shop) == [(0, 3, 0, 0, 0)]


def test_a_refusal_stands_in_its_form_with_what_was_typed(shop: WebShop, order: str) -> None:
    browser = shop.browser("owner")
    action = f"/orders/{order}/pay"
    refused = browser.submit(f"/orders/{order}", action, method="bank_transfer", amount="a lot", reference="R1")
    assert refused.status_code == 422
    form = refused.text.partition(f'action="{action}"')[2].partition("</form>")[0]
    assert "is no amount in EUR" in form
    assert 'value="a lot"' in form
    assert 'value="R1"' in form
    assert 'aria-invalid="true"' in form
    assert refused.text.count('role="alert"') == 1


def test_a_refusal_whose_form_is_gone_stands_at_the_top(shop: WebShop, order: str) -> None:
    browser = shop.browser("owner")
    fields = browser.forms(f"/orders/{order}")[f"/orders/{order}/cancel"]
    del fields["_version"]
    shop.do(CancelOrder(order))
    refused = browser.send(f"/orders/{order}/cancel", fields)
    assert refused.status_code == 409
    assert "An order that is cancelled cannot become cancelled" in refused.text.partition('id="said"')[2][:900]


def test_forms_of_others_are_refused(shop: WebShop, order: str) -> None:
    mine, other = shop.browser("owner"), shop.browser("owner")
    action = f"/orders/{order}/pick"
    fields = mine.forms(f"/orders/{order}")[action]
    theirs = other.forms(f"/orders/{order}")[action]
    cases: list[tuple[dict[str, str], dict[str, str]]] = [
        ({**fields, "_proof": ""}, {}),
        ({**fields, "_key": "0" * 32}, {}),
        (theirs, {}),
        (fields, {"sec_fetch_site": "cross-site"}),
        (fields, {"sec_fetch_site": "same-site"}),
        (fields, {"origin": "https://evil.example.com"}),
        (fields, {"origin": "null"}),
    ]
    for sent, headers in cases:
        assert mine.send(action, sent, **headers).status_code == 403, (sent, headers)
    as_json = mine.http.post(action, json=fields, headers={"sec-fetch-site": "same-origin"})
    assert as_json.status_code == 403
    as_parts = mine.http.post(action, files={"_key": "x"}, headers={"sec-fetch-site": "same-origin"})
    assert as_parts.status_code == 403
    assert state(shop) == [(3, 0, 0, 0, 0)]
    assert mine.send(action, fields, origin="http://testserver").status_code == 303


def test_a_form_shows_no_page_that_its_sender_may_not_see(shop: WebShop, order: str) -> None:
    """Where a form says it was on is for its sender to say; what is shown there is not."""
    from orderwell.flows.keep_access import DefineRole

    shop.do(DefineRole("picker", "Picker", ["shipping:write", "orders:read"]))
    shop.do(DefineRole("labourer", "Labourer", ["shipping:write"]))
    fields = shop.browser("picker").forms(f"/orders/{order}")[f"/orders/{order}/pick"]
    browser = shop.browser("labourer")
    for back in (f"/orders/{order}", "/portal"):
        for headers in ({"hx_target": "div#order", **_htmx()}, {}):  # it is done the first time, then refused
            mine = browser.forms("/account")["/sign-out"]
            sent = {**fields, "_key": mine["_key"], "_proof": mine["_proof"], "_back": back}
            answered = browser.send(f"/orders/{order}/pick", sent, **headers)
            assert answered.status_code in (200, 409, 412)
            assert 'id="line-1"' not in answered.text
    assert shop.units(order)["picked"] == 3


def test_fields_nobody_asked_for_are_refused(shop: WebShop, order: str) -> None:
    browser = shop.browser("owner")
    action = f"/orders/{order}/pick"
    for name in ("status", "gross_minor", "order", "__class__", "lines.0.price"):
        fields = {**browser.forms(f"/orders/{order}")[action], name: "1"}
        assert browser.send(action, fields).status_code == 422, name
    assert state(shop) == [(3, 0, 0, 0, 0)]


def test_some_units_of_a_line_are_cancelled(shop: WebShop, order: str) -> None:
    browser = shop.browser("customer_service")
    action = f"/orders/{order}/cancel"
    fields = {**browser.forms(f"/orders/{order}")[action], "lines.0.quantity": "2", "reason": '<b>changed & "mind"</b>'}
    assert browser.send(action, fields).status_code == 303
    assert state(shop) == [(1, 0, 0, 0, 2)]
    page = browser.get(f"/orders/{order}").text
    assert "&lt;b&gt;changed &amp; &#34;mind&#34;&lt;/b&gt;" in page
    assert "<b>changed" not in page


def test_no_page_changes_anything(shop: WebShop, order: str) -> None:
    browser = shop.browser("owner")
    counts = lambda: [shop.rows(f"SELECT COUNT(*) FROM {table}") for table in ("events", "idempotency", "sessions")]  # noqa: E731
    before = counts()
    for path in (
        "/",
        "/orders",
        f"/orders/{order}",
        "/account",
        "/palette?q=lamp",
        "/sign-in",
        f"/orders/{order}/pick",
    ):
        browser.get(path)
    assert counts() == before


@pytest.mark.parametrize(
    "text", ["", "\x00", "%00", "ord_", "a" * 3_000, "'", "<script>alert(1)</script>", "../..", "٣"]
)
def test_nonsense_in_an_address_is_not_found_or_ignored(shop: WebShop, order: str, text: str) -> None:
    browser: Browser = shop.browser("owner")
    for name in ("q", "goods", "money", "channel", "customer", "from", "to", "cursor", "rows", "next"):
        answered = browser.http.get("/orders", params={name: text})
        assert answered.status_code in (200, 422), (name, answered.status_code)
        assert "<script>alert" not in answered.text
    assert browser.http.get("/palette", params={"q": text}).status_code == 200
    from urllib.parse import quote

    if text:
        assert browser.get(f"/orders/{quote(text, safe='')}").status_code == 404
