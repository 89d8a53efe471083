"""What may be captured, voided and refunded; coins; what a provider's word is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwell.payments.model import Instruction, Payment, ProviderEvent
from orderwell.payments.rules import (
    CaptureTooLarge,
    NothingToVoid,
    RefundTooLarge,
    capturable,
    cash_part,
    cash_rounded,
    check_instruction,
    mismatch,
    moved,
    refundable,
    status,
    weightier,
)

amounts = st.integers(1, 10**9)


def payment(**more: int | str) -> Payment:
    row = Payment(
        1,
        1,
        2,
        None,
        "provider",
        "simulated",
        "card",
        "sp_1",
        "",
        "",
        "EUR",
        10_000,
        0,
        0,
        0,
        0,
        0,
        "open",
        "",
        None,
        0,
    )
    return row._replace(**more)  # type: ignore[arg-type]


def asked(kind: str, amount: int, state: str = "asked") -> Instruction:
    return Instruction(9, 1, kind, amount, state, "", 0, None)


@pytest.mark.parametrize(
    ("currency", "amount", "coin", "coins"),
    [
        ("EUR", 750, 100, 700),  # no rule binds: halves go down
        ("EUR", 751, 100, 800),
        ("EUR", 749, 100, 700),
        ("EUR", -750, 100, -700),  # and the same way back
        ("NZD", 1_005, 10, 1_000),
        ("EUR", 333, 1, 333),
        ("SEK", 750, 100, 800),  # by law, fifty öre go up
        ("SEK", 749, 100, 700),
        ("SEK", -750, 100, -800),
        ("NOK", 1_050, 100, 1_100),
        ("DKK", 1_024, 50, 1_000),
        ("DKK", 1_025, 50, 1_050),
        ("DKK", 1_074, 50, 1_050),
        ("DKK", 1_075, 50, 1_100),
    ],
)
def test_coins(currency: str, amount: int, coin: int, coins: int) -> None:
    assert cash_rounded(amount, coin, currency) == coins


@pytest.mark.parametrize("currency", ["EUR", "SEK"])
def test_to_five_cents_one_and_two_go_down_three_and_four_up(currency: str) -> None:
    told = [cash_rounded(1_000 + cents, 5, currency) - 1_000 for cents in range(11)]
    assert told == [0, 0, 0, 5, 5, 5, 5, 5, 10, 10, 10]


@given(st.lists(amounts, min_size=1, max_size=8), st.sampled_from([1, 5, 10, 50, 100]), st.sampled_from(["EUR", "SEK"]))
def test_parts_paid_in_coins_sum_to_the_coins_for_the_whole(parts: list[int], coin: int, currency: str) -> None:
    coins = [cash_part(part, before=sum(parts[:n]), coin_minor=coin, currency=currency) for n, part in enumerate(parts)]
    assert sum(coins) == cash_rounded(sum(parts), coin, currency)
    assert all(each >= 0 and each % coin == 0 for each in coins)


@given(
    st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000), st.lists(st.integers(1, 5_000), max_size=3)
)
def test_what_is_under_way_is_never_given_twice(
    captured: int, voided: int, refunded: int, under_way: list[int]
) -> None:
    captured = min(captured, 10_000 - min(voided, 10_000))
    row = payment(
        authorised_minor=10_000, captured_minor=captured, voided_minor=min(voided, 10_000 - captured),
        refunded_minor=min(refunded, captured),
    )  # fmt: skip
    for kind, room, refusal in (
        ("capture", capturable, CaptureTooLarge),
        ("void", capturable, NothingToVoid),
        ("refund", refundable, RefundTooLarge),
    ):
        rows = [asked(kind, each) for each in under_way]
        left = room(row, rows)
        assert left == max(0, room(row, []) - sum(under_way))
        if left > 0:
            check_instruction(row, rows, kind, left)
        with pytest.raises(refusal):
            check_instruction(row, rows, kind, left + 1)


def test_what_failed_or_was_only_proposed_takes_no_room() -> None:
    row = payment(authorised_minor=10_000, captured_minor=10_000)
    assert refundable(row, [asked("refund", 4_000, "failed"), asked("refund", 4_000, "proposed")]) == 10_000


@given(st.permutations([("authorise", 10_000), ("capture", 4_000), ("capture", 3_000), ("void", 3_000)]))
def test_moves_end_alike_in_any_order(moves: list[tuple[str, int]]) -> None:
    row = payment()
    for kind, amount in moves:
        row = moved(row, kind, amount)
        assert row.captured_minor + row.voided_minor <= row.amount_minor
    assert (row.authorised_minor, row.captured_minor, row.voided_minor) == (10_000, 7_000, 3_000)


@pytest.mark.parametrize(
    ("amounts_", "word"),
    [
        ({}, "open"),
        ({"outcome": "failed"}, "failed"),
        ({"outcome": "failed", "authorised_minor": 10_000}, "authorised"),  # money outweighs words
        ({"authorised_minor": 10_000, "voided_minor": 10_000}, "voided"),
        ({"authorised_minor": 10_000, "captured_minor": 4_000}, "partly_captured"),
        ({"authorised_minor": 10_000, "captured_minor": 4_000, "voided_minor": 6_000}, "captured"),
        ({"authorised_minor": 10_000, "captured_minor": 10_000, "refunded_minor": 1}, "partly_refunded"),
        ({"authorised_minor": 10_000, "captured_minor": 10_000, "refunded_minor": 10_000}, "refunded"),
    ],
)
def test_the_word_for_a_payment(amounts_: dict[str, int | str], word: str) -> None:
    assert status(payment(**amounts_)) == word


def test_of_two_outcomes_the_weightier_stays_whichever_came_first() -> None:
    assert weightier("failed", "open") == weightier("open", "failed") == "failed"


def told(type_: str, amount: int, currency: str = "EUR", operation: str = "") -> ProviderEvent:
    return ProviderEvent("e", 1, "simulated", "sp_1", 1, type_, amount, currency, operation, 0)


@pytest.mark.parametrize(
    ("event", "instruction", "trouble"),
    [
        (told("authorised", 10_000), None, ""),
        (told("authorised", 9_999), None, "authorised 99.99, 100.00 was asked for"),
        (told("authorised", 10_000, "USD"), None, "the currency is USD, the payment is in EUR"),
        (told("captured", 4_000, operation="x"), asked("capture", 4_000), ""),
        (told("captured", 4_001, operation="x"), asked("capture", 4_000), "captured 40.01, 40.00 was asked for"),
        (told("captured", 4_000, operation="x"), asked("refund", 4_000), "captured, but a refund was asked for"),
        (told("capture_failed", 4_000, operation="x"), asked("capture", 4_000), ""),
        (told("captured", 10_001), None, "captured 100.01, more than the payment allows"),
        (told("refunded", 10_001), None, "refunded 100.01, more than the payment allows"),
        (told("voided", 0), None, "voided an amount of 0"),
        (told("stolen", 10_000), None, "an event of type stolen is not known"),
        (told("opened", 0), None, ""),
    ],
)
def test_an_event_agrees_with_what_was_asked_for_or_it_is_said_why_not(
    event: ProviderEvent, instruction: Instruction | None, trouble: str
) -> None:
    assert mismatch(payment(), instruction, event) == trouble


def test_money_that_moves_at_once_is_captured_whole() -> None:
    at_once = payment(provider_method="redirect")
    assert mismatch(at_once, None, told("captured", 100)) == "captured 1.00, 100.00 was asked for"
    assert mismatch(at_once, None, told("captured", 10_000)) == ""
