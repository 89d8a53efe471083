"""Customers on their pages: found, added, changed, merged, written about, let into the portal, erased."""

import json
from typing import Any

import pytest

from orderwell.flows.keep_customer_prices import SetCustomerPrice
from tests.web.conftest import WebShop, text_of

SHOP = {"name": "Jansen", "email": "jansen@example.com", "phone": "06-1", "terms_days": 30}


@pytest.fixture
def jansen(shop: WebShop) -> str:
    shop.sku("lamp", price="10.00", stock=9)
    return str(shop.customer("C1", **SHOP)["id"])


def sent(answered: Any) -> str:
    assert answered.status_code == 303, text_of(answered.text)[:2_000]
    return str(answered.headers["location"])


def test_they_are_found_by_what_somebody_on_the_telephone_knows(shop: WebShop, jansen: str) -> None:
    shop.customer("C2", name="De Boer", email="boer@example.com", phone="06-2")
    shop.ship(shop.order(customer="C1", lamp=2))
    browser = shop.browser("customer_service")
    for text in ("jans", "c1", "JANSEN@example", "061"):
        page = browser.http.get("/customers", params={"q": text}).text
        assert f'href="/customers/{jansen}"' in page, text
        assert "De Boer" not in page, text
    assert "Nobody is found by that" in browser.get("/customers?q=zzz").text
    row = text_of(browser.get("/customers").text.partition(f'id="{jansen}"')[2].partition("</tr>")[0])
    assert "1 €20.00 €20.00" in row
    assert f"/customers/{jansen}" in browser.get("/palette?q=jansen").text
    kept = browser.get(f"/customers?rows={jansen}").text
    assert jansen in kept
    assert "De Boer" not in kept


def test_one_customer_shows_all_there_is(shop: WebShop, jansen: str) -> None:
    order = shop.order(customer="C1", reference="W1", lamp=2)
    shop.ship(order)
    page = shop.browser("customer_service").get(f"/customers/{jansen}").text
    text = text_of(page)
    for said in (
        "Jansen",
        "C1",
        "W1",
        "Owes €20.00",
        "Days to pay 30",
        "Lamp lamp 2 1 order",
        "INV-000001 W1 4 Feb 2026 €20.00",
    ):
        assert said in text, said
    assert f"/orders/new?customer={jansen}" in page
    assert "Agree a price" not in text, "agreeing a price is a right of its own"
    assert shop.browser("warehouse").get(f"/customers/{jansen}").status_code == 403
    assert shop.browser("owner").get("/customers/cus_0000000000001").status_code == 404


def test_a_customer_is_added_and_changed(shop: WebShop) -> None:
    browser = shop.browser("customer_service")
    typed = {"name": "<b>Özdemir</b>", "kind": "company", "locale": "nl", "terms_days": "14", "email": "o@example.com"}
    at = sent(browser.submit("/customers/new", "/customers/new", **typed))
    assert "&lt;b&gt;Özdemir&lt;/b&gt;" in browser.get(at).text
    change = f"{at}/change"
    assert sent(browser.submit(change, change, kind="person", locale="nl", email="", phone="06-9")) == at
    assert shop.rows("SELECT kind, email, phone, terms_days FROM customers") == [("person", "", "06-9", 14)]
    refused = browser.submit(change, change, kind="person", locale="nl", terms_days="soon")
    assert refused.status_code == 422
    assert "is no whole number" in refused.text
    assert browser.submit(change, change, name="", kind="person", locale="nl").status_code == 422
    stale = browser.forms(change)[change]
    sent(browser.submit(change, change, kind="person", locale="nl", phone="06-8"))
    assert browser.send(change, {**stale, "kind": "person", "locale": "nl", "phone": "06-7"}).status_code == 412
    assert shop.rows("SELECT phone FROM customers") == [("06-8",)]


