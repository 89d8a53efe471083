"""Verbs of bank lines: keep, match, take back, ignore."""

from collections.abc import Sequence
from decimal import Decimal

from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse
from ..values.money import decimal_text
from .model import BankLine, BankMatch, Statement, Written
from .rules import fingerprints, status
from .store import BANK_LINES, BANK_MATCHES, LINE_BY_FINGERPRINT, MATCHES_OF, STATEMENTS


class LineIgnored(Conflict):
    code = "bank_line_ignored"
    title = "This bank line was set aside as no payment of a customer"


class LineMatched(Conflict):
    code = "bank_line_matched"
    title = "This bank line is matched already"


class MoreThanTheLine(Conflict):
    code = "more_than_the_line"
    title = "The bank line is not worth that much"


class MatchTakenBack(Conflict):
    code = "bank_match_taken_back"
    title = "This match was taken back before"


class NotIgnored(Conflict):
    code = "bank_line_not_ignored"
    title = "This bank line was not set aside"


def keep(tx: Tx, written: Sequence[Written], *, format_: str, name: str) -> tuple[Statement | None, list[BankLine]]:
    """The lines that are new, under a statement; none, and nothing written, where all are known."""
    marks = fingerprints(written)
    tx.need(LINE_BY_FINGERPRINT, marks)
    new = [each for each in zip(marks, written, strict=True) if tx.one(LINE_BY_FINGERPRINT, each[0]) is None]
    if not new:
        return None, []
    statement = tx.add(STATEMENTS, Statement(tx.new_id(), tx.cause, format_, name, len(new)))
    lines = [
        tx.add(
            BANK_LINES,
            BankLine(
                tx.new_id(), 1, statement.id, mark, line.account, line.booked_on, line.amount_minor, line.currency,
                line.counterparty, line.counterparty_account, line.text, line.bank_reference, 0, "",
            ),
        )
        for mark, line in new
    ]  # fmt: skip
    return statement, lines


def find(tx: Tx, name: str) -> BankLine:
    number = parse("bank_line", name)
    line = tx.get(BANK_LINES, number) if number is not None else None
    if line is None:
        raise NotFound(Sentence("There is no bank line {name!r}.", name=name))
    return line


def open_line(line: BankLine) -> BankLine:
    """One that something of may still be matched."""
    if line.ignored:
        raise LineIgnored(Sentence("It was set aside: {reason}. Take it up again first.", reason=line.ignored))
    if line.amount_minor < 0:
        raise Invalid.at("/bank_line", "It went out; only what came in is a payment of a customer.", "went_out")
    if status(line) == "matched":
        raise LineMatched("All of it is matched.")
    return line


def match(tx: Tx, line: BankLine, payment_id: int, amount_minor: int, *, by: str) -> BankLine:
    """Part of the line is this payment; the line after it. Raises MoreThanTheLine."""
    left = line.amount_minor - line.matched_minor
    if amount_minor > left:
        wanted, there = decimal_text(amount_minor, line.currency), decimal_text(left, line.currency)
        raise MoreThanTheLine(
            Sentence(
                "{wanted} was to be matched, {there} of it is left.", wanted=Decimal(wanted), there=Decimal(there)
            ),
            left=left,
        )
    tx.add(BANK_MATCHES, BankMatch(tx.new_id(), line.id, payment_id, amount_minor, by, "standing"))
    return tx.put(BANK_LINES, line._replace(matched_minor=line.matched_minor + amount_minor))


def find_match(tx: Tx, name: str) -> BankMatch:
    """One that stands."""
    number = parse("bank_match", name)
    found = tx.get(BANK_MATCHES, number) if number is not None else None
    if found is None:
        raise NotFound(Sentence("There is no bank match {name!r}.", name=name))
    if found.state != "standing":
        raise MatchTakenBack("It was taken back before.")
    return found


def take_back(tx: Tx, found: BankMatch) -> BankLine:
    tx.put(BANK_MATCHES, found._replace(state="taken_back"))
    line = tx.get(BANK_LINES, found.line_id)
    assert line is not None
    return tx.put(BANK_LINES, line._replace(matched_minor=line.matched_minor - found.amount_minor))


def ignore(tx: Tx, line: BankLine, reason: str) -> BankLine:
    if line.ignored:
        raise LineIgnored(Sentence("It was set aside before: {reason}.", reason=line.ignored))
    if line.matched_minor:
        raise LineMatched("Some of it is matched; take that back first.")
    return tx.put(BANK_LINES, line._replace(ignored=reason))


def take_up_again(tx: Tx, line: BankLine) -> BankLine:
    if not line.ignored:
        raise NotIgnored("It was not set aside.")
    return tx.put(BANK_LINES, line._replace(ignored=""))


def matches_of(tx: Tx, line_id: int) -> list[BankMatch]:
    return tx.rows(MATCHES_OF, line_id)
