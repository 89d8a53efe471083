"""Bank statements and what their lines pay, over HTTP."""

from collections.abc import Mapping
from typing import Any

from ..banking import queries
from ..banking.answers import shown, shown_debt
from ..banking.rules import status
from ..flows.find_debts import candidates
from ..flows.import_statement import ImportStatement
from ..flows.match_bank_line import IgnoreBankLine, MatchBankLine, TakeUpBankLine, UnmatchBankLine
from ..kit.errors import NotFound
from ..kit.sentences import Sentence
from .answers.banking import BankLineAnswer, BankLineDetailAnswer, BankStatementAnswer
from .lists import queried
from .operations import Look, Operation, read, verb

READ, TAKE, BACK = "payments:read", "payments:take", "payments:refund"


def operations() -> list[Operation]:
    row = {"booked_on": "2026-01-05", "amount": "49.95", "counterparty": "A. de Vries", "text": "INV-000042"}
    targets = [{"order": "ord_32SN7ZE200401"}, {"customer": "10042", "amount": 500}]
    return [
        verb(
            "POST", "/bank_statements", ImportStatement, right=TAKE, result=BankStatementAnswer, status=201,
            example={"rows": [row]},
        ),
        queried(
            "/bank_lines", queries.listed, right=READ, result=BankLineAnswer,
            filters={"status": None, "statement": "bank_statement", "booked_on": None},
        ),
        read(
            "/bank_lines/{bank_line}", _line, name="get_bank_line", right=READ, result=BankLineDetailAnswer,
            summary="Look up one bank line, with what it may have paid and why it is thought so.",
        ),
        verb(
            "POST", "/bank_lines/{bank_line}/match", MatchBankLine, right=TAKE, result=BankLineAnswer,
            example={"targets": targets},
        ),
        verb(
            "POST", "/bank_lines/{bank_line}/ignore", IgnoreBankLine, right=TAKE, result=BankLineAnswer,
            example={"reason": "payout of the card terminal, booked as such"},
        ),
        verb("POST", "/bank_lines/{bank_line}/take_up", TakeUpBankLine, right=TAKE, result=BankLineAnswer),
        verb(
            "POST", "/bank_matches/{bank_match}/take_back", UnmatchBankLine, right=BACK, result=BankLineAnswer,
            example={"reason": "other"},
        ),
    ]  # fmt: skip


def _line(look: Look) -> Mapping[str, Any]:
    name = look.path["bank_line"]
    line = queries.line(look.connection, name)
    if line is None:
        raise NotFound(Sentence("There is no bank line {name!r}.", name=name))
    matches = queries.matches_of(look.connection, [line.id])[line.id]
    open_ = status(line) in ("unmatched", "partly_matched") and line.amount_minor > 0
    found = candidates(look.connection, line) if open_ else []
    return {**shown(line, matches), "candidates": [shown_debt(each) for each in found]}
