"""The list of orders as people look at it: over all channels, with both states, found by whatever is known of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..channels.store import CHANNELS
from ..customers.queries import family
from ..customers.store import CUSTOMERS
from ..kit.errors import Invalid
from ..kit.sentences import Sentence
from ..ledger.store import OPEN_ITEMS
from ..orders.model import Line, Order
from ..orders.queries import FULFILMENT, OrderFilter, filtered, lines_of, number_of
from ..orders.rules import fulfilment_status
from ..orders.store import ALLOCATIONS, LINES, ORDERS
from ..payments.store import PAYMENTS
from ..shipping.store import PARCELS
from ..values.calendar import DAY
from ..values.ids import parse, show
from .order_payments import Owed, owed_of_orders, payment_word

GOODS = FULFILMENT
MONEY = (
    "unpaid", "on_account", "authorised", "partly_paid", "paid", "settled", "overpaid", "partly_refunded", "refunded",
)  # fmt: skip
# For `goods` also: what somebody has to do something about, whatever else is in the order. `waiting` is all that is
# still to be sent; `sent_late` is what was sent, but not in time.
WAITING, SENT_LATE = "waiting", "sent_late"
QUEUES = ("to_pick", "to_pack", "to_ship", "short", "failed")
WORK = (WAITING, *QUEUES, SENT_LATE)
MOST_COUNTED = 999  # where counting takes doing sums
IN_TIME = 2 * DAY  # so long after it was placed an order is to be sent


@dataclass(frozen=True, slots=True)
class Wanted:
    """`search` is words that stand in the number, the customer's name, e-mail or telephone, or a tracking number."""

    search: str | None = None
    channel: str | None = None  # its code
    customer: str | None = None
    goods: str | None = None
    money: str | None = None
    placed_from: str | None = None
    placed_to: str | None = None


