"""Verbs of payments: open one, move amounts, instruct the provider. Captured, voided, refunded only ever grow."""

from collections.abc import Sequence

from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..values.ids import parse, show
from .model import Instruction, Payment, PaymentMove, Provider, ProviderEvent
from .rules import check_instruction, fact, moved, weightier
from .store import (
    EVENTS_OF,
    INSTRUCTIONS_OF,
    MOVES_OF,
    PAYMENT_AT,
    PAYMENT_INSTRUCTIONS,
    PAYMENT_MOVES,
    PAYMENTS,
    PAYMENTS_OF,
    PROVIDER_EVENTS,
    PROVIDERS,
)  # fmt: skip


class ProviderClosed(Conflict):
    code = "provider_closed"
    title = "No payments are started at this provider"


class PaymentExists(Conflict):
    code = "payment_exists"
    title = "This payment of the provider is known already"


def provider(tx: Tx, code: str) -> Provider:
    found = tx.get(PROVIDERS, code)
    if found is None:
        raise Invalid.at("/provider", Sentence("There is no payment provider {name!r}.", name=code), "unknown_provider")
    return found


def open_provider(tx: Tx, code: str) -> Provider:
    found = provider(tx, code)
    if found.status != "open":
        raise ProviderClosed(Sentence("Payment provider {code!r} is closed.", code=code))
    return found


def open_payment(
    tx: Tx, *, method: str, amount_minor: int, currency: str, order_id: int | None, customer_id: int | None,
    provider: str = "", provider_method: str = "", provider_reference: str = "", return_url: str = "",
    reference: str = "", paid_on: str | None = None,
) -> Payment:  # fmt: skip
    """A payment of which nothing has moved yet. Raises PaymentExists for a provider's payment that is known."""
    if provider_reference:
        there = tx.one(PAYMENT_AT, (provider, provider_reference))
        if there is not None:
            id_ = show("payment", there.id)
            raise PaymentExists(
                Sentence(
                    "Payment {reference!r} of {provider} is {id} already.",
                    reference=provider_reference,
                    provider=provider,
                    id=id_,
                ),
                payment=id_,
            )
    return tx.add(
        PAYMENTS,
        Payment(
            tx.new_id(), 1, order_id, customer_id, method, provider, provider_method, provider_reference, "",
            return_url, currency, amount_minor, 0, 0, 0, 0, 0, "new" if provider else "done", reference, paid_on,
            tx.now,
        ),
    )  # fmt: skip


def find(tx: Tx, name: str) -> Payment:
    number = parse("payment", name)
    payment = tx.get(PAYMENTS, number) if number is not None else None
    if payment is None:
        raise NotFound(Sentence("There is no payment {name!r}.", name=name))
    return payment


def again(tx: Tx, payment: Payment) -> Payment:
    """The payment as this request has left it so far."""
    found = tx.get(PAYMENTS, payment.id)
    assert found is not None
    return found


def of_order(tx: Tx, order_id: int) -> list[Payment]:
    return tx.rows(PAYMENTS_OF, order_id)


def move(tx: Tx, payment: Payment, kind: str, amount_minor: int, known_as: str) -> Payment:
    """An amount is authorised, captured, voided or refunded, as a fact that counts once; the payment after it."""
    tx.add(PAYMENT_MOVES, PaymentMove(tx.new_id(), tx.cause, payment.id, kind, amount_minor, known_as))
    return tx.put(PAYMENTS, moved(again(tx, payment), kind, amount_minor))


def facts_of(tx: Tx, payment_id: int) -> dict[str, int]:
    """What has moved amounts of this payment so far, and by how much."""
    return {each.fact: each.amount_minor for each in tx.rows(MOVES_OF, payment_id)}


def note_outcome(tx: Tx, payment: Payment, told: str) -> Payment:
    payment = again(tx, payment)
    outcome = weightier(payment.outcome, told)
    return payment if outcome == payment.outcome else tx.put(PAYMENTS, payment._replace(outcome=outcome))


# -- instructions


def instructions_of(tx: Tx, payment_id: int) -> list[Instruction]:
    return tx.rows(INSTRUCTIONS_OF, payment_id)


def instruct(
    tx: Tx, payment: Payment, kind: str, amount_minor: int, *, reason: str = "", state: str = "asked"
) -> Instruction:
    """Ask for a capture, void or refund, or propose it. Raises what `check_instruction` raises."""
    payment = again(tx, payment)
    check_instruction(payment, instructions_of(tx, payment.id), kind, amount_minor)
    row = Instruction(tx.new_id(), payment.id, kind, amount_minor, state, reason, tx.now, None)
    return tx.add(PAYMENT_INSTRUCTIONS, row)


def instruction(tx: Tx, name: str, kind: str = "refund") -> Instruction:
    number = parse(kind, name)
    row = tx.get(PAYMENT_INSTRUCTIONS, number) if number is not None else None
    if row is None or row.kind != kind:
        raise NotFound(Sentence("There is no {kind} {name!r}.", kind=word(kind), name=name))
    return row


def settle_instruction(tx: Tx, row: Instruction, state: str) -> Instruction:
    done_at = tx.now if state in ("done", "failed") else None
    return tx.put(PAYMENT_INSTRUCTIONS, row._replace(state=state, done_at=done_at))


def named_operation(operation: str, instructions: Sequence[Instruction]) -> Instruction | None:
    """The instruction of ours that a provider names; None for what it did without us."""
    for row in instructions:
        if operation == show(row.kind, row.id):
            return row
    return None


# -- what the provider told


def keep_event(tx: Tx, event: ProviderEvent) -> bool:
    """Write an event down; whether it is new."""
    if tx.get(PROVIDER_EVENTS, event.id) is not None:
        return False
    tx.add(PROVIDER_EVENTS, event)
    return True


def events_of(tx: Tx, provider_code: str, provider_reference: str) -> list[ProviderEvent]:
    return tx.rows(EVENTS_OF, (provider_code, provider_reference))


def waiting_events(tx: Tx, payment: Payment) -> list[ProviderEvent]:
    """Events of this payment that told of amounts and have not moved any yet."""
    facts = facts_of(tx, payment.id)
    events = events_of(tx, payment.provider, payment.provider_reference)
    return [event for event in events if fact(event.type, event.operation) not in facts]
