"""What a provider tells about a payment: compared with what was asked, kept once, applied in whatever order it comes.

Answers to our calls, notifications and what reconciliation finds all come through here, as the same request. Its end
is the same for any order and any number of repeats: amounts count once per fact, a refund waits for its capture, and
money outweighs words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..business import actions as business
from ..kit.errors import Conflict
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..payments import actions as payments
from ..payments.answers import shown
from ..payments.model import Instruction, Payment, Provider, ProviderEvent
from ..payments.provider import Told
from ..payments.rules import fact, mismatch, must_wait
from ..payments.store import PAYMENT_AT, PAYMENTS, PROVIDER_EVENTS
from ..tasks import actions as tasks
from ..tasks.store import TASK_BY_KEY
from ..values.fields import Code, Reference, SignedMinor, Text
from ..values.ids import parse, show
from ..values.money import decimal_text
from .paid_order import order_secured
from .settle_payment import book_receipt, book_refund

OUTCOME_TOLD = {"opened": "open", "cancelled": "cancelled", "expired": "expired", "failed": "failed"}


class WrongAccount(Conflict):
    code = "wrong_account"
    title = "This is about another account at the provider"


@dataclass(frozen=True, slots=True)
class ProviderEventAsk:
    id: Reference
    type: Reference
    amount: SignedMinor
    currency: Text
    operation: Text = ""


@dataclass(frozen=True, slots=True)
class RecordProviderEvents:
    """`payment` is our id as the provider was told it, `provider_reference` its own name for the payment."""

    provider: Code
    account: Reference
    payment: Reference
    provider_reference: Reference
    events: Annotated[list[ProviderEventAsk], Len(0, 200)]
    checkout_url: Annotated[str, Len(0, 2_000)] = ""


def as_request(provider_code: str, told: Told) -> RecordProviderEvents:
    """What a provider told, as the request that records it."""
    events = [ProviderEventAsk(each.id, each.type, each.amount_minor, each.currency, each.operation)
              for each in told.events]  # fmt: skip
    return RecordProviderEvents(
        provider_code, told.account, told.merchant_reference, told.reference, events, told.checkout_url
    )


@flow(RecordProviderEvents)
def record_provider_events(tx: Tx, ask: RecordProviderEvents) -> dict[str, Any]:
    """Keep what is new and agrees with what was asked for; a task for what does not. Then apply what can be."""
    provider = payments.provider(tx, ask.provider)
    tx.need(PROVIDER_EVENTS, [_key(provider, each) for each in ask.events])
    if ask.account != provider.account:
        return _not_ours(tx, provider, ask, f"it is about account {ask.account!r}, ours is {provider.account!r}")
    payment = _named(tx, provider, ask)
    if payment is None:
        return _hold(tx, provider, ask)
    if payment.provider_reference not in ("", ask.provider_reference):
        detail = f"the provider calls it {ask.provider_reference!r}, we know it as {payment.provider_reference!r}"
        return _not_ours(tx, provider, ask, detail)
    payment = _meet(tx, payment, ask)
    for each in ask.events:
        _keep(tx, provider, payment, each)
    payment = apply_events(tx, payment)
    return {**shown(payment), "held": 0}


def apply_events(tx: Tx, payment: Payment) -> Payment:
    """Apply every kept event that can be applied by now; the payment after them."""
    before = payments.again(tx, payment)
    again = True
    while again:
        again = False
        for event in payments.waiting_events(tx, payment):
            payment = payments.again(tx, payment)
            if event.type in OUTCOME_TOLD:
                payment = payments.note_outcome(tx, payment, OUTCOME_TOLD[event.type])
            elif event.type.endswith("_failed"):
                _fail(tx, payment, event)
            elif trouble := _trouble(tx, payment, event):
                _mismatch(tx, payment, event, trouble)
            elif not must_wait(payment, event):
                _apply(tx, payment, event)
                again = True
    payment = payments.again(tx, payment)
    if payment.authorised_minor > before.authorised_minor or payment.captured_minor > before.captured_minor:
        order_secured(tx, payment)
    return payment


def _named(tx: Tx, provider: Provider, ask: RecordProviderEvents) -> Payment | None:
    """By our id; by the provider's own name where the payment began without us."""
    number = parse("payment", ask.payment)
    payment = tx.get(PAYMENTS, number) if number is not None else None
    if payment is None:
        payment = tx.one(PAYMENT_AT, (provider.code, ask.provider_reference))
    return payment if payment is not None and payment.provider == provider.code else None


def _meet(tx: Tx, payment: Payment, ask: RecordProviderEvents) -> Payment:
    """From now on we know what the provider calls it, and where the customer pays."""
    url = ask.checkout_url or payment.checkout_url
    if (payment.provider_reference, payment.checkout_url) == (ask.provider_reference, url):
        return payment
    announce(tx, "payment.known", "payment", payment.id, provider=payment.provider)
    payment = tx.put(PAYMENTS, payment._replace(provider_reference=ask.provider_reference, checkout_url=url))
    task = tx.one(TASK_BY_KEY, _unknown(payment.provider, ask.provider_reference))
    if task is not None and task.status == "open":
        tasks.close(tx, task, f"it is {show('payment', payment.id)}")
    return payment


