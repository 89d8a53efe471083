"""Allocation: which units from where. Pure; every case of `cases/stock` is a row in its test."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from ..kit.errors import Conflict
from ..values.money import divide_half_away

EXACT_UP_TO = 10  # locations; beyond that, subsets are too many and locations are taken greedily


class OutOfStock(Conflict):
    code = "out_of_stock"
    title = "There is not enough stock"


class Want(NamedTuple):
    """`quantity` of a SKU for one line, and how many units more than what is there may be awaited."""

    line: int
    sku_id: int
    quantity: int
    may_await: int


class Promise(NamedTuple):
    line: int
    sku_id: int
    location_id: int
    promised: int
    awaited: int


Available = Mapping[int, Mapping[int, int]]  # sku → location → units that can still be promised


def allocate(
    wants: Sequence[Want], available: Available, order: Sequence[int], *, names: Mapping[int, str]
) -> list[Promise]:
    """Share wants out over locations: fewest parcels first, then the given order of locations.

    What is not there is awaited at the first location, as far as each want allows; else OutOfStock names every SKU
    that falls short and nothing is allocated.
    """
    if len(order) == 1:
        chosen = order
    else:
        chosen = _fewest(wants, available, order)
    left = {sku: {place: max(units.get(place, 0), 0) for place in chosen} for sku, units in available.items()}
    promises: list[Promise] = []
    short: dict[int, int] = {}
    for want in wants:
        rest = want.quantity
        mine: dict[int, int] = {}
        places = left.get(want.sku_id, {})
        for place in chosen:
            taken = min(rest, places.get(place, 0))
            if taken > 0:
                places[place] -= taken
                mine[place] = taken
                rest -= taken
        if rest > want.may_await:
            short[want.sku_id] = short.get(want.sku_id, 0) + rest
        awaited_at = order[0] if rest else None
        for place in order:
            if place in mine or place == awaited_at:
                awaited = rest if place == awaited_at else 0
                promises.append(Promise(want.line, want.sku_id, place, mine.get(place, 0), awaited))
    if short:
        asked = {sku: sum(want.quantity for want in wants if want.sku_id == sku) for sku in short}
        items = [
            {
                "sku": names[sku],
                "wanted": asked[sku],
                "available": sum(max(n, 0) for n in available.get(sku, {}).values()),
            }
            for sku in short
        ]
        listed = ", ".join(f"{item['sku']} ({item['wanted']} wanted, {item['available']} available)" for item in items)
        raise OutOfStock(f"Not enough stock: {listed}.", items=items)
    return promises


def _fewest(wants: Sequence[Want], available: Available, order: Sequence[int]) -> Sequence[int]:
    """The smallest set of locations that holds as much as all of them; the earliest in the order among equals."""
    asked: dict[int, int] = {}
    for want in wants:
        asked[want.sku_id] = asked.get(want.sku_id, 0) + want.quantity

    def held(places: Sequence[int]) -> dict[int, int]:
        return {
            sku: min(quantity, sum(max(available.get(sku, {}).get(place, 0), 0) for place in places))
            for sku, quantity in asked.items()
        }

    useful = [place for place in order if any(held([place]).values())]
    best = held(useful)
    if len(useful) <= EXACT_UP_TO:
        for size in range(1, len(useful)):
            for places in combinations(useful, size):
                if held(places) == best:
                    return places
        return useful
    chosen: list[int] = []
    while held(chosen) != best:
        now = held(chosen)
        chosen.append(
            max(
                (place for place in useful if place not in chosen),
                key=lambda place: sum(held([*chosen, place]).values()) - sum(now.values()),
            )
        )
    return [place for place in order if place in chosen]


def most_stock_first(order: Sequence[int], wants: Sequence[Want], available: Available) -> list[int]:
    """Locations by how many of the wanted units they hold, most first; equals keep their order."""
    skus = {want.sku_id for want in wants}
    return sorted(order, key=lambda place: -sum(max(available.get(sku, {}).get(place, 0), 0) for sku in skus))


def cost_of(quantity: int, *, held: int, value_minor: int) -> int:
    """Moving average cost of `quantity` out of `held` units worth `value_minor`; the last unit takes the rest."""
    assert 0 < quantity <= held
    return value_minor if quantity == held else divide_half_away(value_minor * quantity, held)
