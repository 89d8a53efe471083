"""How bank lines are told to those who asked."""

from collections.abc import Sequence
from typing import Any

from ..values.ids import show
from .model import Debt
from .rules import status


def shown(line: Any, matches: Sequence[Any]) -> dict[str, Any]:
    """Amounts in minor units of `currency`, below zero what went out; `left` is not matched yet."""
    return {
        "object": "bank_line",
        "id": show("bank_line", line.id),
        "version": line.version,
        "statement": show("bank_statement", line.statement_id),
        "status": status(line),
        "account": line.account,
        "booked_on": line.booked_on,
        "currency": line.currency,
        "amount": line.amount_minor,
        "matched": line.matched_minor,
        "left": line.amount_minor - line.matched_minor,
        "counterparty": line.counterparty,
        "counterparty_account": line.counterparty_account,
        "text": line.text,
        "bank_reference": line.bank_reference,
        "ignored": line.ignored or None,
        "matches": [shown_match(each) for each in matches],
    }


def shown_match(match: Any) -> dict[str, Any]:
    return {
        "object": "bank_match",
        "id": show("bank_match", match.id),
        "line": show("bank_line", match.line_id),
        "payment": show("payment", match.payment_id),
        "amount": match.amount_minor,
        "made_by": match.made_by,
        "state": match.state,
    }


def shown_debt(debt: Debt) -> dict[str, Any]:
    """What a line may have paid, and why it is thought so."""
    return {
        "object": debt.kind,
        "id": show(debt.kind, debt.id),
        "number": debt.number,
        "customer": show("customer", debt.customer_id) if debt.customer_id is not None else None,
        "due": debt.due_minor,
        "reasons": list(debt.reasons),
    }
