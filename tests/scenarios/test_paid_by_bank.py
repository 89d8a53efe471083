"""Bank transfers and payment on account: too much, too little, for one invoice or for all of them."""

from decimal import Decimal

import pytest

from orderwell.flows.apply_credit import ApplyCredit, NoCredit
from orderwell.flows.cancel_order import CancelOrder
from orderwell.flows.keep_books import LockPeriod
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.receive_payment import NotYetPlaced, ReceivePayment
from orderwell.flows.refund_payment import RefundOrder, RefundPayment
from orderwell.kit.errors import Invalid
from orderwell.ledger.actions import PeriodLocked
from orderwell.payments.rules import RefundTooLarge
from orderwell.values.ids import parse, show
from tests.support.money import check_money
from tests.support.shop import Shop


def open_amounts(shop: Shop) -> list[tuple[str, int]]:
    return [
        (document, int(minor))
        for document, minor in shop.rows(
            "SELECT document, open_minor FROM open_items WHERE open_minor <> 0 ORDER BY id"
        )
    ]


def test_money_that_comes_before_the_invoice_is_set_off_when_it_is_issued(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5, cost=2000)
    order = shop.order(lamp=2)

    paid = shop.do(ReceivePayment("bank_transfer", order=order, reference="NL01 2026-01-05"))
    assert (paid["captured"], paid["status"], paid["credit"]) == (9_990, "captured", 9_990)
    assert open_amounts(shop) == [("payment", -9_990)]

    shop.ship(order)
    assert open_amounts(shop) == []
    assert shop.journal() == "\n".join(
        [
            "opening_stock: inventory <- opening 100.00",
            "payment: bank <- receivable 99.90",
            "invoice: receivable <- sales 82.56",
            "invoice: receivable <- vat_payable 17.34",
            "cost_of_goods: cost_of_goods <- inventory 40.00",
        ]
    )


def test_too_little_leaves_the_rest_open_and_the_rest_closes_it(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    order = shop.order(lamp=2)
    shop.ship(order)
    invoice = invoice_of(shop, order)

    shop.do(ReceivePayment("bank_transfer", 4_000, invoice=invoice))
    assert open_amounts(shop) == [("invoice", 5_990)]

    rest = shop.do(ReceivePayment("bank_transfer", invoice=invoice))
    assert (rest["captured"], open_amounts(shop)) == (5_990, [])
    check_money(shop)


def test_too_much_stays_as_credit_and_pays_the_next_invoice(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    shop.customer("janssen", terms_days=30)
    first = shop.order(customer="janssen", lamp=1)
    shop.ship(first)

    paid = shop.do(ReceivePayment("bank_transfer", 6_000, order=first))
    assert paid["credit"] == 1_005
    shop.ship(shop.order(customer="janssen", lamp=1))
    assert open_amounts(shop) == [("payment", -1_005), ("invoice", 4_995)]

    applied = shop.do(ApplyCredit("janssen"))
    assert (applied["applied"], applied["open"], applied["credit"]) == (1_005, 3_990, 0)
    with pytest.raises(NoCredit):
        shop.do(ApplyCredit("janssen"))
    check_money(shop)


def test_a_customer_pays_what_is_due_first_first(shop: Shop) -> None:
    shop.sku("lamp", price="10.00", stock=9)
    shop.customer("janssen", terms_days=30)
    for units in (1, 2, 3):
        shop.ship(shop.order(customer="janssen", lamp=units))
        shop.days_pass(1)

    shop.do(ReceivePayment("bank_transfer", 2_500, customer="janssen"))

    assert open_amounts(shop) == [("invoice", 500), ("invoice", 3_000)]
    check_money(shop)


def test_what_was_overpaid_goes_back_the_way_it_came(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    order = shop.order(lamp=1)
    payment = shop.do(ReceivePayment("bank_transfer", 6_000, order=order))["id"]
    shop.ship(order)

    refunded = shop.do(RefundOrder(order))

    assert (refunded["amount"], [each["state"] for each in refunded["refunds"]]) == (1_005, ["done"])
    assert open_amounts(shop) == []
    assert shop.journal(template="refund") == "refund: receivable <- bank 10.05"
    with pytest.raises(RefundTooLarge, match=r"60\.00 was to be refunded, 49\.95 is captured"):
        shop.do(RefundPayment(payment, 6_000))
    check_money(shop)


def test_a_cancelled_order_that_was_paid_is_refunded(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    order = shop.order(lamp=2)
    shop.do(ReceivePayment("bank_transfer", order=order))
    shop.do(CancelOrder(order))
    assert open_amounts(shop) == [("payment", -9_990)]
    shop.do(RefundOrder(order))
    assert open_amounts(shop) == []
    assert (shop.balance("bank"), shop.balance("receivable")) == (0, 0)


def test_money_for_an_order_that_was_cancelled_is_kept_and_a_refund_proposed(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    order = shop.order(lamp=1)
    shop.do(CancelOrder(order))
    shop.do(ReceivePayment("bank_transfer", 4_995, order=order))
    assert open_amounts(shop) == [("payment", -4_995)]
    assert shop.rows("SELECT kind, status FROM tasks") == [("late_payment", "open")]
    assert shop.rows("SELECT kind, state, amount_minor FROM payment_instructions") == [("refund", "proposed", 4_995)]


def test_what_makes_no_sense_is_refused_and_leaves_no_trace(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    order = shop.order(lamp=1)
    draft = draft_of(shop)
    for ask, refusal in (
        (ReceivePayment("bank_transfer", 100), Invalid),
        (ReceivePayment("bank_transfer", 100, order=order, customer="nobody"), Invalid),
        (ReceivePayment("bank_transfer", 0, order=order), Invalid),
        (ReceivePayment("bank_transfer", 100, order=order, paid_on="2026-01-06"), Invalid),
        (ReceivePayment("bank_transfer", 100, order=order, paid_on="2026-1-5 x"), Invalid),
        (ReceivePayment("bank_transfer", 100, order=draft), NotYetPlaced),
    ):
        with pytest.raises(refusal):
            shop.do(ask)
    assert shop.rows("SELECT COUNT(*) FROM payments") == [(0,)]
    assert shop.journal(template="payment") == ""


def test_nothing_is_paid_into_a_closed_period(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    order = shop.order(lamp=1)
    shop.days_pass(3)
    shop.do(LockPeriod("2026-01-06"))
    with pytest.raises(PeriodLocked):
        shop.do(ReceivePayment("bank_transfer", order=order, paid_on="2026-01-06"))
    shop.do(ReceivePayment("bank_transfer", order=order, paid_on="2026-01-07"))


def invoice_of(shop: Shop, order: str) -> str:
    [(number,)] = shop.rows("SELECT id FROM invoices WHERE order_id = :id", id=parse("order", order))
    return show("invoice", number)


def draft_of(shop: Shop) -> str:
    return str(shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], draft=True))["id"])
