"""Verbs of orders: write down, find, move units. One order's units go nowhere but through `move_units`."""

from collections.abc import Iterable

from ..kit.errors import Conflict, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..kit.tables import changed
from ..values.ids import parse, show
from .model import MOVES, NEW, Allocation, Line, Order, UnitMove
from .rules import check_move, check_status
from .store import ALLOCATIONS, ALLOCATIONS_OF, LINES, LINES_OF, ORDER_BY_REFERENCE, ORDERS, UNIT_MOVES


class OrderExists(Conflict):
    code = "order_exists"
    title = "The channel has sent this order before"


class NotPlaced(Conflict):
    code = "not_placed"
    title = "The order is not placed"


class NotADraft(Conflict):
    code = "not_a_draft"
    title = "The order is no draft"


def refuse_second(tx: Tx, channel_id: int, reference: str) -> None:
    """One reference of a channel is one order. Raises OrderExists naming it."""
    there = tx.one(ORDER_BY_REFERENCE, (channel_id, reference))
    if there is not None:
        raise OrderExists(
            Sentence(
                "Order {reference!r} of this channel is {id} already.", reference=reference, id=show("order", there.id)
            ),
            order=show("order", there.id),
        )


def find(tx: Tx, order_id: int) -> Order:
    order = tx.get(ORDERS, order_id)
    if order is None:
        raise NotFound(Sentence("There is no order {name}.", name=show("order", order_id)))
    return order


def find_named(tx: Tx, name: str, *, channel_id: int | None = None) -> Order:
    """An order by its id, or by its channel's reference."""
    number = parse("order", name)
    if number is not None:
        return find(tx, number)
    order = tx.one(ORDER_BY_REFERENCE, (channel_id, name)) if channel_id is not None else None
    if order is None:
        raise NotFound(Sentence("There is no order {name!r}.", name=name))
    return order


def take_turns(tx: Tx, order_id: int) -> Order:
    """The order, changed in nothing but its version: of two who act on what it owes, one sees what the other did.

    Open items that are added are rows nobody could have locked; the order stands for them.
    """
    return tx.put(ORDERS, find(tx, order_id))


def placed(order: Order) -> Order:
    if order.status != "placed":
        raise NotPlaced(Sentence("Order {order!r} is {status}.", order=order.reference, status=word(order.status)))
    return order


def draft(order: Order) -> Order:
    if order.status != "draft":
        raise NotADraft(Sentence("Order {order!r} is {status}.", order=order.reference, status=word(order.status)))
    return order


def lines_of(tx: Tx, order_id: int) -> list[Line]:
    return tx.rows(LINES_OF, order_id)


def line_of(tx: Tx, order_id: int, n: int) -> Line:
    line = tx.get(LINES, (order_id, n))
    assert line is not None, "rows name lines that are there"
    return line


def allocations_of(tx: Tx, order_id: int) -> list[Allocation]:
    return tx.rows(ALLOCATIONS_OF, order_id)


def write_down(tx: Tx, order: Order, lines: Iterable[Line]) -> None:
    """A new order with its lines; their units are in the places the lines say, coming from nowhere."""
    tx.add(ORDERS, order)
    for line in lines:
        tx.add(LINES, line)


def record_units(tx: Tx, line: Line, source: str, target: str, quantity: int, location_id: int | None = None) -> None:
    """Write a movement of units down; the caller has put the line as it is after it."""
    if target not in MOVES[source]:
        check_move(source, target)
    n = tx.count(UNIT_MOVES)
    tx.append(UNIT_MOVES, UnitMove(tx.cause, n, line.order_id, line.n, source, target, quantity, location_id))


def move_units(tx: Tx, line: Line, source: str, target: str, quantity: int, *, location_id: int | None = None) -> Line:
    """Units of a line go from one place to another; the line as it is then. Raises IllegalMove."""
    assert quantity > 0
    check_move(source, target)
    now, there = getattr(line, source), getattr(line, target)
    assert source == NEW or now >= quantity, f"only {now} units are {source}"
    moved = line._replace(**{source: now - quantity, target: there + quantity})
    tx.put(LINES, moved)
    record_units(tx, moved, source, target, quantity, location_id)
    return moved


def change_status(tx: Tx, order: Order, status: str, **changes: object) -> Order:
    """Raises IllegalMove, telling what this order may become."""
    check_status(order.status, status)
    return tx.put(ORDERS, order._replace(status=status, **changes))  # type: ignore[arg-type]


def reinstate(tx: Tx, order: Order, *, net_minor: int, tax_minor: int, expires_at: int | None = None) -> Order:
    """The one way back: an order that was cancelled is placed again, at its old amounts."""
    if order.status != "cancelled" or order.placed_at is None:
        raise NotPlaced(
            Sentence(
                "Order {order!r} is {status}; only what was placed and cancelled comes back.", order=order.reference,
                status=word(order.status),
            )
        )  # fmt: skip
    return tx.put(
        ORDERS,
        order._replace(
            status="placed", expires_at=expires_at, net_minor=net_minor, tax_minor=tax_minor,
            gross_minor=net_minor + tax_minor,
        ),
    )  # fmt: skip


def allocate_new(tx: Tx, line: Line, location_id: int, *, promised: int, awaited: int) -> None:
    """What a new line has at a location, once for each."""
    tx.add(ALLOCATIONS, Allocation(line.order_id, line.n, location_id, line.sku_id, promised, 0, awaited))


def allocate_line(
    tx: Tx, line: Line, location_id: int, *, promised: int = 0, awaited: int = 0, picked: int = 0
) -> Allocation:
    """Add to (or, below zero, take from) what a line has at a location."""
    key = (line.order_id, line.n, location_id)
    there = tx.get(ALLOCATIONS, key)
    if there is None:
        return tx.add(ALLOCATIONS, Allocation(*key, line.sku_id, promised, picked, awaited))
    return tx.put(
        ALLOCATIONS,
        changed(
            there, promised=there.promised + promised, picked=there.picked + picked, awaited=there.awaited + awaited
        ),
    )
