"""Paying at a provider: redirect, card, pay-later; captured, voided, refunded; and all that goes wrong on the way."""

import random
from collections.abc import Iterator
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from orderwell.flows.cancel_order import CancelOrder
from orderwell.flows.capture_payment import CapturePayment, VoidPayment
from orderwell.flows.expire_orders import ExpireOrders
from orderwell.flows.keep_catalog import AddSku
from orderwell.flows.keep_providers import KeepProvider
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.receive_payment import NothingDue, ReceivePayment
from orderwell.flows.record_provider_event import as_request
from orderwell.flows.refund_payment import (
    ApproveRefund,
    DropRefund,
    NothingToRefund,
    NotProposed,
    RefundOrder,
    RefundPayment,
)
from orderwell.flows.ship_order import ShipOrder
from orderwell.flows.start_payment import LookUpPayment, MoreThanDue, OrderCancelled, StartPayment
from orderwell.kit.writer import Call
from orderwell.payments.provider import notification
from orderwell.payments.rules import CaptureTooLarge, NothingToVoid, RefundTooLarge
from orderwell.payments.simulated import Faults
from orderwell.values.ids import parse
from tests.support.money import check_money
from tests.support.paying import ACCOUNT, SECRET, Paying
from tests.support.shop import Shop


@pytest.fixture
def paying(shop: Shop) -> Iterator[Paying]:
    shop.sku("lamp", price="50.00", stock=10, cost=2000)
    paying = Paying(shop)
    yield paying
    paying.close()
    check_money(shop)


def order_of(shop: Shop, order: str) -> tuple[str, int, int | None]:
    [row] = shop.rows("SELECT status, gross_minor, expires_at FROM orders WHERE id = :id", id=parse("order", order))
    return row  # type: ignore[return-value]


# -- redirect: money moves when the customer pays


def test_the_customer_pays_on_the_providers_page_and_the_order_is_paid(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=2)
    payment = paying.start(order)
    assert paying.look(payment)["checkout_url"].startswith(paying.server.url)
    assert paying.paid(payment) == ("open", 0, 0, 0, 0)

    paying.customer(payment)
    paying.deliver(payment)

    assert paying.paid(payment) == ("captured", 0, 10_000, 0, 0)
    shop.ship(order)
    assert shop.journal() == "\n".join(
        [
            "opening_stock: inventory <- opening 200.00",
            "payment: provider <- receivable 100.00",
            "invoice: receivable <- sales 82.64",
            "invoice: receivable <- vat_payable 17.36",
            "cost_of_goods: cost_of_goods <- inventory 40.00",
        ]
    )
    assert shop.rows("SELECT COUNT(*) FROM open_items WHERE open_minor <> 0") == [(0,)]


def test_what_is_on_its_way_back_is_not_refunded_a_second_time(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=2)
    payment = paying.start(order)
    paying.customer(payment)
    paying.deliver(payment)
    shop.cancel(order, line1=1)

    assert shop.do(RefundOrder(order))["amount"] == 5000
    with pytest.raises(NothingToRefund, match="on its way back"):
        shop.do(RefundOrder(order))  # the provider has not answered yet
    paying.worker.tick()
    with pytest.raises(NothingToRefund):
        shop.do(RefundOrder(order))
    assert paying.paid(payment) == ("partly_refunded", 0, 10_000, 0, 5_000)


@pytest.mark.parametrize(("choice", "status"), [("fail", "failed"), ("cancel", "cancelled"), ("expire", "expired")])
def test_a_customer_who_does_not_pay_may_try_again(shop: Shop, paying: Paying, choice: str, status: str) -> None:
    order = shop.order(lamp=1)
    payment = paying.start(order)
    paying.customer(payment, choice)
    paying.deliver(payment)
    assert paying.paid(payment) == (status, 0, 0, 0, 0)
    again = paying.start(order)
    paying.customer(again)
    paying.deliver(again)
    assert paying.paid(again)[0] == "captured"
    with pytest.raises(NothingDue):
        shop.do(StartPayment(order, "simulated", "redirect"))


