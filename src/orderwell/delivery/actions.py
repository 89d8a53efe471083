"""Verbs of delivery: find a method and what it may do, keep its zones, write a promise down."""

from collections.abc import Sequence

from ..kit.errors import Conflict, Invalid
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from .model import NO_CUT_OFF, ClosedDay, DeliveryPromise, Dispatch, Method, Zone
from .store import CLOSED_DAYS, DAYS_CLOSED, DISPATCH, METHOD_BY_CODE, METHODS, METHODS_OPEN, PROMISES, ZONES, ZONES_OF


class MethodClosed(Conflict):
    code = "delivery_method_closed"
    title = "This method of delivery is not offered any more"


def open_method(tx: Tx, code: str, *, pointer: str = "/delivery") -> Method:
    found = tx.one(METHOD_BY_CODE, code)
    if found is None:
        raise Invalid.at(
            pointer, Sentence("There is no method of delivery {name!r}.", name=code), "unknown_delivery_method"
        )
    if found.status != "open":
        raise MethodClosed(Sentence("Method {code!r} is not offered any more.", code=code))
    return found


def open_methods(tx: Tx) -> list[Method]:
    return sorted(tx.rows(METHODS_OPEN, "open"), key=lambda method: method.code)


def zones_of(tx: Tx, method_id: int) -> list[Zone]:
    return tx.rows(ZONES_OF, method_id)


def keep_method(tx: Tx, method: Method, zones: Sequence[Zone]) -> None:
    """Write a method down with all the zones it has from now on."""
    there = tx.get(METHODS, method.id)
    if there is None:
        tx.add(METHODS, method)
    else:
        tx.put(METHODS, method)
    before = {zone.n: zone for zone in zones_of(tx, method.id)}
    for zone in zones:
        if zone.n in before:
            tx.put(ZONES, zone)
        else:
            tx.add(ZONES, zone)
    for n, zone in before.items():
        if n > len(zones) and zone.status == "open":
            tx.put(ZONES, zone._replace(status="closed"))


def dispatch_of(tx: Tx, location_id: int) -> Dispatch:
    """When a location sends; all working day long where it says nothing."""
    return tx.get(DISPATCH, location_id) or NO_CUT_OFF._replace(location_id=location_id)


def keep_dispatch(tx: Tx, location_id: int, cut_off: str, weekdays: str) -> Dispatch:
    there = tx.get(DISPATCH, location_id)
    row = Dispatch(location_id, there.version if there else 1, cut_off, weekdays)
    return tx.put(DISPATCH, row) if there else tx.add(DISPATCH, row)


def closed_days(tx: Tx) -> frozenset[str]:
    return frozenset(each.day for each in tx.rows(DAYS_CLOSED, "closed"))


def keep_day(tx: Tx, day: ClosedDay) -> None:
    if tx.get(CLOSED_DAYS, day.day) is None:
        tx.add(CLOSED_DAYS, day)
    else:
        tx.put(CLOSED_DAYS, day)


def write_promise(tx: Tx, promise: DeliveryPromise) -> None:
    tx.add(PROMISES, promise)


def open_or_closed(tx: Tx, method_id: int) -> Method:
    found = tx.get(METHODS, method_id)
    assert found is not None, "rows name methods that are there"
    return found
