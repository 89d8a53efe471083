"""What is not signed by the provider, or not lately, or was changed on the way, is not read any further."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from orderwell.kit.errors import Invalid
from orderwell.payments.provider import BadSignature, Told, ToldEvent, notification
from orderwell.payments.simulated import signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
FOUND = {
    "id": "sp_1", "account": "us", "merchant_reference": "pay_1",
    "event": {"id": "sp_1-1", "type": "captured", "amount": 5_000, "currency": "EUR", "operation": ""},
}  # fmt: skip
BODY = json.dumps(FOUND).encode()


def test_a_signed_notification_is_read() -> None:
    told = notification(BODY, signed(SECRET, "sp_1-1", BODY), SECRET)
    assert told == Told("us", "sp_1", "pay_1", "", [ToldEvent("sp_1-1", "captured", 5_000, "EUR", "")])


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY.replace(b"5000", b"9000"), signed(SECRET, "sp_1-1", BODY)),
        (BODY + b" ", signed(SECRET, "sp_1-1", BODY)),
        (BODY, signed(OTHER, "sp_1-1", BODY)),
        (BODY, {**signed(SECRET, "sp_1-1", BODY), "webhook-id": "sp_1-2"}),
        (BODY, {**signed(SECRET, "sp_1-1", BODY), "webhook-timestamp": "1"}),
        (BODY, {**signed(SECRET, "sp_1-1", BODY), "webhook-timestamp": "soon"}),
        (BODY, {**signed(SECRET, "sp_1-1", BODY), "webhook-signature": "v1,!!!"}),
        (BODY, {**signed(SECRET, "sp_1-1", BODY), "webhook-signature": "v1"}),
        (BODY, {**signed(SECRET, "sp_1-1", BODY), "webhook-signature": ""}),
        (BODY, {}),
        (BODY, signed(SECRET, "sp_1-1", BODY, datetime.now(UTC) - timedelta(hours=6))),
        (BODY, signed(SECRET, "sp_1-1", BODY, datetime.now(UTC) + timedelta(hours=6))),
        (b"\xff\xfe", signed(SECRET, "sp_1-1", BODY)),
    ],
)
def test_what_was_forged_altered_or_sent_again_later_is_refused(body: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        notification(body, headers, SECRET)


@pytest.mark.parametrize(
    "text",
    ["[]", "{}", "1", '{"event": {}}', json.dumps({**FOUND, "event": {"id": "x", "type": "captured", "amount": 1.5}})],
)
def test_a_signed_text_that_is_no_notification_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        notification(text.encode(), signed(SECRET, "m", text.encode()), SECRET)


def test_a_body_without_end_is_not_read() -> None:
    body = b" " * 64_001
    with pytest.raises(Invalid):
        notification(body, signed(SECRET, "m", body), SECRET)
