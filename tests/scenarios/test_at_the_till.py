"""Paying over the counter: cash with its coins, PIN, change, money back, and what the terminal pays out."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.place_order import LineAsk
from orderwell.flows.receive_payment import NothingDue, ReceivePayment
from orderwell.flows.record_payout import PayoutExists, RecordPayout
from orderwell.flows.refund_payment import NothingToRefund, RefundPayment
from orderwell.flows.sell_at_till import NotEnough, Sell
from orderwell.inventory.rules import OutOfStock
from orderwell.kit.errors import Invalid
from orderwell.payments.rules import RefundTooLarge
from tests.support.money import check_money
from tests.support.shop import Shop


def sell(shop: Shop, code: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return dict(shop.do(Sell("till", [LineAsk(code, Decimal(quantity))], "main", **more)))


def test_a_cash_sale_is_ordered_paid_handed_over_and_invoiced_in_one_go(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5, cost=2000)

    sale = sell(shop, "lamp", 2, tendered=10_000)

    assert (sale["to_pay"], sale["change"]) == (9_990, 10)
    assert shop.units(sale["id"]) == {"delivered": 2}
    assert sale["payment"]["status"] == "captured"
    assert shop.rows("SELECT COUNT(*) FROM open_items WHERE open_minor <> 0") == [(0,)]
    assert shop.journal() == "\n".join(
        [
            "opening_stock: inventory <- opening 100.00",
            "payment: cash <- receivable 99.90",
            "invoice: receivable <- sales 82.56",
            "invoice: receivable <- vat_payable 17.34",
            "cost_of_goods: cost_of_goods <- inventory 40.00",
        ]
    )
    check_money(shop)


def test_a_till_sale_that_is_short_of_money_or_goods_leaves_no_trace(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=1)
    with pytest.raises(NotEnough, match=r"49\.95 is to be paid, 20\.00 was handed over"):
        sell(shop, "lamp", tendered=2_000)
    with pytest.raises(OutOfStock):
        sell(shop, "lamp", 2)
    assert shop.rows("SELECT COUNT(*) FROM orders") == [(0,)]
    assert shop.rows("SELECT COUNT(*) FROM payments") == [(0,)]
    assert shop.stock_of("lamp")["promised"] == 0


def test_a_pin_sale_waits_at_the_terminal_until_it_is_paid_out(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    sell(shop, "lamp", 2, method="pin", terminal_reference="T1-0042")
    assert shop.balance("pin") == 9_990

    payout = shop.do(RecordPayout("pin", "PO-1", 9_940, fee=50))

    assert payout["amount"] == 9_940
    assert (shop.balance("pin"), shop.balance("bank"), shop.balance("provider_fees")) == (0, 9_940, 50)
    assert shop.journal(template="payout") == "\n".join(
        ["payout: bank <- pin 99.40", "payout: provider_fees <- pin 0.50"]
    )
    with pytest.raises(PayoutExists):
        shop.do(RecordPayout("pin", "PO-1", 9_940, fee=50))
    with pytest.raises(Invalid, match="nothing"):
        shop.do(RecordPayout("pin", "PO-2", 0))


class TestInWholeCoins:
    """A till that takes nothing smaller than 1.00."""

    @pytest.fixture
    def shop(self, database_url: str) -> Any:
        shop = Shop(database_url, cash_rounding=100)
        shop.sku("pear", price="7.50", stock=10, cost=200)
        yield shop
        shop.close()

    def test_what_was_paid_rounded_is_refunded_as_it_was_paid(self, shop: Shop) -> None:
        sale = sell(shop, "pear", tendered=1_000)
        assert (sale["to_pay"], sale["change"], sale["payment"]["rounding"]) == (700, 300, 50)

        refund = shop.do(RefundPayment(sale["payment"]["id"]))

        assert refund["status"] == "refunded"
        assert (shop.balance("cash"), shop.balance("rounding")) == (0, 0)
        assert shop.journal(template="payment") == "\n".join(
            ["payment: cash <- receivable 7.00", "payment: rounding <- receivable 0.50"]
        )
        assert shop.journal(template="refund") == "\n".join(
            ["refund: receivable <- cash 7.00", "refund: receivable <- rounding 0.50"]
        )
        check_money(shop)

    def test_refunds_in_parts_give_back_what_was_paid_and_not_a_coin_more(self, shop: Shop) -> None:
        sale = sell(shop, "pear")
        for part in (250, 250, 250):
            shop.do(RefundPayment(sale["payment"]["id"], part))
        assert shop.balance("cash") == 0
        with pytest.raises(NothingToRefund):
            shop.do(RefundPayment(sale["payment"]["id"]))
        with pytest.raises(RefundTooLarge, match=r"0\.01 was to be refunded, 0\.00 is captured"):
            shop.do(RefundPayment(sale["payment"]["id"], 1))
        check_money(shop)

    def test_cash_that_no_coins_add_up_to_is_refused(self, shop: Shop) -> None:
        order = shop.order(pear=1)
        with pytest.raises(Invalid, match=r"steps of 1\.00 EUR"):
            shop.do(ReceivePayment("cash", 650, order=order))

    def test_a_card_pays_to_the_cent(self, shop: Shop) -> None:
        sale = sell(shop, "pear", method="pin")
        assert (sale["to_pay"], shop.balance("pin"), shop.balance("rounding")) == (750, 750, 0)


def test_what_is_paid_already_is_not_due_again(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    order = shop.order(lamp=1)
    shop.do(ReceivePayment("pin", order=order))
    with pytest.raises(NothingDue):
        shop.do(ReceivePayment("pin", order=order))


def test_a_terminal_gives_no_change(shop: Shop) -> None:
    shop.sku("lamp", price="10.00", stock=1)
    with pytest.raises(Invalid, match="exactly what is due"):
        shop.do(Sell("till", [LineAsk("lamp", Decimal(1))], "main", method="pin", tendered=5000))
    assert shop.stock_of("lamp")["on_hand"] == 1


def test_in_sweden_fifty_ore_go_up_and_come_back_the_same(database_url: str) -> None:
    shop = Shop(database_url, cash_rounding=100, currency="SEK", country="SE", time_zone="Europe/Stockholm")
    shop.sku("pear", price="7.50", stock=10, cost=200)
    sale = sell(shop, "pear", tendered=1_000)
    assert (sale["to_pay"], sale["change"], sale["payment"]["rounding"]) == (800, 200, -50)
    shop.do(RefundPayment(sale["payment"]["id"]))
    assert (shop.balance("cash"), shop.balance("rounding")) == (0, 0)
    check_money(shop)
    shop.close()
