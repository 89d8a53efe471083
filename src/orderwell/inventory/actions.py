"""Verbs of stock: promise, release, issue, receive, shift. Each movement is written down; `stock` follows."""

from collections.abc import Iterable, Mapping, Sequence

from ..kit.errors import Conflict, Invalid
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.tables import changed
from .bins import draw
from .model import CUSTOMER, VIRTUAL, Location, Stock, StockMove, Valuation
from .rules import OutOfStock, Promise, Want, allocate, cost_of
from .store import (
    BINS,
    IN_BINS,
    LOCATION_BY_CODE,
    LOCATIONS,
    LOCATIONS_OF_KIND,
    STOCK,
    STOCK_MOVES,
    STOCK_OF,
    VALUATIONS,
)


class LocationClosed(Conflict):
    code = "location_closed"
    title = "Nothing is sent from or to this location"


def shelves(tx: Tx) -> list[Location]:
    """Open locations that goods are sold from, in the rule's order."""
    found = [place for place in tx.rows(LOCATIONS_OF_KIND, "stock") if place.status == "open"]
    return sorted(found, key=lambda place: (place.priority, place.code))


def location(tx: Tx, code: str, *, pointer: str = "/location") -> Location:
    found = tx.one(LOCATION_BY_CODE, code)
    if found is None or found.kind != "stock":
        raise Invalid.at(pointer, Sentence("There is no location {name!r}.", name=code), "unknown_location")
    return _open(found)


def still_open(tx: Tx, location_id: int) -> Location:
    """The location that was named before. Raises LocationClosed."""
    found = tx.get(LOCATIONS, location_id)
    assert found is not None, "rows name locations that are there"
    return _open(found)


def _open(found: Location) -> Location:
    if found.status != "open":
        raise LocationClosed(Sentence("Location {code!r} is closed.", code=found.code))
    return found


def stock_at(tx: Tx, sku_id: int, location_id: int) -> Stock:
    """What lies there, all zero where nothing ever lay."""
    return tx.get(STOCK, (sku_id, location_id)) or Stock(sku_id, location_id, 1, 0, 0, 0, 0)


def keep_stock(tx: Tx, stock: Stock) -> None:
    if tx.get(STOCK, (stock.sku_id, stock.location_id)) is None:
        tx.add(STOCK, stock)
    else:
        tx.put(STOCK, stock)


def promise(
    tx: Tx, wants: Sequence[Want], *, rule: str, names: dict[int, str], caps: Mapping[int, int],
    only_at: int | None = None,
) -> list[Promise]:  # fmt: skip
    """Set stock aside for wants, all of it or none: OutOfStock names every SKU that falls short.

    Of a SKU in `caps` no more than that may be awaited at once, all orders together. With `only_at` (a collection
    point) everything comes from there, whatever the rule.
    """
    promises = share_out(tx, wants, rule=rule, names=names, caps=caps, only_at=only_at)
    for made in promises:
        there = tx.get(STOCK, (made.sku_id, made.location_id))
        if there is None:
            tx.add(STOCK, Stock(made.sku_id, made.location_id, 1, 0, made.promised, made.awaited, 0))
        else:
            promised, awaited = there.promised + made.promised, there.awaited + made.awaited
            tx.put(STOCK, changed(there, promised=promised, awaited=awaited))
    return promises


def share_out(
    tx: Tx, wants: Sequence[Want], *, rule: str, names: dict[int, str], caps: Mapping[int, int],
    only_at: int | None = None,
) -> list[Promise]:  # fmt: skip
    """What `promise` would set aside now; nothing is."""
    skus = {want.sku_id for want in wants}
    tx.need(STOCK_OF, skus)
    order = [only_at] if only_at is not None else [place.id for place in shelves(tx)]
    if not order:
        raise OutOfStock("No location is open to sell from.")
    available = {sku: {row.location_id: row.on_hand - row.promised for row in tx.rows(STOCK_OF, sku)} for sku in skus}
    room = {sku: cap - sum(row.awaited for row in tx.rows(STOCK_OF, sku)) for sku, cap in caps.items()}
    return allocate(wants, available, order, names=names, rule=rule, room=room)


