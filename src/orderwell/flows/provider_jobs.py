"""What providers are told and asked, after the commit. Calls may be repeated, answers come back as requests."""

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..kit.events import announce
from ..kit.jobs import GiveUp, Work, handler, later
from ..kit.notes import keep_note
from ..kit.picture import Tx
from ..kit.schedules import recurring
from ..kit.writer import flow
from ..payments import actions as payments
from ..payments import queries
from ..payments.provider import Declined, HttpPort, Port, Told
from ..payments.rules import begun, queue_of
from ..payments.store import PAYMENTS
from ..values.calendar import DAY, SECOND
from ..values.fields import Reference, Text
from ..values.ids import parse, show
from .record_provider_event import as_request, fail_instruction

ASK_AFTER_SECONDS = 600  # what is not known by then is asked for
ASK_FOR_DAYS = 30  # then a checkout that nobody used is left alone
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class RecordDecline:
    """The provider will not do what we asked: an instruction, or with none the payment itself."""

    payment: Reference
    instruction: Text
    reason: Text


@dataclass(frozen=True, slots=True)
class AskAboutPayments:
    """Their end is not known: have the provider asked about each."""

    payments: Annotated[list[Reference], Len(1, AT_ONCE)]


@flow(RecordDecline)
def record_decline(tx: Tx, ask: RecordDecline) -> dict[str, Any]:
    payment = payments.find(tx, ask.payment)
    rows = payments.instructions_of(tx, payment.id)
    row = payments.named_operation(ask.instruction, rows)
    if row is not None and row.state == "asked":
        fail_instruction(tx, payment, row, ask.reason)
    elif not ask.instruction and begun(payment):
        payments.note_outcome(tx, payment, "failed")
        announce(tx, "payment.failed", "payment", payment.id)
        keep_note(tx, ask.reason)
    return {"object": "payment", "id": ask.payment}


@flow(AskAboutPayments)
def ask_about_payments(tx: Tx, ask: AskAboutPayments) -> dict[str, Any]:
    numbers = [number for name in ask.payments if (number := parse("payment", name)) is not None]
    tx.need(PAYMENTS, numbers)
    for name in ask.payments:
        payment = payments.find(tx, name)
        later(
            tx, "provider.resolve", {"payment": name}, subject_id=payment.id, queue=queue_of(payment.provider),
            in_order=payment.id,
        )  # fmt: skip
        announce(tx, "payment.asked_about", "payment", payment.id)
    return {"object": "list", "asked": len(ask.payments)}


@handler("provider.start")
def start(work: Work) -> None:
    """Tell the provider of a payment, under our id: told twice it is one payment."""
    _start(work, _payment(work))


@handler("provider.instruct")
def instruct(work: Work) -> None:
    """Have something captured, voided or refunded, under the instruction's id: asked twice it is done once."""
    payment = _payment(work)
    names = {name for kind, name in work.payload.items() if kind != "payment"}
    for row in payment["instructions"]:
        if row["id"] in names:
            _instruct(work, payment, row)


@handler("provider.cancel")
def cancel(work: Work) -> None:
    """Have a payment closed that nobody should pay any more. If it was paid just before, that is what comes back."""
    payment = _payment(work)
    port = _port(work, payment)
    try:
        answer: Told | None = port.cancel(payment["id"])
    except Declined:
        answer = port.look(payment["id"])
    if answer is not None:
        _record(work, payment, answer)
    else:
        work.ask(RecordDecline(payment["id"], "", "it was taken back before the provider knew of it"))


@handler("provider.look")
def look(work: Work) -> None:
    """Ask how a payment stands, and record what is new."""
    payment = _payment(work)
    answer = _port(work, payment).look(payment["id"])
    if answer is not None:
        _record(work, payment, answer)


@handler("provider.resolve")
def resolve(work: Work) -> None:
    """Find out what became of a payment; ask again for what the provider has never heard of."""
    payment = _payment(work)
    answer = _port(work, payment).look(payment["id"])
    if answer is not None:
        _record(work, payment, answer)
    elif payment["status"] == "new":
        _start(work, payment)
    payment = _payment(work)
    for row in payment["instructions"]:
        _instruct(work, payment, row)


@handler("provider.reconcile")
def reconcile(work: Work) -> None:
    """Every payment whose end is not known is asked about: no answer, no notification, or nobody came back."""
    now, after = work.clock.now(), 0
    while True:
        with work.database.reading() as connection:
            found = queries.unknown_outcomes(
                connection, now - ASK_AFTER_SECONDS * SECOND, now - ASK_FOR_DAYS * DAY, after, AT_ONCE
            )
        if not found:
            return
        work.ask(AskAboutPayments([show("payment", each) for each in found]))
        after = found[-1]


recurring("provider.reconcile", every_seconds=ASK_AFTER_SECONDS)


def _start(work: Work, payment: dict[str, Any]) -> None:
    """A payment that a web shop began by itself has a name at the provider: it gets to know ours as well."""
    try:
        answer = _port(work, payment).start(
            payment["id"], method=payment["provider_method"], amount_minor=payment["amount"],
            currency=payment["currency"], return_url=payment["return_url"],
            provider_reference=payment["provider_reference"],
        )  # fmt: skip
    except Declined as reason:
        work.ask(RecordDecline(payment["id"], "", str(reason)))
        return
    _record(work, payment, answer)


def _instruct(work: Work, payment: dict[str, Any], row: dict[str, Any]) -> None:
    if row["state"] != "asked":
        return
    try:
        answer = _port(work, payment).instruct(
            payment["id"], row["object"], row["id"], row["amount"], payment["currency"]
        )
    except Declined as reason:
        work.ask(RecordDecline(payment["id"], row["id"], str(reason)))
        return
    _record(work, payment, answer)


def _record(work: Work, payment: dict[str, Any], answer: Told) -> None:
    work.ask(as_request(payment["provider"], answer))


def _payment(work: Work) -> dict[str, Any]:
    number = parse("payment", work.payload["payment"])
    with work.database.reading() as connection:
        payment = queries.payment(connection, number or 0)
    if payment is None:
        raise GiveUp(f"there is no payment {work.payload['payment']}")
    return payment


def _port(work: Work, payment: dict[str, Any]) -> Port:
    with work.database.reading() as connection:
        provider = queries.provider(connection, payment["provider"])
    return HttpPort(provider.url, provider.account, work.http)
