"""Lines of a note that stands alone: rounded once each, tax on the sum of each rate, nothing lost in sharing."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwell.invoicing.rules import FreeLine, free_amounts, share_tax
from orderwell.kit.errors import Invalid


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([FreeLine(2, 0, 3790000, 2100, "gross")], [(62645, 13155)]),
        ([FreeLine(1, 0, 900000, 500, "gross"), FreeLine(1, 0, 550000, 500, "gross")], [(8572, 428), (5238, 262)]),
        ([FreeLine(10, 0, 101000, 2300, "net")], [(10100, 2323)]),
        ([FreeLine(2, 0, 121000, 2100, "gross"), FreeLine(-1, 0, 24200, 2100, "gross")], [(2000, 420), (-200, -42)]),
        ([FreeLine(1500, 3, 100000, 0, "net")], [(1500, 0)]),
        ([FreeLine(1, 0, 10, 2100, "net")], [(0, 0)]),
    ],
)
def test_worked_cases(lines: list[FreeLine], expected: list[tuple[int, int]]) -> None:
    assert [tuple(each) for each in free_amounts(lines, currency="EUR")] == expected


AMOUNTS = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20)


@given(AMOUNTS, st.sampled_from([500, 900, 2100, 2500]), st.booleans())
def test_shared_tax_sums_to_the_tax_of_the_sum_and_no_line_is_off_by_more_than_a_cent(
    amounts: list[int], rate_bp: int, net: bool
) -> None:
    whole = 10_000 if net else 10_000 + rate_bp
    parts = share_tax(amounts, rate_bp, whole)
    exact = Decimal(sum(amounts)) * rate_bp / whole
    assert sum(parts) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert all(abs(part - Decimal(amount) * rate_bp / whole) <= 1 for part, amount in zip(parts, amounts, strict=True))


def test_no_credit_note_amounts_to_more_than_can_be_written_down() -> None:
    dear, back = (FreeLine(units, 0, 10**14, 2100, "net") for units in (10**9, -(10**9)))
    for lines in ([dear], [dear, back]):
        with pytest.raises(Invalid, match="more than can be written down"):
            free_amounts(lines, currency="EUR")
