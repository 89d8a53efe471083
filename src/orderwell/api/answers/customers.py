"""Customers."""

from typing import Literal

from typing_extensions import TypedDict


class CustomerAnswer(TypedDict):
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
