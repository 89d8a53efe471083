"""The accountant's pages: each figure leads to its source, each act does what it says or is refused with the reason."""

from contextlib import closing
from typing import Any

import pytest

from orderwell.flows.keep_books import LockPeriod
from orderwell.flows.keep_letterhead import KeepLetterhead
from orderwell.flows.ship_order import ShipOrder
from orderwell.flows.supplier_invoice import BookSupplierInvoice
from orderwell.values.ids import show
from tests.support.buying import buy, receive, supplier
from tests.support.paying import Paying
from tests.web.conftest import WebShop, text_of


@pytest.fixture
def invoice(shop: WebShop) -> str:
    """Three lamps of 12.10, sent and invoiced, not paid."""
    shop.sku("lamp", price="12.10", stock=5)
    shop.do(ShipOrder(shop.order(lamp=3)))
    return show("invoice", shop.rows("SELECT id FROM invoices")[0][0])


def open_on(shop: WebShop) -> int:
    return int(shop.rows("SELECT COALESCE(SUM(open_minor), 0) FROM open_items WHERE account = 'receivable'")[0][0])


def page(shop: WebShop, path: str, role: str = "accounting") -> str:
    answered = shop.browser(role).get(path)
    assert answered.status_code == 200, (path, answered.status_code)
    return str(answered.text)


def test_an_invoice_says_what_the_law_wants(shop: WebShop, invoice: str) -> None:
    assert "Write down your address" in page(shop, f"/accounting/invoices/{invoice}", "owner")
    shop.do(
        KeepLetterhead("Lamps B.V.", "Kade 1", "1011 AA", "Amsterdam", vat_number="NL1B01", registration_number="123")
    )
    text = text_of(page(shop, f"/accounting/invoices/{invoice}"))
    for said in ("INV-000001", "Lamps B.V.", "Kade 1", "NL1B01", "123", "€36.30", "Date of issue", "VAT rate"):
        assert said in text, said


def test_documents_keep_who_we_were_when_they_were_issued(shop: WebShop, invoice: str) -> None:
    shop.do(KeepLetterhead("Lamps B.V.", "Kade 1", "1011 AA", "Amsterdam"))
    shop.do(ShipOrder(shop.order(lamp=1)))
    later = show("invoice", shop.rows("SELECT MAX(id) FROM invoices")[0][0])
    shop.do(KeepLetterhead("Lights B.V.", "Plein 9", "3511 AA", "Utrecht"))
    for document in (invoice, later):
        text = page(shop, f"/accounting/invoices/{document}")
        assert "Lamps B.V." in text
        assert "Lights B.V." not in text


def test_the_list_finds_by_number_and_by_what_is_open(shop: WebShop, invoice: str) -> None:
    for query in ("", "?q=INV-1", "?q=inv%201", "?q=1", "?state=open", "?kind=invoice"):
        assert invoice in page(shop, f"/accounting/invoices{query}"), query
    for query in ("?q=INV-2", "?q=CRN-1", "?state=settled", "?state=overdue", "?kind=credit_note", "?to=2000-01-01"):
        assert invoice not in page(shop, f"/accounting/invoices{query}"), query
    for query in ("?q=%25", "?state=nonsense", "?from=yesterday"):
        page(shop, f"/accounting/invoices{query}")


def test_a_credit_note_comes_from_the_invoice(shop: WebShop, invoice: str) -> None:
    browser, at = shop.browser("accounting"), f"/accounting/invoices/{invoice}"
    form = browser.forms(at)["/accounting/credit-notes"]
    assert form["lines.0.quantity"] == "3"
    done = browser.send("/accounting/credit-notes", {**form, "lines.0.quantity": "2"})
    assert done.status_code == 303
    note = browser.get(done.headers["location"])
    assert "CRN-000001" in note.text
    assert f"/accounting/invoices/{invoice}" in note.text
    assert open_on(shop) == 1_210
    again = browser.send("/accounting/credit-notes", {**browser.forms(at)["/accounting/credit-notes"],
                                                      "lines.0.quantity": "2"})  # fmt: skip
    assert again.status_code == 409
    assert 'class="refused"' in again.text
    assert open_on(shop) == 1_210


def test_what_is_owed_is_paid_or_given_up(shop: WebShop, invoice: str) -> None:
    browser, at = shop.browser("accounting"), f"/accounting/invoices/{invoice}"
    browser.submit(at, f"{at}/pay", amount="26.30")
    assert open_on(shop) == 1_000
    refused = browser.submit(at, f"{at}/bad-debt", amount="10.01")
    assert refused.status_code == 409
    browser.submit(at, f"{at}/bad-debt", amount="6.00")
    assert open_on(shop) == 400
    browser.submit(at, f"{at}/write-off")
    assert open_on(shop) == 0
    assert "Settled" in page(shop, at)
    shop.prove()


@pytest.mark.parametrize("role", ["customer_service", "management"])
def test_who_may_not_is_offered_nothing_and_refused(shop: WebShop, invoice: str, role: str) -> None:
    browser, at = shop.browser(role), f"/accounting/invoices/{invoice}"
    forms = browser.forms(at)
    for action in ("/accounting/credit-notes", f"{at}/write-off", f"{at}/bad-debt"):
        assert action not in forms
        assert browser.send(action, {}).status_code == 403
    assert open_on(shop) == 3_630