def release(tx: Tx, *, sku_id: int, location_id: int, promised: int = 0, awaited: int = 0) -> None:
    """Give units back that were promised or awaited; on hand stays as it is."""
    stock = stock_at(tx, sku_id, location_id)
    keep_stock(tx, stock._replace(promised=stock.promised - promised, awaited=stock.awaited - awaited))


def set_aside(tx: Tx, *, sku_id: int, location_id: int, quantity: int) -> None:
    """Promise units that came back to a shelf to the order they left it for."""
    stock = stock_at(tx, sku_id, location_id)
    keep_stock(tx, stock._replace(promised=stock.promised + quantity))


def issue(
    tx: Tx, *, sku_id: int, location_id: int, quantity: int, document_id: int | None,
    reason: str = "shipment", target_id: int = CUSTOMER, promised: bool = True,
) -> int:  # fmt: skip
    """Units leave a shelf; what they cost (moving average, minor units). Unpromised units must be available."""
    stock = stock_at(tx, sku_id, location_id)
    held = tx.get(VALUATIONS, sku_id)
    if not promised and stock.available < quantity:
        raise OutOfStock(
            Sentence(
                "Only {free} units are free at this location, {quantity} were to leave it.",
                free=stock.available,
                quantity=quantity,
            )
        )
    assert held is not None, "a promised unit has a valuation"
    cost = cost_of(quantity, held=held.quantity, value_minor=held.value_minor)
    left = stock.promised - quantity if promised else stock.promised
    if stock.binned > stock.on_hand - quantity:
        stock = draw(tx, stock, quantity, reason, document_id)
    tx.put(STOCK, changed(stock, on_hand=stock.on_hand - quantity, promised=left))
    tx.put(VALUATIONS, changed(held, quantity=held.quantity - quantity, value_minor=held.value_minor - cost))
    record_move(tx, sku_id, location_id, target_id, quantity, cost, reason, document_id)
    return cost


def receive(
    tx: Tx, *, sku_id: int, location_id: int, quantity: int, cost_minor: int, source_id: int,
    reason: str, document_id: int | None, incoming: int = 0,
) -> None:  # fmt: skip
    """Units come onto a shelf and are worth `cost_minor` together; `incoming` of them were expected there."""
    stock = stock_at(tx, sku_id, location_id)
    keep_stock(tx, stock._replace(on_hand=stock.on_hand + quantity, incoming=stock.incoming - incoming))
    held = tx.get(VALUATIONS, sku_id)
    if held is None:
        tx.add(VALUATIONS, Valuation(sku_id, 1, quantity, cost_minor))
    else:
        tx.put(VALUATIONS, held._replace(quantity=held.quantity + quantity, value_minor=held.value_minor + cost_minor))
    record_move(tx, sku_id, source_id, location_id, quantity, cost_minor, reason, document_id)


def present_cost(tx: Tx, sku_id: int, quantity: int) -> int:
    """What `quantity` more units are worth at the average cost of those held; 0 when none are held."""
    held = tx.get(VALUATIONS, sku_id)
    if held is None or held.quantity == 0:
        return 0
    return held.value_minor * quantity // held.quantity


def record_move(
    tx: Tx, sku_id: int, source_id: int, target_id: int, quantity: int, cost: int, reason: str, document_id: int | None
) -> None:
    n = tx.count(STOCK_MOVES)
    tx.append(STOCK_MOVES, StockMove(tx.cause, n, sku_id, source_id, target_id, quantity, cost, reason, document_id))


def is_shelf(location_id: int) -> bool:
    return location_id not in VIRTUAL


def need(tx: Tx, sku_ids: Iterable[int]) -> None:
    """Ask for stock and valuations of many SKUs at once."""
    listed = list(sku_ids)
    tx.need_all((STOCK_OF, listed), (VALUATIONS, listed))


def need_to_go(tx: Tx, goods: Iterable[tuple[int, int]]) -> None:
    """The same for goods that leave a location, by SKU and location: also the bins they may lie in."""
    listed = list(goods)
    need(tx, {sku_id for sku_id, _ in listed})
    in_bins = [key for key in listed if (stock := tx.get(STOCK, key)) is not None and stock.binned]
    tx.need(IN_BINS, in_bins)
    tx.need(BINS, {row.bin_id for key in in_bins for row in tx.rows(IN_BINS, key)})
