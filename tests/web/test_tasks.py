"""The exceptions inbox: what stopped, how long ago, one proposal each; closed with a reason, tried again."""

from typing import Any

import pytest

from orderwell.access.model import BUILT_IN
from orderwell.flows.expire_orders import ExpireOrders
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.kit.jobs import JOBS
from orderwell.values.ids import show
from tests.web.conftest import WebShop, text_of
from tests.web.looks import looks


@pytest.fixture
def shop(database_url: str) -> Any:
    shop = WebShop(database_url, unpaid_expires_hours=48)
    shop.sku("lamp", price="12.10", stock=9)
    yield shop
    shop.close()


@pytest.fixture
def expired(shop: WebShop) -> str:
    """An order that expired though 5.00 of it had been paid."""
    order = shop.order(reference="W1", lamp=1)
    shop.do(ReceivePayment("bank_transfer", 500, order=order))
    shop.days_pass(3)
    shop.do(ExpireOrders([order]))
    return order


def sent(answered: Any) -> str:
    assert answered.status_code == 303, text_of(answered.text)[:2_000]
    return str(answered.headers["location"])


def test_nothing_has_stopped(shop: WebShop) -> None:
    assert "Nothing has stopped" in shop.browser("customer_service").get("/tasks").text
    assert "Nothing was closed yet" in shop.browser("customer_service").get("/tasks?status=closed").text


def test_money_goes_back_in_two_clicks_with_the_facts_on_the_screen(shop: WebShop, expired: str) -> None:
    clerk = shop.browser("customer_service")
    page = text_of(clerk.get("/tasks").text)
    assert "Expired, partly paid W1 Give the money back" in page
    assert "Give back" not in page.replace("Give back the", ""), "giving money back is a right of its own"
    books = shop.browser("owner")
    assert "Give back €5.00" in text_of(books.get("/tasks").text)
    [approve] = [path for path in books.forms("/tasks") if path.endswith("/approve")]
    assert clerk.send(approve, {}).status_code == 403
    sent(books.submit("/tasks", approve))
    assert shop.rows("SELECT refunded_minor FROM payments") == [(500,)]
    assert "Give back €5.00" not in text_of(books.get("/tasks").text)
    [close] = [path for path in books.forms("/tasks") if path.endswith("/close")]
    refused = books.submit("/tasks", close, note=" ")
    assert refused.status_code == 422
    assert "Say how it was settled" in refused.text
    stale = books.forms("/tasks")[close]
    sent(books.submit("/tasks", close, note="paid <back>"))
    assert books.send(close, {**stale, "note": "twice"}).status_code in (409, 412)
    closed = text_of(books.get("/tasks?status=closed").text)
    assert "paid &lt;back&gt;" in closed
    assert "Owner" in closed
    assert "Nothing has stopped" in books.get("/tasks").text


def test_a_refund_that_is_not_made_stays_as_credit(shop: WebShop, expired: str) -> None:
    books = shop.browser("accounting")
    [drop] = [path for path in books.forms("/tasks") if path.endswith("/drop")]
    sent(books.submit("/tasks", drop))
    assert shop.rows("SELECT state FROM payment_instructions WHERE kind = 'refund'") == [("dropped",)]


def test_what_was_given_up_is_tried_again(shop: WebShop) -> None:
    with shop.app.database.changing() as connection:
        connection.execute(JOBS.sa.insert().values(
            id=9, version=1, queue="mail", kind="mail.send", subject_id=1, payload="{}", ordering=None, run_at=1,
            attempts=9, leased_until=None, leased_by=None, status="dead", last_error="<b>no answer</b>", created_at=1,
            done_at=2,
        ))  # fmt: skip
    browser = shop.browser("customer_service")
    page = browser.get("/tasks").text
    assert "Given up after several tries" in page
    assert "&lt;b&gt;no answer" in page
    retry = f"/tasks/jobs/{show('job', 9)}/retry"
    sent(browser.submit("/tasks", retry))
    assert shop.rows("SELECT status, attempts FROM jobs WHERE id = 9") == [("waiting", 0)]
    assert retry not in browser.forms("/tasks")


def test_who_may_only_look_sees_no_buttons(shop: WebShop, expired: str) -> None:
    assert "tasks:write" not in BUILT_IN["management"]
    page = shop.browser("management").get("/tasks")
    assert page.status_code == 200
    assert 'action="/tasks' not in page.text
    assert shop.browser("purchasing").get("/tasks").status_code == 403


@pytest.mark.parametrize("text", ["'", "<script>alert(1)</script>", "%", "a" * 300])
def test_nonsense_in_the_address(shop: WebShop, expired: str, text: str) -> None:
    browser = shop.browser("owner")
    for name in ("kind", "status"):
        answered = browser.http.get("/tasks", params={name: text})
        assert answered.status_code == 200
        assert "<script>alert" not in answered.text
    assert browser.http.get("/tasks", params={"cursor": text}).status_code == 422


def test_pages_of_the_inbox_follow_each_other(shop: WebShop) -> None:
    from orderwell.reports import exceptions

    for n in range(5):
        order = shop.order(reference=f"W{n}", lamp=1)
        shop.do(ReceivePayment("bank_transfer", 500, order=order))
        shop.days_pass(3)
        shop.do(ExpireOrders([order]))
    seen: list[str] = []
    cursor = None
    with shop.app.database.reading() as connection:
        few = looks(connection, lambda: exceptions.listed(connection, limit=1))
        assert looks(connection, lambda: exceptions.listed(connection, limit=5)) == few <= 6
        while True:
            found = exceptions.listed(connection, limit=2, cursor=cursor)
            seen += [each["order"]["reference"] for each in found["data"]]
            cursor = found["next_cursor"]
            if cursor is None:
                break
    assert seen == [f"W{n}" for n in range(5)], "who waits longest first"
