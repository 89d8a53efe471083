"""Two customers are one: all of the one is found under the other from then on, and can be told apart again."""

from dataclasses import dataclass
from typing import Any

from ..catalog import actions as catalog
from ..customers import actions as customers
from ..customers.store import CUSTOMERS, MERGED_INTO
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..values.fields import Reference
from ..values.ids import show
from .keep_customers import shown

FILLED = ("email", "phone", "country", "vat_number", "payment_method")  # taken over where the other has none


class NotMerged(Conflict):
    code = "customer_not_merged"
    title = "This customer was not merged into another"


@dataclass(frozen=True, slots=True)
class MergeCustomer:
    """`customer` is from now on kept under `into`. Documents, the journal and open items stay as they are.

    Prices that were agreed with the one and not with the other hold for the other too, and what is not known of the
    other is taken over. Orders that name the merged customer are refused.
    """

    customer: Reference
    into: Reference


@dataclass(frozen=True, slots=True)
class SplitCustomer:
    """They were two after all. What was taken over when they were merged stays where it is."""

    customer: Reference


def needs(ask: MergeCustomer) -> list[tuple[Any, Any]]:
    return [customers.wanted(ask.customer), customers.wanted(ask.into)]


@flow(MergeCustomer, needs)
def merge_customer(tx: Tx, ask: MergeCustomer) -> dict[str, Any]:
    """Keep one customer under another."""
    gone = customers.whole(customers.find(tx, ask.customer))
    kept = customers.whole(customers.find(tx, ask.into, pointer="/into"))
    if gone.id == kept.id:
        raise Invalid.at("/into", "A customer is not merged into itself.", "same_customer")
    for each in tx.rows(MERGED_INTO, gone.id):  # so that one step always leads to who is kept
        tx.put(CUSTOMERS, each._replace(merged_into_id=kept.id))
    tx.put(CUSTOMERS, gone._replace(merged_into_id=kept.id))
    taken = {each: getattr(gone, each) for each in FILLED if not getattr(kept, each) and getattr(gone, each)}
    copied = catalog.copy_agreed_prices(tx, gone.id, kept.id) if gone.prices == "own" else 0
    kept = tx.put(CUSTOMERS, kept._replace(**taken, prices="own" if copied else kept.prices))
    announce(
        tx, "customer.merged", "customer", gone.id, into=show("customer", kept.id), prices=copied, taken=sorted(taken)
    )
    return shown(customers.find_id(tx, kept.id))


@flow(SplitCustomer)
def split_customer(tx: Tx, ask: SplitCustomer) -> dict[str, Any]:
    """Keep a merged customer by itself again."""
    customer = customers.find(tx, ask.customer)
    if customer.merged_into_id is None:
        raise NotMerged(Sentence("Customer {customer!r} was not merged into another.", customer=customer.reference))
    kept = show("customer", customer.merged_into_id)
    tx.put(CUSTOMERS, customer._replace(merged_into_id=None))
    announce(tx, "customer.split", "customer", customer.id, of=kept)
    return shown(customers.find_id(tx, customer.id))
