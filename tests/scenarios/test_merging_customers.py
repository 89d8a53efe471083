"""Two customers turn out to be one: all is found under the one that is kept, and nothing that is written changes."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.customers.actions import CustomerBlocked, CustomerMerged
from orderwell.customers.queries import family, listed
from orderwell.flows.apply_credit import ApplyCredit
from orderwell.flows.confirm_order import ConfirmOrder
from orderwell.flows.keep_customer_prices import SetCustomerPrice
from orderwell.flows.keep_portal import AddPortalAccount
from orderwell.flows.merge_customers import MergeCustomer, NotMerged, SplitCustomer
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.kit.errors import Invalid
from orderwell.reports.customers import customer_figures
from orderwell.reports.debts import receivables
from orderwell.reports.sales import sales_by_customer
from orderwell.values.ids import parse
from tests.support.money import check_money
from tests.support.shop import Shop


@pytest.fixture
def twice(shop: Shop) -> Shop:
    """Jansen ordered one lamp as `old` and two as `new`; both are to be paid."""
    shop.sku("lamp", price="49.95", stock=50, cost=2000)
    shop.customer("old", name="Jansen", terms_days=30, email="jansen@example.com", phone="06-1")
    shop.customer("new", name="J. Jansen", terms_days=30, phone="06-2")
    shop.ship(shop.order(customer="old", lamp=1))
    shop.ship(shop.order(customer="new", lamp=2))
    return shop


def merge(shop: Shop, gone: str = "old", into: str = "new") -> dict[str, Any]:
    return shop.do(MergeCustomer(gone, into))


def written(shop: Shop) -> list[Any]:
    """All that must not change."""
    tables = ("journal", "open_items", "settlements", "invoices", "orders", "payments")
    return [shop.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


def figures(shop: Shop) -> list[tuple[str, int, int, int]]:
    with shop.app.database.reading() as connection:
        data = customer_figures(connection)["data"]
        for row in data:
            assert customer_figures(connection, customer=row["reference"])["data"] == [row]
    return [(row["reference"], row["orders"], row["lifetime_value"], row["open_balance"]) for row in data]


def test_figures_and_debts_are_of_the_one_that_is_kept_and_nothing_written_changes(twice: Shop) -> None:
    before = written(twice)
    assert figures(twice) == [("new", 1, 9_990, 9_990), ("old", 1, 4_995, 4_995)]

    told = merge(twice)

    assert (told["reference"], told["email"], told["phone"]) == ("new", "jansen@example.com", "06-2")
    assert figures(twice) == [("new", 2, 14_985, 14_985)]
    [(net,)] = twice.rows("SELECT SUM(gross_minor) FROM invoices")
    assert net == 14_985
    with twice.app.database.reading() as connection:
        [owed] = receivables(connection)["data"]
        [sold] = sales_by_customer(connection)["data"]
        assert customer_figures(connection, customer="old")["data"][0]["reference"] == "new"
        found = {name: [row["row"].reference for row in listed(connection, search=name)["data"]] for name in ("06-1",)}
    assert (owed["reference"], owed["total"], sold["reference"], found) == ("new", 14_985, "new", {"06-1": ["new"]})
    assert written(twice) == before
    twice.prove()


def test_an_order_that_names_the_merged_one_is_refused_by_name(twice: Shop) -> None:
    kept = merge(twice)["id"]
    with pytest.raises(CustomerMerged, match="merged into cus_") as refusal:
        twice.order(customer="old", lamp=1)
    assert refusal.value.facts == {"customer": kept}
    with pytest.raises(CustomerMerged):
        twice.do(AddPortalAccount("old", "Noor", "noor@example.com"))
    assert twice.order(customer="new", lamp=1)


def test_a_payment_of_either_settles_what_both_owe(twice: Shop) -> None:
    merge(twice)
    twice.do(ReceivePayment("bank_transfer", 15_000, customer="old"))
    assert twice.rows("SELECT document, open_minor FROM open_items WHERE open_minor <> 0") == [("payment", -15)]
    assert twice.journal(template="payment") == "payment: bank <- receivable 150.00"
    twice.ship(twice.order(customer="new", lamp=1))
    assert twice.do(ApplyCredit("new"))["applied"] == 15
    check_money(twice)
    twice.prove()


def test_what_was_ordered_before_goes_on_under_the_one_that_is_kept(twice: Shop) -> None:
    draft = twice.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], customer="old", draft=True))["id"]
    waiting = twice.order(customer="old", lamp=1)
    merge(twice)
    twice.do(ConfirmOrder(draft))
    twice.ship(waiting)
    assert figures(twice) == [("new", 4, 19_980, 19_980)]
    twice.prove()


def test_agreed_prices_are_taken_over_where_there_are_none(twice: Shop) -> None:
    twice.sku("bulb", price="2.55", stock=50)
    twice.do(SetCustomerPrice("old", "lamp", Decimal("40.00")))
    twice.do(SetCustomerPrice("old", "bulb", Decimal("2.00")))
    twice.do(SetCustomerPrice("new", "bulb", Decimal("2.20")))
    merge(twice)
    lines = [LineAsk("lamp", Decimal(1)), LineAsk("bulb", Decimal(1))]
    order = twice.do(PlaceOrder("web", lines, customer="new"))
    assert [line["unit_price"] for line in order["lines"]] == ["40.00", "2.20"]
    twice.prove()


def test_merged_and_merged_again_is_one_step_from_the_one_that_is_kept(twice: Shop) -> None:
    last = twice.customer("last")["id"]
    merge(twice, "old", "new")
    merge(twice, "new", "last")
    assert [row[0] for row in figures(twice)] == ["last"]
    with twice.app.database.reading() as connection:
        members = family(connection, parse("customer", last) or 0)
    assert len(members) == 3
    twice.prove()


def test_split_again_each_has_what_it_had(twice: Shop) -> None:
    before = figures(twice)
    merge(twice)
    twice.do(SplitCustomer("old"))
    assert figures(twice) == before
    assert twice.order(customer="old", lamp=1)
    with pytest.raises(NotMerged):
        twice.do(SplitCustomer("old"))
    twice.prove()


def test_what_makes_no_sense_is_refused(twice: Shop) -> None:
    for gone, into in (("old", "old"), ("nobody", "new"), ("old", "nobody")):
        with pytest.raises(Invalid):
            merge(twice, gone, into)
    merge(twice)
    for gone, into in (("old", "new"), ("new", "old")):
        with pytest.raises(CustomerBlocked):
            merge(twice, gone, into)
