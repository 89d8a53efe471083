"""What people type becomes what a request holds, as their language writes it."""

from decimal import Decimal

import pytest

from orderwell.flows.cancel_order import CancelOrder
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.kit.errors import Invalid
from orderwell.web.asked_fields import members_of
from orderwell.web.numbers import decimal_typed, money, number


@pytest.mark.parametrize(
    ("text", "language", "plain"),
    [
        ("12,50", "nl", "12.50"), ("12.50", "nl", "12.50"), ("1.234,5", "nl", "1234.5"), ("1.234", "nl", "1234"),
        ("€ 1.234.567,89", "nl", "1234567.89"), ("12.50", "en", "12.50"), ("12,50", "en", "12.50"),
        ("1,234.50", "en", "1234.50"), ("1,234", "en", "1234"), ("-3", "nl", "-3"), ("twelve", "en", "twelve"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_the_language_writes_them(text: str, language: str, plain: str) -> None:
    assert decimal_typed(text, language) == plain


def test_amounts_are_typed_in_euros_and_held_in_cents() -> None:
    typed = {"method": "cash", "amount": "12,5", "reference": "", "order": "ord_1"}
    assert members_of(ReceivePayment, typed, language="nl", currency="EUR") == {
        "method": "cash", "amount": 1250, "order": "ord_1",
    }  # fmt: skip
    yen = members_of(ReceivePayment, {"amount": "1250"}, language="en", currency="JPY")
    assert yen == {"amount": 1250}


@pytest.mark.parametrize("amount", ["12,345", "a lot", "1e40", "NaN", "٣", "9" * 30])
def test_what_is_no_amount_is_refused_by_name(amount: str) -> None:
    with pytest.raises(Invalid) as refused:
        members_of(ReceivePayment, {"amount": f"0{amount}"}, language="nl", currency="EUR")
    assert refused.value.problems[0].pointer == "/amount"


def test_lines_in_which_nothing_was_typed_are_no_lines() -> None:
    typed = {"lines.0.=line": "1", "lines.0.quantity": "", "lines.1.=line": "2", "lines.1.quantity": "3", "reason": ""}
    found = members_of(CancelOrder, typed, language="en", currency="EUR")
    assert found == {"lines": [{"line": 2, "quantity": "3"}]}
    assert members_of(CancelOrder, {"lines.0.=line": "1", "lines.0.quantity": ""}, language="en", currency="EUR") == {}


def test_fields_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(Invalid):
        members_of(CancelOrder, {"lines": "x", "lines.0.quantity": "3"}, language="en", currency="EUR")


def test_figures_are_written_as_the_language_does() -> None:
    assert money(123456, "EUR", "nl").replace("\xa0", " ") == "€ 1.234,56"
    assert money(123456, "EUR", "en") == "€1,234.56"
    assert money(-5, "EUR", "en") == "-€0.05"
    assert number(Decimal("1500.250"), "nl") == "1.500,25"
