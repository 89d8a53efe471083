"""Allocation: which units from where. Pure; every case of `cases/stock` is a row in its test."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from ..kit.errors import Conflict
from ..kit.sentences import Sentence
from ..values.money import divide_half_away
from .model import SOURCING

EXACT_UP_TO = 10  # locations; beyond that, subsets are too many and locations are taken greedily


class OutOfStock(Conflict):
    code = "out_of_stock"
    title = "There is not enough stock"


class Want(NamedTuple):
    """`quantity` of a SKU for one line, and how many of these units may be awaited where they are not there."""

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
    wants: Sequence[Want], available: Available, order: Sequence[int], *, names: Mapping[int, str],
    rule: str = "fewest_parcels", room: Mapping[int, int] | None = None,
) -> list[Promise]:  # fmt: skip
    """Share wants out over locations by the rule: all of them, or OutOfStock names every SKU that falls short.

    What is not there is awaited at the first location of the rule's order, as far as each want allows and, for SKUs in
    `room`, as many units as there is room for in all.
    """
    assert rule in SOURCING, rule
    if rule == "most_stock":
        order = most_stock_first(order, wants, available)
    chosen = _fewest(wants, available, order) if rule == "fewest_parcels" and len(order) > 1 else order
    left = {sku: {place: units.get(place, 0) for place in chosen} for sku, units in available.items()}
    rooms = dict(room or {})
    promises: list[Promise] = []
    short: set[int] = set()
    for want in wants:
        taken = _take(want.quantity, left.get(want.sku_id, {}), chosen)
        missing = want.quantity - sum(taken.values())
        if missing > min(want.may_await, rooms.get(want.sku_id, want.may_await)):
            short.add(want.sku_id)
        if missing and want.sku_id in rooms:
            rooms[want.sku_id] -= missing
        for place in order:
            awaited = missing if place == order[0] else 0
            if awaited or place in taken:
                promises.append(Promise(want.line, want.sku_id, place, taken.get(place, 0), awaited))
    if short:
        raise _out_of_stock(wants, available, short, names)
    return promises


def most_stock_first(order: Sequence[int], wants: Iterable[Want], available: Available) -> list[int]:
    """Locations by how many units of the wanted SKUs they hold, most first; equals keep their order."""
    skus = {want.sku_id for want in wants}
    return sorted(order, key=lambda place: -sum(max(available.get(sku, {}).get(place, 0), 0) for sku in skus))


def _take(quantity: int, places: dict[int, int], chosen: Sequence[int]) -> dict[int, int]:
    """Take units from places, the first chosen first; what was taken where."""
    taken: dict[int, int] = {}
    for place in chosen:
        units = min(quantity, places.get(place, 0))
        if units > 0:
            places[place] -= units
            taken[place] = units
            quantity -= units
    return taken


def _out_of_stock(
    wants: Sequence[Want], available: Available, short: set[int], names: Mapping[int, str]
) -> OutOfStock:  # fmt: skip
    asked = _asked(want for want in wants if want.sku_id in short)
    items = [
        {"sku": names[sku], "wanted": units, "available": sum(max(n, 0) for n in available.get(sku, {}).values())}
        for sku, units in asked.items()
    ]
    listed = [
        Sentence(
            "{sku} ({wanted} wanted, {available} available)", sku=item["sku"], wanted=item["wanted"],
            available=item["available"],
        )
        for item in items
    ]  # fmt: skip
    return OutOfStock(Sentence("Not enough stock: {listed}.", listed=listed), items=items)


def _asked(wants: Iterable[Want]) -> dict[int, int]:
    """Units by SKU, all lines together."""
    asked: dict[int, int] = {}
    for want in wants:
        asked[want.sku_id] = asked.get(want.sku_id, 0) + want.quantity
    return asked


def _fewest(wants: Sequence[Want], available: Available, order: Sequence[int]) -> Sequence[int]:
    """The smallest set of locations that holds as much as all of them; the earliest in the order among equals."""
    held = {sku: [max(available.get(sku, {}).get(place, 0), 0) for place in order] for sku in _asked(wants)}
    goal = {sku: min(units, sum(held[sku])) for sku, units in _asked(wants).items()}
    useful = [n for n in range(len(order)) if any(units[n] for units in held.values())]

    def covered(places: Sequence[int]) -> bool:
        return all(sum(held[sku][n] for n in places) >= units for sku, units in goal.items())

    if len(useful) <= EXACT_UP_TO:
        sets = (places for size in range(1, len(useful) + 1) for places in combinations(useful, size))
        found: Sequence[int] = next((places for places in sets if covered(places)), ())
    else:
        found = _greedily(held, goal, useful)
    return [order[n] for n in found]


def _greedily(held: Mapping[int, Sequence[int]], goal: Mapping[int, int], useful: Sequence[int]) -> list[int]:
    """Locations one by one, each time the one that adds most: few, but perhaps not the fewest."""
    still, chosen = dict(goal), []
    while any(still.values()):
        best = max(
            (n for n in useful if n not in chosen),
            key=lambda n: sum(min(units, held[sku][n]) for sku, units in still.items()),
        )
        chosen.append(best)
        still = {sku: max(0, units - held[sku][best]) for sku, units in still.items()}
    return sorted(chosen)


def cost_of(quantity: int, *, held: int, value_minor: int) -> int:
    """Moving average cost of `quantity` out of `held` units worth `value_minor`; the last unit takes the rest."""
    assert 0 < quantity <= held
    return value_minor if quantity == held else divide_half_away(value_minor * quantity, held)


def value_taken(quantity: int, cost_minor: int, *, held: int, value_minor: int) -> int:
    """What leaves with units that go out at a cost of their own: never more than there is, all of it with the last."""
    assert 0 < quantity <= held
    return value_minor if quantity == held else min(cost_minor, value_minor)