def test_nobody_without_the_right_changes_anything(shop: WebShop, jansen: str) -> None:
    browser = shop.browser("accounting")
    page = browser.get(f"/customers/{jansen}")
    assert page.status_code == 200
    assert 'method="post" action="/customers' not in page.text
    for act in ("change", "merge", "erase", "personal_data"):
        assert browser.get(f"/customers/{jansen}/{act}").status_code == 403, act
    for act in ("change", "block", "merge", "split", "notes", "prices", "people", "erase"):
        assert browser.send(f"/customers/{jansen}/{act}", {}).status_code == 403, act


def test_blocking_is_taken_back_within_ten_seconds(shop: WebShop, jansen: str) -> None:
    browser = shop.browser("customer_service")
    at = f"/customers/{jansen}"
    sent(browser.submit(at, f"{at}/block"))
    page = browser.get(at).text
    assert 'data-undo="10"' in page
    assert "/orders/new?customer" not in page
    sent(browser.submit(at, f"{at}/unblock"))
    assert shop.rows("SELECT status FROM customers") == [("active",)]


def test_merging_shows_what_will_happen_and_can_be_undone(shop: WebShop, jansen: str) -> None:
    other = shop.customer("C2", name="J. Jansen", phone="06-1")["id"]
    shop.ship(shop.order(customer="C1", lamp=1))
    browser = shop.browser("customer_service")
    at = f"/customers/{jansen}/merge"
    assert f"into={other}" in browser.get(at).text, "the same telephone: may be the same"
    assert f"into={other}" in browser.get(f"{at}?q=C2").text
    before = text_of(browser.get(f"{at}?into={other}").text)
    assert "E-mail jansen@example.com – jansen@example.com" in before
    assert "Orders 1 0 1" in before
    assert sent(browser.submit(f"{at}?into={other}", at)) == f"/customers/{other}"
    kept = browser.get(f"/customers/{other}").text
    assert "Also known as" in kept
    assert 'data-undo="10"' in kept
    gone = browser.get(f"/customers/{jansen}").text
    assert "Kept under another customer" in gone
    sent(browser.submit(f"/customers/{jansen}", f"/customers/{jansen}/split"))
    assert shop.rows("SELECT merged_into_id FROM customers") == [(None,), (None,)]
    assert browser.get(f"{at}?into=cus_0000000000001").status_code == 404


def test_notes_are_written_pinned_and_removed(shop: WebShop, jansen: str) -> None:
    browser = shop.browser("customer_service")
    at = f"/customers/{jansen}"
    sent(browser.submit(at, f"{at}/notes", text="Ring <twice>", pinned=""))
    [note] = [path for path in browser.forms(at) if path.endswith("/remove")]
    sent(browser.submit(at, note.replace("/remove", "/change")))
    page = browser.get(at).text
    assert 'class="pinned"' in page
    assert "Ring &lt;twice&gt;" in page
    sent(browser.submit(at, note))
    assert "Ring" not in browser.get(at).text
    assert browser.submit(at, f"{at}/notes", text="   ").status_code == 422


def test_prices_are_agreed_and_ended(shop: WebShop, jansen: str) -> None:
    browser = shop.browser("owner")
    at = f"/customers/{jansen}"
    sent(browser.submit(at, f"{at}/prices", sku="lamp", price="7.25", from_quantity="10"))
    assert "7.25 EUR" in text_of(browser.get(at).text)
    assert browser.submit(at, f"{at}/prices", sku="no-such", price="7").status_code == 422
    shop.days_pass(1)
    browser = shop.browser("owner")
    [end] = [path for path in browser.forms(at) if path.endswith("/end")]
    sent(browser.submit(at, end))
    assert shop.rows("SELECT valid_to FROM customer_prices") == [("2026-01-05",)]
    assert not [path for path in browser.forms(at) if path.endswith("/end")]
    clerk = shop.browser("customer_service")
    assert clerk.send(end, {}).status_code == 403


