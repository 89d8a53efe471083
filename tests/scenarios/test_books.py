"""The books: closed periods stay closed, entries by hand, credits set off against debts."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from orderwell.flows.apply_credit import ApplyCredit, NoCredit
from orderwell.flows.issue_credit_note import CreditLine, IssueCreditNote
from orderwell.flows.keep_books import (
    DayNotOver,
    LockedFurther,
    LockPeriod,
    PostManualEntry,
    ReverseEntry,
    TransferAsk,
    UnlockPeriod,
)
from orderwell.kit.errors import Invalid, NotFound
from orderwell.ledger.actions import AlreadyReversed, PeriodLocked
from tests.support.shop import Shop


@pytest.fixture(autouse=True)
def proved(shop: Shop) -> Iterator[None]:
    """After each scenario the three laws hold."""
    yield
    shop.prove()


RENT = TransferAsk("rounding", "bank", 120000)


def test_nothing_is_posted_into_a_closed_period(shop: Shop) -> None:
    shop.days_pass(31)
    assert shop.do(LockPeriod("2026-01-31")) == {"object": "books", "locked_through": "2026-01-31"}
    with pytest.raises(PeriodLocked, match=r"closed through 2026-01-31; 2026-01-30 cannot be posted to") as refused:
        shop.do(PostManualEntry([RENT], "Rent", day="2026-01-30"))
    assert "ledger:lock" in refused.value.detail
    assert shop.journal() == ""
    shop.do(PostManualEntry([RENT], "Rent", day="2026-02-01"))
    shop.do(UnlockPeriod("2025-12-31"))
    shop.do(PostManualEntry([RENT], "Rent", day="2026-01-30"))
    assert shop.journal() == "\n".join(2 * ["manual: rounding <- bank 1200.00"])


def test_only_days_that_are_over_are_closed_and_only_unlocking_opens_them(shop: Shop) -> None:
    with pytest.raises(DayNotOver, match="2026-01-05 is not over: it is 2026-01-05"):
        shop.do(LockPeriod("2026-01-05"))
    shop.do(LockPeriod("2026-01-04"))
    with pytest.raises(LockedFurther, match="closed through 2026-01-04 already"):
        shop.do(LockPeriod("2025-12-31"))
    with pytest.raises(Invalid, match="would open nothing"):
        shop.do(UnlockPeriod("2026-01-04"))
    with pytest.raises(Invalid, match="no day"):
        shop.do(LockPeriod("2026-02-30"))
    assert shop.do(UnlockPeriod())["locked_through"] is None


def test_an_entry_by_hand_is_taken_back_once_and_never_changed(shop: Shop) -> None:
    entry = shop.do(PostManualEntry([RENT, TransferAsk("provider_fees", "provider", 55)], "Rent and fee"))
    back = shop.do(ReverseEntry(entry["id"]))
    assert back["reverses"] == entry["id"]
    assert shop.journal() == "\n".join(
        [
            "manual: rounding <- bank 1200.00",
            "manual: provider_fees <- provider 0.55",
            "manual: bank <- rounding 1200.00",
            "manual: provider <- provider_fees 0.55",
        ]
    )
    assert shop.balance("bank") == shop.balance("provider_fees") == 0
    with pytest.raises(AlreadyReversed):
        shop.do(ReverseEntry(entry["id"]))
    with pytest.raises(Invalid, match="took another back itself"):
        shop.do(ReverseEntry(back["id"]))
    with pytest.raises(NotFound, match="taken back with their document"):
        shop.do(ReverseEntry("INV-000001"))


def test_accounts_with_records_of_their_own_take_no_entry_by_hand(shop: Shop) -> None:
    asks = [TransferAsk("receivable", "bank", 1), TransferAsk("nothing", "bank", 1), TransferAsk("bank", "bank", 1)]
    with pytest.raises(Invalid) as refused:
        shop.do(PostManualEntry(asks, "Wrong"))
    assert [(problem.pointer, problem.code) for problem in refused.value.problems] == [
        ("/transfers/0/debit", "control_account"),
        ("/transfers/1/debit", "unknown_account"),
        ("/transfers/2", "same_account"),
    ]
    with pytest.raises(Invalid, match="has not come yet"):
        shop.do(PostManualEntry([RENT], "Rent", day="2026-01-06"))
    assert shop.journal() == ""


def test_a_customers_credit_is_set_off_against_what_they_owe_oldest_first(shop: Shop) -> None:
    shop.customer("anna")
    shop.sku("lamp", price="10.00", stock=2)
    for _ in range(2):
        shop.ship(shop.order(lamp=1, customer="anna"))
        shop.days_pass(1)
    before = shop.journal()
    shop.do(IssueCreditNote([CreditLine("lamp", Decimal(1), Decimal(15))], customer="anna"))
    shop.do(IssueCreditNote([CreditLine("lamp", Decimal(1), Decimal(99))]))  # of nobody known: not anna's
    posted = shop.journal().removeprefix(before)

    assert shop.do(ApplyCredit("anna"))["applied"] == 1500
    with pytest.raises(NoCredit, match="no credit"):
        shop.do(ApplyCredit("anna"))

    opened = shop.rows("SELECT document, open_minor FROM open_items ORDER BY id")
    assert opened == [("invoice", 0), ("invoice", 500), ("credit_note", 0), ("credit_note", -9900)]
    assert shop.journal() == before + posted, "setting off moves no money"
    assert shop.rows("SELECT SUM(amount_minor) FROM settlements") == [(1500,)]
    with pytest.raises(Invalid, match="no customer"):
        shop.do(ApplyCredit("ben"))
