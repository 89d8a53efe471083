"""Payments, what was asked of a provider, what a provider told, and how amounts moved."""

from typing import NamedTuple

METHODS = ("cash", "pin", "bank_transfer", "on_account", "provider")
ACCOUNTS = {"cash": "cash", "pin": "pin", "bank_transfer": "bank", "provider": "provider"}  # where the money then is

# What customers can choose at a provider. Whether money moves at once, or is authorised first and captured by us.
PROVIDER_METHODS = {"redirect": "at_once", "pin": "at_once", "card": "authorised", "pay_later": "authorised"}

# How far a provider's payment got where no money tells; later words outweigh earlier ones, whichever came first.
OUTCOMES = ("new", "open", "cancelled", "expired", "failed", "done")

TOLD = (
    "opened", "authorised", "captured", "voided", "refunded", "cancelled", "expired", "failed",
    "capture_failed", "void_failed", "refund_failed",
)  # fmt: skip
MOVED = {  # kind of move → its sum on the payment
    "authorise": "authorised_minor",
    "capture": "captured_minor",
    "void": "voided_minor",
    "refund": "refunded_minor",
}
INSTRUCTIONS = {"capture": "captured", "void": "voided", "refund": "refunded"}  # kind → what tells it was done


class Provider(NamedTuple):
    """A payment provider we have an account with. Its secret is in the environment, under the name kept here."""

    code: str
    version: int
    url: str
    account: str  # what it calls us
    secret_env: str
    status: str  # 'open' or 'closed'


class Payment(NamedTuple):
    """Money a customer pays for an order, or on account. The four sums are of `payment_moves`.

    Money that moves at once is captured without having been authorised."""

    id: int
    version: int
    order_id: int | None
    customer_id: int | None
    method: str
    provider: str  # '' for methods without one
    provider_method: str  # '' or one of PROVIDER_METHODS
    provider_reference: str  # what the provider calls it; '' while unknown
    checkout_url: str
    return_url: str
    currency: str
    amount_minor: int  # what the receivable falls by when all of it comes in
    rounding_minor: int  # of that, what cash rounding took off at the till (above zero) or put on
    authorised_minor: int
    captured_minor: int
    refunded_minor: int
    voided_minor: int
    outcome: str
    reference: str  # the bank's or the terminal's
    paid_on: str | None  # business day
    created_at: int


class Instruction(NamedTuple):
    """A capture, void or refund: proposed, asked of the provider, done, or failed. Cash is done at once."""

    id: int
    payment_id: int
    kind: str
    amount_minor: int
    state: str
    reason: str
    created_at: int
    done_at: int | None


class ProviderEvent(NamedTuple):
    """Something a provider told us, once. Kept even when it cannot be applied yet."""

    id: str  # the provider's own
    event_id: int
    provider: str
    provider_reference: str
    payment_id: int | None  # None: of a payment we do not know (yet)
    type: str
    amount_minor: int
    currency: str
    operation: str  # shown id of our instruction, or the provider's own name for what it did; '' for the payment
    received_at: int


class PaymentMove(NamedTuple):
    """An amount was authorised, captured, voided or refunded. Never changed."""

    id: int
    event_id: int
    payment_id: int
    kind: str  # 'authorise', 'capture', 'void' or 'refund'
    amount_minor: int
    fact: str  # `captured/cap_…`: the same fact never moves anything twice


class Payout(NamedTuple):
    """A terminal or provider paid out to the bank what it had collected, less its fee."""

    id: int
    event_id: int
    account: str  # 'pin' or 'provider'
    reference: str  # the partner's own, unique
    currency: str
    amount_minor: int  # that reached the bank
    fee_minor: int
    paid_on: str
