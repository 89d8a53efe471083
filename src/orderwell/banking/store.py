"""Tables of statements, their lines and matches."""

from ..kit.tables import Table
from .model import BankLine, BankMatch, Statement

STATEMENTS = Table("bank_statements", Statement, key="id", append_only=True)

BANK_LINES = Table(
    "bank_lines",
    BankLine,
    key="id",
    lock="read",
    references={"statement_id": "bank_statements.id"},
    indexes=[("statement_id",), ("counterparty_account",)],
    checks=[
        "amount_minor <> 0",
        "matched_minor >= 0 AND (matched_minor = 0 OR matched_minor <= amount_minor)",
        "ignored = '' OR matched_minor = 0",
    ],
)
LINE_BY_FINGERPRINT = BANK_LINES.group("fingerprint", unique=True)

BANK_MATCHES = Table(
    "bank_matches",
    BankMatch,
    key="id",
    root=("bank_lines", "line_id"),
    references={"line_id": "bank_lines.id", "payment_id": "payments.id"},
    indexes=[("payment_id",)],
    checks=["amount_minor > 0", "made_by IN ('rule', 'hand')", "state IN ('standing', 'taken_back')"],
)
MATCHES_OF = BANK_MATCHES.group("line_id")
