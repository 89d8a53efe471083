"""Which bin, which line: plain values."""

import pytest

from orderwell.picking.model import PickLine
from orderwell.picking.rules import MoreThanAsked, Taking, WrongItem, lines_for, take_along

LAMP, BULB = 1, 2


def line(n: int, sku_id: int, asked: int, *, bin_id: int | None = None, picked: int = 0) -> PickLine:
    return PickLine(9, n, 100 + n, 1, sku_id, 7, bin_id, 0, asked, picked, 0, 0)


@pytest.mark.parametrize(
    ("wanted", "held", "planned", "taken"),
    [
        (3, [(1, 5), (2, 5)], {}, [Taking(1, 3)]),
        (7, [(1, 5), (2, 5)], {}, [Taking(1, 5), Taking(2, 2)]),
        (3, [(1, 5), (2, 5)], {1: 4}, [Taking(1, 1), Taking(2, 2)]),
        (3, [(1, 5)], {1: 9}, [Taking(None, 3)]),  # more planned than is there: somebody took some
        (6, [(1, 5)], {}, [Taking(1, 5), Taking(None, 1)]),
        (2, [], {}, [Taking(None, 2)]),
    ],
)
def test_units_are_taken_along_the_walk(
    wanted: int, held: list[tuple[int, int]], planned: dict[int, int], taken: list[Taking]
) -> None:
    assert take_along(wanted, held, planned) == taken


def test_the_next_line_finds_what_is_left() -> None:
    planned: dict[int, int] = {}
    assert take_along(3, [(1, 5)], planned) == [Taking(1, 3)]
    assert take_along(3, [(1, 5)], planned) == [Taking(1, 2), Taking(None, 1)]


LINES = [line(1, LAMP, 2, bin_id=5), line(2, BULB, 1, bin_id=5), line(3, LAMP, 3, bin_id=6), line(4, LAMP, 1, picked=1)]


@pytest.mark.parametrize(
    ("units", "n", "bin_id", "found"),
    [
        (1, None, None, [(1, 1)]),
        (4, None, None, [(1, 2), (3, 2)]),
        (4, None, 6, [(3, 3), (1, 1)]),
        (3, 3, None, [(3, 3)]),
    ],
)
def test_a_scan_is_for_the_lines_of_its_bin_first(
    units: int, n: int | None, bin_id: int | None, found: list[tuple[int, int]]
) -> None:
    chosen = lines_for(LINES, LAMP, units, n=n, bin_id=bin_id, name="lamp")
    assert [(each.n, taken) for each, taken in chosen] == found


def test_a_wrong_item_and_too_many_are_refused() -> None:
    with pytest.raises(WrongItem, match="glue is not asked for on this list"):
        lines_for(LINES, 3, 1, n=None, bin_id=None, name="glue")
    with pytest.raises(WrongItem, match="on this line"):
        lines_for(LINES, LAMP, 1, n=2, bin_id=None, name="lamp")
    with pytest.raises(WrongItem):
        lines_for(LINES, LAMP, 1, n=4, bin_id=None, name="lamp")  # all of it is picked
    with pytest.raises(MoreThanAsked, match="6 units were picked, 5 are asked for"):
        lines_for(LINES, LAMP, 6, n=None, bin_id=None, name="lamp")
