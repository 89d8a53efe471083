"""A pick list, its lines, and what was done about each."""

from typing import NamedTuple

KINDS = ("picked", "put_back", "short", "dropped")


class PickList(NamedTuple):
    id: int
    version: int
    location_id: int
    status: str  # 'open', 'done' when nothing of it is left, or 'closed' with the rest dropped
    created_at: int
    ended_at: int | None
    note: str


class PickLine(NamedTuple):
    """Units of an order's line to be taken from one bin. Lines are numbered in walking order."""

    pick_list_id: int
    n: int
    order_id: int
    line: int
    sku_id: int
    location_id: int
    bin_id: int | None  # None: they lie in no bin
    unit_decimals: int
    asked: int  # smallest units
    picked: int
    short: int  # not found
    dropped: int  # nobody looks for them on this list any more

    @property
    def left(self) -> int:
        return self.asked - self.picked - self.short - self.dropped


class PickMove(NamedTuple):
    """What was done about units of a line. Never changed."""

    event_id: int
    n: int
    pick_list_id: int
    line: int
    kind: str  # one of KINDS
    quantity: int
    bin_id: int | None  # where they were taken from, or put back into
