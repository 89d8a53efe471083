"""Law 1: every unit ordered is where its moves put it. Orders, lines and moves are walked side by side, in order."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy.engine import Connection

from .model import Break, Check
from .streams import Stream, stream

PLACES = ("open", "promised", "awaited", "picked", "packed", "shipped", "delivered", "returned", "cancelled")

# Written down a second time on purpose: a slip in the orders' own table of moves must not hide itself here.
LEGAL = {
    ("new", "open"), ("new", "promised"), ("new", "awaited"),
    ("open", "promised"), ("open", "awaited"), ("open", "shipped"), ("open", "cancelled"),
    ("promised", "open"), ("promised", "awaited"), ("promised", "picked"), ("promised", "packed"),
    ("promised", "shipped"), ("promised", "cancelled"),
    ("awaited", "open"), ("awaited", "promised"), ("awaited", "cancelled"),
    ("picked", "promised"), ("picked", "packed"), ("picked", "shipped"), ("picked", "cancelled"),
    ("packed", "promised"), ("packed", "shipped"), ("packed", "cancelled"),
    ("shipped", "delivered"), ("shipped", "returned"), ("shipped", "promised"),
    ("delivered", "returned"),
    ("cancelled", "open"), ("cancelled", "promised"), ("cancelled", "awaited"),  # paid for after all
}  # fmt: skip

ORDERS = "SELECT id, basis, net_minor, tax_minor, gross_minor FROM orders ORDER BY id"
LINES = f"SELECT order_id, n, quantity, net_minor, tax_minor, {', '.join(PLACES)} FROM order_lines ORDER BY order_id, n"
MOVES = "SELECT order_id, line, source, target, quantity, event_id FROM unit_moves ORDER BY order_id, line, event_id, n"

Move = Sequence[Any]  # order_id, line, source, target, quantity, event_id


def breaks(connection: Connection) -> Iterator[Break]:
    moves = Stream(groupby(stream(connection, MOVES), key=itemgetter(0, 1)))
    lines = Stream(groupby(stream(connection, LINES), key=itemgetter(0)))
    for order in stream(connection, ORDERS):
        yield from _lost_lines(lines, moves, order[0])
        mine = list(lines.group) if lines.at(order[0]) else []
        if not mine:
            yield Break("order_without_lines", f"Order {order[0]} has no lines.", f"orders {order[0]}")
            continue
        for line in mine:
            yield from _lost_moves(moves, line[:2])
            yield from _line(line, list(moves.group) if moves.at(tuple(line[:2])) else [])
        yield from _totals(order, mine)
    yield from _lost_lines(lines, moves, None)
    yield from _lost_moves(moves, None)


def _lost_lines(lines: Stream, moves: Stream, order_id: int | None) -> Iterator[Break]:
    """Lines that come before this order and belong to none."""
    while lines.before(order_id):
        for line in lines.group:
            yield from _lost_moves(moves, line[:2])
            if moves.at(tuple(line[:2])):
                yield from _line(line, list(moves.group))
            yield Break("orphan_order_line", f"Line {line[1]} is of no order.", f"order_lines {line[0]}/{line[1]}")


def _lost_moves(moves: Stream, key: Any) -> Iterator[Break]:
    while moves.before(None if key is None else tuple(key)):
        for move in moves.group:
            sentence = f"{move[4]} units moved from {move[2]} to {move[3]} on a line that is not there."
            yield Break("orphan_unit_move", sentence, f"unit_moves {move[5]} for {move[0]}/{move[1]}")


def _line(line: Sequence[Any], moves: list[Move]) -> Iterator[Break]:
    where = f"order_lines {line[0]}/{line[1]}"
    now = dict.fromkeys(PLACES, 0)
    ordered = 0
    for n, (_, _, source, target, quantity, event_id) in enumerate(moves):
        if (source, target) not in LEGAL:
            yield Break("unit_move_illegal", f"{quantity} units went from {source} to {target}.", where)
            continue
        now[target] += quantity
        if source == "new":
            ordered += quantity
            continue
        now[source] -= quantity
        if now[source] < 0 and not _recovered(source, now[source], moves[n + 1 :], event_id):
            sentence = f"{quantity} units left {source}, {now[source] + quantity} were there (event {event_id})."
            yield Break("units_below_zero", sentence, where)
    for place, stored in zip(PLACES, line[5:], strict=True):
        if stored != now[place]:
            yield Break("units_differ", f"{stored} units are {place} on the line, its moves say {now[place]}.", where)
    if ordered != line[2]:
        yield Break("quantity_differs", f"{line[2]} units are ordered on the line, its moves say {ordered}.", where)
    if sum(line[5:]) != line[2]:
        yield Break("units_do_not_sum", f"{line[2]} units are ordered, {sum(line[5:])} are in places.", where)


def _recovered(place: str, now: int, later: list[Move], event_id: int) -> bool:
    """Whether another process brought these units there: ids of two processes do not tell who was first."""
    for _, _, source, target, quantity, other in later:
        now += quantity * ((target == place) - (source == place))
        if now >= 0 and (other ^ event_id) >> 12 & 1023:
            return True
    return False


def _totals(order: Sequence[Any], lines: list[Sequence[Any]]) -> Iterator[Break]:
    """An order is worth its units that are not cancelled; each line's share is counted from the first unit.

    Where prices hold tax, what was agreed is the gross amount: it is shared by units, and the tax within it follows.
    """
    net = tax = 0
    for _, _, quantity, line_net, line_tax, *places in lines:
        kept, gross = quantity - places[-1], line_net + line_tax
        if kept == quantity:
            kept_net, kept_tax = line_net, line_tax
        elif order[1] == "net":
            kept_net, kept_tax = _rounded(line_net * kept, quantity), _rounded(line_tax * kept, quantity)
        else:
            kept_gross = _rounded(gross * kept, quantity)
            kept_tax = _rounded(line_tax * kept_gross, gross)
            kept_net = kept_gross - kept_tax
        net, tax = net + kept_net, tax + kept_tax
    if (net, tax, net + tax) != tuple(order[2:]):
        sentence = f"The order says {order[2]} net, {order[3]} tax, {order[4]} gross; its lines {net} and {tax}."
        yield Break("order_total_differs", sentence, f"orders {order[0]}")


def _rounded(numerator: int, denominator: int) -> int:
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator)) if denominator else 0


CHECKS = (
    Check(
        "allocation_differs",
        "The line has {line_promised} promised, {line_picked} picked, {line_awaited} awaited;"
        " its allocations {promised}, {picked}, {awaited}.",
        "order_lines {order_id}/{n}",
        """
        SELECT order_id, n, SUM(line_promised) AS line_promised, SUM(line_picked) AS line_picked,
               SUM(line_awaited) AS line_awaited, SUM(promised) AS promised, SUM(picked) AS picked,
               SUM(awaited) AS awaited
        FROM (SELECT order_id, n, promised AS line_promised, picked AS line_picked, awaited AS line_awaited,
                     0 AS promised, 0 AS picked, 0 AS awaited
              FROM order_lines WHERE promised <> 0 OR picked <> 0 OR awaited <> 0
              UNION ALL
              SELECT order_id, line, 0, 0, 0, promised, picked, awaited
              FROM allocations WHERE promised <> 0 OR picked <> 0 OR awaited <> 0) AS both_sides
        GROUP BY order_id, n
        HAVING SUM(line_promised) <> SUM(promised) OR SUM(line_picked) <> SUM(picked)
            OR SUM(line_awaited) <> SUM(awaited)
        """,
    ),
    Check(
        "allocation_of_other_sku",
        "The allocation sets SKU {sku_id} aside, the line is for SKU {line_sku}.",
        "allocations {order_id}/{line}/{location_id}",
        """
        SELECT a.order_id, a.line, a.location_id, a.sku_id, l.sku_id AS line_sku
        FROM allocations a JOIN order_lines l ON l.order_id = a.order_id AND l.n = a.line
        WHERE a.sku_id <> l.sku_id
        """,
    ),
    Check(
        "packed_differs",
        "{packed} units are packed on the line, {in_parcels} lie in packed parcels.",
        "order_lines {order_id}/{n}",
        """
        SELECT order_id, n, SUM(packed) AS packed, SUM(in_parcels) AS in_parcels
        FROM (SELECT order_id, n, packed, 0 AS in_parcels FROM order_lines WHERE packed <> 0
              UNION ALL
              SELECT c.order_id, c.line, 0, c.quantity
              FROM parcels p JOIN parcel_lines c ON c.parcel_id = p.id WHERE p.status = 'packed') AS both_sides
        GROUP BY order_id, n HAVING SUM(packed) <> SUM(in_parcels)
        """,
    ),
    Check(
        "parcel_of_other_order",
        "The parcel is of order {parcel_order}, what is in it of order {order_id}.",
        "parcel_lines {parcel_id}/{line}",
        """
        SELECT c.parcel_id, c.line, c.order_id, p.order_id AS parcel_order
        FROM parcel_lines c JOIN parcels p ON p.id = c.parcel_id WHERE p.order_id <> c.order_id
        """,
    ),
    Check(
        "status_differs",
        "The order is {status}; its events say {told}.",
        "orders {id}",
        """
        SELECT id, status, told FROM (
            SELECT o.id, o.status, CASE
                WHEN MAX(CASE WHEN e.type IN ('order.cancelled', 'order.expired') THEN 1 ELSE 0 END) = 1
                     AND MAX(u.live) = 0 THEN 'cancelled'
                WHEN MAX(CASE WHEN e.type = 'order.placed' THEN 1 ELSE 0 END) = 1 THEN 'placed'
                WHEN MAX(CASE WHEN e.type = 'order.drafted' THEN 1 ELSE 0 END) = 1 THEN 'draft'
                ELSE 'nothing' END AS told
            FROM orders o
            JOIN (SELECT order_id, SUM(quantity - cancelled) AS live FROM order_lines GROUP BY order_id) u
              ON u.order_id = o.id
            LEFT JOIN events e ON e.subject_id = o.id AND e.subject = 'order'
                AND e.type IN ('order.placed', 'order.drafted', 'order.cancelled', 'order.expired')
            GROUP BY o.id, o.status) AS said
        WHERE status <> told
        """,
    ),
    Check(
        "reference_twice",
        "{orders} orders of channel {channel_id} carry the reference {reference!r}.",
        "orders {first} and {last}",
        """
        SELECT channel_id, reference, COUNT(*) AS orders, MIN(id) AS first, MAX(id) AS last
        FROM orders GROUP BY channel_id, reference HAVING COUNT(*) > 1
        """,
    ),
)
