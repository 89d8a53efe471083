"""Payments, refunds, payouts and providers. Amounts are whole minor units of their currency."""

from typing import Literal

from typing_extensions import TypedDict

from .notes import Said


class InstructionAnswer(TypedDict):
    """What a provider was asked, or is to be asked, to do with a payment; `object` says what."""

    object: Literal["capture", "void", "refund"]
    id: str
    payment: str
    amount: int
    state: str
    reason: str
    created_at: str
    done_at: str | None


class RefundAnswer(InstructionAnswer):
    object: Literal["refund"]  # type: ignore[misc]


class PaymentAnswer(TypedDict):
    """`rounding` is what cash rounding took off or, below zero, put on."""

    object: Literal["payment"]
    id: str
    version: int
    order: str | None
    customer: str | None
    method: str
    provider: str
    provider_method: str
    provider_reference: str
    checkout_url: str
    return_url: str
    reference: str
    status: str
    currency: str
    amount: int
    rounding: int
    authorised: int
    captured: int
    refunded: int
    voided: int
    paid_on: str | None
    created_at: str


class StartedPaymentAnswer(PaymentAnswer):
    """`superseded` are payments begun before, whose place it takes."""

    superseded: list[str]


class ReceivedPaymentAnswer(PaymentAnswer):
    """`credit` is what of it settled nothing, and stays the customer's."""

    credit: int


class CapturedPaymentAnswer(PaymentAnswer):
    capture: InstructionAnswer


class VoidedPaymentAnswer(PaymentAnswer):
    void: InstructionAnswer


class RefundedPaymentAnswer(PaymentAnswer):
    refund: InstructionAnswer


class PaymentMove(TypedDict):
    kind: str
    amount: int
    event: str


class PaymentDetailAnswer(PaymentAnswer):
    """With what happened to it, what was said then and what was asked of the provider, oldest first."""

    moves: list[PaymentMove]
    notes: list[Said]
    instructions: list[InstructionAnswer]


class OrderRefundAnswer(TypedDict):
    object: Literal["order_refund"]
    order: str
    currency: str
    amount: int
    refunds: list[RefundAnswer]


class PayoutAnswer(TypedDict):
    object: Literal["payout"]
    id: str
    account: str
    reference: str
    currency: str
    amount: int
    fee: int
    paid_on: str


class ProviderAnswer(TypedDict):
    """`secret_env` is the environment variable that holds the provider's signing secret."""

    object: Literal["provider"]
    id: str
    url: str
    account: str
    secret_env: str
    status: str
