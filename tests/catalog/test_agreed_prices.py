"""Which of the prices agreed with one customer holds for a line."""

import pytest

from orderwell.catalog.model import CustomerPrice
from orderwell.catalog.rules import agreed_price


def price(
    e4: int, *, quantity: int = 0, first: str = "2026-01-01", last: str | None = None, currency: str = "EUR"
) -> CustomerPrice:
    return CustomerPrice(e4, 1, 1, currency, quantity, first, last, e4, "net")


AGREED = [
    price(100, last="2026-06-30"),
    price(90, first="2026-04-01"),
    price(80, quantity=10),
    price(70, quantity=100, first="2026-02-01", last="2026-02-28"),
    price(10, currency="USD"),
    price(5, first="2026-03-01", last="2026-02-28"),  # ended before it began
]


@pytest.mark.parametrize(
    ("day", "quantity", "expected"),
    [
        ("2025-12-31", 1, None),
        ("2026-01-01", 1, 100),
        ("2026-03-31", 9, 100),
        ("2026-04-01", 1, 90),
        ("2026-07-01", 1, 90),
        ("2026-01-01", 10, 80),
        ("2026-04-01", 99, 80),
        ("2026-01-31", 100, 80),
        ("2026-02-01", 100, 70),
        ("2026-02-28", 100, 70),
        ("2026-03-01", 100, 80),
    ],
)
def test_the_largest_quantity_reached_then_the_latest_agreement(day: str, quantity: int, expected: int | None) -> None:
    for order in (AGREED, AGREED[::-1]):
        found = agreed_price(order, quantity=quantity, currency="EUR", day=day)
        assert (found.price_e4 if found else None) == expected


def test_another_currency_has_agreements_of_its_own() -> None:
    found = agreed_price(AGREED, quantity=1000, currency="USD", day="2026-02-15")
    assert found is not None
    assert found.price_e4 == 10
    assert agreed_price(AGREED, quantity=1, currency="GBP", day="2026-02-15") is None