def test_people_are_invited_to_the_portal_and_shut_out(shop: WebShop, jansen: str) -> None:
    browser = shop.browser("customer_service")
    at = f"/customers/{jansen}"
    sent(browser.submit(at, f"{at}/people", name="Noor", email="noor@example.com", role="buyer"))
    assert len(shop.rows("SELECT 1 FROM messages")) == 1
    [invite] = [path for path in browser.forms(at) if path.endswith("/invite")]
    sent(browser.submit(at, invite))
    assert len(shop.rows("SELECT 1 FROM messages")) == 2
    sent(browser.submit(at, invite.replace("/invite", "/disable")))
    assert "Has no access" in browser.get(at).text
    sent(browser.submit(at, invite.replace("/invite", "/enable")))
    again = browser.submit(at, f"{at}/people", name="Noor", email="noor@example.com", role="buyer")
    assert again.status_code == 409


def test_what_is_kept_of_somebody_is_handed_over_as_a_file(shop: WebShop, jansen: str) -> None:
    shop.ship(shop.order(customer="C1", lamp=1))
    answered = shop.browser("customer_service").get(f"/customers/{jansen}/personal_data")
    assert answered.headers["content-disposition"].startswith("attachment")
    data = json.loads(answered.content)["data"]
    assert [each["email"] for each in data["customers"]] == ["jansen@example.com"]
    assert len(data["invoices"]) == 1
    assert shop.browser("owner").get("/customers/cus_0000000000001/personal_data").status_code == 404


def test_erasing_says_what_stands_in_the_way_asks_once_and_is_for_good(shop: WebShop, jansen: str) -> None:
    browser = shop.browser("customer_service")
    at = f"/customers/{jansen}/erase"
    order = shop.order(customer="C1", reference="W1", lamp=1)
    assert "W1" in text_of(browser.get(at).text)
    assert at not in browser.forms(at)
    shop.cancel(order)
    unsure = {**browser.forms(at)[at], "sure": ""}
    assert browser.send(at, unsure).status_code == 422
    forged = {**browser.forms(at)[at], "sure": "on", "known.name_kept": "true"}
    assert sent(browser.send(at, forged)) == f"/customers/{jansen}", "what is known is looked up, whatever was sent"
    [(name, email, reference)] = shop.rows("SELECT name, email, reference FROM customers")
    assert (name, email, reference) == ("erased", "", "C1")
    page = browser.get(f"/customers/{jansen}").text
    assert "Erased" in page
    assert f"{at}" not in page


@pytest.mark.parametrize("text", ["'", '"><script>alert(1)</script>', "%", "a" * 300, "٣", "cus_"])
def test_nonsense_finds_nobody_and_breaks_nothing(shop: WebShop, jansen: str, text: str) -> None:
    browser = shop.browser("owner")
    for path, name in (("/customers", "q"), ("/customers", "rows"), (f"/customers/{jansen}/merge", "q"),
                       ("/customers/new", "name")):  # fmt: skip
        answered = browser.http.get(path, params={name: text})
        assert answered.status_code == 200, (path, name)
        assert "<script>alert" not in answered.text
    assert browser.http.get("/customers", params={"cursor": text}).status_code == 422
    at = f"/customers/{jansen}/change"
    answered = browser.submit(at, at, name=text, kind="person", locale="nl")
    assert answered.status_code in (303, 422)
    assert "<script>alert" not in browser.get("/customers").text


def test_a_list_of_customers_takes_few_looks(shop: WebShop, jansen: str) -> None:
    from orderwell.reports import customer_page
    from tests.web.looks import looks

    with shop.app.database.reading() as connection:
        few = looks(connection, lambda: customer_page.listed(connection))
        for n in range(20):
            shop.customer(f"M{n}")
        many = looks(connection, lambda: customer_page.listed(connection))
    assert few == many <= 4


def test_a_price_of_the_past_is_shown_as_such(shop: WebShop, jansen: str) -> None:
    from decimal import Decimal

    shop.do(SetCustomerPrice("C1", "lamp", Decimal(5), valid_to="2026-01-06"))
    shop.days_pass(5)
    assert '<tr class="past">' in shop.browser("owner").get(f"/customers/{jansen}").text
