"""Keeping customers."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le

from ..customers.model import Customer
from ..customers.store import CUSTOMER_BY_REFERENCE, CUSTOMERS
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..values.calendar import instant_text
from ..values.fields import Name, Reference, Text
from ..values.ids import show
from .keep_catalog import CodeTaken


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


@flow(AddCustomer)
def add_customer(tx: Tx, ask: AddCustomer) -> dict[str, Any]:
    id_ = tx.new_id()
    reference = ask.reference or show("customer", id_)
    if tx.one(CUSTOMER_BY_REFERENCE, reference) is not None:
        raise CodeTaken(f"There is a customer {reference!r} already.")
    customer = Customer(
        id_, 1, reference, ask.kind, ask.name, ask.email, ask.phone, ask.country, ask.locale, ask.vat_number,
        ask.payment_method, ask.terms_days, "active", tx.now, "listed", None, None, None,
    )  # fmt: skip
    tx.add(CUSTOMERS, customer)
    announce(tx, "customer.added", "customer", id_, reference=reference, kind=ask.kind)
    return shown(customer)


def shown(customer: Customer) -> dict[str, Any]:
    return {
        "object": "customer",
        **{each: value for each, value in customer._asdict().items() if each != "merged_into_id"},
        "id": show("customer", customer.id),
        "created_at": instant_text(customer.created_at),
        "merged_into": show("customer", customer.merged_into_id) if customer.merged_into_id is not None else None,
        "erased_at": instant_text(customer.erased_at),
    }
