"""Paying suppliers from the bank, oldest invoice first."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from annotated_types import Gt, Le, Len

from ..business import actions as business
from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..ledger.model import OpenItem
from ..ledger.store import BOOKS
from ..purchasing import actions as purchasing
from ..purchasing.model import SupplierPayment
from ..purchasing.store import REVERSAL_OF_PAYMENT, SUPPLIER_PAYMENTS
from ..values.fields import Reference, Text
from ..values.ids import parse, show
from ..values.money import decimal_text
from .supplier_invoice import AlreadyReversed, payable_items


class MoreThanOwed(Conflict):
    code = "more_than_owed"
    title = "We do not owe as much"


@dataclass(frozen=True, slots=True)
class PaySupplier:
    """`amount` in minor units; for all open invoices, the oldest first, or for those named (ids)."""

    supplier: Reference
    amount: Annotated[int, Gt(0), Le(10**15)]
    invoices: Annotated[list[Reference], Len(1, 500)] | None = None
    reference: Text = ""


def needs(ask: PaySupplier) -> list[tuple[Any, Any]]:
    return [(BOOKS, 1), purchasing.wanted_supplier(ask.supplier)]


@flow(PaySupplier, needs)
def pay_supplier(tx: Tx, ask: PaySupplier) -> dict[str, Any]:
    """Never more than what is open."""
    supplier = purchasing.supplier(tx, ask.supplier)
    owed = _owed(payable_items(tx, supplier.id), ask.invoices)
    open_ = -sum(item.open_minor for item in owed)
    if ask.amount > open_:
        raise MoreThanOwed(
            Sentence(
                "We owe {supplier} {owed}, {amount} were to be paid.",
                supplier=supplier.name,
                owed=Decimal(decimal_text(open_, supplier.currency)),
                amount=Decimal(decimal_text(ask.amount, supplier.currency)),
            ),
            open=open_,
        )
    today = business.today(tx)
    payment = tx.add(
        SUPPLIER_PAYMENTS,
        SupplierPayment(
            tx.new_id(), tx.cause, supplier.id, today, supplier.currency, ask.amount, ask.reference, None
        ),
    )  # fmt: skip
    paid = _book(tx, payment, templates.supplier_payment(amount_minor=ask.amount), ask.amount, today)
    ledger.set_off(tx, [paid, *owed])
    announce(tx, "supplier.paid", "supplier", supplier.id, payment=show("supplier_payment", payment.id),
             amount=ask.amount)  # fmt: skip
    return shown_payment(payment)


def _owed(items: list[OpenItem], names: list[str] | None) -> list[OpenItem]:
    owed = [item for item in items if item.open_minor < 0]
    if names is None:
        return owed
    by_document = {item.document_id: item for item in owed if item.document == "supplier_invoice"}
    found = []
    for n, name in enumerate(dict.fromkeys(names)):
        item = by_document.get(parse("supplier_invoice", name) or 0)
        if item is None:
            raise Invalid.at(
                f"/invoices/{n}", Sentence("{name!r} is no open invoice of this supplier.", name=name), "not_open"
            )
        found.append(item)
    return found


def _book(tx: Tx, payment: SupplierPayment, transfers: list[Any], amount: int, today: str) -> OpenItem:
    ledger.post(
        tx, "supplier_payment", transfers, day=today, currency=payment.currency, document="supplier_payment",
        document_id=payment.id,
    )  # fmt: skip
    item = ledger.open_item(
        tx, party_id=payment.supplier_id, order_id=None, document="supplier_payment", document_id=payment.id,
        currency=payment.currency, amount_minor=amount, opened_on=today, due_on=today, account="payable",
    )  # fmt: skip
    assert item is not None, "a payment has an amount"
    return item


@dataclass(frozen=True, slots=True)
class ReverseSupplierPayment:
    """The bank sent it back: we owe it again, from today."""

    payment: Reference


@flow(ReverseSupplierPayment)
def reverse_supplier_payment(tx: Tx, ask: ReverseSupplierPayment) -> dict[str, Any]:
    number = parse("supplier_payment", ask.payment)
    payment = tx.get(SUPPLIER_PAYMENTS, number) if number is not None else None
    if payment is None:
        raise NotFound(Sentence("There is no supplier payment {name!r}.", name=ask.payment))
    if payment.reverses is not None or tx.one(REVERSAL_OF_PAYMENT, payment.id) is not None:
        raise AlreadyReversed(
            Sentence("Supplier payment {name} is reversed already, or a reversal itself.", name=ask.payment)
        )
    today = business.today(tx)
    back = tx.add(
        SUPPLIER_PAYMENTS,
        payment._replace(id=tx.new_id(), event_id=tx.cause, paid_on=today, reverses=payment.id),
    )  # fmt: skip
    transfers = templates.reverse(templates.supplier_payment(amount_minor=payment.amount_minor))
    _book(tx, back, transfers, -payment.amount_minor, today)
    announce(tx, "supplier.payment_reversed", "supplier", payment.supplier_id,
             payment=show("supplier_payment", payment.id), reversal=show("supplier_payment", back.id))  # fmt: skip
    return shown_payment(back)


def shown_payment(payment: SupplierPayment) -> dict[str, Any]:
    reverses = show("supplier_payment", payment.reverses) if payment.reverses is not None else None
    return {
        "object": "supplier_payment",
        "id": show("supplier_payment", payment.id),
        "supplier": show("supplier", payment.supplier_id),
        "paid_on": payment.paid_on,
        "amount": payment.amount_minor,
        "currency": payment.currency,
        "reference": payment.reference,
        "reverses": reverses,
    }
