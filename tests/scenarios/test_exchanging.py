"""Goods come back to the counter and others go along in one cart; and sales paid in more than one way."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.exchange_at_till import BroughtBack, Exchange
from orderwell.flows.issue_credit_note import OtherCustomer
from orderwell.flows.keep_access import AddPerson
from orderwell.flows.keep_drawer import CloseDrawer, KeepTill, OpenDrawer
from orderwell.flows.place_order import LineAsk
from orderwell.flows.refund_payment import NothingToRefund, RefundOrder
from orderwell.flows.return_goods import AlreadyReturned, NotWithCustomer
from orderwell.flows.sell_at_till import NotAtHand, NotEnough, Sell
from orderwell.flows.start_payment import MoreThanDue
from orderwell.flows.take_tenders import Tender
from orderwell.inventory.rules import OutOfStock
from orderwell.kit.errors import Invalid
from orderwell.payments.rules import LessThanDue
from tests.support.money import check_money
from tests.support.shop import Shop


@pytest.fixture
def counter(shop: Shop) -> Shop:
    """Lamps of 49.95 and 20.00, and a chair of 75.00, 21 % VAT within."""
    shop.sku("lamp", price="49.95", stock=10, cost=2000)
    shop.sku("bulb", price="20.00", stock=10, cost=700)
    shop.sku("chair", price="75.00", stock=10, cost=3000)
    return shop


def sell(shop: Shop, code: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return dict(shop.do(Sell("till", [LineAsk(code, Decimal(quantity))], "main", **more)))


def exchange(
    shop: Shop, order: str, code: str | None = None, *, quantity: int = 1, back: int = 1, outcome: Any = "restock",
    **more: Any,
) -> dict[str, Any]:  # fmt: skip
    brought = [BroughtBack(order, 1, Decimal(back), outcome)]
    lines = [LineAsk(code, Decimal(quantity))] if code is not None else []
    return dict(shop.do(Exchange("till", "main", brought, lines, **more)))


def nothing_open(shop: Shop) -> bool:
    return shop.rows("SELECT COUNT(*) FROM open_items WHERE open_minor <> 0") == [(0,)]


def after(shop: Shop, journal: str) -> list[str]:
    """What the journal has become since."""
    now = shop.journal()
    assert now.startswith(journal)
    return now.removeprefix(journal).strip().splitlines()


class TestPayingTheDifference:
    def test_for_something_dearer_the_customer_pays_the_difference(self, counter: Shop) -> None:
        before = sell(counter, "lamp", tendered=5_000)
        journal = counter.journal()
        told = exchange(counter, before["id"], "chair", payments=[Tender("cash", tendered=3_000)])

        assert (told["sold"], told["credited"], told["to_pay"], told["change"]) == (7_500, 4_995, 2_505, 495)
        assert (told["refunds"], told["credit_left"]) == ([], 0)
        assert len(told["credit_notes"]) == 1
        assert told["invoice"]
        assert counter.units(before["id"]) == {"returned": 1}
        assert counter.units(told["order"]) == {"delivered": 1}
        assert after(counter, journal) == [
            "goods_back: inventory <- cost_of_goods 20.00",
            "credit_note: sales_returns <- receivable 41.28",
            "credit_note: vat_payable <- receivable 8.67",
            "payment: cash <- receivable 25.05",
            "invoice: receivable <- sales 61.98",
            "invoice: receivable <- vat_payable 13.02",
            "cost_of_goods: cost_of_goods <- inventory 30.00",
        ]
        assert counter.balance("cash") == 7_500
        assert nothing_open(counter)
        check_money(counter)
        counter.prove()

    def test_for_something_cheaper_the_customer_gets_the_difference_back_the_way_it_was_paid(
        self, counter: Shop
    ) -> None:
        before = sell(counter, "lamp", method="pin")
        journal = counter.journal()
        told = exchange(counter, before["id"], "bulb")
        assert (told["sold"], told["credited"], told["to_pay"], told["to_pay_back"]) == (2_000, 4_995, 0, 2_995)
        assert [(each["method"], each["state"], each["amount"]) for each in told["refunds"]] == [("pin", "done", 2_995)]
        assert after(counter, journal) == [
            "goods_back: inventory <- cost_of_goods 20.00",
            "credit_note: sales_returns <- receivable 41.28",
            "credit_note: vat_payable <- receivable 8.67",
            "invoice: receivable <- sales 16.53",
            "invoice: receivable <- vat_payable 3.47",
            "cost_of_goods: cost_of_goods <- inventory 7.00",
            "refund: receivable <- pin 29.95",
        ]
        assert (counter.balance("pin"), counter.balance("cash")) == (2_000, 0)
        assert nothing_open(counter)
        counter.prove()

    def test_for_the_same_nothing_is_paid_either_way(self, counter: Shop) -> None:
        before = sell(counter, "lamp")
        journal = counter.journal()
        told = exchange(counter, before["id"], "lamp", outcome="scrap")
        assert (told["to_pay"], told["to_pay_back"], told["credit_left"]) == (0, 0, 0)
        assert counter.stock_of("lamp")["on_hand"] == 8
        assert after(counter, journal) == [
            "goods_back: inventory <- cost_of_goods 20.00",
            "scrap: scrap <- inventory 20.00",
            "credit_note: sales_returns <- receivable 41.28",
            "credit_note: vat_payable <- receivable 8.67",
            "invoice: receivable <- sales 41.28",
            "invoice: receivable <- vat_payable 8.67",
            "cost_of_goods: cost_of_goods <- inventory 20.00",
        ]
        assert nothing_open(counter)
        with pytest.raises(Invalid, match="Nothing is to be paid"):
            exchange(counter, told["order"], "lamp", payments=[Tender("cash", tendered=5_000)])

    def test_without_anything_sold_it_is_a_return_with_money_back(self, counter: Shop) -> None:
        before = sell(counter, "lamp", 2)
        told = exchange(counter, before["id"], back=1)
        assert (told["order"], told["to_pay_back"], told["credited"]) == (None, 4_995, 4_995)
        assert counter.units(before["id"]) == {"delivered": 1, "returned": 1}
        assert counter.balance("cash") == 4_995
        assert nothing_open(counter)
        counter.prove()

    def test_part_by_pin_and_the_rest_in_cash(self, counter: Shop) -> None:
        before = sell(counter, "bulb")
        told = exchange(counter, before["id"], "chair", payments=[Tender("pin", 3_000), Tender("cash", tendered=5_000)])
        assert (told["to_pay"], told["change"]) == (5_500, 2_500)
        assert [(each["method"], each["captured"]) for each in told["payments"]] == [("pin", 3_000), ("cash", 2_500)]
        assert nothing_open(counter)
        counter.prove()


class TestNeverMoreThanWasPaid:
    def test_what_came_back_before_is_refused_by_name_and_leaves_no_trace(self, counter: Shop) -> None:
        before = sell(counter, "lamp", 2)
        exchange(counter, before["id"], "chair")
        journal = counter.journal()
        with pytest.raises(AlreadyReturned, match=r"1 units came back before"):
            exchange(counter, before["id"], "bulb", back=2)
        with pytest.raises(NotWithCustomer):
            exchange(counter, before["id"], "bulb", back=5)
        exchange(counter, before["id"], "bulb")
        with pytest.raises(AlreadyReturned):
            exchange(counter, before["id"], "bulb")
        assert counter.journal().startswith(journal)
        assert counter.balance("sales_returns") == 8_256
        counter.prove()

    def test_an_order_nobody_paid_gives_no_money(self, counter: Shop) -> None:
        counter.customer("jones", terms_days=30)
        owed = counter.order(customer="jones", lamp=2)
        counter.ship(owed)
        told = exchange(counter, owed, "bulb", payments=[Tender("pin")])
        assert (told["credited"], told["to_pay"], told["to_pay_back"]) == (0, 2_000, 0)
        assert counter.balance("receivable") == 4_995
        assert told["customer"] is not None
        counter.prove()

    def test_what_was_exchanged_is_paid_back_once_from_what_paid_for_it(self, counter: Shop) -> None:
        """The lamp was paid by PIN, the chair by the lamp and 25.05 in cash: both go back the way they came, once."""
        lamp = sell(counter, "lamp", method="pin")
        chair = exchange(counter, lamp["id"], "chair")
        again = exchange(counter, chair["order"], "bulb")
        assert [(each["method"], each["amount"]) for each in again["refunds"]] == [("cash", 2_505), ("pin", 2_995)]
        assert (counter.balance("cash"), counter.balance("pin")) == (0, 2_000)
        last = exchange(counter, again["order"])
        assert [(each["method"], each["amount"]) for each in last["refunds"]] == [("pin", 2_000)]
        assert (counter.balance("cash"), counter.balance("pin"), last["credit_left"]) == (0, 0, 0)
        for order in (lamp["id"], chair["order"], again["order"]):
            with pytest.raises(NothingToRefund):
                counter.do(RefundOrder(order))
        assert nothing_open(counter)
        check_money(counter)
        counter.prove()

    def test_two_orders_in_one_cart_each_get_their_credit_note(self, counter: Shop) -> None:
        one, two = sell(counter, "lamp"), sell(counter, "bulb", 3)
        brought = [BroughtBack(one["id"], 1, Decimal(1), "scrap"), BroughtBack(two["id"], 1, Decimal(2))]
        told = counter.do(Exchange("till", "main", brought, [LineAsk("chair", Decimal(1))]))
        assert (len(told["credit_notes"]), told["credited"], told["to_pay_back"]) == (2, 8_995, 1_495)
        assert counter.units(two["id"]) == {"delivered": 1, "returned": 2}
        assert nothing_open(counter)
        counter.prove()

    def test_the_same_line_may_go_to_the_shelf_in_part_and_to_scrap_in_part(self, counter: Shop) -> None:
        before = sell(counter, "bulb", 3)
        brought = [BroughtBack(before["id"], 1, Decimal(1), outcome) for outcome in ("restock", "scrap")]  # type: ignore[arg-type]
        told = counter.do(Exchange("till", "main", brought))
        assert told["to_pay_back"] == 4_000
        assert counter.stock_of("bulb")["on_hand"] == 8
        assert counter.balance("scrap") == 700
        counter.prove()


def test_an_exchange_belongs_to_the_open_drawer(counter: Shop) -> None:
    counter.do(KeepTill("front", "Front counter", "main"))
    counter.do(AddPerson("Noor", "noor@example.com"))
    session = counter.do(OpenDrawer("front", "noor@example.com", 10_000))["id"]
    before = sell(counter, "lamp", till="front")
    exchange(counter, before["id"], "bulb", till="front")
    closed = counter.do(CloseDrawer(session, 12_000))
    assert (closed["expected"], closed["difference"]) == (12_000, 0)
    counter.prove()


def test_coins_round_the_difference_either_way(database_url: str) -> None:
    shop = Shop(database_url, cash_rounding=5)
    shop.sku("lamp", price="49.98", stock=5)
    shop.sku("bulb", price="20.01", stock=5)
    before = sell(shop, "lamp")
    assert before["to_pay"] == 5_000
    told = exchange(shop, before["id"], "bulb")
    assert (told["refunds"][0]["amount"], told["to_pay_back"]) == (2_997, 2_995)
    up = exchange(shop, told["order"], "lamp")
    assert up["to_pay"] == 2_995
    check_money(shop)
    shop.prove()
    shop.close()


def test_an_exchange_that_makes_no_sense_leaves_no_trace(counter: Shop) -> None:
    counter.customer("jones")
    counter.customer("smith")
    counter.sku("rug", price="10.00", backorder="yes")
    one = sell(counter, "lamp", customer="jones")
    two = sell(counter, "lamp", customer="smith")
    journal = counter.journal()
    both = [BroughtBack(each["id"], 1, Decimal(1)) for each in (one, two)]
    for ask, refusal in (
        (Exchange("till", "main", both), OtherCustomer),
        (Exchange("till", "main", both[:1], customer="smith"), OtherCustomer),
        (Exchange("till", "main", [BroughtBack(one["id"], 2, Decimal(1))]), Invalid),
        (Exchange("till", "main", both[:1], [LineAsk("rug", Decimal(1))]), NotAtHand),
        (Exchange("till", "main", both[:1], [LineAsk("chair", Decimal(99))]), OutOfStock),
        (Exchange("till", "main", both[:1], [LineAsk("chair", Decimal(1))], [Tender("cash", tendered=1)]), NotEnough),
    ):
        with pytest.raises(refusal):
            counter.do(ask)
    assert counter.journal() == journal
    assert counter.units(one["id"]) == {"delivered": 1}
    counter.prove()


class TestPayingInSeveralWays:
    def test_part_by_pin_the_rest_in_cash_with_change(self, counter: Shop) -> None:
        sale = sell(counter, "lamp", payments=[Tender("pin", 3_000, reference="T1-7"), Tender("cash", tendered=2_000)])
        assert (sale["to_pay"], sale["change"]) == (4_995, 5)
        assert [(each["method"], each["captured"]) for each in sale["payments"]] == [("pin", 3_000), ("cash", 1_995)]
        assert (counter.balance("pin"), counter.balance("cash")) == (3_000, 1_995)
        assert counter.units(sale["id"]) == {"delivered": 1}
        assert nothing_open(counter)
        check_money(counter)

    def test_two_cards_share_it_to_the_cent(self, counter: Shop) -> None:
        sale = sell(counter, "lamp", payments=[Tender("pin", 2_000), Tender("pin")])
        assert [each["captured"] for each in sale["payments"]] == [2_000, 2_995]
        refunds = counter.do(RefundOrder(sale["id"], amount=3_500))["refunds"]
        assert [each["amount"] for each in refunds] == [2_995, 505]  # the latest first

    def test_what_does_not_add_up_is_refused(self, counter: Shop) -> None:
        for payments, refusal in (
            ([Tender("pin", 5_000), Tender("cash")], MoreThanDue),
            ([Tender("pin", 2_000), Tender("pin", 2_994)], LessThanDue),
            ([Tender("pin", 2_000), Tender("cash", tendered=2_994)], NotEnough),
            ([Tender("pin"), Tender("cash")], Invalid),
            ([Tender("pin", 1_000), Tender("cash", 3_995)], Invalid),
            ([Tender("pin", 1_000, tendered=1_000), Tender("cash")], Invalid),
            ([Tender("pin", 0), Tender("cash")], Invalid),
        ):
            with pytest.raises(refusal):
                sell(counter, "lamp", payments=payments)
        with pytest.raises(Invalid, match="with the payment it belongs to"):
            sell(counter, "lamp", tendered=100, payments=[Tender("cash")])
        assert counter.rows("SELECT COUNT(*) FROM orders") == [(0,)]
