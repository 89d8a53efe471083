"""Which debts a line of a statement pays, and what state it is in. Pure."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from .model import Debt, Decision, Written

MAX_WORDS = 40  # of a line's text that may name something
INVOICE = re.compile(r"(?<![A-Z0-9])([A-Z]{2,6})[ \-]?0*([1-9]\d{0,9})(?![A-Z0-9])")

UNSURE = {
    "went_out": "it went out",
    "names_nothing": "it names no order or invoice",
    "nothing_due": "nothing is due of what it names",
    "amount_differs": "the amount is not what is due of what it names",
    "ambiguous": "it could be more than one",
}


def words_of(text: str) -> list[str]:
    """What in a text may be somebody's reference, as written, without the marks around it."""
    words = (word.strip(".,;:()[]<>\"'#") for word in re.split(r"[\s,;/]+", text))
    return list(dict.fromkeys(word for word in words if 3 <= len(word) <= 100))[:MAX_WORDS]


def invoices_in(text: str) -> list[tuple[str, int, str]]:
    """(series, number, as written) of what looks like a document number: `INV-000042`, `inv 42`, `INV42`."""
    found = [(each[1], int(each[2]), each[0]) for each in INVOICE.finditer(text.upper())]
    return list(dict.fromkeys(found))[:MAX_WORDS]


def decide(amount_minor: int, currency: str, named: Sequence[Debt]) -> Decision:
    """Sure only where what the line names is due for exactly its amount: one debt, or all that it names together."""
    if amount_minor <= 0:
        return Decision((), "went_out")
    if not named:
        return Decision((), "names_nothing")
    due = [each for each in named if each.due_minor > 0 and each.currency == currency]
    if not due:
        return Decision((), "nothing_due")
    invoices = [each for each in due if each.kind == "invoice"]
    orders = [each for each in due if each.kind == "order"]
    for together in (invoices, orders):
        if together and _each_by_its_own_word(together) and sum(each.due_minor for each in together) == amount_minor:
            return Decision(tuple(together), "")
    exact = [each for each in due if each.due_minor == amount_minor]
    exact = [each for each in exact if each.kind == "invoice" or not _billed(each, exact)]
    if len(exact) == 1:
        return Decision((exact[0],), "")
    return Decision((), "ambiguous" if exact else "amount_differs")


def _each_by_its_own_word(debts: Sequence[Debt]) -> bool:
    return max(Counter(each.word for each in debts).values()) == 1


def _billed(order: Debt, debts: Iterable[Debt]) -> bool:
    """One of the order's invoices is among them: it is the same debt."""
    return any(each.kind == "invoice" and each.order_id == order.id for each in debts)


def status(line: Any) -> str:
    """unmatched, partly_matched, matched or ignored."""
    if line.ignored:
        return "ignored"
    if line.matched_minor == 0:
        return "unmatched"
    return "matched" if line.matched_minor == line.amount_minor else "partly_matched"


def fingerprints(lines: Sequence[Written]) -> list[str]:
    """One a line. Two lines that are alike in everything are two payments: they are counted."""
    seen: Counter[Written] = Counter()
    found = []
    for line in lines:
        seen[line] += 1
        found.append(hashlib.sha256(json.dumps([*line, seen[line]]).encode()).hexdigest())
    return found
