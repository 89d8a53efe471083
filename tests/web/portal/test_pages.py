"""What customers do on their pages: forms that work, are refused, and take back."""

import re
from decimal import Decimal

from orderwell.flows.keep_catalog import SetPrice
from orderwell.flows.keep_customer_prices import SetCustomerPrice
from orderwell.flows.pick_order import PickOrder
from orderwell.flows.place_order import AddressAsk
from tests.support.paying import Paying
from tests.web.conftest import Browser, forms_in, text_of
from tests.web.portal.conftest import PortalShop


def orders(shop: PortalShop) -> int:
    return int(shop.rows("SELECT COUNT(*) FROM orders WHERE status = 'placed'")[0][0])


# -- the same once more


def test_an_order_is_placed_again_with_one_action_once(shop: PortalShop) -> None:
    before = shop.bought(lamp=2, cord=1)
    anna = shop.buyer("anna")
    action = f"/portal/orders/{before}/again"
    fields = anna.forms("/portal/orders")[action]
    first, second = anna.send(action, fields), anna.send(action, fields)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert orders(shop) == 2
    page = anna.get(first.headers["location"])
    assert re.search(r"Order P-[0-9A-Z]{4}-[0-9A-Z]{4}", text_of(page.text))
    assert "€26.95" in text_of(page.text)  # with delivery, before anything is paid
    assert "Tuesday 6 January" in text_of(page.text)


def test_it_is_taken_back_within_two_minutes(shop: PortalShop) -> None:
    before = shop.bought()
    anna = shop.buyer("anna")
    placed = anna.submit("/portal/orders", f"/portal/orders/{before}/again").headers["location"]
    undo = forms_in(anna.get(placed).text)[f"{placed}/undo"]
    done = anna.send(f"{placed}/undo", undo)
    assert done.status_code == 303
    assert "Cancelled" in text_of(anna.get(placed).text)
    assert shop.stock_of("lamp")["promised"] == 2
    shop.prove()


def test_not_later_and_not_when_somebody_works_on_it(shop: PortalShop) -> None:
    before = shop.bought()
    anna = shop.buyer("anna")
    for disturb in ("work", "time"):
        placed = anna.submit("/portal/orders", f"/portal/orders/{before}/again").headers["location"]
        undo = forms_in(anna.get(placed).text)[f"{placed}/undo"]
        if disturb == "work":
            shop.do(PickOrder(placed.rpartition("/")[2]))
        else:
            shop.clock.advance_to(shop.clock.now() + 121_000_000)
        refused = anna.send(f"{placed}/undo", {**undo, "_back": placed})
        assert refused.status_code == 409
        assert "too late" in text_of(refused.text)
        assert f"{placed}/undo" not in forms_in(anna.get(placed).text)
    assert orders(shop) == 3


# -- from the catalogue


def test_ordering_from_the_catalogue_shows_all_it_costs_first(shop: PortalShop) -> None:
    shop.bought()
    anna = shop.buyer("anna")
    shown = text_of(anna.get("/portal/shop?q=lam").text)
    assert "Lamp" in shown
    assert "Cord" not in shown
    assert "€10.00" in shown
    assert "In stock" in shown
    assert "Postage" not in text_of(anna.get("/portal/shop").text)
    put(anna, "lamp", "3")
    put(anna, "lamp", "1")
    basket = anna.get("/portal/basket").text
    for said in ("4 × Lamp", "Parcel", "Tuesday 6 January", "+ €4.95", "total €44.95", "Dorpsstraat 1"):
        assert said in text_of(basket), said
    fields = forms_in(basket)["/portal/basket/order"]
    done = anna.send("/portal/basket/order", {**fields, "customer_reference": "for the hall"})
    assert done.status_code == 303, text_of(done.text)
    page = text_of(anna.get(done.headers["location"]).text)
    for said in ("4 × Lamp", "Total €44.95", "for the hall", "Ordered. Thank you.", "Undo"):
        assert said in page, said
    assert "Your basket is empty" in text_of(anna.get("/portal/basket").text)
    shop.prove()


def put(browser: Browser, code: str, quantity: str) -> None:
    fields = {**next(iter(browser.forms("/portal/shop").values()))}
    sent = {**fields, "sku": code, "quantity": quantity, "_back": "/portal/shop"}
    for name in ("language",):
        sent.pop(name, None)
    assert browser.send("/portal/basket", sent).status_code == 303


def test_what_was_shown_is_what_is_ordered_or_nothing_is(shop: PortalShop) -> None:
    shop.bought()
    anna = shop.buyer("anna")
    put(anna, "lamp", "1")
    fields = anna.forms("/portal/basket")["/portal/basket/order"]
    shop.do(SetPrice("lamp", Decimal("11.00")))
    refused = anna.send("/portal/basket/order", fields)
    assert refused.status_code == 409
    assert "The amount has changed" in text_of(refused.text)
    assert "total €15.95" in text_of(refused.text)
    assert orders(shop) == 1