def listed(
    connection: Connection, wanted: Wanted, *, limit: int = 50, cursor: str | None = None,
    rows: Sequence[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Newest first. With `rows` exactly these, whatever else is wanted: a page that is open keeps its rows."""
    query = sa.select(ORDERS.sa)
    if rows is not None:
        numbers = [number for each in rows if (number := parse("order", each)) is not None]
        query = query.where(ORDERS.c.id.in_(numbers))
    else:
        query = _wanted(connection, query, wanted)
        if cursor is not None:
            after = parse("order", cursor)
            if after is None:
                raise Invalid.at("/cursor", Sentence("{cursor!r} is no cursor of this list.", cursor=cursor))
            query = query.where(ORDERS.c.id < after)
    found = _newest(connection, query, limit + 1, money=wanted.money if rows is None else None)
    more = rows is None and len(found) > limit
    data = found if rows is not None else found[:limit]
    return {"data": told(connection, data), "next_cursor": show("order", data[-1].id) if more else None}


def newer(connection: Connection, wanted: Wanted, than: str, *, most: int = 99) -> int:
    """How many orders like these came since the first row of a page; counted up to `most`."""
    after = parse("order", than)
    if after is None:
        return 0
    query = _wanted(connection, sa.select(ORDERS.sa), wanted).where(ORDERS.c.id > after)
    return len(_newest(connection, query, most, money=wanted.money))


def counted(connection: Connection, wanted: Wanted, *, most: int = MOST_COUNTED) -> int:
    """How many orders the list would find. How far they are paid is worked out one by one: that counts up to `most`."""
    query = _wanted(connection, sa.select(ORDERS.sa), wanted)
    if wanted.money is not None:
        return len(_newest(connection, query, most, money=wanted.money))
    whole = query.with_only_columns(sa.func.count())
    return int(connection.execute(whole).scalar_one())


FIRST, MOST, FACTOR = 200, 5_000, 4  # orders whose sums are done at a time


def _newest(connection: Connection, query: sa.Select[Any], limit: int, *, money: str | None) -> list[Order]:
    """The newest orders of a query; with `money` of those that are in this state.

    How far an order is paid is worked out, not stored. So those that can be in the state are looked at, newest first,
    in growing portions until enough are: no more sums are done than it takes.
    """
    query = query.order_by(ORDERS.c.id.desc())
    if money is None:
        return [Order._make(row) for row in connection.execute(query.limit(limit))]
    query, portion, found = query.where(_with_money(money)), FIRST, list[Order]()
    while len(found) < limit:
        there = [Order._make(row) for row in connection.execute(query.limit(portion))]
        states = money_states(connection, there, lines_of(connection, [order.id for order in there]))
        found += [order for order in there if states[order.id] == money]
        if len(there) < portion:
            break
        query, portion = query.where(ORDERS.c.id < there[-1].id), min(portion * FACTOR, MOST)
    return found[:limit]


def told(connection: Connection, orders: Sequence[Order]) -> list[dict[str, Any]]:
    """Both states of each, who it is for, and how much is in it."""
    ids = [order.id for order in orders]
    lines = lines_of(connection, ids)
    money = money_states(connection, orders, lines)
    channels = {row.id: row for row in connection.execute(sa.select(CHANNELS.sa))}
    customers = sorted({order.customer_id for order in orders if order.customer_id is not None})
    named = sa.select(CUSTOMERS.c.id, CUSTOMERS.c.name).where(CUSTOMERS.c.id.in_(customers))
    names = {row.id: row.name for row in connection.execute(named)}
    return [
        {
            "id": show("order", order.id),
            "version": order.version,
            "reference": order.reference,
            "channel": channels[order.channel_id].code,
            "channel_name": channels[order.channel_id].name,
            "customer": names.get(order.customer_id or 0, ""),
            "goods": fulfilment_status(order.status, lines[order.id]),
            "money": money[order.id],
            "gross": order.gross_minor,
            "currency": order.currency,
            "items": items_in(lines[order.id]),
            "placed_at": order.placed_at or order.created_at,
            "their_number": order.customer_reference,
            "country": order.country,
        }
        for order in orders
    ]


def money_states(
    connection: Connection, orders: Sequence[Order], lines: Mapping[int, Sequence[Line]]
) -> dict[int, str]:
    owed = owed_of_orders(connection, {order.id: lines[order.id] for order in orders})
    return {order.id: money_state(order, owed[order.id]) for order in orders}


def money_state(order: Order, owed: Owed) -> str:
    """How far it is paid (`orders.rules.payment_status`); what nobody has paid yet and is due later is on account."""
    word = payment_word(owed)
    return "on_account" if word == "unpaid" and order.terms_days > 0 else word


def items_in(lines: Sequence[Line]) -> int:
    """Pieces of goods that are still wanted; what is sold by measure counts as one."""
    return sum(
        (line.quantity - line.cancelled) if line.unit_decimals == 0 else 1
        for line in lines
        if line.kind == "stocked" and line.quantity > line.cancelled
    )


# -- what is wanted


def _wanted(connection: Connection, query: sa.Select[Any], wanted: Wanted) -> sa.Select[Any]:
    customers = None
    if wanted.customer is not None:
        customers = family(connection, number_of(wanted.customer, "customer"))
    query = filtered(
        query,
        OrderFilter(customers=customers, placed_from=wanted.placed_from, placed_to=wanted.placed_to),
    )
    if wanted.channel is not None:
        query = query.where(ORDERS.c.channel_id.in_(sa.select(CHANNELS.c.id).where(CHANNELS.c.code == wanted.channel)))
    if wanted.goods is not None:
        query = _with_goods(query, wanted.goods)
    words = sorted((wanted.search or "").split()[:5], key=len, reverse=True)
    if words:  # the longest leads to the fewest orders; the others are looked for in those
        query = query.where(ORDERS.c.id.in_(_having(words[0])), *(_has(word) for word in words[1:]))
    return query


# Which orders can be in a state at all, found by what of them is still to be done: there are few of those. Conditions
# are written as the partial indexes have them, without parameters, or SQLite would not use those.
_SET_ASIDE = sa.select(ALLOCATIONS.c.order_id).where(
    sa.or_(ALLOCATIONS.c.promised > 0, ALLOCATIONS.c.picked > 0, ALLOCATIONS.c.awaited > 0)
)
_PACKED = sa.select(PARCELS.c.order_id).where(PARCELS.c.status == "packed")
_OPEN = sa.select(LINES.c.order_id).where(sa.text("open > 0"))
_PROMISED = sa.select(ALLOCATIONS.c.order_id).where(ALLOCATIONS.c.promised > 0)
_PICKED = sa.select(ALLOCATIONS.c.order_id).where(ALLOCATIONS.c.picked > 0)
_AWAITED = sa.select(ALLOCATIONS.c.order_id).where(sa.text("awaited > 0"))
TO_DO: dict[str, sa.Select[Any] | sa.CompoundSelect[Any]] = {
    WAITING: sa.union(_SET_ASIDE, _PACKED),
    "to_pick": _PROMISED,
    "to_pack": _PICKED,
    "to_ship": _PACKED,
    "short": _AWAITED,
    "failed": sa.select(PARCELS.c.order_id).where(PARCELS.c.status.in_(("failed", "lost"))),
}
CANDIDATES: dict[str, sa.Select[Any] | sa.CompoundSelect[Any]] = {
    "ready": _PROMISED,
    "picked": _PICKED,
    "backordered": _AWAITED,
    "packed": _PACKED,
    "shipped": sa.select(PARCELS.c.order_id).where(PARCELS.c.status.in_(("shipped", "failed", "lost"))),
    "open": _OPEN,
    "partly_shipped": sa.union(_SET_ASIDE, _PACKED, _OPEN),
    "returned": sa.select(LINES.c.order_id).where(sa.text("returned > 0")),
    "cancelled": sa.select(ORDERS.c.id).where(ORDERS.c.status == "cancelled"),
}

# Something is owed of an order only while an item of it is open, or units of it have not left: what has is billed.
_ITEMS = sa.select(OPEN_ITEMS.c.order_id).where(sa.text("open_minor <> 0"), OPEN_ITEMS.c.order_id.is_not(None))
_CREDITS = _ITEMS.where(OPEN_ITEMS.c.open_minor < 0)
_OWED = sa.union(_ITEMS, _SET_ASIDE, _PACKED, _OPEN)
_OF_ORDERS = sa.select(PAYMENTS.c.order_id).where(PAYMENTS.c.order_id.is_not(None))
_PAID = _OF_ORDERS.where(PAYMENTS.c.captured_minor > 0)
_HELD = _OF_ORDERS.where(PAYMENTS.c.authorised_minor > PAYMENTS.c.captured_minor + PAYMENTS.c.voided_minor)
_PAID_BACK = _OF_ORDERS.where(sa.text("refunded_minor > 0"))


def _with_goods(query: sa.Select[Any], word: str) -> sa.Select[Any]:
    if word == SENT_LATE:
        late = PARCELS.c.shipped_at - ORDERS.c.placed_at > IN_TIME
        return query.where(sa.exists().where(PARCELS.c.order_id == ORDERS.c.id, late))
    if word in TO_DO:
        return query.where(ORDERS.c.id.in_(TO_DO[word]))
    if word in CANDIDATES:
        query = query.where(ORDERS.c.id.in_(CANDIDATES[word]))
    return filtered(query, OrderFilter(fulfilment=word))


def _with_money(word: str) -> sa.ColumnElement[bool]:
    """What is true of every order in this state, and of few others. Raises Invalid."""
    id_ = ORDERS.c.id
    candidates = {
        "unpaid": sa.and_(id_.in_(_OWED), ORDERS.c.terms_days == 0),
        "on_account": sa.and_(id_.in_(_OWED), ORDERS.c.terms_days > 0),
        "authorised": sa.and_(id_.in_(_OWED), id_.in_(_HELD)),
        "partly_paid": sa.and_(id_.in_(_OWED), id_.in_(_PAID)),
        "paid": id_.in_(_PAID),
        "settled": id_.not_in(_PAID),
        "overpaid": id_.in_(_CREDITS),
        "partly_refunded": id_.in_(_PAID_BACK),
        "refunded": id_.in_(_PAID_BACK),
    }
    if word not in candidates:
        raise Invalid.at("/money", Sentence("{text!r} is none of {allowed}.", text=word, allowed=list(MONEY)))
    return candidates[word]


def _having(word: str) -> sa.CompoundSelect[Any]:
    """Ids of orders that a word leads to."""
    return sa.union_all(*(sa.select(ORDERS.c.id).where(each) for each in _ways(word)))


def _has(word: str) -> sa.ColumnElement[bool]:
    return sa.or_(*_ways(word))


def _ways(word: str) -> list[sa.ColumnElement[bool]]:
    """How a word can lead to an order."""
    has = [
        column.icontains(word, autoescape=True)
        for column in (CUSTOMERS.c.name, CUSTOMERS.c.email, CUSTOMERS.c.phone, CUSTOMERS.c.reference)
    ]
    return [
        ORDERS.c.reference.icontains(word, autoescape=True),
        ORDERS.c.customer_id.in_(sa.select(CUSTOMERS.c.id).where(sa.or_(*has))),
        ORDERS.c.id.in_(sa.select(PARCELS.c.order_id).where(PARCELS.c.tracking == word)),
        ORDERS.c.id == (parse("order", word) or 0),
    ]
