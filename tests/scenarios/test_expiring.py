"""Orders that are not paid in time give their stock back; those that are paid, or have left, stay."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from orderwell.flows.change_draft import ChangeDraft
from orderwell.flows.confirm_order import ConfirmOrder
from orderwell.flows.expire_orders import ExpireOrders
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.flows.refund_payment import ApproveRefund
from orderwell.kit.errors import NotFound
from orderwell.values.ids import parse, show
from orderwell.worker import Worker
from tests.support.shop import Shop

Opener = Callable[..., Shop]


@pytest.fixture
def shop(open_shop: Opener) -> Shop:
    """Orders have to be paid within two days; one that is not is found by the worker, once a minute."""
    shop = open_shop(unpaid_expires_hours=48)
    shop.sku("lamp", price="12.10", stock=3)
    return shop


@pytest.fixture
def worker(shop: Shop) -> Iterator[Worker]:
    worker = Worker(shop.app)
    worker.tick()  # schedules are written down
    yield worker
    worker.stop()


def status(shop: Shop, order: str) -> str:
    return str(shop.rows("SELECT status FROM orders WHERE id = :id", id=parse("order", order))[0][0])


def test_the_worker_expires_what_is_due_and_nothing_else(shop: Shop, worker: Worker) -> None:
    old = shop.order(lamp=1)
    shop.days_pass(1)
    young = shop.order(lamp=1)
    worker.tick()
    assert shop.units(old) == {"promised": 1}
    shop.days_pass(1)
    worker.tick()
    assert (status(shop, old), status(shop, young)) == ("cancelled", "placed")
    assert shop.stock_of("lamp")["available"] == 2
    shop.prove()


def test_more_than_one_handful_is_expired_in_one_go(shop: Shop, worker: Worker) -> None:
    shop.stock("lamp", 250)
    for _ in range(210):
        shop.order(lamp=1)
    shop.days_pass(2)
    worker.tick()
    assert shop.rows("SELECT status, COUNT(*) FROM orders GROUP BY status") == [("cancelled", 210)]


def test_an_order_that_waits_gets_what_an_expired_one_gives_back(shop: Shop, worker: Worker) -> None:
    shop.sku("bulb", stock=2, backorder="yes")
    first = shop.order(bulb=2)
    shop.days_pass(1)
    second = shop.order(bulb=2)
    shop.days_pass(1)
    worker.tick()
    assert (status(shop, first), shop.units(second)) == ("cancelled", {"promised": 2})
    shop.prove()


def test_what_is_paid_or_has_left_is_kept_and_no_longer_looked_at(shop: Shop) -> None:
    paid, part, gone = shop.order(lamp=1), shop.order(lamp=1), shop.order(lamp=1)
    shop.do(ReceivePayment("bank_transfer", 1210, order=paid))
    shop.do(ReceivePayment("bank_transfer", 1209, order=part))
    shop.ship(gone)
    shop.days_pass(2)
    answer = shop.do(ExpireOrders([paid, part, gone]))
    assert (answer["cancelled"], answer["kept"]) == ([part], [gone])
    assert status(shop, paid) == "placed"
    assert shop.units(paid) == {"promised": 1}
    assert shop.rows("SELECT COUNT(*) FROM orders WHERE status = 'placed' AND expires_at IS NOT NULL") == [(0,)]
    assert shop.balance("receivable") == -1210 - 1209 + 1210  # what was paid too little, too late, is to be given back
    shop.prove()


def tasks(shop: Shop) -> list[tuple[str, str]]:
    return [(kind, status) for kind, status in shop.rows("SELECT kind, status FROM tasks ORDER BY id")]


def refunds(shop: Shop) -> list[tuple[int, str]]:
    return [(amount, state) for amount, state in shop.rows(
        "SELECT amount_minor, state FROM payment_instructions WHERE kind = 'refund' ORDER BY id")]  # fmt: skip


def test_what_was_paid_of_an_order_that_expires_is_proposed_to_be_given_back(shop: Shop, worker: Worker) -> None:
    order = shop.order(lamp=2)
    shop.do(ReceivePayment("bank_transfer", 1000, order=order))
    shop.do(ReceivePayment("bank_transfer", 500, order=order))
    shop.days_pass(2)
    worker.tick()
    worker.tick()
    assert status(shop, order) == "cancelled"
    assert tasks(shop) == [("expired_partly_paid", "open")]
    assert refunds(shop) == [(500, "proposed"), (1000, "proposed")]

    for (id_,) in shop.rows("SELECT id FROM payment_instructions ORDER BY id"):
        shop.do(ApproveRefund(show("refund", id_)))
    assert shop.journal(template="refund") == "refund: receivable <- bank 5.00\nrefund: receivable <- bank 10.00"
    assert shop.rows("SELECT COUNT(*) FROM open_items WHERE open_minor <> 0") == [(0,)]
    shop.prove()


def test_the_rest_paid_late_takes_the_order_back_and_nothing_is_given_back(shop: Shop) -> None:
    order = shop.order(lamp=2)
    shop.do(ReceivePayment("bank_transfer", 1000, order=order))
    shop.days_pass(2)
    shop.do(ExpireOrders([order]))
    shop.do(ReceivePayment("bank_transfer", 1420, order=order))
    assert (status(shop, order), shop.units(order)) == ("placed", {"promised": 2})
    assert tasks(shop) == [("expired_partly_paid", "closed")]
    assert refunds(shop) == [(1000, "dropped")]
    shop.ship(order)
    assert shop.rows("SELECT COUNT(*) FROM open_items WHERE open_minor <> 0") == [(0,)]
    shop.prove()


def test_money_that_went_back_no_longer_counts_for_an_expired_order(shop: Shop) -> None:
    order = shop.order(lamp=2)
    shop.do(ReceivePayment("bank_transfer", 1000, order=order))
    shop.days_pass(2)
    shop.do(ExpireOrders([order]))
    shop.do(ApproveRefund(show("refund", shop.rows("SELECT id FROM payment_instructions")[0][0])))
    shop.do(ReceivePayment("bank_transfer", 1420, order=order))
    assert status(shop, order) == "cancelled"
    assert refunds(shop) == [(1000, "done"), (1420, "proposed")]
    assert tasks(shop) == [("expired_partly_paid", "open"), ("late_payment", "open")]
    shop.prove()


def test_an_order_that_expires_unpaid_is_nobodys_task(shop: Shop) -> None:
    order = shop.order(lamp=2)
    shop.days_pass(2)
    shop.do(ExpireOrders([order]))
    assert (tasks(shop), refunds(shop)) == ([], [])


def test_what_was_cancelled_before_the_order_expired_stays_cancelled_when_it_is_paid_late(shop: Shop) -> None:
    """A line dropped from the draft, and a unit cancelled later: only what the expiry took comes back."""
    shop.sku("bulb", price="2.50", stock=3)
    shop.sku("postage", kind="service", price="4.95")
    draft = shop.do(
        PlaceOrder(
            "web", [LineAsk("bulb", Decimal(2)), LineAsk("lamp", Decimal(3)), LineAsk("postage", Decimal(1))],
            draft=True,
        )
    )["id"]  # fmt: skip
    shop.do(ChangeDraft(draft, [LineAsk("lamp", Decimal(3)), LineAsk("postage", Decimal(1))]))
    shop.do(ConfirmOrder(draft))
    shop.cancel(draft, line2=1)
    shop.days_pass(2)
    assert shop.do(ExpireOrders([draft]))["cancelled"] == [draft]

    shop.do(ReceivePayment("bank_transfer", 2 * 1210 + 495, order=draft))
    assert status(shop, draft) == "placed"
    assert shop.units(draft) == {"open": 1, "promised": 2, "cancelled": 3}
    assert (tasks(shop), refunds(shop)) == ([], [])
    shop.ship(draft)
    assert shop.rows("SELECT COUNT(*) FROM open_items WHERE open_minor <> 0") == [(0,)]
    shop.prove()


def test_who_pays_on_terms_and_who_drafts_has_no_such_time(shop: Shop) -> None:
    shop.customer("jones", terms_days=30)
    on_terms = shop.order(lamp=1, customer="jones")
    draft = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], draft=True))["id"]
    shop.days_pass(9)
    assert shop.do(ExpireOrders([on_terms, draft])) == {"object": "expiry", "cancelled": [], "kept": []}
    assert shop.do(ConfirmOrder(draft))["expires_at"] == "2026-01-16T08:00:00Z"


def test_asking_too_early_or_for_nothing_does_nothing(shop: Shop) -> None:
    order = shop.order(lamp=1)
    assert shop.do(ExpireOrders([order]))["cancelled"] == []
    with pytest.raises(NotFound):
        shop.do(ExpireOrders(["ord_0000000000000"]))


def test_an_order_named_twice_expires_once(open_shop: Opener) -> None:
    shop = open_shop(unpaid_expires_hours=24)
    shop.sku("lamp", stock=1)
    order = shop.order(lamp=1)
    shop.days_pass(2)
    assert shop.do(ExpireOrders([order, order])) == {"object": "expiry", "cancelled": [order], "kept": []}
    assert shop.rows("SELECT status, gross_minor FROM orders") == [("cancelled", 0)]
    shop.prove()
