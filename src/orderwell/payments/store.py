"""Tables of payments. Moves, payouts and what providers told are history; sums on payments follow from moves."""

from ..kit.tables import Table
from .model import INSTRUCTIONS, METHODS, OUTCOMES, Instruction, Payment, PaymentMove, Payout, Provider, ProviderEvent

PROVIDERS = Table("providers", Provider, key="code", lock="write", checks=["status IN ('open', 'closed')"])

PAYMENTS = Table(
    "payments",
    Payment,
    key="id",
    lock="read",
    indexes=[("customer_id", "id"), ("outcome", "id")],
    some={"order_id": "refunded_minor > 0"},
    checks=[
        f"method IN {METHODS}",
        f"outcome IN {OUTCOMES}",
        "amount_minor > 0",
        "authorised_minor = 0 OR captured_minor + voided_minor <= authorised_minor",
        "refunded_minor BETWEEN 0 AND captured_minor",
        "authorised_minor >= 0 AND captured_minor >= 0 AND voided_minor >= 0",
    ],
)
PAYMENTS_OF = PAYMENTS.group("order_id")
PAYMENT_AT = PAYMENTS.group(
    "provider", "provider_reference", unique=True,
    where="provider_reference <> ''", keep=lambda row: row.provider_reference != "",
)  # fmt: skip

PAYMENT_INSTRUCTIONS = Table(
    "payment_instructions",
    Instruction,
    key="id",
    root=("payments", "payment_id"),
    references={"payment_id": "payments.id"},
    indexes=[("state", "id")],
    checks=[
        f"kind IN {tuple(INSTRUCTIONS)}",
        "state IN ('proposed', 'asked', 'done', 'failed', 'dropped')",
        "amount_minor > 0",
    ],
)
INSTRUCTIONS_OF = PAYMENT_INSTRUCTIONS.group("payment_id")

PROVIDER_EVENTS = Table("provider_events", ProviderEvent, key="id", append_only=True)
EVENTS_OF = PROVIDER_EVENTS.group("provider", "provider_reference")

PAYMENT_MOVES = Table(
    "payment_moves",
    PaymentMove,
    key="id",
    append_only=True,
    checks=["amount_minor > 0", "kind IN ('authorise', 'capture', 'void', 'refund')"],
)
MOVES_OF = PAYMENT_MOVES.group("payment_id")

PAYOUTS = Table("payouts", Payout, key="id", append_only=True, checks=["amount_minor >= 0", "fee_minor >= 0"])
PAYOUT_BY_REFERENCE = PAYOUTS.group("account", "reference", unique=True)
