"""Pick lists, and what a scanned code is. Quantities are decimal strings in the unit that was ordered."""

from typing import Literal

from typing_extensions import TypedDict


class PickableOrderAnswer(TypedDict):
    """`dispatch_on` and `deliver_on` are what was promised, if anything was; `lines` is how many can be picked here."""

    order: str
    reference: str
    channel: str
    placed_on: str
    country: str
    dispatch_on: str | None
    deliver_on: str | None
    lines: int


class PickLine(TypedDict):
    """`line` is that of the list, `order_line` that of the order; `bin` is null for what lies in none.

    Of what was `asked` so much was `picked`, was not there (`short`), is looked for no more (`dropped`), is `left`.
    """

    line: int
    order: str
    order_line: int
    sku: str
    bin: str | None
    asked: str
    picked: str
    short: str
    dropped: str
    left: str


class PickDetailLine(PickLine):
    sku_code: str
    name: str
    bin_code: str | None
    order_reference: str


class PickListHead(TypedDict):
    object: Literal["pick_list"]
    id: str
    version: int
    location: str
    status: str
    created_at: str
    ended_at: str | None
    note: str


class PickListAnswer(PickListHead):
    """Lines in walking order."""

    lines: list[PickLine]


class PickListDetailAnswer(PickListHead):
    """Lines in walking order, with the codes that people and scanners read."""

    lines: list[PickDetailLine]


class LeftOut(TypedDict):
    order: str
    reference: str
    why: str


class MadePickListAnswer(PickListAnswer):
    """With the orders of which nothing could be picked, and why."""

    left_out: list[LeftOut]


class PickedAnswer(PickListAnswer):
    """The list with the `lines` that changed; how many lines still ask for something, and the next of them."""

    lines_left: int
    next: PickLine | None


class ShortPickAnswer(PickedAnswer):
    """How much was not there, and what of that is promised from elsewhere or awaited now."""

    short: str
    promised_again: str
    awaited: str


class FoundPack(TypedDict):
    numerator: int
    denominator: int


class FoundSku(TypedDict):
    """`barcode` is null where its own code or id was scanned. A pack holds numerator / denominator units, which is
    `quantity`, unless that is no number the unit allows."""

    object: Literal["sku"]
    id: str
    code: str
    name: str
    unit: str
    status: str
    barcode: str | None
    quantity: str | None
    pack: FoundPack


class FoundBin(TypedDict):
    object: Literal["bin"]
    id: str
    code: str
    location: str
    status: str


class FoundOrder(TypedDict):
    object: Literal["order"]
    id: str
    reference: str
    status: str
    channel: str


class FoundParcel(TypedDict):
    object: Literal["parcel"]
    id: str
    order: str
    status: str
    carrier: str
    tracking: str


class FoundPickList(TypedDict):
    object: Literal["pick_list"]
    id: str
    status: str
    location: str


class FoundPurchaseOrder(TypedDict):
    object: Literal["purchase_order"]
    id: str
    reference: str
    expected_on: str
    supplier: str


class LookupAnswer(TypedDict):
    """All that carries the code; `object` says what each is. Locations and channels by their codes."""

    object: Literal["list"]
    data: list[FoundSku | FoundBin | FoundOrder | FoundParcel | FoundPickList | FoundPurchaseOrder]
