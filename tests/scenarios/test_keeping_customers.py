"""What is known of a customer changes; what was ordered, invoiced and agreed before does not."""

import pytest

from orderwell.customers.actions import CustomerBlocked, CustomerMerged
from orderwell.flows.keep_customers import ChangeCustomer
from orderwell.flows.merge_customers import MergeCustomer
from orderwell.kit.errors import Invalid
from tests.support.shop import Shop


@pytest.fixture
def known(shop: Shop) -> Shop:
    shop.sku("lamp", price="49.95", stock=50, cost=2000)
    shop.customer("jansen", name="Jansen", email="jansen@example.com", phone="06-1", terms_days=30)
    return shop


def test_what_is_said_changes_and_what_is_left_out_stays(known: Shop) -> None:
    told = known.do(ChangeCustomer("jansen", name="J. Jansen", phone="", kind="company", vat_number="NL001"))
    assert (told["name"], told["phone"], told["kind"], told["vat_number"]) == ("J. Jansen", "", "company", "NL001")
    assert (told["email"], told["terms_days"], told["version"]) == ("jansen@example.com", 30, 2)
    [(data,)] = known.rows("SELECT data FROM events WHERE type = 'customer.changed'")
    assert data == '{"changed":["kind","name","phone","vat_number"]}', "which fields, never what they say"


def test_saying_what_is_so_already_changes_nothing(known: Shop) -> None:
    assert known.do(ChangeCustomer("jansen", name="Jansen"))["version"] == 1
    assert known.rows("SELECT COUNT(*) FROM events WHERE type = 'customer.changed'") == [(0,)]


def test_terms_hold_for_orders_to_come(known: Shop) -> None:
    before = known.order(customer="jansen", lamp=1)
    known.do(ChangeCustomer("jansen", terms_days=14))
    after = known.order(customer="jansen", lamp=1)
    for order in (before, after):
        known.ship(order)
    assert known.rows("SELECT issued_on, due_on FROM invoices ORDER BY id") == [
        ("2026-01-05", "2026-02-04"), ("2026-01-05", "2026-01-19"),
    ]  # fmt: skip


def test_no_order_is_taken_from_a_blocked_customer_until_they_are_let_in_again(known: Shop) -> None:
    known.do(ChangeCustomer("jansen", status="blocked"))
    with pytest.raises(CustomerBlocked, match="is blocked"):
        known.order(customer="jansen", lamp=1)
    known.do(ChangeCustomer("jansen", status="active"))
    assert known.order(customer="jansen", lamp=1)


def test_who_is_kept_under_another_is_changed_there(known: Shop) -> None:
    known.customer("other")
    known.do(MergeCustomer("other", "jansen"))
    with pytest.raises(CustomerMerged):
        known.do(ChangeCustomer("other", name="Nobody"))
    with pytest.raises(Invalid, match="no customer"):
        known.do(ChangeCustomer("nobody", name="Nobody"))