def test_who_comes_back_to_pay_in_another_way_pays_once(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=1)
    first = paying.start(order)
    answer = shop.do(StartPayment(order, "simulated", "card"))
    assert answer["superseded"] == [first]
    second = answer["id"]
    paying.worker.tick()
    assert paying.paid(first)[0] == paying.charge(first).state == "cancelled"

    paying.customer(first)  # the page is still there in another window, and takes nothing any more
    paying.customer(second)
    paying.deliver(first)
    paying.deliver(second)
    assert (paying.paid(first)[0], paying.paid(second)[0]) == ("cancelled", "authorised")
    assert paying.tasks() == []


def test_a_customer_who_pays_a_superseded_page_just_in_time_has_paid(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=1)
    first = paying.start(order)
    second = shop.do(StartPayment(order, "simulated", "redirect"))["id"]
    paying.customer(first)  # before the provider hears that it should be closed
    paying.worker.tick()
    assert paying.paid(first)[0] == "captured"
    paying.worker.tick()
    assert paying.paid(second)[0] == paying.charge(second).state == "cancelled"  # nothing is left to be paid by it
    assert shop.journal(template="payment") == "payment: provider <- receivable 50.00"
    assert paying.tasks() == []


def test_an_order_that_is_paid_twice_leaves_a_task_and_a_proposed_refund(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=1)
    first = paying.start(order)
    second = shop.do(StartPayment(order, "simulated", "redirect"))["id"]
    paying.customer(first)
    paying.books.begin(second, "redirect", 5_000, "EUR")
    paying.customer(second)
    for _ in range(2):
        paying.deliver(first)
        paying.deliver(second)
    paying.worker.tick()
    assert (paying.paid(first)[0], paying.paid(second)[0]) == ("captured", "captured")
    assert paying.tasks() == ["overpaid"]
    [refund] = paying.look(second)["instructions"]
    assert (refund["state"], refund["amount"]) == ("proposed", 5_000)

    shop.do(ApproveRefund(refund["id"]))
    paying.worker.tick()
    assert shop.balance("provider") == 5_000
    shop.ship(order)
    assert shop.rows("SELECT COUNT(*) FROM open_items WHERE open_minor <> 0") == [(0,)]


def test_a_second_authorisation_that_is_not_needed_is_let_go(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=1)
    first = paying.start(order, "card")
    second = shop.do(StartPayment(order, "simulated", "redirect"))["id"]
    paying.customer(first)
    paying.books.begin(second, "redirect", 5_000, "EUR")
    paying.customer(second)
    paying.deliver(first)
    paying.deliver(second)
    paying.worker.tick()
    assert paying.paid(first) == ("voided", 5_000, 0, 5_000, 0)
    assert paying.paid(second)[0] == "captured"
    assert paying.tasks() == []


def test_parts_begun_side_by_side_are_left_alone_as_long_as_they_fit(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=1)
    small = paying.start(order, amount=2_000)
    large = shop.do(StartPayment(order, "simulated", "redirect", amount=3_000))
    assert large["superseded"] == []
    again = shop.do(StartPayment(order, "simulated", "card", amount=3_000))
    assert again["superseded"] == [large["id"]]
    paying.worker.tick()
    paying.customer(small)
    paying.customer(again["id"])
    paying.deliver(small)
    paying.deliver(again["id"])
    assert (paying.paid(small)[0], paying.paid(again["id"])[0]) == ("captured", "authorised")
    shop.ship(order)
    paying.worker.tick()
    assert shop.rows("SELECT COUNT(*) FROM open_items WHERE open_minor <> 0") == [(0,)]


def test_a_page_is_closed_when_the_order_is_paid_at_the_counter(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=1)
    payment = paying.start(order)
    shop.do(ReceivePayment("cash", order=order))
    paying.worker.tick()
    assert paying.charge(payment).state == "cancelled"
    assert paying.paid(payment)[0] == "cancelled"


def test_a_page_that_the_provider_has_never_heard_of_is_closed_too(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=1)
    payment = paying.start(order)
    paying.books.charges.clear()
    shop.do(ReceivePayment("cash", order=order))
    paying.worker.tick()
    assert paying.paid(payment)[0] == "failed"
    assert shop.rows("SELECT DISTINCT status FROM jobs") == [("done",)]


