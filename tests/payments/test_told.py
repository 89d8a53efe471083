"""What a provider tells is looked at before it goes any further: no text or number that a database cannot hold."""

from typing import Any

import pytest

from orderwell.payments.provider import told
from orderwell.values.fields import MAX_AMOUNT

EVENT = {"id": "sp_1-1", "type": "captured", "amount": 5_000, "currency": "EUR"}
PAYMENT = {"account": "us", "id": "sp_1", "merchant_reference": "pay_1"}


def test_a_payment_as_agreed_is_read() -> None:
    assert told({**PAYMENT, "events": [EVENT]}).events[0].amount_minor == 5_000


@pytest.mark.parametrize(
    "wrong",
    [{"amount": MAX_AMOUNT + 1}, {"amount": True}, {"id": "a\0b"}, {"operation": "\ud800"}, {"type": "x" * 201}],
)
def test_an_event_that_could_not_be_stored_is_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"whole number|letters|surrogates"):
        told({**PAYMENT, "events": [{**EVENT, **wrong}]})