def test_nobody_names_a_price_of_their_own(shop: PortalShop) -> None:
    shop.bought()
    anna = shop.buyer("anna")
    put(anna, "lamp", "1")
    fields = anna.forms("/portal/basket")["/portal/basket/order"]
    for name, value in (
        ("lines.0.unit_price", "0.01"), ("lines.0.sku", "cord"), ("customer", "hotel"), ("channel", "till"),
        ("discount.percent", "99"), ("ship_to.name", "Mallory"), ("payment_method", "cash"), ("draft", "true"),
    ):  # fmt: skip
        refused = anna.send("/portal/basket/order", {**fields, name: value})
        assert refused.status_code == 422, name
    assert orders(shop) == 1


def test_a_basket_takes_quantities_and_nothing_else(shop: PortalShop) -> None:
    anna = shop.buyer("anna")
    put(anna, "lamp", "2")
    fields = anna.forms("/portal/basket")["/portal/basket"]
    assert anna.send("/portal/basket", {**fields, "quantity.0": "many"}).status_code == 422
    assert anna.send("/portal/basket", {**fields, "quantity.0": "-1"}).status_code == 422
    unknown = {**fields, "sku.0": "postage", "quantity.0": "1"}
    assert anna.send("/portal/basket", unknown).status_code == 422
    assert anna.send("/portal/basket", {**fields, "quantity.0": "0"}).status_code == 303
    assert "Your basket is empty" in text_of(anna.get("/portal/basket").text)
    for nonsense in ("x", "eyJsYW1wIjoiLTEifQ==", "W10=", "eyJsYW1wIjozfQ=="):
        anna.http.cookies.set("orderwell_portal_basket", nonsense)
        assert "Your basket is empty" in text_of(anna.get("/portal/basket").text)


def test_more_than_there_is_is_refused_before_it_is_ordered(shop: PortalShop) -> None:
    shop.bought()
    anna = shop.buyer("anna")
    put(anna, "lamp", "999")
    shown = anna.get("/portal/basket")
    assert shown.status_code == 200
    assert "There is not enough stock" in text_of(shown.text)
    assert "/portal/basket/order" not in forms_in(shown.text)


def test_without_an_address_one_is_asked_for(shop: PortalShop) -> None:
    anna = shop.buyer("anna")
    put(anna, "lamp", "1")
    typed = {"street": "Kerkweg 2", "city": "Haarlem", "postcode": "2011 BB", "country": "NL"}
    assert anna.submit("/portal/basket", "/portal/addresses", **typed).status_code == 303
    assert "Kerkweg 2" in text_of(anna.get("/portal/basket").text)
    assert "total €14.95" in text_of(anna.get("/portal/basket").text)


def test_a_company_sees_its_own_prices_terms_and_balance(shop: PortalShop) -> None:
    shop.do(SetCustomerPrice("hotel", "lamp", Decimal("8.00"), basis="gross"))
    order = shop.bought("hotel", lamp=1)
    shop.ship(order)
    shop.days_pass(20)
    for name in ("noor", "ruben"):
        buyer = shop.buyer(name)
        home = text_of(buyer.get("/portal").text)
        assert "Open with us €12.95" in home
        assert "Of that overdue €12.95" in home
        assert "14 days" in home
        goods = text_of(buyer.get("/portal/shop").text)
        assert "€8.00 your price" in goods
        assert order in buyer.get("/portal/orders").text
    assert "your price" not in shop.buyer("anna").get("/portal/shop").text


# -- sending back


def test_a_return_is_announced_and_taken_back(shop: PortalShop) -> None:
    order = shop.bought(lamp=2)
    shop.ship(order)
    anna = shop.buyer("anna")
    path = f"/portal/orders/{order}/return"
    done = anna.submit(path, path, lines__0__quantity="1", reason="Arrived damaged")
    assert done.status_code == 303, text_of(done.text)
    slip = anna.get(done.headers["location"])
    assert "1 × Lamp" in text_of(slip.text)
    assert "Arrived damaged" in slip.text
    assert "1" in text_of(anna.get(path).text)
    too_many = anna.submit(path, path, lines__0__quantity="2", reason="Both")
    assert too_many.status_code == 409
    cancel = f"{done.headers['location']}/cancel"
    assert anna.send(cancel, forms_in(slip.text)[cancel]).status_code == 303
    assert "Cancelled" in text_of(anna.get(done.headers["location"]).text)
    nothing = anna.submit(path, path, lines__0__quantity="0", reason="None")
    assert nothing.status_code == 422


# -- paying


def test_an_invoice_is_paid_at_the_provider_and_back(shop: PortalShop, paying: Paying) -> None:
    order = shop.bought("hotel", lamp=1)
    shop.ship(order)
    noor = shop.buyer("noor")
    pay = f"/portal/orders/{order}/pay"
    invoice = re.search(r"/portal/invoices/inv_\w+", noor.get("/portal/invoices").text)
    assert invoice is not None
    done = noor.submit(invoice[0], pay)
    assert done.status_code == 303, text_of(done.text)
    onward = done.headers["location"]
    assert 'http-equiv="refresh" content="1;' in noor.get(onward).text
    paying.worker.tick()
    shown = noor.get(onward).text
    there = re.search(r'content="0; url=(http://127\.0\.0\.1:\d+/checkout/[^"]+)"', shown)
    assert there is not None
    payment = onward.rpartition("/")[2]
    assert paying.charge(payment).return_url == f"http://testserver/portal/orders/{order}/paid"
    assert paying.charge(payment).amount == 1_495
    back = f"/portal/orders/{order}/paid"
    assert "We wait for our payment provider" in text_of(noor.get(back).text)
    paying.customer(payment, "pay")
    paying.worker.tick()
    look = f"/portal/payments/{payment}/look"
    assert noor.submit(back, look).status_code == 303
    paying.worker.tick()
    assert "Paid, thank you" in text_of(noor.get(back).text)
    assert pay not in forms_in(noor.get(invoice[0]).text)
    shop.prove()