def test_from_each_figure_to_its_source_in_two_clicks(shop: WebShop, invoice: str) -> None:
    assert "/accounting/books/accounts/sales?" in page(shop, "/accounting/books")
    assert f"/accounting/invoices/{invoice}" in page(shop, "/accounting/books/accounts/sales")
    assert "/accounting/receivables/unknown" in page(shop, "/accounting/receivables")
    assert f"/accounting/invoices/{invoice}" in page(shop, "/accounting/receivables/unknown")
    entry = show("event", shop.rows("SELECT event_id FROM invoices")[0][0])
    journal = page(shop, "/accounting/books/journal?from=2000-01-01&to=2999-12-31")
    assert f"/accounting/books/entries/{entry}" in journal
    assert f"/accounting/invoices/{invoice}" in page(shop, f"/accounting/books/entries/{entry}")
    vat = page(shop, "/accounting/books/vat?from=2000-01-01&to=2999-12-31")
    assert "€6.30" in vat
    assert "The documents and the journal differ." not in vat


def test_payments_lead_to_what_was_posted(shop: WebShop, invoice: str) -> None:
    browser, at = shop.browser("accounting"), f"/accounting/invoices/{invoice}"
    browser.submit(at, f"{at}/pay", amount="36.30", reference="NL-881")
    payment = show("payment", shop.rows("SELECT id FROM payments")[0][0])
    assert payment in page(shop, "/accounting/payments?method=bank_transfer")
    assert payment not in page(shop, "/accounting/payments?method=cash")
    assert "Accounts receivable" in page(shop, f"/accounting/payments/{payment}")
    assert payment in page(shop, at)


def test_what_a_provider_took_has_its_day_and_its_order(shop: WebShop) -> None:
    shop.sku("lamp", price="12.10", stock=5)
    with closing(Paying(shop)) as paying:
        order = shop.order(reference="W1", lamp=1)
        payment = paying.start(order)
        paying.customer(payment)
        paying.deliver(payment)
    day = shop.rows("SELECT posted_on FROM journal WHERE template = 'payment'")[0][0]
    listed = text_of(page(shop, f"/accounting/payments?from={day}&to={day}"))
    assert "W1 Payment provider Guest W1" in listed
    assert "W1 Payment provider" not in text_of(page(shop, "/accounting/payments?to=2001-01-01"))
    assert f"/orders/{order}" in page(shop, f"/accounting/payments/{payment}")
    books = page(shop, "/accounting/books/accounts/provider?from=2000-01-01&to=2999-12-31")
    assert f'href="/accounting/payments/{payment}">W1<' in books


def test_what_was_bought_leads_from_the_books_to_its_purchase_order(shop: WebShop) -> None:
    shop.sku("lamp", stock=0)
    supplier(shop, lamp="4.00")
    bought = buy(shop, lamp=3)
    receive(shop, bought)
    shop.do(BookSupplierInvoice(bought, "F-7", 1200, 252))
    at = f'href="/purchasing/orders/{bought}"'
    for account in ("inventory", "payable"):
        assert at in page(shop, f"/accounting/books/accounts/{account}?from=2000-01-01&to=2999-12-31"), account
    assert f"{at}>F-7<" in page(shop, "/accounting/books/journal?template=supplier_invoice")


def test_entries_by_hand_are_posted_and_posted_back(shop: WebShop) -> None:
    browser, journal = shop.browser("accounting"), "/accounting/books/journal"
    typed = {"transfers__0__debit": "rounding", "transfers__0__credit": "bank", "transfers__0__amount": "0.05"}
    browser.submit(journal, "/accounting/manual-entries", note="difference of May", **typed)
    entry = show("event", shop.rows("SELECT event_id FROM journal")[0][0])
    at = f"/accounting/books/entries/{entry}"
    assert "difference of May" in page(shop, at)
    (back,) = [action for action in browser.forms(at) if action.endswith("/reverse")]
    assert browser.submit(at, back).status_code == 303
    assert [tuple(row) for row in shop.rows("SELECT debit, credit, amount_minor FROM journal ORDER BY event_id")] == [
        ("rounding", "bank", 5), ("bank", "rounding", 5),
    ]  # fmt: skip
    assert back not in browser.forms(at)
    refused = browser.submit(
        journal, "/accounting/manual-entries", note="x", **{**typed, "transfers__0__credit": "inventory"}
    )
    assert refused.status_code == 422
    assert 'class="refused"' in refused.text


def test_a_closed_period_refuses_and_says_so(shop: WebShop) -> None:
    shop.do(LockPeriod("2020-01-01"))
    typed: dict[str, Any] = {"transfers__0__debit": "rounding", "transfers__0__amount": "1.00", "day": "2019-12-31"}
    typed["transfers__0__credit"] = "bank"
    refused = shop.browser("accounting").submit(
        "/accounting/books/journal", "/accounting/manual-entries", note="late", **typed
    )
    assert refused.status_code == 409
    assert "The books are closed" in text_of(refused.text)


def test_nothing_in_an_address_breaks_a_page(shop: WebShop, invoice: str) -> None:
    browser = shop.browser("accounting")
    for path in (
        "/accounting/receivables?on=nonsense", "/accounting/books?through=2026-99-99", "/accounting/payments?method=x",
        "/accounting/books/journal?account=x&template=y&from=z", "/accounting/books/accounts/bank?to=never",
    ):  # fmt: skip
        assert browser.get(path).status_code == 200, path
    for path in (
        "/accounting/invoices/inv_0000000000001", "/accounting/payments/x", "/accounting/books/entries/evt_1",
        "/accounting/books/accounts/x", "/accounting/receivables/cus_0000000000001",
    ):  # fmt: skip
        assert browser.get(path).status_code == 404, path
    for path in ("/accounting/invoices?cursor=x", "/accounting/books/journal?cursor=x"):
        assert browser.get(path).status_code == 422, path
