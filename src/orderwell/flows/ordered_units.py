"""Naming units of an order, and taking them from where they were set aside."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from annotated_types import Ge, Le

from ..channels.store import CHANNEL_BY_CODE
from ..inventory import actions as inventory
from ..kit.errors import Conflict, Invalid, Problem
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.tables import changed
from ..orders import actions as orders
from ..orders.model import Allocation, Line, Order
from ..values.fields import MAX_LINES, Quantity
from ..values.ids import parse
from ..values.money import scaled, scaled_text


class NothingReady(Conflict):
    code = "nothing_ready"
    title = "No such units of this order are ready for this"


@dataclass(frozen=True, slots=True)
class UnitsAsk:
    """So many of an order's line, in the unit it was ordered in."""

    line: Annotated[int, Ge(1), Le(MAX_LINES)]
    quantity: Quantity


Chosen = list[tuple[Allocation, int]]


def named_order(tx: Tx, name: str, channel: str | None) -> Order:
    """By id, or by the reference of a channel."""
    if channel is None or parse("order", name) is not None:
        return orders.find_named(tx, name)
    found = tx.one(CHANNEL_BY_CODE, channel)
    if found is None:
        raise Invalid.at("/channel", Sentence("There is no channel {name!r}.", name=channel), "unknown_channel")
    return orders.find_named(tx, name, channel_id=found.id)


def named_location(tx: Tx, code: str | None) -> int | None:
    return inventory.location(tx, code).id if code is not None else None


def asked_units(asks: Sequence[UnitsAsk], lines: Mapping[int, Line]) -> dict[int, int]:
    """Smallest units by line; what names no line of the order, or none twice, is refused together."""
    wanted: dict[int, int] = {}
    problems = []
    for n, ask in enumerate(asks):
        line = lines.get(ask.line)
        if line is None:
            problems.append(
                Problem(f"/lines/{n}/line", "unknown_line", Sentence("The order has no line {line}.", line=ask.line))
            )
            continue
        units = scaled(ask.quantity, line.unit_decimals)
        if units is None:
            decimals = line.unit_decimals
            detail = Sentence("Line {line} is counted with {decimals} decimals.", line=ask.line, decimals=decimals)
            problems.append(Problem(f"/lines/{n}/quantity", "not_whole_units", detail))
        elif ask.line in wanted:
            problems.append(
                Problem(f"/lines/{n}/line", "named_twice", Sentence("Line {line} is named twice.", line=ask.line))
            )
        else:
            wanted[ask.line] = units
    if problems:
        raise Invalid(problems[0].detail, problems)
    return wanted


def ready_units(
    asks: Sequence[UnitsAsk] | None, lines: Mapping[int, Line], allocations: Iterable[Allocation],
    location_id: int | None, ready: Callable[[Allocation], int],
) -> Chosen:  # fmt: skip
    """Which units of which allocations: all that are ready, or what was asked for. Raises NothingReady for more."""
    free = [
        (each, units)
        for each in allocations
        if location_id in (None, each.location_id) and (units := ready(each)) > 0
    ]  # fmt: skip
    if asks is None:
        return free
    wanted = asked_units(asks, lines)
    for n, units in wanted.items():
        there = sum(units for each, units in free if each.line == n)
        if units > there:
            places = lines[n].unit_decimals
            raise NothingReady(
                Sentence(
                    "Line {line}: {units} were asked for, {there} are ready.", line=n,
                    units=Decimal(scaled_text(units, places)), there=Decimal(scaled_text(there, places)),
                ),
                line=n, ready=scaled_text(there, places),
            )  # fmt: skip
    chosen = []
    for each, units in free:
        taken = min(units, wanted.get(each.line, 0))
        if taken:
            wanted[each.line] -= taken
            chosen.append((each, taken))
    return chosen


def by_location(chosen: Chosen) -> dict[int, Chosen]:
    found: dict[int, Chosen] = {}
    for each, units in chosen:
        found.setdefault(each.location_id, []).append((each, units))
    return found


def leave_allocation(tx: Tx, line: Line, allocation: Allocation, units: int, target: str) -> Line:
    """Units are packed or shipped, picked ones first; the line after it (the caller puts it)."""
    picked = min(units, allocation.picked)
    promised = units - picked
    there = getattr(line, target) + units
    line = changed(line, promised=line.promised - promised, picked=line.picked - picked, **{target: there})
    for source, moved in (("picked", picked), ("promised", promised)):
        if moved:
            orders.record_units(tx, line, source, target, moved, allocation.location_id)
    orders.allocate_line(tx, line, allocation.location_id, promised=-promised, picked=-picked)
    return line