def test_one_that_was_broken_off_is_begun_again(shop: PortalShop, paying: Paying) -> None:
    order = shop.bought()
    anna = shop.buyer("anna")
    payment = anna.submit(f"/portal/orders/{order}", f"/portal/orders/{order}/pay").headers["location"]
    paying.worker.tick()
    paying.customer(payment.rpartition("/")[2], "cancel")
    back = f"/portal/orders/{order}/paid"
    anna.submit(back, f"{payment}/look")
    paying.worker.tick()
    assert "Nothing was taken" in text_of(anna.get(back).text)
    assert anna.submit(back, f"/portal/orders/{order}/pay").status_code == 303


def test_without_a_provider_nothing_is_offered(shop: PortalShop) -> None:
    order = shop.bought()
    anna = shop.buyer("anna")
    assert f"/portal/orders/{order}/pay" not in forms_in(anna.get(f"/portal/orders/{order}").text)


def test_somebody_elses_invoice_is_not_paid_with_ones_order(shop: PortalShop, paying: Paying) -> None:
    order, theirs = shop.bought(), shop.bought("hotel")
    shop.ship(theirs)
    [(number,)] = shop.rows("SELECT id FROM invoices")
    from orderwell.values.ids import show

    anna = shop.buyer("anna")
    path = f"/portal/orders/{order}"
    refused = anna.submit(path, f"{path}/pay", invoice=show("invoice", number))
    assert refused.status_code == 404
    assert shop.rows("SELECT COUNT(*) FROM payments") == [(0,)]


# -- me, and the people of a company


def test_my_name_addresses_and_sessions(shop: PortalShop) -> None:
    shop.bought(ship_to=AddressAsk("Anna", "Oudeweg 3", "3511 AA", "Utrecht", "NL"))
    anna, elsewhere = shop.buyer("anna"), shop.buyer("anna")
    assert anna.submit("/portal/account", "/portal/account/name", name="Anna B.").status_code == 303
    account = anna.get("/portal/account")
    assert "Oudeweg 3" in account.text
    assert "anna@example.com" in account.text
    [end] = [each for each in forms_in(account.text) if each.endswith("/end")]
    assert elsewhere.get("/portal").status_code == 200
    assert anna.send(end, forms_in(account.text)[end]).status_code == 303
    shop.site.face.cache["portal_sessions"].forget_all()  # as a second does
    assert elsewhere.get("/portal").headers["location"] == "/portal/sign-in"
    assert "Hello, Anna B." in text_of(anna.get("/portal").text)


def test_admins_keep_the_people_of_their_company(shop: PortalShop) -> None:
    noor, ruben = shop.buyer("noor"), shop.buyer("ruben")
    ours = f"/portal/people/{shop.accounts['ruben']['id']}/disable"
    assert "/portal/people" not in forms_in(ruben.get("/portal/account").text)
    proof = {name: ruben.forms("/portal/account")["/portal/sign-out"][name] for name in ("_key", "_proof")}
    for path in (ours, "/portal/people"):
        assert ruben.send(path, proof).status_code == 403
    added = noor.submit("/portal/account", "/portal/people", name="Tess", email="tess@example.com", role="buyer")
    assert added.status_code == 303
    assert shop.rows("SELECT COUNT(*) FROM portal_accounts WHERE email = 'tess@example.com'") == [(1,)]
    assert noor.submit("/portal/account", ours).status_code == 303
    shop.site.face.cache["portal_sessions"].forget_all()
    assert ruben.get("/portal").status_code == 303
    mine = {**noor.forms("/portal/account")[f"/portal/people/{shop.accounts['ruben']['id']}/enable"]}
    refused = noor.send(f"/portal/people/{shop.accounts['noor']['id']}/disable", mine)
    assert refused.status_code == 409
    taken = noor.submit("/portal/account", "/portal/people", name="Anna", email="anna@example.com", role="buyer")
    assert taken.status_code == 409
    assert "anna" not in text_of(taken.text).lower().replace("value", "")


def test_each_page_is_in_two_languages(shop: PortalShop) -> None:
    anna = shop.buyer("anna", language="nl")
    assert "Laatste bestellingen" in text_of(anna.get("/portal").text)
    assert anna.submit("/portal", "/portal/language", language="en").status_code == 303
    assert "Last orders" in text_of(anna.get("/portal").text)
    assert anna.submit("/portal", "/portal/language", language="xx").status_code == 422
