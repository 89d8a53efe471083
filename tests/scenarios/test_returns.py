"""Goods come back: announced, received, inspected, on the shelf or scrapped, credited, and where the money stands."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.give_up_debt import RecordBadDebt
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.return_goods import (
    AnnounceReturn,
    CancelReturn,
    InspectedUnits,
    InspectReturn,
    NotWithCustomer,
    ReceiveReturn,
)
from orderwell.kit.errors import Invalid, NotFound
from orderwell.returns.actions import MoreThanAnnounced, NothingExpected, NothingToInspect
from orderwell.values.ids import show
from tests.support.shop import Shop


@pytest.fixture(autouse=True)
def proved(shop: Shop) -> Iterator[None]:
    """After each scenario the three laws hold."""
    yield
    shop.prove()


def units(line: int, quantity: int) -> UnitsAsk:
    return UnitsAsk(line, Decimal(quantity))


def judged(line: int, quantity: int, outcome: Any, **more: Any) -> InspectedUnits:
    return InspectedUnits(line, Decimal(quantity), outcome, **more)


@pytest.fixture
def order(shop: Shop) -> str:
    """Three lamps at 49.95 that cost 20.00 each are with the customer, one lamp at 30.00 came in since."""
    shop.sku("lamp", price="49.95", stock=3, cost=2000)
    order = shop.order(lamp=3)
    shop.ship(order)
    shop.stock("lamp", 1, cost=3000)
    return order


def announce(shop: Shop, order: str, quantity: int) -> str:
    return str(shop.do(AnnounceReturn(order, [units(1, quantity)]))["id"])


def test_what_comes_back_goes_to_the_shelf_at_what_it_cost_and_is_credited(shop: Shop, order: str) -> None:
    before = shop.journal()
    back = announce(shop, order, 2)
    assert shop.units(order) == {"shipped": 3}
    received = shop.do(ReceiveReturn(back))
    assert received["status"] == "received"
    assert shop.units(order) == {"shipped": 1, "returned": 2}
    assert shop.stock_of("lamp")["on_hand"] == 1, "what waits to be inspected is not on the shelf yet"

    inspected = shop.do(InspectReturn(back, "main", [judged(1, 2, "restock")]))

    assert inspected["status"] == "inspected"
    assert shop.stock_of("lamp")["on_hand"] == 3
    assert shop.journal().removeprefix(before).strip().splitlines() == [
        "goods_back: inventory <- cost_of_goods 40.00",
        "credit_note: sales_returns <- receivable 82.56",
        "credit_note: vat_payable <- receivable 17.34",
    ]
    assert shop.rows("SELECT quantity, value_minor FROM valuations") == [(3, 7000)]
    assert shop.balance("inventory") == 7000
    assert inspected["refund_due"] == 0, "the order was not paid: it owes less now"
    assert shop.balance("receivable") == 4995


def test_a_return_comes_in_and_is_judged_in_parts(shop: Shop, order: str) -> None:
    back = announce(shop, order, 3)
    assert shop.do(ReceiveReturn(back, [units(1, 2)]))["status"] == "partly_received"
    first = shop.do(InspectReturn(back, "main", [judged(1, 1, "restock")]))
    assert first["lines"][0] | {"sku": ""} == {
        "line": 1, "sku": "", "announced": "3", "received": "2", "restocked": "1", "scrapped": "0", "credited": "1",
    }  # fmt: skip
    shop.do(ReceiveReturn(back))
    last = shop.do(InspectReturn(back, "main", [judged(1, 1, "restock"), judged(1, 1, "scrap", credit="no")]))
    assert last["status"] == "inspected"
    assert shop.rows("SELECT returned, credited FROM order_lines") == [(3, 2)]
    assert shop.journal(template="scrap") == "scrap: scrap <- inventory 20.00"
    assert shop.balance("inventory") == shop.rows("SELECT value_minor FROM valuations")[0][0] == 7000
    assert shop.balance("cost_of_goods") == 0, "all that left has come back, what was scrapped is a loss of its own"
    assert shop.stock_of("lamp")["on_hand"] == 3


def test_more_than_the_customer_has_cannot_be_announced(shop: Shop, order: str) -> None:
    announce(shop, order, 2)
    with pytest.raises(
        NotWithCustomer, match=r"2 units were to come back, 1 units are with the customer and not announced"
    ):
        announce(shop, order, 2)
    fresh = shop.order(lamp=1)
    with pytest.raises(NotWithCustomer, match="0 units are with the customer"):
        announce(shop, fresh, 1)
    assert shop.rows("SELECT count(*) FROM returns") == [(1,)]


def test_more_than_announced_cannot_come_in_nor_be_judged(shop: Shop, order: str) -> None:
    back = announce(shop, order, 2)
    with pytest.raises(MoreThanAnnounced, match="3 units came in, 2 are announced and to come"):
        shop.do(ReceiveReturn(back, [units(1, 3)]))
    with pytest.raises(NothingToInspect, match="1 units were inspected, 0 wait for it"):
        shop.do(InspectReturn(back, "main", [judged(1, 1, "restock")]))
    shop.do(ReceiveReturn(back))
    with pytest.raises(NothingToInspect):
        shop.do(InspectReturn(back, "main", [judged(1, 1, "restock"), judged(1, 2, "scrap")]))
    with pytest.raises(NothingExpected):
        shop.do(ReceiveReturn(back))
    assert shop.rows("SELECT count(*) FROM invoices WHERE kind = 'credit_note'") == [(0,)]


def test_what_never_came_is_not_expected_any_more(shop: Shop, order: str) -> None:
    back = announce(shop, order, 3)
    assert shop.do(CancelReturn(back))["status"] == "cancelled"
    with pytest.raises(NothingExpected):
        shop.do(CancelReturn(back))
    again = announce(shop, order, 3)
    shop.do(ReceiveReturn(again, [units(1, 1)]))
    rest = shop.do(CancelReturn(again))
    assert (rest["status"], rest["lines"][0]["announced"]) == ("received", "1")
    assert announce(shop, order, 2)


def test_credit_of_an_order_that_owes_nothing_is_due_for_refund(shop: Shop, order: str) -> None:
    invoice = show("invoice", shop.rows("SELECT id FROM invoices")[0][0])
    shop.do(RecordBadDebt(invoice=invoice))
    back = announce(shop, order, 1)
    shop.do(ReceiveReturn(back))
    inspected = shop.do(InspectReturn(back, "main", [judged(1, 1, "restock")]))
    assert inspected["refund_due"] == 4995
    events = shop.rows("SELECT type FROM events WHERE subject = 'return' ORDER BY id")
    assert [type_ for (type_,) in events] == [
        "return.announced",
        "return.received",
        "return.inspected",
        "return.refund_due",
    ]
    assert shop.rows("SELECT SUM(open_minor) FROM open_items") == [(shop.balance("receivable"),)] == [(-4995,)]


def test_a_service_does_not_come_back(shop: Shop) -> None:
    shop.sku("post", kind="service", price="4.00")
    order = shop.order(post=1)
    shop.ship(order)
    with pytest.raises(Invalid, match="a service: credit it"):
        announce(shop, order, 1)
    with pytest.raises(NotFound):
        shop.do(ReceiveReturn("ret_0000000000001"))


def test_goods_put_back_go_to_those_who_wait(shop: Shop) -> None:
    shop.sku("lamp", stock=1, backorder="yes")
    order = shop.order(lamp=1, reference="A")
    shop.ship(order)
    waiting = shop.order(lamp=1)
    back = shop.do(AnnounceReturn("A", [units(1, 1)], channel="web"))["id"]
    shop.do(ReceiveReturn(back))
    shop.do(InspectReturn(back, "main", [judged(1, 1, "restock")]))
    assert shop.units(waiting) == {"promised": 1}
    assert shop.units(order) == {"returned": 1}


def test_an_order_of_two_parcels_gets_back_the_cost_of_both_and_no_more(shop: Shop) -> None:
    shop.sku("mug", price="3.33", stock=1, cost=101)
    shop.sku("cup", price="1.00", stock=1)
    order = shop.do(PlaceOrder("web", [LineAsk("mug", Decimal(1)), LineAsk("cup", Decimal(1))]))["id"]
    shop.ship(order, lines=[units(1, 1)])
    shop.ship(order)
    back = shop.do(AnnounceReturn(order, [units(1, 1), units(2, 1)]))["id"]
    shop.do(ReceiveReturn(back))
    shop.do(InspectReturn(back, "main", [judged(1, 1, "restock"), judged(2, 1, "restock")]))
    assert shop.rows("SELECT value_minor FROM valuations ORDER BY value_minor") == [(101,), (500,)]
    corrected = shop.rows(
        "SELECT i.number FROM invoices c JOIN invoices i ON i.id = c.corrects_id WHERE c.kind = 'credit_note'"
    )
    assert corrected == [(1,)], "the first invoice that holds one of the lines"
    assert shop.balance("receivable") == shop.balance("cost_of_goods") == 0
