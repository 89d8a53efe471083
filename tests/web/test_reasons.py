"""Why something is refused, in the language of whoever reads: all of it, with amounts and days as that writes them."""

from typing import Any

import pytest

from orderwell.flows.cancel_order import CancelOrder
from orderwell.flows.keep_books import LockPeriod
from orderwell.flows.ship_order import ShipOrder
from orderwell.flows.sign_in import SetPassword
from orderwell.kit.sentences import Sentence
from orderwell.values.ids import show
from orderwell.web.passwords import HASHER
from orderwell.web.saying import said
from tests.web.conftest import Browser, WebShop, text_of


@pytest.fixture
def order(shop: WebShop) -> str:
    shop.sku("lamp", price="12.10", stock=5)
    return shop.order(lamp=3, reference="W1")


def dutch(shop: WebShop, role: str = "owner") -> Browser:
    return shop.browser(role, "nl")


def read(answered: Any, status: int) -> str:
    assert answered.status_code == status, text_of(answered.text)[:2_000]
    text = text_of(answered.text).replace("&#39;", "'")
    for english in ("There is no", "cannot", "were to be", " is no ", "Cancel", "should", "Field", "left"):
        assert english not in text, english
    return text


def test_states_are_said_in_words_of_the_language(shop: WebShop, order: str) -> None:
    browser, at = dutch(shop), f"/orders/{order}"
    fields = browser.forms(at)[f"{at}/cancel"]
    del fields["_version"]
    shop.do(CancelOrder(order))
    text = read(browser.send(f"{at}/cancel", fields), 409)
    assert "Een order die geannuleerd is, kan niet geannuleerd worden." in text


def test_what_was_read_before_it_changed(shop: WebShop, order: str) -> None:
    browser, at = dutch(shop), f"/orders/{order}"
    fields = browser.forms(at)[f"{at}/pick"]
    shop.browser("warehouse").submit(at, f"{at}/pick")
    assert "Dit is intussen gewijzigd (order, nu versie 2)" in read(browser.send(f"{at}/pick", fields), 412)


def test_what_is_not_there(shop: WebShop, order: str) -> None:
    browser = dutch(shop)
    for path, reason in {
        "/orders/ord_0000000000001": "Er is geen order 'ord_0000000000001'.",
        "/customers/cus_0000000000001": "Er is geen klant 'cus_0000000000001'.",
        "/stock/nothing": "Er is geen artikel 'nothing'.",
        "/nowhere": "Op dit adres staat niets.",
    }.items():
        assert reason in read(browser.get(path), 404), path


def test_what_was_typed_and_makes_no_sense(shop: WebShop, order: str) -> None:
    browser, at = dutch(shop), f"/orders/{order}"
    pay = {"method": "bank_transfer", "amount": "veel"}
    assert "'veel' is geen bedrag in EUR." in read(browser.submit(at, f"{at}/pay", **pay), 422)
    assert "Een lege notitie zegt niets." in read(browser.submit(at, f"{at}/notes", text="  "), 422)
    customer = shop.customer("C1", name="Jansen")["id"]
    change = f"/customers/{customer}/change"
    typed = {"kind": "person", "locale": "nl"}
    soon = browser.submit(change, change, **typed, terms_days="gauw")
    assert "'gauw' is geen geheel getal." in read(soon, 422)
    assert "Hoogstens 200 tekens." in read(browser.submit(change, change, **typed, phone="0", name="x" * 201), 422)
    prices = browser.submit(f"/customers/{customer}", f"/customers/{customer}/prices", sku="bulb", price="7")
    assert "Er is geen artikel 'bulb'." in read(prices, 422)


def test_what_was_left_out(shop: WebShop, order: str) -> None:
    browser, at = dutch(shop), f"/orders/{order}"
    fields = browser.forms(at)[f"{at}/notes"]
    fields.pop("text", None)
    assert "Dit moet u invullen." in read(browser.send(f"{at}/notes", fields), 422)


def test_a_list_of_things_inside_a_sentence(shop: WebShop, order: str) -> None:
    page = dutch(shop, "warehouse").submit("/stock/lamp", "/stock/count", location="main", lines__0__counted="2")
    reason = "Er is minder geteld dan aan orders is toegezegd: lamp (2 geteld, 3 toegezegd)."
    assert reason in read(page, 409)


def test_amounts_and_days_are_written_as_the_language_does(shop: WebShop, order: str) -> None:
    shop.do(ShipOrder(order))
    browser = dutch(shop, "accounting")
    at = f"/accounting/invoices/{show('invoice', shop.rows('SELECT id FROM invoices')[0][0])}"
    given_up = read(browser.submit(at, f"{at}/bad-debt", amount="1.036,31"), 409)
    assert "1.036,31 zou worden afgeboekt, 36,30 staat open." in given_up
    shop.do(LockPeriod("2020-01-01"))
    journal, typed = "/accounting/books/journal", {"transfers__0__debit": "rounding", "transfers__0__credit": "bank"}
    late = browser.submit(
        journal, "/accounting/manual-entries", note="laat", transfers__0__amount="1", day="2019-12-31", **typed
    )
    assert "De boeken zijn gesloten tot en met 1 jan 2020; op 31 dec 2019 kan niet worden geboekt." in read(late, 409)


def test_who_may_not(shop: WebShop, order: str) -> None:
    text = read(dutch(shop, "warehouse").get("/accounting/books/journal"), 403)
    assert "nodig, dat u niet hebt." in text


def test_who_is_not_known(shop: WebShop) -> None:
    shop.do(SetPassword(shop.person("owner"), HASHER.hash("kettle river pencil moss")))
    browser = Browser(shop.site, language="nl")
    refused = browser.submit("/sign-in", "/sign-in", email="x@example.com", password="not the one")
    assert "Het e-mailadres of het wachtwoord klopt niet." in read(refused, 401)


def test_what_is_kept_of_a_reason_is_its_english_text(shop: WebShop, order: str) -> None:
    reason = Sentence("Order {order!r} is cancelled.", order="W1")
    shop.do(CancelOrder(order, reason=reason))
    assert shop.rows("SELECT text FROM event_notes") == [("Order 'W1' is cancelled.",)]


def test_in_english_it_reads_as_it_always_did(shop: WebShop, order: str) -> None:
    page = shop.browser("warehouse").submit("/stock/lamp", "/stock/count", location="main", lines__0__counted="2")
    assert "Fewer were counted than orders hold: lamp (2 counted, 3 promised)." in text_of(page.text)


def test_what_cannot_be_filled_or_found_is_said_in_english() -> None:
    known = Sentence.made_of("There is no order 'W1'.", "There is no order {name!r}.", {})
    assert said(known, "nl") == "There is no order 'W1'."
    unknown = Sentence("Nobody ever said {this}.", this="before")
    assert said(unknown, "nl") == "Nobody ever said before."
    assert said("Nobody said this either: {", "nl") == "Nobody said this either: {"
    attack = Sentence("There is no order {name!r}.", name="{0.__class__} <script>")
    assert said(attack, "nl") == "Er is geen order '{0.__class__} <script>'."