def test_no_more_is_asked_for_than_is_due(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=1)
    with pytest.raises(MoreThanDue, match=r"60\.00 was to be asked for, 50\.00 is due"):
        shop.do(StartPayment(order, "simulated", "redirect", amount=6_000))
    shop.do(CancelOrder(order))
    with pytest.raises(OrderCancelled):
        shop.do(StartPayment(order, "simulated", "redirect"))
    assert shop.rows("SELECT COUNT(*) FROM jobs") == [(0,)]


def test_a_refund_is_done_when_the_provider_says_so(shop: Shop, paying: Paying) -> None:
    payment = paid(shop, paying, shop.order(lamp=2))
    refund = shop.do(RefundPayment(payment, 3_000, reason="a scratch"))["refund"]
    assert refund["state"] == "asked"
    assert shop.journal(template="refund") == ""
    with pytest.raises(RefundTooLarge, match=r"80\.00 was to be refunded, 70\.00 is captured and not refunded yet"):
        shop.do(RefundPayment(payment, 8_000))

    paying.worker.tick()

    assert paying.paid(payment) == ("partly_refunded", 0, 10_000, 0, 3_000)
    assert shop.journal(template="refund") == "refund: receivable <- provider 30.00"
    shop.do(RefundPayment(payment))
    paying.worker.tick()
    assert paying.paid(payment) == ("refunded", 0, 10_000, 0, 10_000)
    assert shop.balance("provider") == 0


# -- card and pay-later: authorised first, captured by us


def test_a_card_is_authorised_then_captured_in_parts_and_the_rest_let_go(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=2)
    payment = authorised(paying, order)
    assert paying.paid(payment) == ("authorised", 10_000, 0, 0, 0)
    assert shop.journal(template="payment") == ""

    shop.do(CapturePayment(payment, 4_000))
    with pytest.raises(CaptureTooLarge, match=r"70\.00 was to be captured, 60\.00 is authorised"):
        shop.do(CapturePayment(payment, 7_000))
    paying.worker.tick()
    assert paying.paid(payment) == ("partly_captured", 10_000, 4_000, 0, 0)

    shop.do(VoidPayment(payment))
    paying.worker.tick()
    assert paying.paid(payment) == ("captured", 10_000, 4_000, 6_000, 0)
    with pytest.raises(NothingToVoid):
        shop.do(VoidPayment(payment))
    assert shop.journal(template="payment") == "payment: provider <- receivable 40.00"


def test_pay_later_is_captured_parcel_by_parcel(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=3)
    payment = authorised(paying, order, "pay_later")

    shop.do(ShipOrder(order, lines=[UnitsAsk(1, Decimal(1))]))
    paying.worker.tick()
    assert paying.paid(payment) == ("partly_captured", 15_000, 5_000, 0, 0)
    shop.do(ShipOrder(order))
    paying.worker.tick()

    assert paying.paid(payment) == ("captured", 15_000, 15_000, 0, 0)
    assert shop.journal(template="payment") == "\n".join(
        ["payment: provider <- receivable 50.00", "payment: provider <- receivable 100.00"]
    )
    assert shop.rows("SELECT COUNT(*) FROM open_items WHERE open_minor <> 0") == [(0,)]


def test_cancelling_lets_go_of_what_was_authorised_for_it(shop: Shop, paying: Paying) -> None:
    order = shop.order(lamp=3)
    payment = authorised(paying, order)
    shop.do(CancelOrder(order, lines=[UnitsAsk(1, Decimal(1))]))
    paying.worker.tick()
    assert paying.paid(payment) == ("authorised", 15_000, 0, 5_000, 0)
    shop.do(CancelOrder(order))
    paying.worker.tick()
    assert paying.paid(payment) == ("voided", 15_000, 0, 15_000, 0)
    assert shop.journal(template="payment") == ""


def test_what_the_provider_declines_is_free_to_be_asked_again_and_somebody_is_told(shop: Shop, paying: Paying) -> None:
    payment = authorised(paying, shop.order(lamp=1))
    charge = paying.charge(payment)
    charge.authorised = 0  # the bank has taken it back, and the provider has not told
    shop.do(CapturePayment(payment))
    paying.worker.tick()
    assert [each["state"] for each in paying.look(payment)["instructions"]] == ["failed"]
    assert paying.tasks() == ["capture_failed"]
    charge.authorised = 5_000
    shop.do(CapturePayment(payment))
    paying.worker.tick()
    assert paying.paid(payment)[0] == "captured"


