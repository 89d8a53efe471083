"""Keeping the books: closing periods, entries by hand and taking them back, setting credits off against debts."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from annotated_types import Ge, Le, Len

from ..business import actions as business
from ..kit.errors import Conflict, Invalid, Problem
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..ledger.model import ACCOUNTS, CONTROL_ACCOUNTS, ManualEntry, Transfer
from ..ledger.store import BOOKS
from ..values.fields import Code, Day, Reference, Text
from ..values.ids import show


class DayNotOver(Conflict):
    code = "day_not_over"
    title = "Only days that are over can be closed"


class LockedFurther(Conflict):
    code = "locked_further"
    title = "The books are closed further than that"


@dataclass(frozen=True, slots=True)
class LockPeriod:
    """Close the books through this day: nothing is posted to it or before it any more."""

    through: Day


@dataclass(frozen=True, slots=True)
class UnlockPeriod:
    """Open the books again after this day; without one, all of them."""

    through: Day | None = None


@dataclass(frozen=True, slots=True)
class TransferAsk:
    """An amount above zero, in minor units, from one account (credit) to another (debit)."""

    debit: Code
    credit: Code
    amount: Annotated[int, Ge(1), Le(10**15)]


@dataclass(frozen=True, slots=True)
class PostManualEntry:
    """An entry by hand, today or on an open day before. Accounts with records of their own take none."""

    transfers: Annotated[list[TransferAsk], Len(1, 200)]
    note: Text
    day: Day | None = None


@dataclass(frozen=True, slots=True)
class ReverseEntry:
    """Take a manual entry back, today: the same amounts, the other way."""

    entry: Reference
    note: Text = ""


def _books(_: Any) -> list[tuple[Any, Any]]:
    return [(BOOKS, 1)]


@flow(LockPeriod, _books)
def lock_period(tx: Tx, ask: LockPeriod) -> dict[str, Any]:
    day, today = real_day(ask.through, "/through"), business.today(tx)
    if day >= today:
        raise DayNotOver(
            Sentence("{day} is not over: it is {today}.", day=date.fromisoformat(day), today=date.fromisoformat(today))
        )
    before = ledger.lock_through(tx, day)
    if before > day:
        raise LockedFurther(
            Sentence(
                "The books are closed through {before} already; to open them again, unlock the period.",
                before=date.fromisoformat(before),
            )
        )
    announce(tx, "books.locked", "books", 1, through=day, before=before)
    return {"object": "books", "locked_through": day}


@flow(UnlockPeriod, _books)
def unlock_period(tx: Tx, ask: UnlockPeriod) -> dict[str, Any]:
    day = real_day(ask.through, "/through") if ask.through is not None else ""
    before = ledger.lock_through(tx, day)
    if day >= before:
        state = (
            Sentence("closed through {day}", day=date.fromisoformat(before))
            if before
            else Sentence("not closed at all")
        )
        raise Invalid.at("/through", Sentence("The books are {state}; that would open nothing.", state=state))
    announce(tx, "books.unlocked", "books", 1, through=day or None, before=before)
    return {"object": "books", "locked_through": day or None}


@flow(PostManualEntry, _books)
def post_manual_entry(tx: Tx, ask: PostManualEntry) -> dict[str, Any]:
    """Post what no document stands behind: rent, a provider's fee, a correction between accounts."""
    house, today = business.current(tx), business.today(tx)
    day = real_day(ask.day, "/day") if ask.day is not None else today
    if day > today:
        raise Invalid.at("/day", Sentence("{day} has not come yet.", day=date.fromisoformat(day)))
    transfers = templates.manual(transfers=_checked(ask.transfers))
    entry = ledger.write_manual(tx, transfers, currency=house.currency, day=day, note=ask.note)
    announce(tx, "entry.posted", "manual_entry", entry.id, day=day, amount=sum(each.amount_minor for each in transfers))
    return _shown(entry, transfers)


@flow(ReverseEntry, _books)
def reverse_entry(tx: Tx, ask: ReverseEntry) -> dict[str, Any]:
    entry, transfers = ledger.manual_entry(tx, ask.entry)
    if entry.reverses_id is not None:
        raise Invalid.at("/entry", "This entry took another back itself; post what is meant as a new one.")
    ledger.refuse_second_reversal(tx, entry)
    back = templates.reverse(transfers)
    made = ledger.write_manual(
        tx, back, currency=entry.currency, day=business.today(tx), note=ask.note, reverses=entry
    )  # fmt: skip
    announce(tx, "entry.reversed", "manual_entry", entry.id, by=show("manual_entry", made.id))
    return _shown(made, back)


def real_day(text: str, pointer: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Invalid.at(pointer, Sentence("{text!r} is no day, such as 2026-01-31.", text=text)) from None


def _checked(asks: list[TransferAsk]) -> list[tuple[str, str, int]]:
    problems = []
    for n, ask in enumerate(asks):
        for side, code in (("debit", ask.debit), ("credit", ask.credit)):
            if code not in ACCOUNTS:
                problems.append(
                    Problem(
                        f"/transfers/{n}/{side}",
                        "unknown_account",
                        Sentence("There is no account {name!r}.", name=code),
                    )
                )
            elif code in CONTROL_ACCOUNTS:
                detail = Sentence("{code} is the sum of its own records; only their documents post to it.", code=code)
                problems.append(Problem(f"/transfers/{n}/{side}", "control_account", detail))
        if ask.debit == ask.credit:
            problems.append(Problem(f"/transfers/{n}", "same_account", "The two accounts are one."))
    if problems:
        raise Invalid(problems[0].detail, problems)
    return [(ask.debit, ask.credit, ask.amount) for ask in asks]


def _shown(entry: ManualEntry, transfers: list[Transfer]) -> dict[str, Any]:
    return {
        "object": "manual_entry",
        "id": show("manual_entry", entry.id),
        "reverses": show("manual_entry", entry.reverses_id) if entry.reverses_id is not None else None,
        "posted_on": entry.posted_on,
        "currency": entry.currency,
        "note": entry.note,
        "transfers": [{"debit": t.debit, "credit": t.credit, "amount": t.amount_minor} for t in transfers],
    }
