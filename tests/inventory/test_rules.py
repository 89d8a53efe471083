"""Which units from where: every worked case as a row, and what must hold for any case."""

from collections import Counter
from decimal import Decimal
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwell.inventory.rules import (
    EXACT_UP_TO,
    OutOfStock,
    Promise,
    Want,
    allocate,
    cost_of,
    most_stock_first,
)

NAMES = {sku: f"sku{sku}" for sku in range(1, 6)}
Stocks = dict[int, dict[int, int]]


def one(*stocks: int) -> Stocks:
    """SKU 1 at locations 1, 2, 3 …"""
    return {1: dict(enumerate(stocks, 1))}


def told(promises: list[Promise]) -> dict[int, tuple[int, int]]:
    """(promised, awaited) by location, of one line."""
    return {each.location_id: (each.promised, each.awaited) for each in promises}


@pytest.mark.parametrize(
    ("case", "stocks", "quantity", "may_await", "rule", "order", "expected"),
    [
        ("S1", (5,), 5, 0, "fewest_parcels", (1,), {1: (5, 0)}),
        ("S3", (2, 3), 5, 0, "fewest_parcels", (1, 2), {1: (2, 0), 2: (3, 0)}),
        ("S4", (2, 5), 5, 0, "fewest_parcels", (1, 2), {2: (5, 0)}),
        ("S4", (5, 2), 5, 0, "fewest_parcels", (1, 2), {1: (5, 0)}),
        ("S4 in fixed order", (2, 5), 5, 0, "fixed_order", (1, 2), {1: (2, 0), 2: (3, 0)}),
        ("S5", (3, 3, 3), 5, 0, "fewest_parcels", (1, 2, 3), {1: (3, 0), 2: (2, 0)}),
        ("S6", (2, 2, 2), 5, 0, "fewest_parcels", (1, 2, 3), {1: (2, 0), 2: (2, 0), 3: (1, 0)}),
        ("S8", (2, 3), 10, 10, "fewest_parcels", (1, 2), {1: (2, 5), 2: (3, 0)}),
        ("S9", (5, 5), 8, 8, "fewest_parcels", (1, 2), {1: (5, 0), 2: (3, 0)}),
        ("S10", (3, 4), 5, 0, "most_stock", (1, 2), {2: (4, 0), 1: (1, 0)}),
        ("S11", (4, 3), 5, 0, "fixed_order", (2, 1), {2: (3, 0), 1: (2, 0)}),
        ("S12", (9, 5), 5, 0, "fixed_order", (2,), {2: (5, 0)}),
        ("nothing there, all awaited", (0, 0), 3, 3, "fewest_parcels", (1, 2), {1: (0, 3)}),
        ("awaited where the rule begins", (0, 2), 3, 3, "most_stock", (1, 2), {2: (2, 1)}),
        ("a shelf below zero gives nothing", (-2, 3), 3, 0, "fewest_parcels", (1, 2), {2: (3, 0)}),
    ],
)
def test_one_line(
    case: str, stocks: tuple[int, ...], quantity: int, may_await: int, rule: str, order: tuple[int, ...],
    expected: dict[int, tuple[int, int]],
) -> None:  # fmt: skip
    found = allocate([Want(1, 1, quantity, may_await)], one(*stocks), order, names=NAMES, rule=rule)
    assert told(found) == expected, case


@pytest.mark.parametrize(("stocks", "there"), [((0,), 0), ((1,), 1), ((1, 1), 2), ((-3, 1), 1)])
def test_s1_s2_what_falls_short_is_named_with_what_is_there(stocks: tuple[int, ...], there: int) -> None:
    with pytest.raises(OutOfStock) as refused:
        allocate([Want(1, 1, 5, 0)], one(*stocks), range(1, len(stocks) + 1), names=NAMES)
    assert refused.value.facts["items"] == [{"sku": "sku1", "wanted": 5, "available": there}]


def test_s7_two_lines_over_two_locations() -> None:
    stocks = {1: {1: 10}, 2: {1: 1, 2: 10}}
    found = allocate([Want(1, 1, 2, 0), Want(2, 2, 4, 0)], stocks, (1, 2), names=NAMES)
    assert found == [Promise(1, 1, 1, 2, 0), Promise(2, 2, 1, 1, 0), Promise(2, 2, 2, 3, 0)]


def test_two_lines_of_one_sku_share_what_is_there_and_are_named_together() -> None:
    wants = [Want(1, 1, 2, 0), Want(2, 1, 2, 0)]
    assert [each.promised for each in allocate(wants, one(4), (1,), names=NAMES)] == [2, 2]
    with pytest.raises(OutOfStock, match=r"sku1 \(4 wanted, 3 available\)"):
        allocate(wants, one(3), (1,), names=NAMES)