# -- notifications and the return page, in any order and number


def test_notification_and_return_page_at_once_make_one_paid_order(shop: Shop, paying: Paying) -> None:
    draft = draft_of(shop)
    payment = paying.start(draft)
    paying.customer(payment)
    shop.do(LookUpPayment(payment))
    paying.deliver(payment)
    paying.worker.tick()
    paying.deliver(payment)
    assert order_of(shop, draft)[0] == "placed"
    assert shop.units(draft) == {"promised": 1}
    assert shop.rows("SELECT COUNT(*) FROM orders") == [(1,)]
    assert shop.journal(template="payment") == "payment: provider <- receivable 50.00"


def test_a_notification_that_comes_before_the_order_is_kept_and_applied_when_it_is_there(
    shop: Shop, paying: Paying
) -> None:
    charge = paying.books.begin("web-4711", "redirect", 5_000, "EUR")  # begun by the web shop, without us
    paying.customer("web-4711")
    assert [paying.receive(*each)["held"] for each in paying.told("web-4711")] == [1, 1]
    assert paying.tasks() == ["unknown_payment"]

    order = shop.order(lamp=1, reference="web-4711")
    payment = paying.start(order, provider_reference=charge.id)

    assert paying.paid(payment) == ("captured", 0, 5_000, 0, 0)
    assert paying.tasks() == []
    paying.deliver(payment)
    assert shop.journal(template="payment") == "payment: provider <- receivable 50.00"


def test_a_customer_who_never_comes_back_and_is_never_told_of_is_found_out(shop: Shop, paying: Paying) -> None:
    draft = draft_of(shop)
    payment = paying.start(draft)
    paying.customer(payment)
    paying.minutes_pass(11)
    paying.worker.tick()  # the schedule is written down, or has come due
    paying.minutes_pass(11)
    paying.worker.tick()
    assert paying.paid(payment)[0] == "captured"
    assert order_of(shop, draft)[0] == "placed"


@pytest.mark.slow
def test_any_order_and_number_of_notifications_ends_in_the_same_books(shop: Shop, paying: Paying) -> None:
    """Six events in all of their 720 orders, each one to three times, some of them three days late."""
    shop.do(AddSku("advice", "Advice", kind="service", price=Decimal("50.00")))
    rng = random.Random(720)
    arrivals = list(permutations(range(6)))
    orders = together(shop, [PlaceOrder("web", [LineAsk("advice", Decimal(2))]) for _ in arrivals])
    payments = [
        each["id"] for each in together(shop, [StartPayment(each["id"], "simulated", "card") for each in orders])
    ]
    on_time, late = [], []
    for arrival, payment in zip(arrivals, payments, strict=True):
        told = [
            as_request("simulated", notification(body, headers, SECRET)) for headers, body in story(paying, payment)
        ]
        arrived = [told[n] for n in arrival for _ in range(rng.randint(1, 3))]
        cut = rng.randint(0, len(arrived))
        on_time += arrived[:cut]
        late += arrived[cut:]
    together(shop, on_time)
    shop.days_pass(3)
    together(shop, late)

    ends = shop.rows(
        "SELECT DISTINCT outcome, authorised_minor, captured_minor, voided_minor, refunded_minor FROM payments"
    )
    assert ends == [("new", 10_000, 7_000, 3_000, 2_500)]
    journals: dict[int, list[Any]] = {parse("payment", each) or 0: [] for each in payments}
    for payment_id, *posted in shop.rows(
        "SELECT document_id, template, debit, credit, amount_minor FROM journal WHERE template <> 'opening_stock'"
    ):
        journals[payment_id].append(tuple(posted))
    assert {tuple(sorted(each)) for each in journals.values()} == {
        (
            ("payment", "provider", "receivable", 3_000),
            ("payment", "provider", "receivable", 4_000),
            ("refund", "receivable", "provider", 500),
            ("refund", "receivable", "provider", 2_000),
        )
    }
    assert paying.tasks() == []


