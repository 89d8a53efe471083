"""What suppliers bill is matched with what came, and paid once."""

import pytest

from orderwell.flows.pay_supplier import MoreThanOwed, PaySupplier, ReverseSupplierPayment
from orderwell.flows.receive_purchase import ReverseReceipt
from orderwell.flows.supplier_invoice import (
    AlreadyReversed,
    BookSupplierInvoice,
    NothingToMatch,
    ReverseSupplierInvoice,
    SupplierInvoiceExists,
)
from orderwell.kit.errors import Invalid
from orderwell.purchasing.rules import MoreThanReceived
from tests.support.buying import buy, receive, some, supplier
from tests.support.shop import Shop


def test_the_suppliers_invoice_is_matched_with_what_came_and_the_difference_booked(shop: Shop) -> None:
    shop.sku("lamp")
    supplier(shop, lamp="4.00")
    purchase = buy(shop, lamp=10)
    receive(shop, purchase, lamp=6)

    invoice = shop.do(BookSupplierInvoice(purchase, "2026/17", net=2500, tax=525))

    assert (invoice["goods"], invoice["difference"], invoice["gross"]) == (2400, 100, 3025)
    assert invoice["due_on"] == "2026-01-19"
    assert shop.journal() == "\n".join(
        [
            "goods_received: inventory <- goods_received 24.00",
            "supplier_invoice: goods_received <- payable 24.00",
            "supplier_invoice: stock_differences <- payable 1.00",
            "supplier_invoice: vat_receivable <- payable 5.25",
        ]
    )
    assert shop.balance("payable") == -3025


def test_an_invoice_is_booked_once_and_only_for_what_came(shop: Shop) -> None:
    shop.sku("lamp")
    supplier(shop, lamp="4.00")
    purchase = buy(shop, lamp=10)
    with pytest.raises(NothingToMatch):
        shop.do(BookSupplierInvoice(purchase, "17", net=4000))
    receive(shop, purchase, lamp=6)
    with pytest.raises(MoreThanReceived, match="lamp: 7 were to be billed, 6 are left"):
        shop.do(BookSupplierInvoice(purchase, "17", net=2800, lines=some({"lamp": 7})))
    assert shop.do(BookSupplierInvoice(purchase, "17", net=800, lines=some({"lamp": 2})))["goods"] == 800
    with pytest.raises(SupplierInvoiceExists):
        shop.do(BookSupplierInvoice(purchase, "17", net=1600))
    assert shop.do(BookSupplierInvoice(purchase, "18", net=1600))["difference"] == 0
    assert shop.balance("goods_received") == 0


def test_goods_sent_back_after_they_were_billed_are_credited(shop: Shop) -> None:
    shop.sku("lamp")
    supplier(shop, lamp="4.00")
    purchase = buy(shop, lamp=10)
    receipt = receive(shop, purchase)["id"]
    shop.do(BookSupplierInvoice(purchase, "17", net=4000, tax=840))
    shop.do(ReverseReceipt(receipt, some({"lamp": 5})))
    assert shop.balance("goods_received") == 2000  # they owe us

    credit = shop.do(BookSupplierInvoice(purchase, "17-C", net=-2000, tax=-420))

    assert (credit["goods"], credit["difference"], credit["gross"]) == (-2000, 0, -2420)
    assert shop.balance("goods_received") == 0
    assert shop.rows("SELECT open_minor FROM open_items ORDER BY id") == [(-2420,), (0,)]


def test_an_invoice_booked_by_mistake_is_posted_back(shop: Shop) -> None:
    shop.sku("lamp")
    supplier(shop, lamp="4.00")
    purchase = buy(shop, lamp=10)
    receive(shop, purchase)
    wrong = shop.do(BookSupplierInvoice(purchase, "17", net=4100, tax=861))["id"]

    reversal = shop.do(ReverseSupplierInvoice(wrong))

    assert reversal["reverses"] == wrong
    assert {each: shop.balance(each) for each in ("payable", "goods_received", "stock_differences")} == {
        "payable": 0, "goods_received": -4000, "stock_differences": 0,
    }  # fmt: skip
    with pytest.raises(AlreadyReversed):
        shop.do(ReverseSupplierInvoice(wrong))
    with pytest.raises(AlreadyReversed):
        shop.do(ReverseSupplierInvoice(reversal["id"]))
    assert shop.do(BookSupplierInvoice(purchase, "17b", net=4000, tax=840))["difference"] == 0


def test_suppliers_are_paid_what_is_owed_and_never_more(shop: Shop) -> None:
    shop.sku("lamp")
    supplier(shop, lamp="4.00")
    purchase = buy(shop, lamp=10)
    receive(shop, purchase, lamp=6)
    shop.do(BookSupplierInvoice(purchase, "17", net=2400))
    receive(shop, purchase)
    second = shop.do(BookSupplierInvoice(purchase, "18", net=1600))["id"]

    with pytest.raises(MoreThanOwed, match=r"We owe Acme 40\.00, 40\.01 were to be paid"):
        shop.do(PaySupplier("acme", 4001))
    shop.do(PaySupplier("acme", 1000, reference="bank 1"))
    assert shop.rows("SELECT open_minor FROM open_items WHERE document = 'supplier_invoice' ORDER BY id") == [
        (-1400,), (-1600,),
    ]  # fmt: skip
    shop.do(PaySupplier("acme", 1600, invoices=[second]))
    with pytest.raises(Invalid, match="no open invoice"):
        shop.do(PaySupplier("acme", 1, invoices=[second]))
    shop.do(PaySupplier("acme", 1400))

    assert shop.journal(template="supplier_payment") == "\n".join(
        [
            "supplier_payment: payable <- bank 10.00",
            "supplier_payment: payable <- bank 16.00",
            "supplier_payment: payable <- bank 14.00",
        ]
    )
    assert shop.balance("payable") == 0


def test_a_payment_the_bank_sends_back_is_owed_again(shop: Shop) -> None:
    shop.sku("lamp")
    supplier(shop, lamp="4.00")
    purchase = buy(shop, lamp=10)
    receive(shop, purchase)
    shop.do(BookSupplierInvoice(purchase, "17", net=4000))
    paid = shop.do(PaySupplier("acme", 4000))["id"]

    shop.do(ReverseSupplierPayment(paid))

    assert (shop.balance("payable"), shop.balance("bank")) == (-4000, 0)
    with pytest.raises(AlreadyReversed):
        shop.do(ReverseSupplierPayment(paid))
    shop.do(PaySupplier("acme", 4000))
    assert shop.balance("payable") == 0
