"""The business, its channels and its locations."""

from typing import Literal

from typing_extensions import TypedDict


class BusinessAnswer(TypedDict):
    """`unpaid_expires_hours` 0 means never; `cash_rounding_minor` is the smallest coin, 1 where nothing is rounded."""

    object: Literal["business"]
    version: int
    name: str
    currency: str
    time_zone: str
    country: str
    basis: str
    invoice_on: str
    sourcing: str
    unpaid_expires_hours: int
    cash_rounding_minor: int
    mode: str
    created_at: str


class LetterheadAnswer(TypedDict):
    """Who we are on documents. `registration_number` is that of the trade register."""

    object: Literal["letterhead"]
    name: str
    street: str
    postcode: str
    city: str
    country: str
    vat_number: str
    registration_number: str
    bank_account: str
    email: str
    phone: str


class ChannelAnswer(TypedDict):
    object: Literal["channel"]
    id: str
    version: int
    code: str
    name: str
    kind: str
    basis: str
    status: str


class LocationAnswer(TypedDict):
    """`layout` is `bins` where goods lie in bins, else `whole`."""

    object: Literal["location"]
    id: str
    version: int
    code: str
    name: str
    kind: str
    priority: int
    status: str
    layout: str
