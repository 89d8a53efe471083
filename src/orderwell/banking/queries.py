"""Bank lines as lists and pages."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.errors import Invalid
from ..kit.pages import DEFAULT_LIMIT, first_of_each, page
from ..kit.sentences import Sentence
from ..values.ids import parse
from .answers import shown
from .model import BankLine, BankMatch
from .store import BANK_LINES, BANK_MATCHES

_ROW = BANK_LINES.c
STATES: dict[str, sa.ColumnElement[bool]] = {  # the same words as rules.status
    "unmatched": sa.and_(_ROW.ignored == "", _ROW.matched_minor == 0),
    "partly_matched": sa.and_(_ROW.matched_minor > 0, _ROW.matched_minor < _ROW.amount_minor),
    "matched": _ROW.matched_minor == _ROW.amount_minor,
    "ignored": _ROW.ignored != "",
}


def listed(
    connection: Connection, *, status: str | None = None, statement_id: int | None = None, booked_on: str | None = None,
    limit: int = DEFAULT_LIMIT, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Lines, newest first, each with its matches."""
    query = sa.select(BANK_LINES.sa)
    if status is not None:
        if status not in STATES:
            raise Invalid.at(
                "/status", Sentence("{text!r} is none of {allowed}.", text=status, allowed=list(STATES)), "not_one_of"
            )
        query = query.where(STATES[status])
    for column, value in (("statement_id", statement_id), ("booked_on", booked_on)):
        if value is not None:
            query = query.where(_ROW[column] == value)
    found = page(connection, query, _ROW.id, "bank_line", lambda row: {"row": row}, limit=limit, cursor=cursor)
    rows = [each["row"] for each in found["data"]]
    matches = matches_of(connection, [row.id for row in rows])
    return {**found, "data": [shown(row, matches[row.id]) for row in rows]}


def line(connection: Connection, name: str) -> BankLine | None:
    return next(iter(lines(connection, [name])), None)


def lines(connection: Connection, names: Iterable[str]) -> list[BankLine]:
    """Those of them that there are, oldest first."""
    numbers = [number for name in names if (number := parse("bank_line", name)) is not None]
    query = sa.select(BANK_LINES.sa).where(_ROW.id.in_(numbers)).order_by(_ROW.id)
    return [BankLine._make(row) for row in connection.execute(query)] if numbers else []


def unmatched_of(connection: Connection, statement_id: int) -> list[BankLine]:
    query = sa.select(BANK_LINES.sa).where(_ROW.statement_id == statement_id, STATES["unmatched"]).order_by(_ROW.id)
    return [BankLine._make(row) for row in connection.execute(query)]


def matches_of(connection: Connection, ids: Iterable[int]) -> dict[int, list[BankMatch]]:
    """Oldest first."""
    found: dict[int, list[BankMatch]] = {each: [] for each in ids}
    query = sa.select(BANK_MATCHES.sa).where(BANK_MATCHES.c.line_id.in_(sorted(found))).order_by(BANK_MATCHES.c.id)
    for row in connection.execute(query):
        found[row.line_id].append(BankMatch._make(row))
    return found


def payers(connection: Connection, accounts: Iterable[str], *, most: int) -> dict[str, list[int]]:
    """Payments that were matched with lines from each of the accounts of others, of each the latest."""
    query = (
        sa.select(_ROW.counterparty_account, BANK_MATCHES.c.payment_id)
        .join(BANK_MATCHES.sa, _ROW.id == BANK_MATCHES.c.line_id)
        .where(_ROW.counterparty_account.in_(sorted(accounts)), BANK_MATCHES.c.state == "standing")
    )
    found: dict[str, list[int]] = {}
    for account, payment in connection.execute(
        first_of_each(query, _ROW.counterparty_account, [BANK_MATCHES.c.id.desc()], most)
    ):
        found.setdefault(account, []).append(payment)
    return found
