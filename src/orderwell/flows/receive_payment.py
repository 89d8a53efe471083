"""Money comes in by cash, PIN terminal or bank: for an order, an invoice, or from a customer on account."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from ..business import actions as business
from ..channels.store import CHANNEL_BY_CODE
from ..customers import actions as customers
from ..invoicing import actions as invoicing
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..payments import actions as payments
from ..payments.answers import shown
from ..payments.model import Payment
from ..payments.rules import cash_rounded
from ..payments.store import PAYMENTS
from ..values.fields import Code, Day, Minor, Reference, Text
from ..values.ids import show
from ..values.money import decimal_text
from .cash_drawer import Drawer, drawer_at, paid_in_drawer
from .ordered_units import named_order
from .paid_order import order_secured
from .settle_payment import Owed, book_receipt, items_of_customer, order_owed


class NothingDue(Conflict):
    code = "nothing_due"
    title = "Nothing is left to be paid"


class NotYetPlaced(Conflict):
    code = "payment_for_draft"
    title = "A draft is not paid this way"


@dataclass(frozen=True, slots=True)
class ReceivePayment:
    """For exactly one of `order` (an id, or with `channel` its own reference), `invoice` and `customer`.

    `amount` (minor units) left out is what is due, for cash rounded to the smallest coin. `reference` is the bank's or
    the terminal's; `till` is where it was paid, with its drawer open. What is paid too much stays as the customer's
    credit, what is paid too little leaves the rest open.
    """

    method: Literal["cash", "pin", "bank_transfer"]
    amount: Minor | None = None
    order: Reference | None = None
    channel: Code | None = None
    invoice: Reference | None = None
    customer: Reference | None = None
    reference: Text = ""
    paid_on: Day | None = None
    till: Code | None = None


def needs(ask: ReceivePayment) -> list[tuple[Any, Any]]:
    if ask.customer is not None:
        return [customers.wanted(ask.customer)]
    return [(CHANNEL_BY_CODE, ask.channel)] if ask.channel is not None else []


@flow(ReceivePayment, needs)
def receive_payment(tx: Tx, ask: ReceivePayment) -> dict[str, Any]:
    """Write the payment down, post it, and settle what is owed with it."""
    owed = _owed(tx, ask)
    drawer = drawer_at(tx, ask.till, method=ask.method)
    amount, rounding = _amount(tx, ask.method, ask.amount, owed.due_minor)
    payment, credit = take(
        tx, owed, method=ask.method, amount_minor=amount, rounding_minor=rounding, reference=ask.reference,
        paid_on=business_day(tx, ask.paid_on), drawer=drawer,
    )  # fmt: skip
    order_secured(tx, payment)
    return {**shown(payments.again(tx, payment)), "credit": credit}


def take(
    tx: Tx, owed: Owed, *, method: str, amount_minor: int, rounding_minor: int, reference: str, paid_on: str,
    drawer: Drawer | None = None,
) -> tuple[Payment, int]:  # fmt: skip
    """Take an amount: payment, posting, open items, drawer; the payment, and what of it stays as credit."""
    payment = payments.open_payment(
        tx, method=method, amount_minor=amount_minor, currency=business.current(tx).currency, order_id=owed.order_id,
        customer_id=owed.customer_id, reference=reference, paid_on=paid_on,
    )  # fmt: skip
    if rounding_minor:
        payment = tx.put(PAYMENTS, payment._replace(rounding_minor=rounding_minor))
    payment = payments.move(tx, payment, "capture", amount_minor, "captured/")
    credit = book_receipt(tx, payment, amount_minor, rounding_minor=rounding_minor, day=paid_on, owed=owed.items)
    paid_in_drawer(
        tx, drawer, "payment", amount_minor - rounding_minor, method=method, currency=payment.currency,
        document_id=payment.id,
    )  # fmt: skip
    announce(
        tx, "payment.received", "payment", payment.id, method=method, amount=amount_minor, rounding=rounding_minor,
        currency=payment.currency, order=show("order", owed.order_id) if owed.order_id is not None else None,
    )  # fmt: skip
    return payment, credit


def _owed(tx: Tx, ask: ReceivePayment) -> Owed:
    if sum(each is not None for each in (ask.order, ask.invoice, ask.customer)) != 1:
        raise Invalid.at("/order", "Name what is paid: an order, an invoice or a customer.", "one_of")
    if ask.order is not None:
        order = named_order(tx, ask.order, ask.channel)
        if order.status == "draft":
            raise NotYetPlaced(
                Sentence(
                    "Order {order!r} is a draft; confirm it first, or let a provider be paid.", order=order.reference
                )
            )
        return order_owed(tx, order)
    if ask.invoice is not None:
        invoice = invoicing.find(tx, ask.invoice)
        items = [item for item in ledger.items_of_document(tx, invoice.id) if item.open_minor > 0]
        due = sum(item.open_minor for item in items)
        return Owed(invoice.order_id, invoice.customer_id, due, items)
    customer = customers.present(tx, ask.customer or "")
    items = items_of_customer(tx, customer.id)
    return Owed(None, customer.id, sum(item.open_minor for item in items), items)


def _amount(tx: Tx, method: str, amount_minor: int | None, due_minor: int) -> tuple[int, int]:
    """What the receivable falls by, and what of that cash rounding took off."""
    house = business.current(tx)
    coin = house.cash_rounding_minor if method == "cash" else 1
    coins, rounding = cash_due(tx, due_minor) if method == "cash" else (due_minor, 0)
    if amount_minor is None or (amount_minor == coins and coins > 0):
        if due_minor <= 0:
            raise NothingDue("Nothing is due; name an amount to take it as the customer's credit.")
        return due_minor, rounding
    if amount_minor == 0:
        raise Invalid.at("/amount", "The amount is above zero.")
    if amount_minor % coin:
        smallest = decimal_text(coin, house.currency)
        raise Invalid.at(
            "/amount",
            Sentence(
                "Cash is paid in steps of {smallest} {currency}.", smallest=Decimal(smallest), currency=house.currency
            ),
            "not_in_coins",
        )
    return amount_minor, 0


def cash_due(tx: Tx, due_minor: int) -> tuple[int, int]:
    """What is due as coins can pay it, and what that takes off (below zero: puts on)."""
    house = business.current(tx)
    coins = cash_rounded(due_minor, house.cash_rounding_minor, house.currency)
    return coins, due_minor - coins


def business_day(tx: Tx, day: str | None) -> str:
    """The day a caller named, or today. Raises Invalid for one that is none, or is still to come."""
    today = business.today(tx)
    if day is None:
        return today
    try:
        good = date.fromisoformat(day).isoformat() == day and day <= today
    except ValueError:
        good = False
    if not good:
        raise Invalid.at(
            "/paid_on",
            Sentence(
                "{day!r} is no day up to today ({today}), written as YYYY-MM-DD.",
                day=day,
                today=date.fromisoformat(today),
            ),
        )
    return day
