"""Methods of delivery, the zones they serve, when a location sends, and what was promised to an order."""

from typing import NamedTuple


class Method(NamedTuple):
    """One way to deliver that customers can choose. `sku_id` is the service that its cost is billed as."""

    id: int
    version: int
    code: str
    name: str
    carrier: str  # '' for own transport
    sku_id: int
    weekdays: str  # on which it delivers: '12345', Monday is 1
    status: str  # 'open' or 'closed'


class Zone(NamedTuple):
    """Where a method delivers, at which price and how soon. Of several that fit, the narrowest counts."""

    method_id: int
    n: int
    country: str
    postcode_from: str  # prefixes, both included; '' for the whole country
    postcode_to: str
    price_e4: int
    basis: str  # the price is 'net' or 'gross' of VAT
    free_from_minor: int | None  # goods of this amount or more are delivered for nothing
    lead_days: int  # delivery days of the method from the day it is sent
    status: str  # 'open', or 'closed' where the method has fewer zones now


class Dispatch(NamedTuple):
    """When a location sends: what is ready by the cut-off goes the same day."""

    location_id: int
    version: int
    cut_off: str  # HH:MM in the business's time zone
    weekdays: str


class ClosedDay(NamedTuple):
    """Nothing is sent or delivered on this day."""

    day: str
    name: str
    status: str  # 'closed', or 'open' where that was taken back


class DeliveryPromise(NamedTuple):
    """What the customer of an order was told. Never changed: what became of it is compared with it."""

    order_id: int
    event_id: int
    method_id: int
    promised_at: int
    dispatch_on: str | None  # None: not all of it has a day on which it will be here
    deliver_on: str | None
    cost_minor: int  # in the order's basis
    rule: str  # by which rule that day was found


EVERY_WEEKDAY = "1234567"
WORKING_DAYS = "12345"
NO_CUT_OFF = Dispatch(0, 1, "23:59", WORKING_DAYS)  # of a location that says nothing
