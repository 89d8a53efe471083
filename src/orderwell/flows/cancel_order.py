"""Cancelling: all of an order or some of its units, as long as they have not left. What was set aside is free again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from annotated_types import Len

from ..business import actions as business
from ..inventory import actions as inventory
from ..invoicing import actions as invoicing
from ..invoicing.model import Invoice
from ..kit.errors import Conflict
from ..kit.events import announce
from ..kit.notes import keep_note
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..orders.model import Allocation, Line, Order
from ..orders.rules import cancel_part, check_status, left_to_invoice
from ..orders.store import LINES, ORDERS
from ..shipping import actions as shipping
from ..values.fields import MAX_LINES, Code, Reference, Text
from ..values.money import scaled_text
from .capture_payment import let_go
from .credit_note import credit_units
from .fill_awaited import fill_awaited
from .ordered_units import UnitsAsk, asked_units, named_order
from .pack_parcel import open_parcel

CANCELLABLE = ("open", "awaited", "promised", "picked", "packed")  # the least work undone first


class TooLateToCancel(Conflict):
    code = "too_late_to_cancel"
    title = "These units have left or are cancelled already"


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Cancel everything, or so many units of `lines`. `order` is an id, or with `channel` its own reference."""

    order: Reference
    channel: Code | None = None
    lines: Annotated[list[UnitsAsk], Len(1, MAX_LINES)] | None = None
    reason: Text = ""


@flow(CancelOrder)
def cancel_order(tx: Tx, ask: CancelOrder) -> dict[str, Any]:
    """Take units out of the order, give their stock to whoever waits, and what was billed for them back."""
    order = named_order(tx, ask.order, ask.channel)
    check_status(order.status, "cancelled")
    lines = {line.n: line for line in orders.lines_of(tx, order.id)}
    if ask.lines is None:
        wanted = {n: left for n, line in lines.items() if (left := line.quantity - line.cancelled)}
    else:
        wanted = asked_units(ask.lines, lines)
    credit = cancel_units(tx, order, lines, wanted, reason=ask.reason)
    return {
        **shown(orders.find(tx, order.id), orders.lines_of(tx, order.id)),
        "cancelled": [
            {"line": n, "quantity": scaled_text(units, lines[n].unit_decimals)} for n, units in wanted.items()
        ],
        "credit_note": invoicing.shown_number(credit) if credit else None,
    }


def cancel_units(
    tx: Tx, order: Order, lines: Mapping[int, Line], wanted: Mapping[int, int], *, reason: str
) -> Invoice | None:
    """Cancel so many units of each line; the credit note, where some were billed. Raises TooLateToCancel."""
    _refuse_gone(order, lines, wanted)
    inventory.need(tx, {lines[n].sku_id for n in wanted if lines[n].kind == "stocked"})
    _unpack(tx, order, lines, wanted)
    freed: dict[int, dict[int, None]] = {}
    for n, units in wanted.items():
        for location_id in _cancel_line(tx, order, n, units):
            freed.setdefault(location_id, {})[lines[n].sku_id] = None
    net, tax, credit = _take_off(tx, order, lines, wanted)

    status = _settle(tx, order, net, tax)
    announce(
        tx, "order.cancelled" if status == "cancelled" else "order.units_cancelled", "order", order.id,
        units={str(n): units for n, units in wanted.items()}, net=net, tax=tax,
    )  # fmt: skip
    keep_note(tx, reason)
    for location_id, sku_ids in freed.items():
        fill_awaited(tx, sku_ids, location_id)
    let_go(tx, orders.find(tx, order.id))
    return credit


def _refuse_gone(order: Order, lines: Mapping[int, Line], wanted: Mapping[int, int]) -> None:
    late = {n: free for n, units in wanted.items() if units > (free := _cancellable(lines[n]))}
    if late:
        told = [
            Sentence(
                "line {line} ({wanted} to be cancelled, {left} still here)", line=n,
                wanted=Decimal(scaled_text(wanted[n], lines[n].unit_decimals)),
                left=Decimal(scaled_text(free, lines[n].unit_decimals)),
            )
            for n, free in late.items()
        ]  # fmt: skip
        raise TooLateToCancel(
            Sentence(
                "Order {order!r}: {lines}. Cancel what is still here by line; what has left comes back as a return.",
                order=order.reference,
                lines=told,
            ),
            lines=[{"line": n, "left": scaled_text(free, lines[n].unit_decimals)} for n, free in late.items()],
        )


