"""Goods come back and money goes back, on pages; what will be posted is shown first."""

from typing import Any

import pytest

from orderwell.flows.issue_credit_note import CreditLine, IssueCreditNote, Trace
from orderwell.flows.receive_payment import ReceivePayment
from tests.web.conftest import WebShop, text_of
from tests.web.looks import looks


def sent(answered: Any) -> str:
    assert answered.status_code == 303, text_of(answered.text)[:2_000]
    return str(answered.headers["location"])


@pytest.fixture
def sold(shop: WebShop) -> str:
    """Three lamps and a shade, paid in two payments and sent."""
    shop.sku("lamp", price="10.00", stock=9, cost=400)
    shop.sku("shade", price="5.00", stock=9)
    order = shop.order(reference="W1", lamp=3, shade=1)
    shop.do(ReceivePayment("bank_transfer", 3_000, order=order))
    shop.do(ReceivePayment("pin", 500, order=order))
    shop.ship(order)
    return order


def announce(shop: WebShop, order: str, **lines: str) -> str:
    at = f"/orders/{order}/return"
    return sent(shop.browser("customer_service").submit(at, at, **lines))


def test_a_return_goes_from_the_order_to_the_shelf_and_the_money(shop: WebShop, sold: str) -> None:
    clerk = shop.browser("customer_service")
    assert f"/orders/{sold}/return" in clerk.get(f"/orders/{sold}").text
    at = f"/orders/{sold}/return"
    back = sent(clerk.submit(at, at, lines__0__quantity="2", reason="too <big>"))
    warehouse = shop.browser("warehouse")
    assert "too &lt;big&gt;" in warehouse.get(back).text
    receive = warehouse.forms(back)[f"{back}/receive"]
    assert receive["lines.0.quantity"] == "2"
    assert warehouse.submit(back, f"{back}/receive", lines__0__quantity="").status_code == 422
    assert sent(warehouse.submit(back, f"{back}/receive")) == back
    assert f"{back}/receive" not in warehouse.forms(back), "all of it is in"
    judged = {"lines__0__quantity": "1", "lines__0__outcome": "restock", "lines__0__credit": "yes", "location": "main"}
    sent(warehouse.submit(back, f"{back}/inspect", **judged))
    assert shop.stock_of("lamp")["on_hand"] == 7
    sent(warehouse.submit(back, f"{back}/inspect", **{**judged, "lines__0__outcome": "scrap"}))
    assert shop.stock_of("lamp")["on_hand"] == 7
    page = text_of(warehouse.get(back).text)
    assert "Settled" in page
    assert "CRN-000001" in page
    assert "To be given back €10.00" in page
    assert f"/orders/{sold}/refund" not in warehouse.get(back).text, "giving money back is a right of its own"
    shop.prove()


def test_what_was_never_theirs_does_not_come_back(shop: WebShop, sold: str) -> None:
    at = f"/orders/{sold}/return"
    clerk = shop.browser("customer_service")
    refused = clerk.submit(at, at, lines__0__quantity="4")
    assert refused.status_code == 409
    assert 'value="4"' in refused.text
    assert clerk.submit(at, at).status_code == 422, "nothing typed is nothing"
    announce(shop, sold, lines__0__quantity="3", lines__1__quantity="1")
    assert "Nothing can come back" in clerk.get(at).text


def test_what_does_not_come_is_expected_no_more(shop: WebShop, sold: str) -> None:
    back = announce(shop, sold, lines__0__quantity="3")
    clerk = shop.browser("customer_service")
    sent(clerk.submit(back, f"{back}/cancel"))
    assert "Cancelled" in clerk.get(back).text
    assert not [path for path in clerk.forms(back) if path.startswith("/returns")]


def credit(shop: WebShop, order: str, units: int) -> None:
    from decimal import Decimal

    line = CreditLine("lamp", Decimal(units), traces=[Trace(order, 1)])
    shop.do(IssueCreditNote([line], restock="main"))


