"""Parcels and carriers."""

from typing import Literal

from typing_extensions import TypedDict


class ParcelLine(TypedDict):
    """`line` is that of the order; how many in the smallest unit of its SKU."""

    line: int
    smallest_units: int


class ParcelAnswer(TypedDict):
    object: Literal["parcel"]
    id: str
    order: str
    location: str
    status: str
    carrier: str
    tracking: str
    label: str
    packed_at: str
    shipped_at: str | None
    delivered_at: str | None
    lines: list[ParcelLine]


class CarrierAnswer(TypedDict):
    object: Literal["carrier"]
    id: str
    url: str
    account: str
    status: str
