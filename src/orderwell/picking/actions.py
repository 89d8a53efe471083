"""Verbs of picking: write a list down, find it, and note what became of its lines."""

from collections.abc import Sequence

from ..kit.errors import Invalid, NotFound
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..values.ids import parse, show
from .model import PickLine, PickList, PickMove
from .rules import ListEnded
from .store import LINES_OF_LIST, PICK_LINES, PICK_LISTS, PICK_MOVES

FIGURE = {"picked": ("picked", 1), "put_back": ("picked", -1), "short": ("short", 1), "dropped": ("dropped", 1)}


def write_down(tx: Tx, made: PickList, lines: Sequence[PickLine]) -> None:
    tx.add(PICK_LISTS, made)
    for line in lines:
        tx.add(PICK_LINES, line)


def find(tx: Tx, name: str) -> PickList:
    number = parse("pick_list", name)
    found = tx.get(PICK_LISTS, number) if number is not None else None
    if found is None:
        raise NotFound(Sentence("There is no pick list {name!r}.", name=name))
    return found


def open_list(tx: Tx, name: str) -> PickList:
    """Raises ListEnded."""
    found = find(tx, name)
    if found.status != "open":
        raise ListEnded(
            Sentence("Pick list {name} is {status}.", name=show("pick_list", found.id), status=word(found.status))
        )
    return found


def lines_of(tx: Tx, pick_list_id: int) -> list[PickLine]:
    return tx.rows(LINES_OF_LIST, pick_list_id)


def line_of(tx: Tx, pick_list_id: int, n: int) -> PickLine:
    line = tx.get(PICK_LINES, (pick_list_id, n))
    if line is None:
        raise Invalid.at("/line", Sentence("The pick list has no line {line}.", line=n), "unknown_line")
    return line


def note(tx: Tx, line: PickLine, kind: str, quantity: int, bin_id: int | None) -> PickLine:
    """Write down what was done about units of a line; the line as it is then."""
    figure, sign = FIGURE[kind]
    n = tx.count(PICK_MOVES)
    tx.append(PICK_MOVES, PickMove(tx.cause, n, line.pick_list_id, line.n, kind, quantity, bin_id))
    return tx.put(PICK_LINES, line._replace(**{figure: getattr(line, figure) + sign * quantity}))


def end_if_done(tx: Tx, pick_list_id: int) -> PickList:
    """A list of which nothing is left is done."""
    found = tx.get(PICK_LISTS, pick_list_id)
    assert found is not None, "lines name lists that are there"
    if any(line.left for line in lines_of(tx, pick_list_id)):
        return found
    announce(tx, "pick_list.done", "pick_list", found.id)
    return tx.put(PICK_LISTS, found._replace(status="done", ended_at=tx.now))


def close(tx: Tx, found: PickList, note_: str) -> PickList:
    return tx.put(PICK_LISTS, found._replace(status="closed", ended_at=tx.now, note=note_ or found.note))
