"""The list of orders and one order: forms that work, are refused, and are not there for who has no right."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.change_address import ChangeAddress
from orderwell.flows.keep_delivery import KeepDeliveryMethod, ZoneAsk
from orderwell.flows.pack_parcel import PackOrder
from orderwell.flows.pick_order import PickOrder
from orderwell.flows.place_order import AddressAsk, LineAsk, PlaceOrder
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.values.calendar import SECOND
from orderwell.web.pages.order_export import plain
from tests.web.conftest import Browser, WebShop, text_of

HOME = AddressAsk("N. Bakker", "Dorpsstraat 1", "1234 AB", "Ede", "NL")


@pytest.fixture
def order(shop: WebShop) -> str:
    shop.sku("lamp", price="10.00", stock=50)
    shop.customer("noor", email="noor@example.com", locale="nl-NL")
    placed = shop.do(
        PlaceOrder("web", [LineAsk("lamp", Decimal(3))], reference="W1", customer="noor", ship_to=HOME)
    )  # fmt: skip
    return str(placed["id"])


def page(browser: Browser, path: str) -> str:
    answered = browser.get(path)
    assert answered.status_code == 200, (path, answered.status_code)
    return text_of(answered.text)


# -- one order


def test_notes_are_kept_pinned_and_removed(shop: WebShop, order: str) -> None:
    browser = shop.browser("customer_service")
    at = f"/orders/{order}"
    assert browser.submit(at, f"{at}/notes", text="<b>Ring</b> first", pinned="on").status_code == 303
    html = browser.get(at).text
    assert "&lt;b&gt;Ring&lt;/b&gt; first" in html
    assert 'class="pinned"' in html
    (note,) = (action for action in browser.forms(at) if action.endswith("/change"))
    assert browser.submit(at, note).status_code == 303
    assert 'class="pinned"' not in browser.get(at).text
    assert browser.submit(at, note.replace("/change", "/remove")).status_code == 303
    assert "Ring" not in page(browser, at).replace("Note", "")
    refused = browser.submit(at, f"{at}/notes", text="  ")
    assert refused.status_code == 422
    assert "A note of blanks says nothing." in refused.text
    assert f"{at}/notes" not in shop.browser("warehouse").forms(at)


def test_the_address_is_changed_taken_back_and_refused_once_picked(shop: WebShop, order: str) -> None:
    browser, at = shop.browser("customer_service"), f"/orders/{order}"
    typed = {"ship_to.street": "Kade 7", "ship_to.city": "Arnhem"}
    fields = browser.forms(at)[f"{at}/address"]
    assert browser.send(f"{at}/address", {**fields, **typed}).status_code == 303
    assert "Kade 7" in page(browser, at)
    undo = browser.get(at)  # what was done is told once: on the page before this one
    assert "The address is changed." not in undo.text
    stale = browser.send(f"{at}/address", {**browser.forms(at)[f"{at}/address"], "_version": "1"})
    assert stale.status_code == 412
    shop.do(PickOrder(order))
    later = browser.send(f"{at}/address", {name: text for name, text in fields.items() if name != "_version"})
    assert later.status_code in (409, 422)
    assert f"{at}/address" not in browser.forms(at)
    assert "can no longer be changed: goods were picked" in page(browser, at)


def test_undo_of_an_address_holds_the_old_one(shop: WebShop, order: str) -> None:
    browser, at = shop.browser("owner"), f"/orders/{order}"
    browser.send(f"{at}/address", {**browser.forms(at)[f"{at}/address"], "ship_to.street": "Kade 7"})
    html = browser.get(at).text
    undo = html.partition('data-undo="10"')[2].partition("</form>")[0]
    assert 'name="ship_to.street" value="Dorpsstraat 1"' in undo


def test_a_stale_form_shows_what_differs_field_by_field(shop: WebShop, order: str) -> None:
    shop.clock.advance_to(shop.clock.now() + SECOND)
    browser, at = shop.browser("owner"), f"/orders/{order}"
    fields = browser.forms(at)[f"{at}/cancel"]
    shop.do(ReceivePayment("bank_transfer", amount=1_000, order=order))
    shop.do(ChangeAddress(order, AddressAsk("N. Bakker", "Kade 7", "6811 AA", "Arnhem")))
    shop.cancel(order, line1=1)
    shop.do(PickOrder(order))
    refused = browser.send(f"{at}/cancel", fields)
    assert refused.status_code == 412
    table = text_of(refused.text.partition("differs")[2].partition("</section>")[0])
    for each in (
        "Goods To pick Picked",
        "Total €30.00 €20.00",
        "Received €0.00 €10.00",
        "Lamp 3 promised 2 picked 1 cancelled",
        "Goes to N. Bakker, Dorpsstraat 1, 1234 AB Ede N. Bakker, Kade 7, 6811 AA Arnhem",
    ):
        assert each in table, table
    assert "differs" not in browser.get(at).text


def test_where_it_is_is_told_in_the_customers_language(shop: WebShop, order: str) -> None:
    at = f"/orders/{order}"
    shop.ship(order, carrier="PostNL", tracking="3STEST")
    html = shop.browser("customer_service").get(at).text
    told = html.partition('id="answer"')[2].partition("</textarea>")[0]
    assert "Hallo Noor," in told
    assert "uw bestelling W1 is onderweg." in told
    assert "PostNL, track &amp; trace 3STEST: onderweg" in told
    assert "mailto:noor@example.com?subject=Uw%20bestelling%20W1" in html


def test_what_was_promised_stands_beside_what_became_of_it(shop: WebShop) -> None:
    shop.sku("lamp", stock=5)
    shop.sku("post", price="4.95", kind="service")
    shop.do(KeepDeliveryMethod("parcel", "Parcel", "post", [ZoneAsk("NL", Decimal("4.95"), 1)]))
    placed = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], ship_to=HOME, delivery="parcel"))
    at = f"/orders/{placed['id']}"
    assert "Still to be kept" in page(shop.browser("owner"), at)
    shop.days_pass(1)
    shop.ship(placed["id"])
    assert "So far Kept" in page(shop.browser("owner"), at)


def test_a_late_promise_says_so(shop: WebShop) -> None:
    shop.sku("lamp", stock=5)
    shop.sku("post", price="4.95", kind="service")
    shop.do(KeepDeliveryMethod("parcel", "Parcel", "post", [ZoneAsk("NL", Decimal("4.95"), 1)]))
    placed = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], ship_to=HOME, delivery="parcel"))
    shop.days_pass(10)
    assert "So far Late" in page(shop.browser("owner"), f"/orders/{placed['id']}")


def test_the_customers_other_orders_are_in_view(shop: WebShop, order: str) -> None:
    other = shop.order(lamp=1, customer="noor", reference="W2")
    html = shop.browser("customer_service").get(f"/orders/{order}").text
    assert f"/orders/{other}" in html
    assert "2 orders" in text_of(html)
    assert f"/orders/{other}" not in shop.browser("warehouse").get(f"/orders/{order}").text


# -- paper


def test_a_packing_slip_holds_what_is_in_the_parcel_and_a_sheet_what_to_pick(shop: WebShop, order: str) -> None:
    browser = shop.browser("warehouse")
    sheet = page(browser, f"/pick-sheets?orders={order}")
    assert "Pick sheet W1" in sheet
    assert "lamp Lamp 3" in sheet
    shop.do(PackOrder(order))
    assert "Nothing to print" in page(browser, f"/pick-sheets?orders={order}")
    slip = page(browser, f"/packing-slips?orders={order},nonsense")
    assert "Packing slip W1" in slip
    assert "Dorpsstraat 1" in slip
    assert "10.00" not in slip
    assert shop.browser("purchasing").get(f"/packing-slips?orders={order}").status_code == 403


# -- the list


def test_views_are_kept_by_a_person_and_shared_with_a_role(shop: WebShop, order: str) -> None:
    service, owner = shop.browser("customer_service"), shop.browser("owner")
    kept = service.submit("/orders?channel=web&columns=customer,total", "/views/orders", name="Short ones")
    assert kept.status_code == 303
    assert kept.headers["location"] == "/orders?channel=web&columns=customer%2Ctotal"
    assert "Short ones" in page(service, "/orders")
    assert "Short ones" not in page(owner, "/orders")
    html = service.get(kept.headers["location"]).text
    assert html.count('<th scope="col"') == 3
    denied = service.send("/views/orders", {**service.forms("/orders")["/views/orders"], "name": "X", "role": "owner"})
    assert denied.status_code == 403
    shared = owner.submit("/orders?money=unpaid", "/views/orders", name="To chase", role="customer_service")
    assert shared.status_code == 303
    assert "To chase" in page(service, "/orders")
    (remove,) = (action for action in service.forms("/orders") if action.endswith("/remove"))
    assert service.submit("/orders", remove).status_code == 303
    assert "Short ones" not in page(service, "/orders")


def test_many_are_done_at_once_with_a_result_for_each(shop: WebShop, order: str) -> None:
    browser = shop.browser("warehouse")
    gone = shop.order(lamp=1, reference="W2")
    shop.ship(gone)
    third = shop.order(lamp=1, reference="W3")
    form = browser.forms("/orders")["/bulk/orders/confirm"]
    sent = {**form, f"order.{order}": "on", f"order.{gone}": "on", f"order.{third}": "on", "order.nonsense": "on"}
    first = browser.send("/bulk/orders/pick", sent)
    assert first.status_code == 200
    said = text_of(first.text)
    assert "2 done · 1 refused" in said
    assert "W2 No such units of this order are ready for this" in said
    again = browser.send("/bulk/orders/pick", sent)  # a double click: done once
    assert "2 done · 1 refused" in text_of(again.text)
    assert shop.rows("SELECT COUNT(*) FROM events WHERE type = 'order.picked'") == [(2,)]
    slips = browser.send("/bulk/orders/packing-slips", sent)
    assert "Packing slip W1" in text_of(slips.text)
    assert browser.send("/bulk/orders/pick", form).status_code == 422
    assert browser.send("/bulk/orders/cancel", sent).status_code == 403
    assert browser.send("/bulk/orders/pick", {**sent, "_proof": ""}).status_code == 403


def test_all_that_are_found_are_done_and_no_more(shop: WebShop, order: str, monkeypatch: Any) -> None:
    browser = shop.browser("owner")
    others = [shop.order(lamp=1, channel="till") for _ in range(3)]
    form = browser.forms("/orders?channel=till")["/bulk/orders/confirm"]
    said = text_of(browser.send("/bulk/orders/cancel", {**form, "all": "on", "reason": "a test"}).text)
    assert "3 done · 0 refused" in said
    assert shop.rows("SELECT COUNT(*) FROM orders WHERE status = 'cancelled'") == [(len(others),)]
    monkeypatch.setattr("orderwell.web.pages.order_bulk.MOST", 2)
    refused = browser.send("/bulk/orders/pick", {**browser.forms("/orders")["/bulk/orders/confirm"], "all": "on"})
    assert refused.status_code == 422
    assert "At most 2 orders at a time" in refused.text


def test_the_list_is_exported_as_it_is_shown_without_formulas(shop: WebShop, order: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("orderwell.web.pages.order_export.PORTION", 2)
    shop.customer("evil", name='=HYPERLINK("https://evil.example.com")')
    for n in range(4):
        shop.order(lamp=1, channel="till", customer="evil", reference=f"-{n}+1")
    browser = shop.browser("customer_service")
    answered = browser.get("/export/orders.csv?channel=till&columns=customer,total,goods")
    assert answered.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answered.text.removeprefix("\ufeff"))))
    assert rows[0] == ["Order", "Customer", "Total", "Goods"]
    assert [row[0] for row in rows[1:]] == ["'-3+1", "'-2+1", "'-1+1", "'-0+1"]
    assert {row[1][0] for row in rows[1:]} == {"'"}
    assert rows[1][2:] == ["10.00", "To pick"]
    assert "Order;" not in answered.text
    dutch = shop.browser("customer_service", language="nl").get("/export/orders.csv?channel=till").text
    assert "Te picken" in dutch
    assert shop.browser(None).get("/export/orders.csv").status_code == 303


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", " =1", "\r=1", "|calc", "%0A=1"])
def test_what_a_spreadsheet_would_compute_is_a_text(text: str) -> None:
    assert plain(text) == f"'{text}"
    assert plain(f"a{text}") == f"a{text}"


def test_a_cancellation_is_taken_back_within_ten_seconds_or_on_the_page(shop: WebShop, order: str) -> None:
    browser, at = shop.browser("customer_service"), f"/orders/{order}"
    browser.submit(at, f"{at}/cancel", reason="wrong one")
    undo = browser.forms(at)[f"{at}/reinstate"]
    assert (undo["lines.0.line"], undo["lines.0.quantity"]) == ("1", "3")
    browser.send(f"{at}/reinstate", undo)
    assert shop.units(order) == {"promised": 3}
    said = text_of(browser.get(at).text)
    assert "Cancellation taken back" in said
    assert "Cancelled" in said

    browser.submit(at, f"{at}/cancel")
    browser.get(at)  # where the ten seconds are over
    browser.submit(at, f"{at}/reinstate")
    assert shop.units(order) == {"promised": 3}
    assert f"{at}/reinstate" not in browser.forms(at)


def test_taking_a_cancellation_back_is_refused_without_stock_and_without_the_right(shop: WebShop, order: str) -> None:
    browser, at = shop.browser("customer_service"), f"/orders/{order}"
    shop.cancel(order)
    form = browser.forms(at)[f"{at}/reinstate"]
    assert shop.browser("warehouse").send(f"{at}/reinstate", form).status_code in (403, 404)
    shop.order(lamp=shop.stock_of("lamp")["available"])
    answered = browser.send(f"{at}/reinstate", form)
    assert answered.status_code == 409
    assert shop.units(order) == {"cancelled": 3}


# -- the first page


def test_each_figure_counts_what_its_list_shows(shop: WebShop, order: str) -> None:
    shop.sku("rare", stock=0, backorder="yes")
    shop.order(rare=1)
    shop.days_pass(4)
    browser = shop.browser("owner")
    html = browser.get("/").text
    found = 0
    for part in html.split('<li><a href="')[1:]:
        path = part.partition('"')[0].replace("&amp;", "&")
        count = int(text_of(part.partition("<b>")[2].partition("</b>")[0]))
        if path.startswith("/orders"):
            found += 1
            listed = browser.get(path).text.count('<th scope="row"')
            assert listed == count, (path, listed, count)
    assert found >= 3
    first = {role: shop.browser(role).get("/").text.partition('<li><a href="')[2][:40] for role in ("warehouse",)}
    assert first["warehouse"].startswith("/orders?goods=to_pick")


def test_the_figures_of_today_lead_to_what_they_count(shop: WebShop, order: str) -> None:
    shop.days_pass(4)
    shop.ship(order)
    shop.ship(shop.order(lamp=1))
    shop.cancel(shop.order(lamp=1))
    browser, counts = shop.browser("owner"), {}
    for part in browser.get("/").text.split('<a class="figure" href="')[1:]:
        path, shown = part.partition('"')[0].replace("&amp;", "&"), text_of(part.partition("<svg")[0])
        answered = browser.get(path)
        assert answered.status_code == 200, path
        if path.startswith("/orders"):
            counts[path.partition("?")[2].partition("=")[0]] = (shown, answered.text.count('<th scope="row"'))
        else:
            amount = shown.rpartition(" ")[2]
            assert amount in text_of(answered.text), (path, amount)
    assert "Orders today 2" in counts["from"][0]
    assert counts["from"][1] == 2
    assert "50% 1 sent later" in counts["goods"][0]
    assert counts["goods"][1] == 1


def test_overdue_invoices_are_as_many_as_their_list_has(shop: WebShop) -> None:
    shop.sku("lamp", price="10.00", stock=9)
    shop.customer("firm", terms_days=14)
    for _ in range(2):
        shop.ship(shop.order(lamp=1, customer="firm"))
    shop.days_pass(20)
    html = shop.browser("accounting").get("/").text
    part = html.partition('/accounting/invoices?state=overdue"')[2]
    assert text_of(part.partition("<b>")[2].partition("</b>")[0]) == "2"
    assert shop.browser("accounting").get("/accounting/invoices?state=overdue").text.count('<th scope="row"') == 2
