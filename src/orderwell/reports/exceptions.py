"""Everything that stopped: open tasks with the order they are about and the refunds that wait for a decision, and jobs
that were given up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.errors import Invalid
from ..kit.jobs import JOBS
from ..kit.sentences import Sentence
from ..orders.store import ORDERS
from ..payments.store import PAYMENT_INSTRUCTIONS, PAYMENTS
from ..picking.store import PICK_LINES
from ..shipping.store import PARCELS
from ..tasks.store import TASKS
from ..values.ids import PREFIXES, parse, show
from .order_page import named

DEAD_SHOWN = 50


def listed(
    connection: Connection, *, kind: str | None = None, closed: bool = False, limit: int = 50,
    cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Open tasks, who waits longest first; or closed ones, the newest first."""
    query = sa.select(TASKS.sa).where(TASKS.c.status == ("closed" if closed else "open"))
    if kind is not None:
        query = query.where(TASKS.c.kind == kind)
    if cursor is not None:
        after = parse("task", cursor)
        if after is None:
            raise Invalid.at("/cursor", Sentence("{cursor!r} is no cursor of this list.", cursor=cursor))
        query = query.where(TASKS.c.id < after if closed else TASKS.c.id > after)
    order = TASKS.c.id.desc() if closed else TASKS.c.id
    found = connection.execute(query.order_by(order).limit(limit + 1)).all()
    rows = found[:limit]
    orders = _orders(connection, rows)
    refunds = _proposed(connection, rows)
    data = [_told(row, orders.get(row.id), refunds.get(row.id, [])) for row in rows]
    more = show("task", rows[-1].id) if len(found) > limit else None
    return {"data": named(connection, data), "next_cursor": more}


def counts(connection: Connection) -> dict[str, int]:
    """How many tasks of each kind are open."""
    query = sa.select(TASKS.c.kind, sa.func.count()).where(TASKS.c.status == "open").group_by(TASKS.c.kind)
    return {row[0]: row[1] for row in connection.execute(query.order_by(TASKS.c.kind))}


def given_up(connection: Connection) -> list[dict[str, Any]]:
    """Jobs that nobody tries any more, the oldest first."""
    query = sa.select(JOBS.sa).where(JOBS.c.status == "dead").order_by(JOBS.c.id).limit(DEAD_SHOWN)
    return [
        {
            "id": show("job", row.id), "version": row.version, "kind": row.kind, "queue": row.queue,
            "attempts": row.attempts, "error": row.last_error, "since": row.done_at or row.run_at,
        }
        for row in connection.execute(query)
    ]  # fmt: skip


def _told(row: Any, order: Mapping[str, Any] | None, refunds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "id": show("task", row.id), "version": row.version, "kind": row.kind, "detail": row.detail,
        "subject": row.subject,
        "subject_id": show(row.subject, row.subject_id) if row.subject in PREFIXES and row.subject_id else None,
        "opened_at": row.opened_at, "closed_at": row.closed_at, "actor": row.closed_by, "note": row.note,
        "order": order, "refunds": refunds,
    }  # fmt: skip


def _about(rows: Iterable[Any], subject: str) -> dict[int, list[int]]:
    """Tasks by the thing of this kind that they are about."""
    found: dict[int, list[int]] = {}
    for row in rows:
        if row.subject == subject:
            found.setdefault(row.subject_id, []).append(row.id)
    return found


def _orders(connection: Connection, rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """The order that a task leads to: its payment's, its parcel's, that of the line which was picked short."""
    order_of: dict[int, int] = {}
    for subject, table, column in (("payment", PAYMENTS, "order_id"), ("parcel", PARCELS, "order_id"),
                                   ("order", ORDERS, "id")):  # fmt: skip
        about = _about(rows, subject)
        query = sa.select(table.c.id, table.c[column]).where(table.c.id.in_(about))
        for thing, order_id in connection.execute(query) if about else ():
            order_of |= {task: order_id for task in about[thing] if order_id is not None}
    order_of |= _picked_short(connection, rows)
    query = sa.select(ORDERS.c.id, ORDERS.c.reference).where(ORDERS.c.id.in_(set(order_of.values())))
    orders = {row.id: {"id": show("order", row.id), "reference": row.reference} for row in connection.execute(query)}
    return {task: orders[order_id] for task, order_id in order_of.items()}


def _picked_short(connection: Connection, rows: Sequence[Any]) -> dict[int, int]:
    """Order by task. The key of such a task names the list and the line of it."""
    lines: dict[tuple[int, int], list[int]] = {}
    for row in rows:
        if row.kind == "short_pick":
            n = row.key.split("/")[2]
            lines.setdefault((row.subject_id, int(n)), []).append(row.id)
    if not lines:
        return {}
    line = PICK_LINES.c
    query = sa.select(line.pick_list_id, line.n, line.order_id).where(line.pick_list_id.in_({key[0] for key in lines}))
    found = connection.execute(query)
    return {task: row.order_id for row in found for task in lines.get((row.pick_list_id, row.n), ())}


def _proposed(connection: Connection, rows: Sequence[Any]) -> dict[int, list[dict[str, Any]]]:
    """Refunds that wait for a yes or no, of the payment or of all payments of the order that a task is about."""
    by_payment, by_order = _about(rows, "payment"), _about(rows, "order")
    if not by_payment and not by_order:
        return {}
    refund = PAYMENT_INSTRUCTIONS.c
    query = (
        sa.select(PAYMENT_INSTRUCTIONS.sa, PAYMENTS.c.order_id, PAYMENTS.c.method, PAYMENTS.c.currency)
        .join(PAYMENTS.sa, PAYMENTS.c.id == refund.payment_id)
        .where(refund.kind == "refund", refund.state == "proposed")
        .where(sa.or_(refund.payment_id.in_(by_payment), PAYMENTS.c.order_id.in_(by_order)))
        .order_by(refund.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(query):
        told = {"id": show("refund", row.id), "amount": row.amount_minor, "currency": row.currency,
                "method": row.method}  # fmt: skip
        for task in (*by_payment.get(row.payment_id, ()), *by_order.get(row.order_id, ())):
            found.setdefault(task, []).append(told)
    return found