def test_money_back_is_shown_as_it_will_be_posted_and_then_given(shop: WebShop, sold: str) -> None:
    credit(shop, sold, 1)
    books = shop.browser("accounting")
    at = f"/orders/{sold}/refund"
    first = text_of(books.get(at).text)
    assert "nothing asks for it €10.00" in first
    assert 'name="amount" value="€10.00"' in books.get(at).text
    assert "at most €35.00" in first
    before = shop.rows("SELECT COUNT(*) FROM journal")
    shown = books.http.get(at, params={"amount": "7.50", "reason": "scratch"}).text
    assert "Accounts receivable PIN terminal, not yet paid out €5.00" in text_of(shown)
    assert "Accounts receivable Bank €2.50" in text_of(shown)
    assert shop.rows("SELECT COUNT(*) FROM journal") == before, "trying out posts nothing"
    form = f"/orders/{sold}/refund?amount=7.50&reason=scratch"
    assert sent(books.submit(form, at)) == f"/orders/{sold}"
    assert shop.rows("SELECT SUM(refunded_minor) FROM payments") == [(750,)]
    assert shop.rows("SELECT DISTINCT reason FROM payment_instructions") == [("scratch",)]
    shop.prove()


def test_where_nothing_is_left_over_no_amount_is_suggested(shop: WebShop, sold: str) -> None:
    assert 'name="amount" value=""' in shop.browser("accounting").get(f"/orders/{sold}/refund").text


def test_more_than_is_left_over_is_said_and_more_than_there_is_refused(shop: WebShop, sold: str) -> None:
    books = shop.browser("accounting")
    at = f"/orders/{sold}/refund"
    assert "more than is left over" in books.get(f"{at}?amount=5").text
    refused = books.get(f"{at}?amount=99")
    assert refused.status_code == 200
    assert 'role="alert"' in refused.text
    assert at not in books.forms(f"{at}?amount=99")
    assert "no amount in EUR" in books.get(f"{at}?amount=much").text
    for amount in ("-5", "0", "1e9", "<script>alert(1)</script>"):
        answered = books.http.get(at, params={"amount": amount})
        assert answered.status_code == 200, amount
        assert "<script>alert" not in answered.text
    assert shop.browser("customer_service").get(at).status_code == 403


def test_two_clicks_give_it_back_once(shop: WebShop, sold: str) -> None:
    credit(shop, sold, 1)
    books = shop.browser("accounting")
    at = f"/orders/{sold}/refund"
    fields = books.forms(f"{at}?amount=10")[at]
    assert (sent(books.send(at, fields)), sent(books.send(at, fields))) == (f"/orders/{sold}",) * 2
    assert shop.rows("SELECT SUM(refunded_minor) FROM payments") == [(1_000,)]


def test_the_list_shows_what_waits(shop: WebShop, sold: str) -> None:
    from orderwell.reports import returns

    first = announce(shop, sold, lines__0__quantity="1")
    second = announce(shop, sold, lines__1__quantity="1")
    browser = shop.browser("warehouse")
    sent(browser.submit(second, f"{second}/receive"))
    assert second not in browser.get("/returns?waiting=expected").text
    assert first not in browser.get("/returns?waiting=inspect").text
    assert "Expected 1" in text_of(browser.get("/returns").text)
    assert "To inspect 1" in text_of(browser.get("/returns").text)
    with shop.app.database.reading() as connection:
        few = looks(connection, lambda: returns.listed(connection, limit=1))
        assert looks(connection, lambda: returns.listed(connection, limit=2)) == few <= 2
        page = returns.listed(connection, limit=1)
        rest = returns.listed(connection, limit=1, cursor=page["next_cursor"])
    assert [each["id"] for each in (*page["data"], *rest["data"])] == [second.split("/")[-1], first.split("/")[-1]]


def test_who_may_only_look_changes_nothing(shop: WebShop, sold: str) -> None:
    back = announce(shop, sold, lines__0__quantity="1")
    browser = shop.browser("management")
    for path in ("/returns", back):
        assert [action for action in browser.forms(path) if action != "/sign-out"] == []
    assert browser.get(f"/orders/{sold}/return").status_code == 403
    for path in ("/returns/ret_0000000000001", "/orders/ord_0000000000001/return"):
        assert shop.browser("owner").get(path).status_code == 404
    assert shop.browser("owner").get("/returns?waiting=nonsense&cursor=").status_code == 200
    assert shop.browser("owner").get("/returns?cursor=nonsense").status_code == 422
