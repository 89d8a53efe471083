"""A till's day: the float is counted, sales, refunds, paid in and paid out, and at the end the drawer is counted."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.access.actions import PersonDisabled
from orderwell.flows.keep_access import AddPerson, DisablePerson
from orderwell.flows.keep_books import LockPeriod
from orderwell.flows.keep_catalog import AddLocation
from orderwell.flows.keep_drawer import CloseDrawer, KeepTill, OpenDrawer, PayIn, PayOut, TillMoved
from orderwell.flows.place_order import LineAsk
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.flows.refund_payment import RefundOrder, RefundPayment
from orderwell.flows.sell_at_till import Sell
from orderwell.kit.errors import Invalid, NotFound
from orderwell.tills import queries
from orderwell.tills.actions import DrawerNotOpen, DrawerOpen, NotInDrawer, SessionClosed, TillClosed
from orderwell.values.ids import parse
from tests.support.money import check_money
from tests.support.shop import Shop


@pytest.fixture
def counter(shop: Shop) -> Shop:
    """A shop with a till, somebody at it, and lamps of 49.95."""
    shop.do(KeepTill("front", "Front counter", "main"))
    shop.do(AddPerson("Noor", "noor@example.com", ["shop_floor"]))
    shop.sku("lamp", price="49.95", stock=20, cost=2000)
    return shop


def open_drawer(shop: Shop, counted: int = 15_000, **more: Any) -> str:
    return str(shop.do(OpenDrawer("front", "noor@example.com", counted, **more))["id"])


def sell(shop: Shop, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return dict(shop.do(Sell("till", [LineAsk("lamp", Decimal(quantity))], "main", till="front", **more)))


def z_report(shop: Shop, session: str) -> dict[str, Any]:
    number = parse("drawer_session", session)
    assert number is not None
    with shop.app.database.reading() as connection:
        found = queries.z_report(connection, number)
    assert found is not None
    return found


def methods(report: dict[str, Any]) -> dict[str, tuple[int, int, int, int]]:
    return {
        each["method"]: (each["payments"], each["received"], each["refunds"], each["refunded"])
        for each in report["methods"]
    }


def test_a_day_at_the_till_from_float_to_z_report(counter: Shop) -> None:
    shop = counter
    session = open_drawer(shop)
    sale = sell(shop, 2, tendered=10_000)
    sell(shop, method="pin", terminal_reference="T1-0042")
    shop.do(RefundPayment(sale["payment"]["id"], 4_995, till="front"))
    shop.do(PayIn("front", 5_000, "coins"))
    shop.do(PayOut("front", 1_250, "window cleaner"))
    running = z_report(shop, session)
    assert (running["expected"], running["counted"], running["difference"]) == (23_745, None, None)

    closed = shop.do(CloseDrawer(session, 23_700, deposited=8_700, person="noor@example.com"))

    assert (closed["expected"], closed["counted"], closed["difference"], closed["left"]) == (
        23_745, 23_700, -45, 15_000,
    )  # fmt: skip
    report = z_report(shop, session)
    assert methods(report) == {"cash": (1, 9_990, 1, 4_995), "pin": (1, 4_995, 0, 0)}
    assert (report["float"], report["brought"], report["paid_in"], report["paid_out"]) == (15_000, 15_000, 5_000, 1_250)
    assert [each["reason"] for each in report["cash_movements"]] == ["coins", "window cleaner"]
    assert report["closed_person"] == report["person"]
    cash = [line for line in shop.journal().splitlines() if line.startswith("cash_")]
    assert cash == [
        "cash_movement: cash <- bank 150.00",
        "cash_movement: cash <- bank 50.00",
        "cash_movement: petty_expenses <- cash 12.50",
        "cash_difference: cash_differences <- cash 0.45",
        "cash_movement: bank <- cash 87.00",
    ]
    assert (shop.balance("cash"), shop.balance("cash_differences")) == (15_000, 45)
    check_money(shop)
    shop.prove()


def test_too_much_in_the_drawer_is_posted_the_other_way(counter: Shop) -> None:
    session = open_drawer(counter)
    counter.do(CloseDrawer(session, 15_020))
    assert counter.journal(template="cash_difference") == "cash_difference: cash <- cash_differences 0.20"
    counter.prove()


def test_what_was_counted_wrongly_in_the_evening_comes_right_in_the_morning(counter: Shop) -> None:
    """A session is never opened again: the correction is a posting of its own."""
    first = open_drawer(counter)
    counter.do(CloseDrawer(first, 14_000))
    counter.days_pass(1)
    second = counter.do(OpenDrawer("front", "noor@example.com", 20_000, brought=5_000))
    assert (second["number"], second["brought"], second["float_difference"]) == (2, 5_000, 1_000)
    assert counter.journal(template="cash_difference") == "\n".join(
        ["cash_difference: cash_differences <- cash 10.00", "cash_difference: cash <- cash_differences 10.00"]
    )
    assert counter.balance("cash_differences") == 0
    assert counter.balance("cash") == 20_000
    counter.prove()


def test_one_drawer_has_one_open_session_and_a_session_closes_once(counter: Shop) -> None:
    session = open_drawer(counter)
    with pytest.raises(DrawerOpen, match="close that session first"):
        open_drawer(counter, 10_000)
    counter.do(CloseDrawer(session, 15_000))
    journal = counter.journal()
    with pytest.raises(SessionClosed, match="stays closed"):
        counter.do(CloseDrawer(session, 14_000))
    assert counter.journal() == journal
    counter.do(KeepTill("back", "Back counter", "main"))
    open_drawer(counter)
    counter.do(OpenDrawer("back", "noor@example.com", 5_000))  # another drawer is another matter
    counter.prove()


def test_nothing_is_paid_at_a_till_whose_drawer_is_not_open(counter: Shop) -> None:
    order = counter.order(lamp=1)
    for ask in (
        Sell("till", [LineAsk("lamp", Decimal(1))], "main", till="front"),
        ReceivePayment("cash", order=order, till="front"),
        PayIn("front", 100),
        PayOut("front", 100),
    ):
        with pytest.raises(DrawerNotOpen, match="open it first"):
            counter.do(ask)
    assert counter.rows("SELECT COUNT(*) FROM payments") == [(0,)]
    assert counter.stock_of("lamp")["promised"] == 1


def test_a_payment_and_a_refund_of_an_order_at_the_till_belong_to_its_drawer(counter: Shop) -> None:
    session = open_drawer(counter)
    order = counter.order(lamp=2)
    counter.do(ReceivePayment("cash", order=order, till="front"))
    counter.cancel(order, line1=1)
    counter.do(RefundOrder(order, till="front"))
    elsewhere = counter.order(lamp=1)
    counter.do(ReceivePayment("cash", order=elsewhere))  # at no till: in no drawer
    report = z_report(counter, session)
    assert methods(report)["cash"] == (1, 9_990, 1, 4_995)
    assert report["expected"] == 19_995
    counter.prove()


def test_no_more_is_taken_out_than_is_in(counter: Shop) -> None:
    sale = counter.do(Sell("till", [LineAsk("lamp", Decimal(1))], "main"))
    open_drawer(counter, 1_000)
    with pytest.raises(NotInDrawer, match=r"49\.95 was to be taken from the drawer, 10\.00 should be in it"):
        counter.do(RefundPayment(sale["payment"]["id"], till="front"))
    with pytest.raises(NotInDrawer):
        counter.do(PayOut("front", 1_001))
    assert counter.rows("SELECT refunded_minor FROM payments") == [(0,)]
    counter.do(PayOut("front", 1_000))
    counter.prove()


def test_cash_in_whole_coins_is_in_the_drawer_as_it_was_paid(database_url: str) -> None:
    shop = Shop(database_url, cash_rounding=5)
    shop.do(KeepTill("front", "Front counter", "main"))
    shop.do(AddPerson("Noor", "noor@example.com"))
    shop.sku("lamp", price="49.98", stock=5)
    session = open_drawer(shop, 0)
    sale = sell(shop)
    assert (sale["to_pay"], z_report(shop, session)["expected"]) == (5_000, 5_000)
    shop.do(RefundPayment(sale["payment"]["id"], till="front"))
    assert z_report(shop, session)["expected"] == 0
    shop.do(CloseDrawer(session, 0))
    shop.prove()
    shop.close()


def test_what_makes_no_sense_is_refused_by_name(counter: Shop) -> None:
    counter.do(AddLocation("barn", "Barn"))
    counter.do(AddPerson("Bram", "bram@example.com"))
    counter.do(DisablePerson("bram@example.com"))
    session = open_drawer(counter)
    order = counter.order(lamp=1)
    for ask, refusal in (
        (OpenDrawer("side", "noor@example.com", 0), Invalid),
        (OpenDrawer("front", "nobody@example.com", 0), Invalid),
        (OpenDrawer("front", "bram@example.com", 0), PersonDisabled),
        (CloseDrawer("drs_0000000000001", 0), NotFound),
        (CloseDrawer(session, 100, deposited=101), Invalid),
        (PayIn("front", 100, account="piggy_bank"), Invalid),
        (PayOut("front", 100, account="receivable"), Invalid),
        (PayOut("front", 100, account="cash"), Invalid),
        (ReceivePayment("bank_transfer", order=order, till="front"), Invalid),
        (Sell("till", [LineAsk("lamp", Decimal(1))], "barn", till="front"), Invalid),
        (KeepTill("front", "Front counter", "barn"), TillMoved),
        (KeepTill("front", "Front counter", "main", status="closed"), DrawerOpen),
    ):
        with pytest.raises(refusal):
            counter.do(ask)
    counter.do(CloseDrawer(session, 15_000, deposited=15_000))
    counter.do(KeepTill("front", "Front counter", "main", status="closed"))
    with pytest.raises(TillClosed):
        open_drawer(counter)


def test_a_drawer_forgotten_over_night_is_posted_on_the_day_it_is_counted(counter: Shop) -> None:
    session = open_drawer(counter)
    counter.days_pass(1)
    counter.do(LockPeriod("2026-01-05"))
    closed = counter.do(CloseDrawer(session, 14_990))
    assert (closed["opened_on"], closed["closed_on"]) == ("2026-01-05", "2026-01-06")
    assert counter.rows("SELECT posted_on FROM journal WHERE template = 'cash_difference'") == [("2026-01-06",)]
    counter.prove()


def test_reasons_are_in_no_event(counter: Shop) -> None:
    open_drawer(counter)
    counter.do(PayOut("front", 500, "advance for Bram Bakker"))
    assert "Bakker" not in str(counter.rows("SELECT data FROM events"))
