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
