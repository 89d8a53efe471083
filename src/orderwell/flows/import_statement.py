"""A bank statement comes in: what is new is kept, what is beyond doubt is matched, the rest waits for somebody."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Len

from ..banking import actions as banking
from ..banking.model import BankLine, Debt, Row
from ..banking.queries import unmatched_of
from ..banking.reading import MAX_ROWS, read_camt, read_csv, understand
from ..banking.rules import decide
from ..business import actions as business
from ..kit.errors import Invalid, Refused
from ..kit.events import announce
from ..kit.jobs import Work, handler, later
from ..kit.picture import Tx
from ..kit.writer import flow
from ..values.fields import Text
from ..values.ids import parse, show
from .find_debts import named_debts
from .match_bank_line import LeaveBankLine, MatchBankLine, MatchTarget

MAX_CONTENT = 900_000  # characters


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A line as the bank tells it: all texts, so that one that makes no sense spoils no other."""

    booked_on: Text
    amount: Text
    currency: Text = ""
    counterparty: Text = ""
    counterparty_account: Text = ""
    text: Text = ""
    bank_reference: Text = ""
    account: Text = ""
    direction: Text = ""


@dataclass(frozen=True, slots=True)
class ImportStatement:
    """Either `content` (a CSV with a heading line, or a CAMT.053) or `rows`. `account` is ours, if it does not say.

    Lines that were read before are passed over, and lines that make no sense are told by their number.
    """

    format: Literal["csv", "camt053", "rows"] = "rows"
    content: Annotated[str, Len(0, MAX_CONTENT)] = ""
    rows: Annotated[list[StatementRow], Len(0, MAX_ROWS)] | None = None
    account: Text = ""
    name: Text = ""


@flow(ImportStatement)
def import_statement(tx: Tx, ask: ImportStatement) -> dict[str, Any]:
    """Keep the lines that are new; matching follows at once."""
    house, today = business.current(tx), business.today(tx)
    written, bad = understand(_rows(ask), account=ask.account, currency=house.currency, today=today)
    statement, lines = banking.keep(tx, written, format_=ask.format, name=ask.name)
    if statement is not None:
        later(tx, "banking.match", {"statement": show("bank_statement", statement.id)}, subject_id=statement.id)
        announce(tx, "statement.imported", "bank_statement", statement.id, lines=len(lines), format=ask.format)
    return {
        "object": "bank_statement",
        "id": show("bank_statement", statement.id) if statement is not None else None,
        "read": len(written) + len(bad),
        "added": len(lines),
        "known": len(written) - len(lines),
        "bad": [{"line": each.n, "code": each.code, "detail": each.detail} for each in bad],
    }


def _rows(ask: ImportStatement) -> list[Row]:
    if (ask.rows is None) == (ask.format == "rows") or bool(ask.content) == (ask.format == "rows"):
        raise Invalid.at("/content", "Send content as csv or camt053, or rows without content.", "one_of")
    if ask.format == "csv":
        return read_csv(ask.content)
    if ask.format == "camt053":
        return read_camt(ask.content)
    names = StatementRow.__dataclass_fields__
    return [Row(n, {name: getattr(row, name) for name in names}) for n, row in enumerate(ask.rows or [], 1)]


@handler("banking.match")
def match_statement(work: Work) -> None:
    """Match what is beyond doubt; make a task of every other line. Lines somebody was quicker with are passed over."""
    number = parse("bank_statement", work.payload["statement"])
    with work.database.reading() as connection:
        lines = unmatched_of(connection, number or 0)
    for line in lines:
        with work.database.reading() as connection:
            decision = decide(line.amount_minor, line.currency, named_debts(connection, line))
        try:
            _settle(work, line, decision.pays, decision.why)
        except Refused as refusal:  # paid, blocked or closed meanwhile: somebody has to look
            _leave(work, line, refusal.code)


def _settle(work: Work, line: BankLine, pays: tuple[Debt, ...], why: str) -> None:
    if not pays:
        _leave(work, line, why)
        return
    targets = [MatchTarget(**{each.kind: show(each.kind, each.id)}, amount=each.due_minor) for each in pays]
    work.ask(MatchBankLine(show("bank_line", line.id), targets, exactly=True, by="rule"))


def _leave(work: Work, line: BankLine, why: str) -> None:
    work.ask(LeaveBankLine(show("bank_line", line.id), why))
