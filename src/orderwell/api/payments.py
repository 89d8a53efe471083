"""Payments, refunds and providers over HTTP; and the one address that providers call."""

import os
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from ..flows.capture_payment import CapturePayment, VoidPayment
from ..flows.keep_providers import KeepProvider
from ..flows.receive_payment import ReceivePayment
from ..flows.record_payout import RecordPayout
from ..flows.record_provider_event import as_request
from ..flows.refund_payment import ApproveRefund, DropRefund, RefundOrder, RefundPayment
from ..flows.start_payment import LookUpPayment, StartPayment
from ..kit.errors import NotFound
from ..kit.sentences import Sentence
from ..kit.writer import Call
from ..payments import queries
from ..payments.provider import MAX_NOTIFICATION_BYTES, BadSignature, notification
from ..values.ids import parse
from .answers.expanded import ExpandedPaymentAnswer
from .answers.payments import (
    CapturedPaymentAnswer,
    OrderRefundAnswer,
    PaymentAnswer,
    PayoutAnswer,
    ProviderAnswer,
    ReceivedPaymentAnswer,
    RefundAnswer,
    RefundedPaymentAnswer,
    StartedPaymentAnswer,
    VoidedPaymentAnswer,
)
from .decode import body_of
from .expand import rights_of
from .face import Face
from .lists import queried
from .operations import OPEN, ROOT, Look, Operation, Plain, read, verb

READ, TAKE, REFUND = "payments:read", "payments:take", "payments:refund"


def operations() -> list[Operation]:
    received = {"method": "bank_transfer", "amount": 4995, "order": "ord_32SN7ZE200401", "reference": "NL-881"}
    start = {"provider": "simulated", "method": "redirect", "return_url": "https://shop.example.com/thanks"}
    payout = {"account": "provider", "reference": "P-2026-01", "amount": 4845, "fee": 150}
    provider = {"code": "simulated", "url": "https://payments.example.com", "account": "shop-1"}
    return [
        verb(
            "POST", "/payments", ReceivePayment, right=TAKE, result=ReceivedPaymentAnswer, status=201, example=received,
        ),
        queried(
            "/payments", queries.listed, right=READ, result=PaymentAnswer,
            filters={"order": "order", "customer": "customer", "method": None},
        ),
        read(
            "/payments/{payment}", _payment, name="get_payment", right=READ, result=ExpandedPaymentAnswer,
            summary="Look up one payment.", expands=rights_of("customer", "order", "order.customer"),
        ),
        verb(
            "POST", "/orders/{order}/payments", StartPayment, right=TAKE, result=StartedPaymentAnswer, status=201,
            example=start,
        ),
        verb("POST", "/payments/{payment}/look_up", LookUpPayment, right=TAKE, result=PaymentAnswer),
        verb("POST", "/payments/{payment}/capture", CapturePayment, right=TAKE, result=CapturedPaymentAnswer),
        verb("POST", "/payments/{payment}/void", VoidPayment, right=TAKE, result=VoidedPaymentAnswer),
        verb(
            "POST", "/payments/{payment}/refund", RefundPayment, right=REFUND, result=RefundedPaymentAnswer,
            example={"reason": "goodwill"},
        ),
        verb("POST", "/orders/{order}/refund", RefundOrder, right=REFUND, result=OrderRefundAnswer),
        queried(
            "/refunds", queries.instructions, right=READ, result=RefundAnswer,
            filters={"state": None, "payment": "payment"}, fixed={"kind": "refund"},
        ),
        verb("POST", "/refunds/{refund}/approve", ApproveRefund, right=REFUND, result=RefundAnswer),
        verb("POST", "/refunds/{refund}/drop", DropRefund, right=REFUND, result=RefundAnswer),
        verb("POST", "/payouts", RecordPayout, right="ledger:post", result=PayoutAnswer, status=201, example=payout),
        queried("/payouts", queries.payouts, right="ledger:read", result=PayoutAnswer),
        verb("POST", "/providers", KeepProvider, right="business:manage", result=ProviderAnswer, example=provider),
        Plain(
            method="POST", path=f"{ROOT}/providers/{{provider}}/notifications", right=OPEN, run=_notified,
            name="provider_notification", summary="What a payment provider tells us; signed, or refused.",
        ),
    ]  # fmt: skip


def _payment(look: Look) -> Mapping[str, Any]:
    number = parse("payment", look.path["payment"])
    found = queries.payment(look.connection, number) if number is not None else None
    if found is None:
        raise NotFound(Sentence("There is no payment {name!r}.", name=look.path["payment"]))
    return found


async def _notified(face: Face, request: Request, caller: None) -> Response:
    """No key but a signature over the raw bytes; an unknown provider looks the same as a wrong signature."""
    body = await body_of(request, MAX_NOTIFICATION_BYTES)
    code = request.path_params["provider"]
    provider = await face.threads.run(_provider, face, code)
    secret = os.environ.get(provider.secret_env, "") if provider is not None else ""
    if not secret:
        raise BadSignature("The signature does not fit, or its time is more than five minutes off.")
    told = notification(body, request.headers, secret)
    ask = as_request(code, told)
    request_id = request.scope["orderwell.request_id"]
    outcome = await face.submit(Call(ask, actor=f"provider:{code}"[:100], request_id=request_id))
    return Response(to_json(outcome.value()), media_type="application/json")


def _provider(face: Face, code: str) -> Any:
    if "\0" in code:
        return None
    with face.app.database.reading() as connection:
        return queries.provider(connection, code)
