"""Stock, its movements, transfers, counts and bins. Quantities are decimal strings in the SKU's unit."""

from typing import Literal

from typing_extensions import TypedDict


class PlaceStock(TypedDict):
    location: str
    location_code: str
    on_hand: str
    promised: str
    available: str
    awaited: str
    incoming: str


class StockAnswer(TypedDict):
    """Of one SKU, over the locations and at each; `value` in minor units at average cost."""

    object: Literal["stock"]
    sku: str
    sku_code: str
    name: str
    value: int
    on_hand: str
    promised: str
    available: str
    awaited: str
    incoming: str
    locations: list[PlaceStock]


# `from` is a word that Python keeps for itself.
SkuMovementAnswer = TypedDict(
    "SkuMovementAnswer",
    {
        "object": Literal["stock_move"],
        "event": str,
        "at": str,
        "actor": str,
        "request_id": str,
        "from": str,
        "to": str,
        "quantity": str,
        "cost": int,
        "reason": str,
        "balance": str,
    },
)


class StockMoveAnswer(TypedDict):
    """Many SKUs stand side by side here, so quantities are in the smallest unit of each."""

    object: Literal["stock_move"]
    event: str
    sku: str
    source: str
    target: str
    smallest_units: int
    cost: int
    reason: str


class StockAdjustmentAnswer(TypedDict):
    """`value` is what stock became worth more (or, below zero, less), in minor units."""

    object: Literal["adjustment"]
    id: str
    reason: str
    value: int


class CountedLine(TypedDict):
    sku: str
    sku_code: str
    expected: str
    counted: str
    difference: str


class CountAnswer(TypedDict):
    object: Literal["count"]
    id: str
    value: int
    lines: list[CountedLine]


class TransferLine(TypedDict):
    line: int
    sku: str
    sku_code: str
    shipped: str
    received: str
    returned: str
    lost: str


class TransferAnswer(TypedDict):
    object: Literal["transfer"]
    id: str
    version: int
    reference: str
    source: str
    target: str
    status: str
    shipped_on: str
    expected_on: str
    note: str
    lines: list[TransferLine]


class BinAnswer(TypedDict):
    """`sort` is its place on the walk through the location."""

    object: Literal["bin"]
    id: str
    version: int
    location: str
    code: str
    sort: int
    status: str


class BinContent(TypedDict):
    sku: str
    sku_code: str
    name: str
    quantity: str


class BinDetailAnswer(BinAnswer):
    """With what lies in it."""

    location_code: str
    contents: list[BinContent]


class BinMoveAnswer(TypedDict):
    """Between bins, null where it is none. Quantities are in the smallest unit of each SKU."""

    object: Literal["bin_move"]
    event: str
    sku: str
    location: str
    source: str | None
    target: str | None
    smallest_units: int
    reason: str


class ToPutAwayAnswer(TypedDict):
    """What lies in no bin, and the codes of bins that hold more of it, in walking order."""

    sku: str
    sku_code: str
    name: str
    quantity: str
    bins: list[str]


class MovedBetweenBins(TypedDict):
    """Bins by their codes, null where it is none."""

    sku: str
    sku_code: str
    source: str | None
    target: str | None
    quantity: str


class BinMovesAnswer(TypedDict):
    object: Literal["bin_moves"]
    location: str
    reason: str
    lines: list[MovedBetweenBins]
