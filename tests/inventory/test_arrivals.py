"""What there will be when, and who gets what comes: cases, and what always holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwell.inventory.arrivals import Arrival, From, availability, expected
from orderwell.inventory.rules import value_taken

MON, WED, SAT = "2026-01-05", "2026-01-07", "2026-01-10"


@pytest.mark.parametrize(
    ("available", "awaited", "arrivals", "days"),
    [
        (10, 0, [Arrival(SAT, 20)], [From(MON, 10), From(SAT, 30)]),  # S16
        (0, 25, [Arrival(SAT, 20)], [From(MON, 0)]),
        (0, 5, [Arrival(SAT, 20)], [From(MON, 0), From(SAT, 15)]),
        (0, 5, [Arrival(SAT, 20), Arrival(WED, 3)], [From(MON, 0), From(SAT, 18)]),
        (1, 0, [Arrival(SAT, 2), Arrival(SAT, 3)], [From(MON, 1), From(SAT, 6)]),
        (1, 0, [Arrival(MON, 2)], [From(MON, 1)]),  # due today and not here: it has no day any more
        (4, 0, [], [From(MON, 4)]),
    ],
)
def test_availability_by_date(available: int, awaited: int, arrivals: list[Arrival], days: list[From]) -> None:
    assert availability(available=available, awaited=awaited, arrivals=arrivals, today=MON) == days


coming = st.lists(st.builds(Arrival, st.sampled_from(["2026-01-01", MON, WED, SAT, "2026-02-01"]), st.integers(1, 99)))


@given(st.lists(st.integers(1, 50), max_size=8), coming)
def test_nobody_is_told_of_units_that_do_not_come(waiting: list[int], arrivals: list[Arrival]) -> None:
    found = expected(waiting, arrivals, MON)
    for who, units in enumerate(waiting):
        assert sum(each.quantity for each in found if each.who == who) == units
    for day in {each.on for each in found if each.on is not None}:
        told = sum(each.quantity for each in found if each.on == day)
        assert 0 < told <= sum(each.quantity for each in arrivals if each.on == day)
        assert day > MON
    days = [each.on or "9999" for each in found]
    assert days == sorted(days)


@given(st.integers(0, 500), st.lists(st.integers(1, 50), max_size=8), coming)
def test_what_is_left_after_those_who_wait_is_what_can_be_promised(
    available: int, waiting: list[int], arrivals: list[Arrival]
) -> None:
    days = availability(available=available, awaited=sum(waiting), arrivals=arrivals, today=MON)
    told = sum(each.quantity for each in expected(waiting, arrivals, MON) if each.on is not None)
    comes = sum(each.quantity for each in arrivals if each.on > MON)
    assert days[-1].available == available + comes - told
    assert [each.day for each in days] == sorted({each.day for each in days})


@given(st.integers(1, 100), st.integers(0, 10**6), st.integers(0, 100), st.integers(0, 10**6))
def test_units_that_go_at_their_own_cost_never_leave_a_value_behind(
    quantity: int, cost: int, left: int, value: int
) -> None:
    taken = value_taken(quantity, cost, held=quantity + left, value_minor=value)
    assert 0 <= taken <= value
    assert left or taken == value
