"""What a business decides once."""

from typing import NamedTuple

ONLY = 1  # the key of the one row


class Business(NamedTuple):
    id: int
    version: int
    name: str
    currency: str
    time_zone: str
    country: str
    basis: str  # prices are 'net' or 'gross' of VAT unless a channel says otherwise
    invoice_on: str  # 'shipment' or 'order'
    sourcing: str  # 'fewest_parcels', 'most_stock' or 'fixed_order': see inventory.rules
    unpaid_expires_hours: int  # 0: never
    cash_rounding_minor: int  # the smallest coin; 1: none
    mode: str  # 'production', 'demo' or 'test'
    created_at: int


class Letterhead(NamedTuple):
    """Who we are on documents, from then on. Never changed: a document keeps the one it was issued under."""

    id: int
    event_id: int
    name: str  # as registered
    street: str
    postcode: str
    city: str
    country: str
    vat_number: str
    registration_number: str
    bank_account: str
    email: str
    phone: str
