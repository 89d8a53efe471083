"""A channel: web shop, till, phone, marketplace, EDI, API."""

from typing import NamedTuple

KINDS = ("web", "till", "phone", "marketplace", "edi", "api")


class Channel(NamedTuple):
    id: int
    version: int
    code: str
    name: str
    kind: str
    basis: str  # prices on this channel are 'net' or 'gross' of VAT
    status: str  # 'open' or 'closed'
