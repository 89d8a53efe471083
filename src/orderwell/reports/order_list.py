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
from ..ledger.store import OPEN_ITEMS
from ..orders.model import Line, Order
from ..orders.queries import FULFILMENT, OrderFilter, filtered, lines_of, number_of
from ..orders.rules import fulfilment_status
from ..orders.store import ALLOCATIONS, LINES, ORDERS
from ..payments.store import PAYMENTS
from ..shipping.store import PARCELS
from ..values.ids import parse, show
from .order_payments import payment_words

GOODS = FULFILMENT
MONEY = (
    "unpaid", "on_account", "authorised", "partly_paid", "paid", "settled", "overpaid", "partly_refunded", "refunded",
)  # fmt: skip
WAITING = "waiting"  # for `goods`: everything that is still to be sent


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
                raise Invalid.at("/cursor", f"{cursor!r} is no cursor of this list.")
            query = query.where(ORDERS.c.id < after)
    found = [Order._make(row) for row in connection.execute(query.order_by(ORDERS.c.id.desc()).limit(limit + 1))]
    more = rows is None and len(found) > limit
    data = found if rows is not None else found[:limit]
    return {"data": told(connection, data), "next_cursor": show("order", data[-1].id) if more else None}


def newer(connection: Connection, wanted: Wanted, than: str, *, most: int = 99) -> int:
    """How many orders like these came since the first row of a page; counted up to `most`."""
    after = parse("order", than)
    if after is None:
        return 0
    query = _wanted(connection, sa.select(ORDERS.c.id), wanted).where(ORDERS.c.id > after).limit(most)
    return int(connection.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one())


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
        }
        for order in orders
    ]


def money_states(
    connection: Connection, orders: Sequence[Order], lines: Mapping[int, Sequence[Line]]
) -> dict[int, str]:
    """How far each is paid (`orders.rules.payment_status`); what nobody has paid yet and is due later is on account."""
    words = payment_words(connection, {order.id: lines[order.id] for order in orders})
    return {
        order.id: "on_account" if words[order.id] == "unpaid" and order.terms_days > 0 else words[order.id]
        for order in orders
    }


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
    if wanted.money is not None:
        query = query.where(_with_money(wanted.money))
    for word in (wanted.search or "").split()[:5]:
        query = query.where(ORDERS.c.id.in_(_having(word)))
    return query


# Which orders can be in a state at all, found by what of them is still to be done: there are few of those.
CANDIDATES: dict[str, sa.Select[Any]] = {
    "ready": sa.select(ALLOCATIONS.c.order_id).where(ALLOCATIONS.c.promised > 0),
    "picked": sa.select(ALLOCATIONS.c.order_id).where(ALLOCATIONS.c.picked > 0),
    "backordered": sa.select(ALLOCATIONS.c.order_id).where(ALLOCATIONS.c.awaited > 0),
    "packed": sa.select(PARCELS.c.order_id).where(PARCELS.c.status == "packed"),
    "shipped": sa.select(PARCELS.c.order_id).where(PARCELS.c.status.in_(("shipped", "failed", "lost"))),
    "open": sa.select(LINES.c.order_id).where(LINES.c.open > 0),
}


def _with_goods(query: sa.Select[Any], word: str) -> sa.Select[Any]:
    if word == WAITING:
        here = sa.select(ALLOCATIONS.c.order_id).where(
            ALLOCATIONS.c.promised + ALLOCATIONS.c.picked + ALLOCATIONS.c.awaited > 0
        )
        packed = sa.select(PARCELS.c.order_id).where(PARCELS.c.status == "packed")
        return query.where(ORDERS.c.id.in_(here.union(packed)))
    if word in CANDIDATES:
        query = query.where(ORDERS.c.id.in_(CANDIDATES[word]))
    return filtered(query, OrderFilter(fulfilment=word))


def _with_money(word: str) -> sa.ColumnElement[bool]:
    if word not in MONEY:
        raise Invalid.at("/money", f"{word!r} is none of {', '.join(MONEY)}.")
    mine = PAYMENTS.c.order_id == ORDERS.c.id
    came, back, held = (
        sa.select(sa.func.coalesce(sa.func.sum(column), 0)).where(mine).scalar_subquery()
        for column in (PAYMENTS.c.captured_minor, PAYMENTS.c.refunded_minor, PAYMENTS.c.authorised_minor)
    )
    due, kept = _due(), came - back
    nothing = sa.and_(kept == 0, back == 0, due > 0)
    rules: dict[str, sa.ColumnElement[bool]] = {
        "unpaid": sa.and_(nothing, held < due, ORDERS.c.terms_days == 0),
        "on_account": sa.and_(nothing, held < due, ORDERS.c.terms_days > 0),
        "authorised": sa.and_(nothing, held >= due),
        "partly_paid": sa.and_(back == 0, due > 0, kept != 0),
        "paid": sa.and_(back == 0, due == 0, kept != 0),
        "settled": sa.and_(back == 0, due == 0, kept == 0),
        "overpaid": sa.and_(back == 0, due < 0),
        "partly_refunded": sa.and_(back > 0, kept > 0),
        "refunded": sa.and_(back > 0, kept <= 0),
    }
    return rules[word]


def _due() -> sa.ColumnElement[int]:
    """What of an order is owed, billed or not yet; of what no invoice bills yet, exact in whether there is anything."""
    left = LINES.c.quantity - LINES.c.invoiced - LINES.c.cancelled
    amount = LINES.c.net_minor + LINES.c.tax_minor
    unbilled = sa.case((sa.and_(left > 0, amount > 0), 1 + (amount * left - 1) / LINES.c.quantity), else_=0)
    open_ = sa.select(sa.func.coalesce(sa.func.sum(OPEN_ITEMS.c.open_minor), 0)).where(
        OPEN_ITEMS.c.order_id == ORDERS.c.id, OPEN_ITEMS.c.account == "receivable", OPEN_ITEMS.c.open_minor != 0
    )
    rest = sa.select(sa.func.coalesce(sa.func.sum(unbilled), 0)).where(LINES.c.order_id == ORDERS.c.id)
    return open_.scalar_subquery() + rest.scalar_subquery()


def _having(word: str) -> sa.CompoundSelect[Any]:
    """Ids of orders that a word leads to."""
    has = [
        column.icontains(word, autoescape=True)
        for column in (CUSTOMERS.c.name, CUSTOMERS.c.email, CUSTOMERS.c.phone, CUSTOMERS.c.reference)
    ]
    theirs = sa.select(CUSTOMERS.c.id).where(sa.or_(*has))
    return sa.union_all(
        sa.select(ORDERS.c.id).where(ORDERS.c.reference.icontains(word, autoescape=True)),
        sa.select(ORDERS.c.id).where(ORDERS.c.customer_id.in_(theirs)),
        sa.select(PARCELS.c.order_id).where(PARCELS.c.tracking == word),
        sa.select(ORDERS.c.id).where(ORDERS.c.id == (parse("order", word) or 0)),
    )
