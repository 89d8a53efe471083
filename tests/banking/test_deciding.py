"""Which debts a bank line pays beyond doubt, case by case; and what in its text is taken for a name."""

import pytest

from orderwell.banking.model import Debt, Written
from orderwell.banking.rules import decide, fingerprints, invoices_in, words_of

# written in the cases as `o1:4995` (order 1, due 49.95) and `i7/1:4995` (invoice 7 of order 1); `!` the same word


def debts(text: str) -> list[Debt]:
    found = []
    for each in text.split():
        name, _, due = each.rstrip("!").partition(":")
        kind, order = ("order", name[1:]) if name[0] == "o" else ("invoice", name.partition("/")[2] or "0")
        number = int(name[1:].partition("/")[0])
        word = "same" if each.endswith("!") else name
        found.append(Debt(kind, number, int(order) or None, None, name, int(due), "EUR", word))
    return found


CASES = """
    what the line names          amount  pays               else
    -                            4995    -                  names_nothing
    o1:4995                      4995    o1
    i7:4995                      4995    i7
    o1:4995                      4994    -                  amount_differs
    o1:4995                      4996    -                  amount_differs
    o1:4995                      -4995   -                  went_out
    o1:0                         4995    -                  nothing_due
    o1:-500                      500     -                  nothing_due
    o1:4995 o2:1000              5995    o1 o2
    i7:4995 i8:1000              5995    i7 i8
    o1:4995 o2:1000              4995    o1
    o1:4995 o2:4995              4995    -                  ambiguous
    o1:4995 o2:4995              9990    o1 o2
    o1:4995! o2:4995!            4995    -                  ambiguous
    o1:4995! o2:4995!            9990    -                  amount_differs
    o1:4995 i7/1:4995            4995    i7/1
    o1:9990 i7/1:4995            4995    i7/1
    o1:9990 i7/1:4995            9990    o1
    o1:0 i7:4995                 4995    i7
    o1:4995 i7/2:4995            4995    i7/2
"""


@pytest.mark.parametrize("case", [line for line in CASES.strip().splitlines()[1:]], ids=str.strip)
def test_beyond_doubt_or_not_at_all(case: str) -> None:
    named, amount, pays, *why = (each.strip() for each in case.strip().split("  ") if each.strip())
    decision = decide(int(amount), "EUR", debts("" if named == "-" else named))
    assert " ".join(each.number for each in decision.pays) == ("" if pays == "-" else pays)
    assert decision.why == (why[0] if why else "")


def test_a_debt_in_another_currency_is_not_paid() -> None:
    assert decide(4995, "USD", debts("o1:4995")).why == "nothing_due"


def test_words_and_document_numbers_in_a_text() -> None:
    assert words_of("Order: WEB-17, (thanks!) a b  WEB-17.") == ["Order", "WEB-17", "thanks!"]
    assert invoices_in("betaling INV-000042 en inv 7; xINV8 INV0 CRN12") == [
        ("INV", 42, "INV-000042"), ("INV", 7, "INV 7"), ("XINV", 8, "XINV8"), ("CRN", 12, "CRN12"),
    ]  # fmt: skip
    assert len(words_of(" ".join(map(str, range(1000, 2000))))) == 40


def test_lines_that_are_alike_are_two_payments_and_the_same_two_when_read_again() -> None:
    line = Written("", "2026-01-05", 4995, "EUR", "A. de Vries", "", "order 1", "")
    other = line._replace(amount_minor=4994)
    marks = fingerprints([line, other, line])
    assert len(set(marks)) == 3
    assert fingerprints([line, line, other]) == [marks[0], marks[2], marks[1]]
