"""Customers and addresses."""

from typing import NamedTuple


class Customer(NamedTuple):
    id: int
    version: int
    reference: str  # the business's own customer number, unique
    kind: str  # 'person' or 'company'
    name: str
    email: str
    phone: str
    country: str
    locale: str
    vat_number: str
    payment_method: str  # what they prefer: see payments.model.METHODS
    terms_days: int  # days until an invoice is due
    status: str  # 'active' or 'blocked'
    created_at: int
    prices: str  # 'listed', or 'own' once a price was agreed with them: only then prices of theirs are looked for
    merged_into_id: int | None  # the customer that all of this one is found under
    erased_at: int | None  # since when nothing says who it was
    kept_through: str | None  # day through which the law has us keep the rest


class Address(NamedTuple):
    """An address as it was written down; never changed, so old documents keep theirs until it is erased."""

    id: int
    customer_id: int | None
    name: str
    company: str
    street: str
    postcode: str
    city: str
    country: str
    email: str
    phone: str
