"""Verbs of supply: expect goods, send them back, move them between shelves. Goods in transit are still ours."""

from ..kit.picture import Tx
from ..kit.sentences import Sentence
from .actions import keep_stock, record_move, stock_at
from .bins import draw
from .model import COUNT, SUPPLIER, TRANSIT
from .rules import OutOfStock, cost_of, value_taken
from .store import STOCK, VALUATIONS


def expect(tx: Tx, *, sku_id: int, location_id: int, quantity: int) -> None:
    """So many more units (below zero: fewer) are on their way to a location."""
    stock = stock_at(tx, sku_id, location_id)
    keep_stock(tx, stock._replace(incoming=stock.incoming + quantity))


def send_back(
    tx: Tx, *, sku_id: int, location_id: int, quantity: int, cost_minor: int, document_id: int, name: str
) -> int:
    """Units go back to the supplier, who owes us more of them; what stock is worth less.

    That is the cost they came for, unless the units held are not worth as much. Raises OutOfStock where they are not
    free to go.
    """
    stock = stock_at(tx, sku_id, location_id)
    held = tx.get(VALUATIONS, sku_id)
    if held is None or stock.available < quantity:
        raise OutOfStock(
            Sentence(
                "{sku}: {free} units are free at this location, {quantity} were to go back.",
                sku=name,
                free=stock.available,
                quantity=quantity,
            )
        )
    taken = value_taken(quantity, cost_minor, held=held.quantity, value_minor=held.value_minor)
    if stock.binned > stock.on_hand - quantity:
        stock = draw(tx, stock, quantity, "sent_back", document_id)
    tx.put(STOCK, stock._replace(on_hand=stock.on_hand - quantity, incoming=stock.incoming + quantity))
    tx.put(VALUATIONS, held._replace(quantity=held.quantity - quantity, value_minor=held.value_minor - taken))
    record_move(tx, sku_id, location_id, SUPPLIER, quantity, taken, "sent_back", document_id)
    return taken


def depart(
    tx: Tx, *, sku_id: int, source_id: int, target_id: int, quantity: int, document_id: int, name: str
) -> None:  # fmt: skip
    """Units leave a shelf for another. Raises OutOfStock where they are not free to go."""
    stock = stock_at(tx, sku_id, source_id)
    if stock.available < quantity:
        raise OutOfStock(
            Sentence(
                "{sku}: {free} units are free at this location, {quantity} were to leave it.",
                sku=name,
                free=stock.available,
                quantity=quantity,
            )
        )
    if stock.binned > stock.on_hand - quantity:
        stock = draw(tx, stock, quantity, "transfer", document_id)
    tx.put(STOCK, stock._replace(on_hand=stock.on_hand - quantity))
    expect(tx, sku_id=sku_id, location_id=target_id, quantity=quantity)
    record_move(tx, sku_id, source_id, TRANSIT, quantity, 0, "transfer", document_id)


def arrive(
    tx: Tx, *, sku_id: int, location_id: int, target_id: int, quantity: int, document_id: int, reason: str = "transfer"
) -> None:  # fmt: skip
    """Units in transit to `target_id` come onto a shelf: there, or back where they came from."""
    expect(tx, sku_id=sku_id, location_id=target_id, quantity=-quantity)
    stock = stock_at(tx, sku_id, location_id)
    keep_stock(tx, stock._replace(on_hand=stock.on_hand + quantity))
    record_move(tx, sku_id, TRANSIT, location_id, quantity, 0, reason, document_id)


def lose(tx: Tx, *, sku_id: int, target_id: int, quantity: int, document_id: int) -> int:
    """Units in transit never arrive; what they were worth (moving average)."""
    expect(tx, sku_id=sku_id, location_id=target_id, quantity=-quantity)
    held = tx.get(VALUATIONS, sku_id)
    assert held is not None, "units in transit are valued"
    cost = cost_of(quantity, held=held.quantity, value_minor=held.value_minor)
    tx.put(VALUATIONS, held._replace(quantity=held.quantity - quantity, value_minor=held.value_minor - cost))
    record_move(tx, sku_id, TRANSIT, COUNT, quantity, cost, "lost", document_id)
    return cost
