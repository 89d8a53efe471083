"""Customers, what is known of them, and how that is erased."""

from typing import Literal

from typing_extensions import TypedDict


class CustomerAnswer(TypedDict):
    """`prices` is `own` once a price was agreed with them. One that was merged is found under `merged_into`; of
    one that was erased, what is left is kept through a day because the law asks for it."""

    object: Literal["customer"]
    id: str
    version: int
    reference: str
    kind: str
    name: str
    email: str
    phone: str
    country: str
    locale: str
    vat_number: str
    payment_method: str
    terms_days: int
    status: str
    created_at: str
    prices: str
    merged_into: str | None
    erased_at: str | None
    kept_through: str | None


class AddressAnswer(TypedDict):
    """An address as it was written down; it never changes."""

    object: Literal["address"]
    id: str
    customer: str
    name: str
    company: str
    street: str
    postcode: str
    city: str
    country: str
    email: str
    phone: str


class CustomerErasureAnswer(TypedDict):
    """How many addresses there were; how many of them, and whether the name, stay because invoices have to say them."""

    object: Literal["erasure"]
    customer: str
    addresses: int
    kept_addresses: int
    name_kept: bool
    kept_through: str | None


class PortalAccountErasureAnswer(TypedDict):
    object: Literal["erasure"]
    account: str


class PersonalDataAnswer(TypedDict):
    """Table by table what is kept, as it is kept: tables and their columns are no part of what a version promises."""

    object: Literal["personal_data"]
    customer: str
    data: dict[str, list[dict[str, str | int | None]]]
