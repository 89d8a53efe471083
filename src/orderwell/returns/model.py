"""A return, and what has become of each unit of it."""

from typing import NamedTuple

from ..values.money import scaled_text

OUTCOMES = ("restock", "scrap")


class Return(NamedTuple):
    """Units of one order that a customer sends or brings back."""

    id: int
    version: int
    order_id: int
    customer_id: int | None
    status: str  # 'open', or 'cancelled' when nothing of it came; all other words are computed from units
    reason: str
    announced_at: int


class ExchangeCredit(NamedTuple):
    """What came back of one order paid for another; below zero it was paid back after all. Never changed."""

    id: int
    event_id: int
    source_order_id: int
    target_order_id: int
    amount_minor: int


class ReturnLine(NamedTuple):
    """Units of one order line: announced, of these received, of these restocked or scrapped, and credited."""

    return_id: int
    line: int
    order_id: int
    sku_id: int
    unit_decimals: int
    announced: int
    received: int
    restocked: int
    scrapped: int
    credited: int

    @property
    def expected(self) -> int:
        return self.announced - self.received

    @property
    def to_inspect(self) -> int:
        return self.received - self.restocked - self.scrapped

    def shown(self, units: int) -> str:
        return scaled_text(units, self.unit_decimals)
