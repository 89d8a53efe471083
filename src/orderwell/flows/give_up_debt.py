"""Giving up a receivable: a bad debt, of a customer or of nobody known, and small rests nobody will chase."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..business import actions as business
from ..business.model import ONLY
from ..business.store import BUSINESS
from ..channels import actions as channels
from ..channels.store import CHANNEL_BY_CODE
from ..customers import actions as customers
from ..invoicing import actions as invoicing
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..ledger.model import DebtAdjustment, OpenItem
from ..ledger.rules import SMALL_REST_MINOR
from ..ledger.store import BOOKS, DEBT_ADJUSTMENTS, DEBT_BY_REFERENCE
from ..values.fields import Code, Reference, SignedMinor, Text
from ..values.ids import show
from ..values.money import decimal_text
from .settle_payment import items_of_customer


class AdjustmentExists(Conflict):
    code = "adjustment_exists"
    title = "The channel has sent this adjustment before"


class MoreThanOwed(Conflict):
    code = "more_than_owed"
    title = "More would be given up than is owed"


class RestTooLarge(Conflict):
    code = "rest_too_large"
    title = "This is more than a small rest"


@dataclass(frozen=True, slots=True)
class RecordBadDebt:
    """`amount` (minor units) is what the receivable falls by; below zero it is owed after all.

    With an invoice or a customer it settles what they owe, oldest first; left out, all of it. With neither it is the
    debt of nobody known, of any amount. `reference` with `channel` is unique: sent twice it is one.
    """

    amount: SignedMinor | None = None
    invoice: Reference | None = None
    customer: Reference | None = None
    channel: Code | None = None
    reference: Reference | None = None
    note: Text = ""


@dataclass(frozen=True, slots=True)
class WriteOffRest:
    """Give up the small rest that is open on an invoice."""

    invoice: Reference
    note: Text = ""


def needs(ask: RecordBadDebt) -> list[tuple[Any, Any]]:
    wanted: list[tuple[Any, Any]] = [(BUSINESS, ONLY), (BOOKS, 1)]
    if ask.channel is not None:
        wanted.append((CHANNEL_BY_CODE, ask.channel))
    if ask.customer is not None:
        wanted.append(customers.wanted(ask.customer))
    return wanted


@flow(RecordBadDebt, needs)
def record_bad_debt(tx: Tx, ask: RecordBadDebt) -> dict[str, Any]:
    """Post the loss, and settle with it what will not be paid."""
    channel_id = channels.open_channel(tx, ask.channel).id if ask.channel is not None else None
    if channel_id is not None and ask.reference is not None:
        _refuse_second(tx, channel_id, ask.reference)
    customer_id, owed = _owed(tx, ask)
    known = ask.invoice is not None or customer_id is not None
    whole = sum(item.open_minor for item in owed)
    amount = whole if ask.amount is None else ask.amount
    if amount == 0:
        raise Invalid.at("/amount", "There is nothing to give up: send an amount, or name who owes one.", "required")
    if known and amount > whole:
        currency = business.current(tx).currency
        raise MoreThanOwed(
            Sentence(
                "{amount} was to be given up, {owed} is owed.",
                amount=Decimal(decimal_text(amount, currency)),
                owed=Decimal(decimal_text(whole, currency)),
            )
        )
    return _give_up(
        tx, "bad_debt", amount, owed, customer_id=customer_id, note=ask.note,
        channel_id=channel_id if ask.reference is not None else None, reference=ask.reference or "",
    )  # fmt: skip


@flow(WriteOffRest)
def write_off_rest(tx: Tx, ask: WriteOffRest) -> dict[str, Any]:
    """Settle an invoice whose rest is not worth a letter."""
    invoice = invoicing.find(tx, ask.invoice)
    items = [item for item in ledger.items_of_document(tx, invoice.id) if item.open_minor]
    rest = sum(item.open_minor for item in items)
    if not 0 < rest <= SMALL_REST_MINOR:
        raise RestTooLarge(
            Sentence(
                "{rest} is open on {invoice}; up to {most} is written off as a rest, more is a bad debt.",
                rest=Decimal(decimal_text(rest, invoice.currency)),
                invoice=invoicing.shown_number(invoice),
                most=Decimal(decimal_text(SMALL_REST_MINOR, invoice.currency)),
            )
        )
    return _give_up(
        tx, "write_off", rest, items, customer_id=invoice.customer_id, note=ask.note, channel_id=None, reference=""
    )


def _refuse_second(tx: Tx, channel_id: int, reference: str) -> None:
    there = tx.one(DEBT_BY_REFERENCE, (channel_id, reference))
    if there is not None:
        id_ = show("adjustment", there.id)
        raise AdjustmentExists(
            Sentence("Adjustment {reference!r} of this channel is {id} already.", reference=reference, id=id_),
            adjustment=id_,
        )


def _owed(tx: Tx, ask: RecordBadDebt) -> tuple[int | None, list[OpenItem]]:
    """Whose debt it is, and the open items that it may settle."""
    if ask.invoice is not None:
        if ask.customer is not None:
            raise Invalid.at("/customer", "Name the invoice or the customer: an invoice has its own.", "one_of")
        invoice = invoicing.find(tx, ask.invoice)
        return invoice.customer_id, [item for item in ledger.items_of_document(tx, invoice.id) if item.open_minor > 0]
    if ask.customer is None:
        return None, []
    customer = customers.present(tx, ask.customer)
    return customer.id, [item for item in items_of_customer(tx, customer.id) if item.open_minor > 0]


def _give_up(
    tx: Tx, kind: str, amount: int, owed: list[OpenItem], *, customer_id: int | None, channel_id: int | None,
    reference: str, note: str,
) -> dict[str, Any]:  # fmt: skip
    """Write it down, post it, and set it off against what is owed."""
    currency, today = business.current(tx).currency, business.today(tx)
    row = DebtAdjustment(
        tx.new_id(), tx.cause, kind, channel_id, reference, customer_id, currency, amount, today, note
    )  # fmt: skip
    tx.add(DEBT_ADJUSTMENTS, row)
    make = templates.bad_debt if kind == "bad_debt" else templates.write_off
    ledger.post(
        tx, kind, make(amount_minor=amount), day=today, currency=currency, document="adjustment", document_id=row.id
    )
    item = ledger.open_item(
        tx, party_id=customer_id, order_id=None, document="adjustment", document_id=row.id, currency=currency,
        amount_minor=-amount, opened_on=today, due_on=today,
    )  # fmt: skip
    assert item is not None
    left = ledger.set_off_one(tx, item, owed)
    announce(tx, f"debt.{kind}", "adjustment", row.id, amount=amount, currency=currency, reference=reference)
    return {
        "object": "adjustment", "id": show("adjustment", row.id), "kind": kind, "reference": reference,
        "customer": show("customer", customer_id) if customer_id is not None else None, "currency": currency,
        "amount": amount, "open": left.open_minor, "posted_on": today,
    }  # fmt: skip