def _cancellable(line: Line) -> int:
    return sum(getattr(line, place) for place in CANCELLABLE)


def _unpack(tx: Tx, order: Order, lines: Mapping[int, Line], wanted: Mapping[int, int]) -> None:
    """Open the parcels that hold units to be cancelled; what else was in them is promised again."""
    short = {n: over for n, units in wanted.items() if (over := units - _cancellable(lines[n]) + lines[n].packed) > 0}
    if not short:
        return
    for parcel in reversed(shipping.of_order(tx, order.id)):
        if parcel.status == "packed" and short.keys() & shipping.contents(tx, parcel.id).keys():
            for n, units in open_parcel(tx, parcel).items():
                if n in short:
                    short[n] -= units
            short = {n: left for n, left in short.items() if left > 0}
    assert not short, "packed units are in a packed parcel"


def _cancel_line(tx: Tx, order: Order, n: int, units: int) -> list[int]:
    """Units of one line go, those with the least work done first; the locations where stock became free."""
    line = orders.line_of(tx, order.id, n)
    taken = min(units, line.open)
    if taken:
        line = orders.move_units(tx, line, "open", "cancelled", taken)
    left, freed = units - taken, []
    for place in ("awaited", "promised", "picked"):
        for allocation in _smallest_first(orders.allocations_of(tx, order.id), n, place):
            taken = min(left, getattr(allocation, place))
            if taken:
                line = orders.move_units(tx, line, place, "cancelled", taken, location_id=allocation.location_id)
                _release(tx, line, allocation.location_id, place, taken)
                left -= taken
                if place != "awaited":
                    freed.append(allocation.location_id)
    assert left == 0, f"{left} units of line {n} are nowhere"
    return freed


def _smallest_first(allocations: Iterable[Allocation], n: int, place: str) -> list[Allocation]:
    """Where fewest are set aside comes first: so parcels fall away whole."""
    return sorted((each for each in allocations if each.line == n), key=lambda each: int(getattr(each, place)))


def _release(tx: Tx, line: Line, location_id: int, place: str, units: int) -> None:
    orders.allocate_line(tx, line, location_id, **{place: -units})
    held = "awaited" if place == "awaited" else "promised"
    inventory.release(tx, sku_id=line.sku_id, location_id=location_id, **{held: units})


def _take_off(
    tx: Tx, order: Order, before: Mapping[int, Line], wanted: Mapping[int, int]
) -> tuple[int, int, Invoice | None]:
    """Net and tax that the order falls by. What no invoice bills goes first; what one does is credited."""
    net = tax = 0
    billed: dict[int, int] = {}
    from_there: dict[int, Line] = {}
    for n, units in wanted.items():
        line = before[n]
        part = cancel_part(line, units, basis=order.basis)
        net, tax = net + part[0], tax + part[1]
        free = min(units, left_to_invoice(line))
        if units > free:
            billed[n] = units - free
            from_there[n] = line._replace(cancelled=line.cancelled + free)
    if not billed:
        return net, tax, None
    now = {line.n: line for line in orders.lines_of(tx, order.id)}
    credit, after = credit_units(
        tx, order, now, billed, business.today(tx),
        lambda line, units: cancel_part(from_there[line.n], units, basis=order.basis),
    )  # fmt: skip
    for line in after.values():
        tx.put(LINES, line)
    return net, tax, credit


def _settle(tx: Tx, order: Order, net: int, tax: int) -> str:
    """The order amounts to less; it is cancelled when nothing is left of it. Its status then."""
    gone = all(line.cancelled == line.quantity for line in orders.lines_of(tx, order.id))
    net, tax = order.net_minor - net, order.tax_minor - tax
    order = tx.put(ORDERS, order._replace(net_minor=net, tax_minor=tax, gross_minor=net + tax))
    if gone:
        order = orders.change_status(tx, order, "cancelled", expires_at=None)
    return order.status
