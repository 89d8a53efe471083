"""Verbs of returns: announce, receive, judge, cancel what never came."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from ..kit.errors import Conflict, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse, show
from .model import ExchangeCredit, Return, ReturnLine
from .store import CREDIT_SPENT_ON, EXCHANGE_CREDITS, LINES_OF_RETURN, RETURN_LINES, RETURN_LINES_OF_ORDER, RETURNS


class MoreThanAnnounced(Conflict):
    code = "more_than_announced"
    title = "More came back than was announced"


class NothingToInspect(Conflict):
    code = "nothing_to_inspect"
    title = "These units have not come in, or were inspected before"


class NothingExpected(Conflict):
    code = "nothing_expected"
    title = "Nothing of this return is still to come"


def announce_units(
    tx: Tx, *, order_id: int, customer_id: int | None, reason: str, lines: Mapping[int, tuple[int, int, int]]
) -> tuple[Return, list[ReturnLine]]:
    """A new return; `lines` are (SKU, its decimals, units) by order line."""
    made = tx.add(RETURNS, Return(tx.new_id(), 1, order_id, customer_id, "open", reason, tx.now))
    return made, [
        tx.add(RETURN_LINES, ReturnLine(made.id, n, order_id, sku_id, decimals, units, 0, 0, 0, 0))
        for n, (sku_id, decimals, units) in lines.items()
    ]


def expected_of_order(tx: Tx, order_id: int) -> Counter[int]:
    """Units by order line that are announced and have not come."""
    expected: Counter[int] = Counter()
    for row in tx.rows(RETURN_LINES_OF_ORDER, order_id):
        expected[row.line] += row.expected
    return expected


def inspected_of_order(tx: Tx, order_id: int) -> Counter[int]:
    """Units by order line whose fate is known, over all returns of the order."""
    inspected: Counter[int] = Counter()
    for row in tx.rows(RETURN_LINES_OF_ORDER, order_id):
        inspected[row.line] += row.restocked + row.scrapped
    return inspected


def find(tx: Tx, name: str) -> Return:
    number = parse("return", name)
    found = tx.get(RETURNS, number) if number is not None else None
    if found is None:
        raise NotFound(Sentence("There is no return {name!r}.", name=name))
    return found


def lines_of(tx: Tx, return_id: int) -> dict[int, ReturnLine]:
    return {row.line: row for row in tx.rows(LINES_OF_RETURN, return_id)}


def receive_units(tx: Tx, line: ReturnLine, units: int) -> ReturnLine:
    """Units came in. Raises MoreThanAnnounced."""
    if not 0 < units <= line.expected:
        raise MoreThanAnnounced(
            Sentence(
                "Line {line}: {units} units came in, {left} are announced and to come.",
                line=line.line,
                units=Decimal(line.shown(units)),
                left=Decimal(line.shown(line.expected)),
            )
        )
    return tx.put(RETURN_LINES, line._replace(received=line.received + units))


def judge_units(tx: Tx, line: ReturnLine, *, restocked: int, scrapped: int, credited: int) -> ReturnLine:
    """What becomes of units that came in. Raises NothingToInspect for more than waits."""
    units = restocked + scrapped
    if not 0 < units <= line.to_inspect:
        raise NothingToInspect(
            Sentence(
                "Line {line}: {units} units were inspected, {left} wait for it.",
                line=line.line,
                units=Decimal(line.shown(units)),
                left=Decimal(line.shown(line.to_inspect)),
            )
        )
    return tx.put(
        RETURN_LINES,
        line._replace(
            restocked=line.restocked + restocked, scrapped=line.scrapped + scrapped, credited=line.credited + credited
        ),
    )


def expect_no_more(tx: Tx, returned: Return) -> tuple[Return, list[ReturnLine], int]:
    """What has not come is not announced any more; the return, its lines, and how many units that was."""
    lines = lines_of(tx, returned.id)
    missing = sum(line.expected for line in lines.values())
    if missing == 0:
        raise NothingExpected(Sentence("All of return {name} has come in.", name=show("return", returned.id)))
    after = [
        tx.put(RETURN_LINES, line._replace(announced=line.received)) if line.expected else line
        for line in lines.values()
    ]
    if not any(line.received for line in after):
        returned = tx.put(RETURNS, returned._replace(status="cancelled"))
    return returned, after, missing


def spend_credit(tx: Tx, *, source_id: int, target_id: int, amount_minor: int) -> None:
    """Credit of one order pays for another (above zero), or is paid back after all (below)."""
    if amount_minor:
        tx.add(EXCHANGE_CREDITS, ExchangeCredit(tx.new_id(), tx.cause, source_id, target_id, amount_minor))


def credit_spent_on(tx: Tx, order_id: int) -> Counter[int]:
    """What earlier orders' credit still pays for of this order, by the order it is of."""
    spent: Counter[int] = Counter()
    for row in tx.rows(CREDIT_SPENT_ON, order_id):
        spent[row.source_order_id] += row.amount_minor
    return spent
