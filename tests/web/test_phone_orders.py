"""An order taken on the telephone: who, what, where to and how it is paid, on one page that works without scripts."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.keep_catalog import AddChannel, AddSku
from orderwell.flows.keep_customer_prices import SetCustomerPrice
from orderwell.flows.keep_delivery import KeepDeliveryMethod, ZoneAsk
from orderwell.flows.keep_providers import KeepProvider
from tests.web.conftest import Browser, WebShop, forms_in, text_of

PATH = "/orders/new"


@pytest.fixture
def phone(shop: WebShop) -> Browser:
    """Somebody of customer service at a shop that sells on the telephone."""
    shop.do(AddChannel("phone", "Telephone", "phone"))
    shop.sku("lamp", price="12.10", stock=5)
    shop.sku("bulb", price="2.42", stock=9)
    shop.customer("C1", name="Anna de Vries", phone="06 1234 5678", email="anna@example.com", country="NL")
    return shop.browser("customer_service")


def form_of(html: str) -> dict[str, str]:
    return forms_in(html)["/orders/new/change"]


def changed(browser: Browser, html: str, **typed: str) -> str:
    fields = {**form_of(html), **{name.replace("__", "."): typed[name] for name in typed}}
    answered = browser.send(f"{PATH}/change", fields)
    assert answered.status_code == 200, text_of(answered.text)
    return str(answered.text)


def place(browser: Browser, html: str, **typed: str) -> Any:
    return browser.send(f"{PATH}/place", {**form_of(html), **{name.replace("__", "."): typed[name] for name in typed}})


def orders(shop: WebShop) -> Any:
    return shop.rows("SELECT status, gross_minor, payment_method FROM orders ORDER BY id")


def test_a_known_customer_and_three_lines(shop: WebShop, phone: Browser) -> None:
    html = changed(phone, phone.get(PATH).text, who="0612345678")
    assert "Anna de Vries" in html
    for add in ("lamp", "2*bulb", "lamp"):
        html = changed(phone, html, add=add)
    assert "€29.04" in text_of(html)
    done = place(phone, html, to__street="Dorpsstraat 1", to__postcode="1234 AB", to__city="Ede", pay="later")
    assert done.status_code == 303, text_of(done.text)
    assert orders(shop) == [("placed", 2_904, "")]
    assert shop.rows("SELECT name, street, country FROM addresses") == [("Anna de Vries", "Dorpsstraat 1", "NL")]
    again = changed(phone, phone.get(PATH).text, who="anna@")
    assert form_of(again)["to.street"] == "Dorpsstraat 1"
    shop.prove()


def test_a_double_click_takes_one_order(shop: WebShop, phone: Browser) -> None:
    html = changed(phone, phone.get(PATH).text, add="lamp")
    sent = {**form_of(html), "pay": "later"}
    first, second = phone.send(f"{PATH}/place", sent), phone.send(f"{PATH}/place", sent)
    assert first.headers["location"] == second.headers["location"]
    assert len(orders(shop)) == 1


def test_a_new_customer_is_added_with_the_order_or_not_at_all(shop: WebShop, phone: Browser) -> None:
    html = changed(phone, phone.get(PATH).text, who="0687654321")
    assert "Nobody is called so." in text_of(html)
    html = changed(phone, html, act="new", who="0687654321")
    assert form_of(html)["new.phone"] == "0687654321"
    html = changed(phone, html, new__name="Bob <b>Bakker</b>", add="lamp")
    html = changed(phone, html, q__0="50")
    refused = place(phone, html, new__name="Bob <b>Bakker</b>", pay="later")
    assert refused.status_code == 409
    assert "<b>Bakker" not in refused.text
    assert form_of(refused.text)["new.name"] == "Bob <b>Bakker</b>"
    assert shop.rows("SELECT count(*) FROM customers WHERE name LIKE 'Bob%'") == [(0,)]
    done = place(phone, html, q__0="2", pay="later")
    assert done.status_code == 303, text_of(done.text)
    assert shop.rows("SELECT phone FROM customers WHERE name LIKE 'Bob%'") == [("0687654321",)]


def test_days_and_costs_of_delivery_are_seen_before_and_kept_after(shop: WebShop, phone: Browser) -> None:
    shop.do(AddSku("postage", "Postage", kind="service", price=Decimal("4.95"), revenue="delivery"))
    shop.do(KeepDeliveryMethod("parcel", "Parcel", "postage", [ZoneAsk("NL", Decimal("4.95"), 1)]))
    html = changed(phone, phone.get(f"{PATH}?customer=C1").text, add="lamp")
    assert "there on" in text_of(html)
    assert "€17.05" in text_of(html)
    done = place(phone, html, delivery="parcel", pay="later")
    assert done.status_code == 303, text_of(done.text)
    assert orders(shop) == [("placed", 1_705, "")]
    shop.prove()


def test_a_company_sees_its_own_price_and_pays_on_account(shop: WebShop, phone: Browser) -> None:
    shop.customer("C2", name="Bakkerij", kind="company", terms_days=14)
    shop.do(SetCustomerPrice("C2", "lamp", Decimal("9.68"), basis="gross"))
    html = changed(phone, phone.get(f"{PATH}?customer=C2").text, add="lamp")
    assert "€9.68" in text_of(html)
    assert "has prices of their own" in text_of(html)
    assert place(phone, html, pay="on_account").status_code == 303
    assert orders(shop) == [("placed", 968, "on_account")]


def test_who_has_no_terms_does_not_pay_on_account(shop: WebShop, phone: Browser) -> None:
    html = changed(phone, phone.get(f"{PATH}?customer=C1").text, add="lamp")
    assert 'value="on_account"' not in html
    refused = place(phone, html, pay="on_account")
    assert refused.status_code == 409
    assert orders(shop) == []


def test_a_link_asks_the_provider_for_a_payment(shop: WebShop, phone: Browser) -> None:
    shop.do(KeepProvider("simulated", "http://localhost:9", "shop", "ORDERWELL_SECRET"))
    html = changed(phone, phone.get(f"{PATH}?customer=C1").text, add="lamp")
    assert place(phone, html, pay="link").status_code == 303
    assert orders(shop) == [("placed", 1_210, "redirect")]
    assert shop.rows("SELECT method, provider, amount_minor FROM payments") == [("provider", "simulated", 1_210)]


def test_a_draft_is_kept_and_promises_nothing(shop: WebShop, phone: Browser) -> None:
    html = changed(phone, phone.get(PATH).text, add="lamp")
    assert place(phone, html, draft="true").status_code == 303
    assert orders(shop) == [("draft", 1_210, "")]
    assert shop.stock_of("lamp")["promised"] == 0


def test_what_cannot_be_had_is_said_while_it_is_written(shop: WebShop, phone: Browser) -> None:
    html = changed(phone, phone.get(PATH).text, add="99*lamp")
    assert "5 " in text_of(html)
    assert "Nothing carries this code or name" in text_of(changed(phone, html, add="zzz"))
    assert place(phone, phone.get(PATH).text).status_code == 422
    assert orders(shop) == []


def test_rights(shop: WebShop, phone: Browser) -> None:
    assert shop.browser("warehouse").get(PATH).status_code == 403
    assert "/orders/new" not in shop.browser("warehouse").get("/orders").text
    assert "/orders/new" in phone.get("/orders").text
    assert "New order" in phone.get("/palette?q=new").text
    for query in ("customer=zzz", "customer=cus_0000000000001", "cart=lamp,1,&delivery=x&pay=x", "who=%3Cscript%3E"):
        assert phone.get(f"{PATH}?{query}").status_code == 200
