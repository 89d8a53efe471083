"""What units that come back cost: in parts that sum to what left."""

from hypothesis import given
from hypothesis import strategies as st

from orderwell.returns.rules import cost_back

PARCELS = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 10_000)), min_size=1, max_size=5)


@given(PARCELS, st.data())
def test_all_that_comes_back_in_any_parts_costs_what_left(parcels: list[tuple[int, int]], data: st.DataObject) -> None:
    whole = sum(units for units, _ in parcels)
    before = total = 0
    while before < whole:
        units = data.draw(st.integers(1, whole - before))
        cost = cost_back(parcels, before=before, units=units)
        assert cost is not None
        assert cost >= 0
        before, total = before + units, total + cost
    assert total == sum(cost for _, cost in parcels)


def test_of_more_than_left_nothing_can_be_said() -> None:
    assert cost_back([(2, 100)], before=1, units=2) is None
    assert cost_back([], before=0, units=1) is None
