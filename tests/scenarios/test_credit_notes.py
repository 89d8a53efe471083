"""Credit notes: for units of orders, for nothing in particular, and what they do to stock, debts and the books."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.credit_note import NotReturnable
from orderwell.flows.issue_credit_note import CreditLine, IssueCreditNote, OtherCustomer, Trace
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.invoicing.actions import CreditNoteExists
from orderwell.kit.errors import Invalid
from orderwell.kit.writer import Call
from tests.support.shop import Shop


@pytest.fixture(autouse=True)
def proved(shop: Shop) -> Iterator[None]:
    """After each scenario the three laws hold."""
    yield
    shop.prove()


def credit(
    shop: Shop, sku: str, quantity: int, price: str | None = None, *traces: Trace, **more: Any
) -> dict[str, Any]:
    line = CreditLine(sku, Decimal(quantity), None if price is None else Decimal(price), traces=list(traces) or None)
    return shop.do(IssueCreditNote([line], **more))


def new_entries(shop: Shop, before: str) -> list[str]:
    return shop.journal().removeprefix(before).strip().splitlines()


def test_a_credit_note_for_units_of_an_order_gives_back_what_they_were_invoiced_at(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5, cost=2000)
    order = shop.order(lamp=3)
    shop.ship(order)
    before = shop.journal()

    note = credit(shop, "lamp", 1, None, Trace(order, 1), restock="main")

    assert (note["number"], note["net"], note["tax"], note["gross"]) == ("CRN-000001", 4128, 867, 4995)
    assert shop.units(order) == {"shipped": 2, "returned": 1}
    assert shop.stock_of("lamp")["on_hand"] == 3
    assert new_entries(shop, before) == [
        "credit_note: sales_returns <- receivable 41.28",
        "credit_note: vat_payable <- receivable 8.67",
        "goods_back: inventory <- cost_of_goods 20.00",
    ]
    assert note["open"] == 0, "the order owes it, so it is set off at once"
    assert shop.balance("receivable") == shop.rows("SELECT SUM(open_minor) FROM open_items")[0][0] == 9990


def test_crediting_an_order_piece_by_piece_gives_back_exactly_what_it_cost(shop: Shop) -> None:
    shop.sku("thread", price="3.33", stock=10)
    order = shop.order(thread=7)
    shop.ship(order)
    notes = [credit(shop, "thread", 1, None, Trace(order, 1)) for _ in range(7)]
    assert sum(note["gross"] for note in notes) == 2331
    assert shop.balance("receivable") == 0
    assert shop.balance("vat_payable") == 0
    assert shop.rows("SELECT number FROM invoices WHERE series = 'CRN' ORDER BY 1") == [(n,) for n in range(1, 8)]


def test_more_than_went_out_cannot_be_credited_to_an_order(shop: Shop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    order = shop.order(lamp=2)
    with pytest.raises(NotReturnable, match="1 units were to be credited, 0 are invoiced"):
        credit(shop, "lamp", 1, None, Trace(order, 1))
    shop.ship(order)
    with pytest.raises(NotReturnable, match="3 units were to be credited, 2 are invoiced"):
        credit(shop, "lamp", 3, None, Trace(order, 1))
    credit(shop, "lamp", 2, None, Trace(order, 1))
    with pytest.raises(NotReturnable):
        credit(shop, "lamp", 1, None, Trace(order, 1))
    assert shop.rows("SELECT count(*) FROM invoices WHERE kind = 'credit_note'") == [(1,)]


def test_a_credit_note_may_refer_to_no_order_and_stays_as_the_customers_credit(shop: Shop) -> None:
    shop.customer("anna")
    shop.sku("lamp", price="49.95", stock=2, cost=1000)
    before = shop.journal()
    note = credit(shop, "lamp", 1, "12.10", customer="anna", restock="main", reason="Goodwill")
    assert (note["net"], note["tax"], note["open"], note["corrects"]) == (1000, 210, -1210, None)
    assert new_entries(shop, before) == [
        "credit_note: sales_returns <- receivable 10.00",
        "credit_note: vat_payable <- receivable 2.10",
        "goods_back: inventory <- cost_of_goods 10.00",
    ]
    assert shop.stock_of("lamp")["on_hand"] == 3


def test_the_same_credit_note_sent_twice_by_a_channel_is_one(shop: Shop) -> None:
    shop.sku("lamp")
    first = credit(shop, "lamp", 1, "5.00", channel="web", reference="C1")
    with pytest.raises(CreditNoteExists) as refused:
        credit(shop, "lamp", 1, "5.00", channel="web", reference="C1")
    assert refused.value.facts == {"credit_note": first["id"]}
    credit(shop, "lamp", 1, "5.00", channel="till", reference="C1")


def test_twice_in_one_batch_is_one_as_well(shop: Shop) -> None:
    shop.sku("lamp")
    ask = IssueCreditNote([CreditLine("lamp", Decimal(1), Decimal(5))], channel="web", reference="C1")
    first, second = shop.app.writer.run([Call(ask), Call(ask)])
    assert first.value()["number"] == "CRN-000001"
    assert isinstance(second.refusal, CreditNoteExists)


def test_one_note_may_take_back_units_of_several_orders_and_some_of_none(shop: Shop) -> None:
    shop.customer("anna")
    shop.sku("lamp", price="10.00", stock=9)
    one = shop.order(lamp=1, reference="A", customer="anna")
    two = shop.order(lamp=1, reference="B", customer="anna")
    shop.ship(one)
    shop.ship(two)
    note = credit(
        shop, "lamp", 3, "9.00", Trace("A", 1, Decimal(1)), Trace("B", 1, Decimal(1)), channel="web", reference="C1"
    )
    assert note["gross"] == 2700
    assert note["order"] is None
    assert shop.units(one) == shop.units(two) == {"returned": 1}
    assert shop.rows("SELECT SUM(credited) FROM order_lines") == [(2,)]
    assert shop.rows("SELECT SUM(quantity) FROM credit_traces") == [(2,)]
    assert note["open"] == -700, "the orders owed 20.00, the rest is the customer's credit"
    assert shop.balance("receivable") == -700


def test_an_order_of_somebody_else_is_refused(shop: Shop) -> None:
    shop.customer("anna")
    shop.customer("ben")
    shop.sku("lamp", stock=1)
    order = shop.order(lamp=1, customer="anna")
    shop.ship(order)
    with pytest.raises(OtherCustomer):
        credit(shop, "lamp", 1, None, Trace(order, 1), customer="ben")


def test_two_guests_do_not_share_a_credit_note(shop: Shop) -> None:
    shop.sku("lamp", price="50.00", stock=4)
    paid, owing = shop.order(lamp=2), shop.order(lamp=2)
    for order in (paid, owing):
        shop.ship(order)
    shop.do(ReceivePayment("cash", order=paid))
    with pytest.raises(OtherCustomer, match="is of a guest"):
        shop.do(IssueCreditNote([CreditLine("lamp", Decimal(1), traces=[Trace(order, 1)]) for order in (paid, owing)]))
    credit(shop, "lamp", 2, None, Trace(paid, 1))
    assert shop.rows("SELECT document, open_minor FROM open_items WHERE open_minor <> 0 ORDER BY id") == [
        ("invoice", 10_000),
        ("credit_note", -10_000),
    ]


def test_a_quantity_below_zero_takes_something_off_the_note(shop: Shop) -> None:
    shop.sku("lamp", stock=1)
    shop.sku("fee", kind="service", price=None)
    note = shop.do(
        IssueCreditNote(
            [CreditLine("lamp", Decimal(2), Decimal("12.10")), CreditLine("fee", Decimal(-1), Decimal("2.42"))],
            restock="main",
        )
    )
    assert (note["net"], note["tax"], note["gross"]) == (1800, 378, 2178)
    assert shop.stock_of("lamp")["on_hand"] == 3


def test_goods_that_come_back_go_to_those_who_wait_for_them(shop: Shop) -> None:
    shop.sku("lamp", stock=1, backorder="yes")
    order = shop.order(lamp=1)
    shop.ship(order)
    waiting = shop.order(lamp=1)
    credit(shop, "lamp", 1, None, Trace(order, 1), restock="main")
    assert shop.units(waiting) == {"promised": 1}


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        (CreditLine("nothing", Decimal(1), Decimal(1)), "/lines/0/sku"),
        (CreditLine("lamp", Decimal(0), Decimal(1)), "/lines/0/quantity"),
        (CreditLine("lamp", Decimal(1)), "/lines/0/unit_price"),
        (CreditLine("lamp", Decimal(1), Decimal("0.00001")), "/lines/0/unit_price"),
        (CreditLine("lamp", Decimal(1), Decimal(1), traces=[Trace("A", 1, Decimal(2))]), "/lines/0/traces"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_by_line(shop: Shop, line: CreditLine, pointer: str) -> None:
    shop.sku("lamp", stock=5)
    shop.order(lamp=5, reference="A")
    with pytest.raises(Invalid) as refused:
        shop.do(IssueCreditNote([line], channel="web"))
    assert [problem.pointer for problem in refused.value.problems] == [pointer]
    assert shop.rows("SELECT count(*) FROM invoices") == [(0,)]


def test_sixteen_credit_notes_cost_as_many_statements_as_one(shop: Shop) -> None:
    shop.sku("lamp", stock=99)
    shop.sku("mug", stock=99)
    for n in range(18):
        shop.ship(shop.order(lamp=2, mug=1, reference=f"A{n}"))

    def statements(numbers: range) -> int:
        calls = [
            Call(
                IssueCreditNote(
                    [
                        CreditLine("lamp", Decimal(1), traces=[Trace(f"A{n}", 1)]),
                        CreditLine("mug", Decimal(1), Decimal("9.99"), traces=[Trace(f"A{n}", 2)]),
                        CreditLine("mug", Decimal(1), Decimal("1.50")),
                    ],
                    channel="web", reference=f"C{n}", restock="main",
                )
            )
            for n in numbers
        ]  # fmt: skip
        before = shop.app.database.statements
        for outcome in shop.app.writer.run(calls):
            outcome.value()
        return shop.app.database.statements - before

    statements(range(17, 18))  # the first of a series makes its counter
    assert statements(range(16, 17)) == statements(range(16))
