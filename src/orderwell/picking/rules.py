"""From which bin units are taken, and which lines of a list what was scanned is for. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from ..kit.errors import Conflict
from ..kit.sentences import Sentence
from .model import PickLine


class WrongItem(Conflict):
    code = "wrong_item"
    title = "This is not on the list, or all of it is picked"


class MoreThanAsked(Conflict):
    code = "more_than_asked"
    title = "That is more than the list asks for"


class ListEnded(Conflict):
    code = "pick_list_ended"
    title = "Nothing is picked from this list any more"


class NotPicked(Conflict):
    code = "not_picked"
    title = "There are not as many picked units on this line"


class Taking(NamedTuple):
    bin_id: int | None
    quantity: int


def take_along(wanted: int, bins: Sequence[tuple[int, int]], planned: dict[int, int]) -> list[Taking]:
    """Units from bins in their order, after what other open lists will take; the rest lies in no bin.

    `planned` is raised by what is taken, so that the next line finds what is left.
    """
    found, left = [], wanted
    for bin_id, held in bins:
        taken = min(left, max(0, held - planned.get(bin_id, 0)))
        if taken:
            planned[bin_id] = planned.get(bin_id, 0) + taken
            found.append(Taking(bin_id, taken))
            left -= taken
    return [*found, Taking(None, left)] if left else found


def lines_for(
    lines: Sequence[PickLine], sku_id: int, units: int, *, n: int | None, bin_id: int | None, name: str
) -> list[tuple[PickLine, int]]:
    """Which lines these units are for: those of the bin they come from first, then in walking order.

    Raises WrongItem, naming nothing that was not asked for, and MoreThanAsked.
    """
    due = [line for line in lines if line.sku_id == sku_id and line.left > 0 and n in (None, line.n)]
    if not due:
        where = Sentence("on this line") if n else Sentence("on this list")
        raise WrongItem(Sentence("{sku} is not asked for {where}; put it back.", sku=name, where=where))
    due.sort(key=lambda line: (line.bin_id != bin_id, line.n))
    most = sum(line.left for line in due)
    if units > most:
        raise MoreThanAsked(
            Sentence("{sku}: {units} units were picked, {most} are asked for.", sku=name, units=units, most=most),
            asked=most,
        )
    found, left = [], units
    for line in due:
        taken = min(left, line.left)
        if taken:
            found.append((line, taken))
            left -= taken
    return found