@pytest.mark.parametrize(
    ("stock", "room", "fits"), [(0, 4, True), (0, 3, False), (1, 3, True), (4, 0, True), (3, 0, False), (0, -1, False)]
)
def test_lines_of_a_capped_sku_share_the_room(stock: int, room: int, fits: bool) -> None:
    wants = [Want(1, 1, 2, 2), Want(2, 1, 2, 2)]
    if fits:
        found = allocate(wants, one(stock), (1,), names=NAMES, room={1: room})
        assert sum(each.awaited for each in found) == 4 - stock
    else:
        with pytest.raises(OutOfStock):
            allocate(wants, one(stock), (1,), names=NAMES, room={1: room})


def test_most_stock_first_keeps_the_order_of_equals() -> None:
    assert most_stock_first([3, 1, 2], [Want(1, 1, 9, 0)], one(2, 5, 2)) == [2, 3, 1]


LOCATIONS = st.integers(1, 5)
STOCKS = st.dictionaries(st.integers(1, 3), st.dictionaries(LOCATIONS, st.integers(-1, 6), max_size=5), max_size=3)
WANTS = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 8), st.booleans()), min_size=1, max_size=5)
RULES = st.sampled_from(["fewest_parcels", "most_stock", "fixed_order"])


def wants_of(drawn: list[tuple[int, int, bool]]) -> list[Want]:
    return [Want(n, sku, units, units if waits else 0) for n, (sku, units, waits) in enumerate(drawn, 1)]


def held(stocks: Stocks, sku: int, places: tuple[int, ...]) -> int:
    return sum(max(stocks.get(sku, {}).get(place, 0), 0) for place in places)


@given(STOCKS, WANTS, st.permutations([1, 2, 3, 4, 5]), RULES)
def test_never_more_than_available_and_always_all_that_was_wanted(
    stocks: Stocks, drawn: list[tuple[int, int, bool]], order: list[int], rule: str
) -> None:
    wants = wants_of(drawn)
    try:
        found = allocate(wants, stocks, order, names=NAMES, rule=rule)
    except OutOfStock as refused:
        for item in refused.facts["items"]:
            sku = int(item["sku"].removeprefix("sku"))
            asked = sum(want.quantity for want in wants if want.sku_id == sku)
            assert (item["wanted"], item["available"]) == (asked, held(stocks, sku, (1, 2, 3, 4, 5)))
            assert asked > item["available"]
        return
    taken: Counter[tuple[int, int]] = Counter()
    for each in found:
        assert each.promised >= 0 <= each.awaited
        assert each.promised + each.awaited > 0
        taken[each.sku_id, each.location_id] += each.promised
    for (sku, place), units in taken.items():
        assert units <= held(stocks, sku, (place,))
    for want in wants:
        mine = [each for each in found if each.line == want.line]
        assert sum(each.promised + each.awaited for each in mine) == want.quantity
        assert sum(each.awaited for each in mine) <= want.may_await
        assert len({each.location_id for each in mine}) == len(mine)
    for sku in {want.sku_id for want in wants}:  # nothing is awaited while it lies somewhere
        awaited = sum(each.awaited for each in found if each.sku_id == sku)
        promised = sum(each.promised for each in found if each.sku_id == sku)
        assert not awaited or promised == held(stocks, sku, (1, 2, 3, 4, 5))


@given(STOCKS, WANTS)
def test_the_fewest_parcels_are_the_fewest_there_can_be(stocks: Stocks, drawn: list[tuple[int, int, bool]]) -> None:
    wants = [want._replace(may_await=want.quantity) for want in wants_of(drawn)]
    found = allocate(wants, stocks, (1, 2, 3, 4, 5), names=NAMES)
    asked = Counter({want.sku_id: 0 for want in wants})
    for want in wants:
        asked[want.sku_id] += want.quantity
    goal = {sku: min(units, held(stocks, sku, (1, 2, 3, 4, 5))) for sku, units in asked.items()}
    sets = chain.from_iterable(combinations((1, 2, 3, 4, 5), size) for size in range(6))
    fewest = next(places for places in sets if all(held(stocks, sku, places) >= units for sku, units in goal.items()))
    assert len({each.location_id for each in found if each.promised}) == len(fewest)
    assert sum(each.promised for each in found) == sum(goal.values())


@given(st.lists(st.integers(0, 9), min_size=EXACT_UP_TO + 1, max_size=EXACT_UP_TO + 6), st.integers(1, 60))
def test_beyond_a_handful_of_locations_all_is_still_found(stocks: list[int], quantity: int) -> None:
    order = range(1, len(stocks) + 1)
    found = allocate([Want(1, 1, quantity, quantity)], one(*stocks), order, names=NAMES)
    assert sum(each.promised for each in found) == min(quantity, sum(stocks))


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(0, 10_000))
def test_the_costs_of_all_that_leaves_sum_to_what_was_held(parts: list[int], value: int) -> None:
    quantity, left, total = sum(parts), value, 0
    for part in parts:
        cost = cost_of(part, held=quantity, value_minor=left)
        assert cost >= 0
        quantity, left, total = quantity - part, left - cost, total + cost
    assert (quantity, left, total) == (0, 0, value)


def test_moving_average_rounds_halves_away() -> None:
    assert cost_of(1, held=2, value_minor=5) == 3
    assert Decimal(cost_of(2, held=3, value_minor=100)) == 67
