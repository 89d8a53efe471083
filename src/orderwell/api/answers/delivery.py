"""Methods of delivery, when locations send, and what customers are told. Days are YYYY-MM-DD."""

from typing import Literal

from typing_extensions import TypedDict


class DeliveryZone(TypedDict):
    """`price` is a decimal string in major units; goods of `free_from` (minor units) or more go for nothing."""

    country: str
    postcode_from: str
    postcode_to: str
    price: str
    basis: str
    free_from: int | None
    lead_days: int


class DeliveryMethodAnswer(TypedDict):
    """`sku_id` is the service that its cost is billed as; `weekdays` on which it delivers, 1 is Monday."""

    object: Literal["delivery_method"]
    id: str
    version: int
    code: str
    name: str
    carrier: str
    sku_id: str
    weekdays: str
    status: str
    zones: list[DeliveryZone]


class DispatchTimesAnswer(TypedDict):
    """What is ready by `cut_off` (HH:MM in the business's time zone) is sent the same day."""

    object: Literal["dispatch_times"]
    location: str
    cut_off: str
    weekdays: str


class ClosedDayAnswer(TypedDict):
    object: Literal["closed_day"]
    day: str
    name: str
    status: str


class DeliveryOption(TypedDict):
    """`delivery` is what an order names to choose it. Days are null where nobody knows; `rule` says how they are found.

    Amounts are minor units: `cost` in the basis of the channel, `net`, `tax` and `gross` as if it were billed alone.
    """

    delivery: str
    method: str
    name: str
    carrier: str
    dispatch_on: str | None
    deliver_on: str | None
    rule: str
    cost: int
    net: int
    tax: int
    gross: int
    free: Literal["yes", "no"]
    free_from: int | None


class ReadyLine(TypedDict):
    """From which day on goods of a line are at a location, null where nobody knows, and `how` that is known."""

    line: int
    location: str
    ready_on: str | None
    how: str


class DeliveryOptionsAnswer(TypedDict):
    """The soonest first, then the cheapest. `goods` is what the lines come to, in minor units of `currency`."""

    object: Literal["delivery_options"]
    currency: str
    basis: str
    goods: int
    data: list[DeliveryOption]
    lines: list[ReadyLine]


class DeliveryPromiseAnswer(TypedDict):
    """`method` is the code of the one that was chosen; `cost` in minor units, in the order's basis."""

    object: Literal["delivery_promise"]
    order: str
    method: str
    promised_at: str
    dispatch_on: str | None
    deliver_on: str | None
    cost: int
    rule: str
