"""A customer's credit settles what the same customer owes, oldest due first."""

from dataclasses import dataclass
from typing import Any

from ..customers import actions as customers
from ..kit.errors import Conflict
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger.model import OpenItem
from ..values.fields import Reference
from ..values.ids import show
from .settle_payment import items_of_customer


class NoCredit(Conflict):
    code = "no_credit"
    title = "There is no credit, or nothing it could settle"


@dataclass(frozen=True, slots=True)
class ApplyCredit:
    """Credit of any order or of none: overpayments, payments on account, credit notes."""

    customer: Reference


def needs(ask: ApplyCredit) -> list[tuple[Any, Any]]:
    return [customers.wanted(ask.customer)]


@flow(ApplyCredit, needs)
def apply_credit(tx: Tx, ask: ApplyCredit) -> dict[str, Any]:
    customer = customers.present(tx, ask.customer)
    applied = sum(ledger.set_off(tx, items) for items in _by_currency(tx, customer.id).values())
    if applied == 0:
        raise NoCredit(
            Sentence(
                "Customer {customer!r} has no credit, or owes nothing that it could settle.",
                customer=customer.reference,
            )
        )
    announce(tx, "credit.applied", "customer", customer.id, amount=applied)
    left = [item.open_minor for items in _by_currency(tx, customer.id).values() for item in items]
    return {
        "object": "credit", "customer": show("customer", customer.id), "applied": applied,
        "open": sum(each for each in left if each > 0), "credit": -sum(each for each in left if each < 0),
    }  # fmt: skip


def _by_currency(tx: Tx, customer_id: int) -> dict[str, list[OpenItem]]:
    found: dict[str, list[OpenItem]] = {}
    for item in items_of_customer(tx, customer_id):
        found.setdefault(item.currency, []).append(item)
    return found