def _keep(tx: Tx, provider: Provider, payment: Payment, told: ProviderEventAsk) -> None:
    event = _row(tx, provider, payment, payment.provider_reference, told)
    there = tx.get(PROVIDER_EVENTS, event.id)
    if there is not None and (there.type, there.amount_minor, there.currency, there.operation) == told_of(told):
        return
    trouble = "it was told otherwise before" if there is not None else _trouble(tx, payment, event)
    if trouble:
        _mismatch(tx, payment, event, trouble)
        return
    payments.keep_event(tx, event)
    announce(tx, "payment.event_received", "payment", payment.id, told=event.type, amount=event.amount_minor)


def _trouble(tx: Tx, payment: Payment, event: ProviderEvent) -> str:
    """What is wrong with an event; '' also for a fact that has been counted and is told again, with the same amount."""
    counted = payments.facts_of(tx, payment.id).get(fact(event.type, event.operation))
    if counted is not None:
        return "" if counted == event.amount_minor else f"{event.type} was counted with another amount"
    row = payments.named_operation(event.operation, payments.instructions_of(tx, payment.id))
    return mismatch(payments.again(tx, payment), row, event)


def _apply(tx: Tx, payment: Payment, event: ProviderEvent) -> None:
    kind = {"authorised": "authorise", "captured": "capture", "voided": "void", "refunded": "refund"}[event.type]
    row = payments.named_operation(event.operation, payments.instructions_of(tx, payment.id))
    payment = payments.move(tx, payment, kind, event.amount_minor, fact(event.type, event.operation))
    if row is not None:
        payments.settle_instruction(tx, row, "done")
    today = business.today(tx)
    if kind == "capture":
        book_receipt(tx, payment, event.amount_minor, day=today)
    elif kind == "refund":
        book_refund(tx, payment, row.id if row is not None else payment.id, event.amount_minor, day=today)
    announce(
        tx, f"payment.{event.type}", "payment", payment.id, amount=event.amount_minor, currency=payment.currency,
        order=show("order", payment.order_id) if payment.order_id is not None else None,
    )  # fmt: skip


def _fail(tx: Tx, payment: Payment, event: ProviderEvent) -> None:
    row = payments.named_operation(event.operation, payments.instructions_of(tx, payment.id))
    if row is not None and row.state == "asked":
        fail_instruction(tx, payment, row, "the provider could not do it")


def fail_instruction(tx: Tx, payment: Payment, row: Instruction, detail: str) -> None:
    """What was asked of the provider will not happen: free to be asked again, and somebody is told."""
    payments.settle_instruction(tx, row, "failed")
    amount = decimal_text(row.amount_minor, payment.currency)
    text = f"The {row.kind} of {amount} {payment.currency} failed: {detail}. Ask for it again or settle it otherwise."
    announce(tx, f"payment.{row.kind}_failed", "payment", payment.id, amount=row.amount_minor)
    tasks.open_task(tx, f"{row.kind}_failed", "payment", payment.id, show(row.kind, row.id), text)


def _mismatch(tx: Tx, payment: Payment, event: ProviderEvent, trouble: str) -> None:
    detail = f"Event {event.id} of the provider was not applied: {trouble}. Look at the payment in its dashboard."
    tasks.open_task(tx, "payment_mismatch", "payment", payment.id, f"{event.id}/{event.type}", detail)


def _not_ours(tx: Tx, provider: Provider, ask: RecordProviderEvents, trouble: str) -> dict[str, Any]:
    detail = f"A message about payment {ask.payment} was not applied: {trouble}."
    key = f"{provider.code}/{ask.account}/{ask.provider_reference}/{'/'.join(each.id for each in ask.events)}"
    tasks.open_task(tx, "payment_mismatch", "provider", 0, key, detail)
    return {"object": "provider_message", "applied": "no", "held": 0}


def _hold(tx: Tx, provider: Provider, ask: RecordProviderEvents) -> dict[str, Any]:
    """The payment is not known, or not yet: keep what was told, and tell somebody."""
    rows = [_row(tx, provider, None, ask.provider_reference, each) for each in ask.events]
    held = sum(payments.keep_event(tx, row) for row in rows)
    if held:
        detail = (
            f"{provider.code} tells of payment {ask.provider_reference!r} ({ask.payment}), which is not known here."
            " It is applied as soon as the payment is."
        )
        announce(tx, "provider.unknown_payment", "provider", 0, provider=provider.code)
        kind, _, key = _unknown(provider.code, ask.provider_reference).partition("/")
        tasks.open_task(tx, kind, "provider", 0, key, detail)
    return {"object": "provider_message", "applied": "no", "held": held}


def _unknown(provider_code: str, provider_reference: str) -> str:
    return f"unknown_payment/{provider_code}/{provider_reference}"


def _key(provider: Provider, told: ProviderEventAsk) -> str:
    return f"{provider.code}/{told.id}"


def told_of(told: ProviderEventAsk) -> Sequence[Any]:
    return (told.type, told.amount, told.currency, told.operation)


def _row(
    tx: Tx, provider: Provider, payment: Payment | None, provider_reference: str, told: ProviderEventAsk
) -> ProviderEvent:
    return ProviderEvent(
        _key(provider, told), tx.cause, provider.code, provider_reference, payment.id if payment else None,
        told.type, told.amount, told.currency, told.operation, tx.now,
    )  # fmt: skip
