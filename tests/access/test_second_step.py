"""One-time codes as RFC 6238 has them, and codes to recover with."""

from base64 import b32encode

import pytest

from orderwell.access.second_step import (
    STEP_SECONDS,
    address,
    code_at,
    hash_of_recovery,
    is_recovery,
    new_recovery_codes,
    new_secret,
    step_of,
)

SECOND = 1_000_000
OF_THE_RFC = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),  # appendix B, the last six of its eight digits
    [(59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
     (2_000_000_000, "279037"), (20_000_000_000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(OF_THE_RFC, seconds // STEP_SECONDS) == code
    assert step_of(OF_THE_RFC, code, seconds * SECOND) == seconds // STEP_SECONDS


def test_a_code_counts_one_step_around_and_no_longer() -> None:
    secret, now = new_secret(), 1_800_000_000
    step = now // STEP_SECONDS
    for off in (-1, 0, 1):
        assert step_of(secret, code_at(secret, step + off), now * SECOND) == step + off
    for off in (-2, 2, -1_000):
        assert step_of(secret, code_at(secret, step + off), now * SECOND) in (None, step - 1, step, step + 1)
        assert step_of(secret, code_at(secret, step + off), now * SECOND) != step + off
    for wrong in ("", "12345", "1234567", "١٢٣٤٥٦", "12 34", "x" * 1_000):
        assert step_of(secret, wrong, now * SECOND) is None
    assert step_of(secret, f"{code_at(secret, step)[:3]} {code_at(secret, step)[3:]}", now * SECOND) == step


def test_secrets_and_codes_differ_and_are_long() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
    assert len(new_secret()) == 32
    codes = [code for _ in range(20) for code in new_recovery_codes()]
    assert len(set(codes)) == 200
    assert all(is_recovery(each) for each in codes)
    assert hash_of_recovery(codes[0]) == hash_of_recovery(codes[0].upper().replace("-", "  "))
    assert not is_recovery("123456")


def test_the_address_names_the_house_and_the_account() -> None:
    told = address("ABC", account="olga@example.com", house="Lamp & Co")
    assert told == "otpauth://totp/Lamp%20%26%20Co%3Aolga%40example.com?secret=ABC&issuer=Lamp%20%26%20Co"
