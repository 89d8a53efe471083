"""Money came in or went back: the posting, the open item, and what is owed set off. The same for every method."""

from collections.abc import Sequence
from typing import NamedTuple

from ..customers import actions as customers
from ..kit.picture import Tx
from ..ledger import actions as ledger
from ..ledger import templates
from ..ledger.model import OpenItem
from ..ledger.store import OPEN_OF_PARTY
from ..orders import actions as orders
from ..orders.model import Order
from ..orders.rules import not_invoiced
from ..payments.model import ACCOUNTS, Payment


class Owed(NamedTuple):
    """What a payment is for: whose, how much is due, and which open items it settles (None: all of the order)."""

    order_id: int | None
    customer_id: int | None
    due_minor: int
    items: Sequence[OpenItem] | None


def book_receipt(
    tx: Tx, payment: Payment, amount_minor: int, *, rounding_minor: int = 0, day: str,
    owed: Sequence[OpenItem] | None = None,
) -> int:  # fmt: skip
    """What the receivable falls by is posted and set off with `owed`, oldest due first (left out, with what is open of
    the payment's order, or else of its customer). What is left over stays as the customer's credit; how much."""
    transfers = templates.payment(
        account=ACCOUNTS[payment.method], received_minor=amount_minor - rounding_minor, rounding_minor=rounding_minor
    )
    ledger.post(
        tx, "payment", transfers, day=day, currency=payment.currency, document="payment", document_id=payment.id
    )
    if payment.order_id is not None:
        orders.take_turns(tx, payment.order_id)
    against = open_items(tx, payment) if owed is None else owed
    item = ledger.open_item(
        tx, party_id=payment.customer_id, order_id=payment.order_id, document="payment", document_id=payment.id,
        currency=payment.currency, amount_minor=-amount_minor, opened_on=day, due_on=day,
    )  # fmt: skip
    return -ledger.set_off_one(tx, item, against).open_minor if item is not None else 0


def book_refund(
    tx: Tx, payment: Payment, refund_id: int, amount_minor: int, *, rounding_minor: int = 0, day: str
) -> None:
    """The customer got money back: owed again, unless a credit note or what was overpaid stands against it."""
    transfers = templates.refund(
        account=ACCOUNTS[payment.method], paid_minor=amount_minor - rounding_minor, rounding_minor=rounding_minor
    )
    ledger.post(tx, "refund", transfers, day=day, currency=payment.currency, document="refund", document_id=refund_id)
    if payment.order_id is not None:
        orders.take_turns(tx, payment.order_id)
    against = open_items(tx, payment)
    item = ledger.open_item(
        tx, party_id=payment.customer_id, order_id=payment.order_id, document="refund", document_id=refund_id,
        currency=payment.currency, amount_minor=amount_minor, opened_on=day, due_on=day,
    )  # fmt: skip
    if item is not None:
        ledger.set_off_one(tx, item, against)


def order_owed(tx: Tx, order: Order) -> Owed:
    """What an order still costs: invoiced and open, and to be invoiced, less what was paid before any invoice."""
    items = [item for item in ledger.open_of_order(tx, order.id) if item.account == "receivable"]
    due = not_invoiced(orders.lines_of(tx, order.id), basis=order.basis) + sum(item.open_minor for item in items)
    return Owed(order.id, order.customer_id, due, items)


def items_of_customer(tx: Tx, customer_id: int) -> list[OpenItem]:
    """What is open of a customer and of those merged with it."""
    family = customers.family(tx, customer_id)
    tx.need(OPEN_OF_PARTY, family)
    items = [item for each in family for item in ledger.open_of_party(tx, each)]
    return [item for item in items if item.account == "receivable"]


def open_items(tx: Tx, payment: Payment) -> list[OpenItem]:
    """What is open of the payment's order; of its customer where it is for no order."""
    if payment.order_id is not None:
        items = ledger.open_of_order(tx, payment.order_id)
    elif payment.customer_id is not None:
        items = items_of_customer(tx, payment.customer_id)
    else:
        items = []
    return [item for item in items if item.account == "receivable" and item.currency == payment.currency]
