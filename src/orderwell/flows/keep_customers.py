"""Keeping customers."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le

from ..customers import actions as customers
from ..customers.model import Customer
from ..customers.store import CUSTOMER_BY_REFERENCE, CUSTOMERS
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..values.calendar import instant_text
from ..values.fields import Name, Reference, Text
from ..values.ids import show
from .keep_catalog import CodeTaken

CHANGEABLE = (
    "name", "kind", "email", "phone", "country", "locale", "vat_number", "payment_method", "terms_days", "status",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AddCustomer:
    """`reference` is the business's own customer number; left out, the id serves as one."""

    name: Name
    reference: Reference | None = None
    kind: Literal["person", "company"] = "person"
    email: Text = ""
    phone: Text = ""
    country: Text = ""
    locale: Text = "en"
    vat_number: Text = ""
    payment_method: Text = ""
    terms_days: Annotated[int, Ge(0), Le(365)] = 0


@dataclass(frozen=True, slots=True)
class ChangeCustomer:
    """What is left out stays as it is; the number stays always, documents name it. Terms hold for orders to come."""

    customer: Reference
    name: Name | None = None
    kind: Literal["person", "company"] | None = None
    email: Text | None = None
    phone: Text | None = None
    country: Text | None = None
    locale: Text | None = None
    vat_number: Text | None = None
    payment_method: Text | None = None
    terms_days: Annotated[int, Ge(0), Le(365)] | None = None
    status: Literal["active", "blocked"] | None = None


@flow(AddCustomer)
def add_customer(tx: Tx, ask: AddCustomer) -> dict[str, Any]:
    id_ = tx.new_id()
    reference = ask.reference or show("customer", id_)
    if tx.one(CUSTOMER_BY_REFERENCE, reference) is not None:
        raise CodeTaken(Sentence("There is a customer {reference!r} already.", reference=reference))
    customer = Customer(
        id_, 1, reference, ask.kind, ask.name, ask.email, ask.phone, ask.country, ask.locale, ask.vat_number,
        ask.payment_method, ask.terms_days, "active", tx.now, "listed", None, None, None,
    )  # fmt: skip
    tx.add(CUSTOMERS, customer)
    announce(tx, "customer.added", "customer", id_, reference=reference, kind=ask.kind)
    return shown(customer)


@flow(ChangeCustomer)
def change_customer(tx: Tx, ask: ChangeCustomer) -> dict[str, Any]:
    """Change what is known of a customer, or block it: then no order is taken from it."""
    there = customers.whole(customers.find(tx, ask.customer))
    said = {name: value for name in CHANGEABLE if (value := getattr(ask, name)) is not None}
    changed = {name: value for name, value in said.items() if value != getattr(there, name)}
    if not changed:
        return shown(there)
    tx.put(CUSTOMERS, there._replace(**changed))
    announce(tx, "customer.changed", "customer", there.id, changed=sorted(changed))
    return shown(customers.find_id(tx, there.id))


def shown(customer: Customer) -> dict[str, Any]:
    return {
        "object": "customer",
        **{each: value for each, value in customer._asdict().items() if each != "merged_into_id"},
        "id": show("customer", customer.id),
        "created_at": instant_text(customer.created_at),
        "merged_into": show("customer", customer.merged_into_id) if customer.merged_into_id is not None else None,
        "erased_at": instant_text(customer.erased_at),
    }