def together(shop: Shop, asks: list[Any]) -> list[dict[str, Any]]:
    return [outcome.value() for outcome in shop.app.writer.run([Call(ask) for ask in asks])]


def story(paying: Paying, payment: str) -> list[Any]:
    """Authorised, captured twice, the rest voided, and refunded twice, all in the provider's own dashboard."""
    paying.books.begin(payment, "card", 10_000, "EUR")
    paying.books.choose(payment, "pay")
    for n, (verb, amount) in enumerate(
        [("captures", 4_000), ("captures", 3_000), ("voids", 3_000), ("refunds", 2_000), ("refunds", 500)]
    ):
        paying.books.operate(payment, verb, f"{payment}-{n}", amount)
    return paying.told(payment)[1:]


# -- what does not agree changes nothing and becomes one task


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 100},
        {"amount": 5_001},
        {"amount": -5_000},
        {"currency": "USD"},
        {"type": "settled"},
        {"type": "refunded", "amount": 6_000},
        {"type": "capture_failed", "operation": ""},
    ],
)
def test_an_event_that_does_not_agree_is_a_task_and_nothing_else(
    shop: Shop, paying: Paying, change: dict[str, Any]
) -> None:
    payment = paying.start(shop.order(lamp=1))
    paying.customer(payment)
    event = paying.charge(payment).events[-1]
    event.update(change)
    for _ in range(2):
        paying.deliver(payment)
    assert paying.paid(payment) == ("open", 0, 0, 0, 0)
    assert paying.tasks() == ["payment_mismatch"]
    assert shop.journal(template="payment") == ""


def test_an_event_of_another_account_or_payment_is_a_task_and_nothing_else(shop: Shop, paying: Paying) -> None:
    payment = paying.start(shop.order(lamp=1))
    paying.customer(payment)
    paying.books.account = "somebody-else"
    paying.deliver(payment, paying.told(payment)[1:])
    paying.books.account = "lamp-and-co"
    paying.charge(payment).id = "sp_99999999"
    paying.deliver(payment, paying.told("sp_00000001")[1:])
    assert paying.paid(payment) == ("open", 0, 0, 0, 0)
    assert paying.tasks() == ["payment_mismatch", "payment_mismatch"]


def test_the_same_fact_told_with_another_amount_is_a_task(shop: Shop, paying: Paying) -> None:
    payment = paid(shop, paying, shop.order(lamp=1))
    event = paying.charge(payment).events[-1]
    event["id"], event["amount"] = "sp_forged-1", 4_999
    paying.deliver(payment)
    assert paying.paid(payment) == ("captured", 0, 5_000, 0, 0)
    assert paying.tasks() == ["payment_mismatch"]


# -- money that comes too late


@pytest.fixture
def expiring(database_url: str) -> Iterator[Paying]:
    shop = Shop(database_url, unpaid_expires_hours=1)
    shop.sku("lamp", price="50.00", stock=2, cost=2000)
    paying = Paying(shop)
    yield paying
    check_money(shop)
    paying.close()
    shop.close()


def expired(paying: Paying) -> tuple[str, str]:
    """An order whose customer pays after its time was over; the order and the payment."""
    order = paying.shop.order(lamp=2)
    payment = paying.start(order)
    paying.minutes_pass(61)
    assert paying.shop.do(ExpireOrders([order]))["cancelled"] == [order]
    paying.customer(payment)
    return order, payment


def test_a_late_payment_takes_an_expired_order_back_when_its_goods_are_still_there(expiring: Paying) -> None:
    shop = expiring.shop
    order, payment = expired(expiring)
    expiring.deliver(payment)
    assert order_of(shop, order) == ("placed", 10_000, None)
    assert shop.units(order) == {"promised": 2}
    assert shop.stock_of("lamp")["promised"] == 2
    assert expiring.tasks() == []
    shop.ship(order)
    assert shop.rows("SELECT COUNT(*) FROM open_items WHERE open_minor <> 0") == [(0,)]


def test_a_late_payment_for_goods_that_are_gone_becomes_a_task_and_a_proposed_refund(expiring: Paying) -> None:
    shop = expiring.shop
    order, payment = expired(expiring)
    shop.order(lamp=1)
    expiring.deliver(payment)
    expiring.deliver(payment)
    assert order_of(shop, order)[0] == "cancelled"
    assert expiring.tasks() == ["late_payment"]
    [refund] = expiring.look(payment)["instructions"]
    assert (refund["state"], refund["amount"]) == ("proposed", 10_000)

    shop.do(ApproveRefund(refund["id"]))
    expiring.worker.tick()

    assert expiring.paid(payment) == ("refunded", 0, 10_000, 0, 10_000)
    assert shop.balance("provider") == 0
    with pytest.raises(NotProposed):
        shop.do(DropRefund(refund["id"]))


def test_an_order_that_is_paid_in_time_does_not_expire(expiring: Paying) -> None:
    order = expiring.shop.order(lamp=2)
    authorised(expiring, order)
    expiring.minutes_pass(61)
    assert expiring.shop.do(ExpireOrders([order])) == {"object": "expiry", "cancelled": [], "kept": []}
    assert order_of(expiring.shop, order) == ("placed", 10_000, None)


# -- a provider that loses answers, fails, or is not there


def test_lost_answers_charge_nobody_twice(shop: Shop) -> None:
    shop.sku("lamp", price="50.00", stock=40)
    paying = Paying(shop, seed=7, faults=Faults(lose_answer=30, fail_first=10))
    payments = []
    for _ in range(20):
        payment = paying.start(shop.order(lamp=1), "pin")
        payments.append(payment)
    for _ in range(12):
        paying.minutes_pass(10)
        paying.worker.tick()
    for payment in payments[:10]:
        shop.do(RefundPayment(payment, 2_000))
    for _ in range(12):
        paying.minutes_pass(10)
        paying.worker.tick()

    charges = list(paying.books.charges.values())
    assert len(charges) == 20
    assert [paying.paid(each)[0] for each in payments] == ["partly_refunded"] * 10 + ["captured"] * 10
    assert sum(each.captured - each.refunded for each in charges) == shop.balance("provider") == 20 * 5_000 - 10 * 2_000
    check_money(shop)
    paying.close()


def test_a_provider_that_is_not_there_holds_up_its_own_payments_only(shop: Shop, paying: Paying) -> None:
    paying.server.stop()
    order = shop.order(lamp=1)
    payment = paying.start(order)
    assert paying.paid(payment)[0] == "new"
    [(status, attempts)] = shop.rows("SELECT status, attempts FROM jobs WHERE kind = 'provider.start'")
    assert (status, attempts) == ("waiting", 1)
    assert shop.units(shop.order(lamp=1)) == {"promised": 1}


def test_what_was_given_up_while_the_provider_was_away_is_found_out_within_the_hour(shop: Shop, paying: Paying) -> None:
    payment = paying.start(shop.order(lamp=2), "pin")
    shop.do(RefundPayment(payment, 1_000))
    shop.do(KeepProvider("simulated", "http://127.0.0.1:9", ACCOUNT))  # nobody listens there
    lost = shop.do(StartPayment(shop.order(lamp=1), "simulated", "pin"))["id"]
    for _ in range(12):
        paying.minutes_pass(250)
        paying.worker.tick()
    assert "dead" in {status for (status,) in shop.rows("SELECT status FROM jobs WHERE kind <> 'provider.resolve'")}
    assert (paying.paid(payment)[0], paying.paid(lost)[0]) == ("captured", "new")

    shop.do(KeepProvider("simulated", paying.server.url, ACCOUNT))
    for _ in range(6):
        paying.minutes_pass(10)
        paying.worker.tick()

    assert paying.paid(payment) == ("partly_refunded", 0, 10_000, 0, 1_000)
    assert paying.paid(lost) == ("captured", 0, 5_000, 0, 0)
    assert shop.balance("provider") == 14_000


def paid(shop: Shop, paying: Paying, order: str) -> str:
    payment = paying.start(order)
    paying.customer(payment)
    paying.deliver(payment)
    return payment


def authorised(paying: Paying, order: str, method: str = "card") -> str:
    payment = paying.start(order, method)
    paying.customer(payment)
    paying.deliver(payment)
    return payment


def draft_of(shop: Shop) -> str:
    return str(shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], draft=True))["id"])
