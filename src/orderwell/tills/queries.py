"""Tills and sessions as lists, and the Z report: what a session took and gave by payment method, what was counted."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.pages import DEFAULT_LIMIT, page
from .answers import shown, shown_move, shown_movement, shown_session
from .model import METHODS
from .store import CASH_MOVEMENTS, DRAWER_MOVES, DRAWER_SESSIONS, TILLS


def listed(
    connection: Connection, *, location_id: int | None = None, status: str | None = None, limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Tills, each with the session of its drawer that is open, or null."""
    query = sa.select(TILLS.sa)
    for column, value in (("location_id", location_id), ("status", status)):
        if value is not None:
            query = query.where(TILLS.c[column] == value)
    found = page(connection, query, TILLS.c.id, "till", shown, limit=limit, cursor=cursor)
    running = sa.select(DRAWER_SESSIONS.sa).where(DRAWER_SESSIONS.c.status == "open")
    by_till = {told["till"]: told for told in map(shown_session, connection.execute(running))}
    return {**found, "data": [{**till, "session": by_till.get(till["id"])} for till in found["data"]]}


def sessions(
    connection: Connection, *, till_id: int | None = None, status: str | None = None, limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    query = sa.select(DRAWER_SESSIONS.sa)
    for column, value in (("till_id", till_id), ("status", status)):
        if value is not None:
            query = query.where(DRAWER_SESSIONS.c[column] == value)
    return page(
        connection, query, DRAWER_SESSIONS.c.id, "drawer_session", shown_session, limit=limit, cursor=cursor
    )  # fmt: skip


def moves(
    connection: Connection, session_id: int, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> dict[str, Any]:
    query = sa.select(DRAWER_MOVES.sa).where(DRAWER_MOVES.c.session_id == session_id)
    return page(connection, query, DRAWER_MOVES.c.id, "drawer_move", shown_move, limit=limit, cursor=cursor)


def z_report(connection: Connection, session_id: int) -> dict[str, Any] | None:
    """A session with its totals: final once it is closed; before, `expected` is what should be in the drawer now."""
    session = connection.execute(sa.select(DRAWER_SESSIONS.sa).where(DRAWER_SESSIONS.c.id == session_id)).first()
    if session is None:
        return None
    till = connection.execute(sa.select(TILLS.sa).where(TILLS.c.id == session.till_id)).one()
    summed = _sums(connection, session_id)
    told = shown_session(session)
    paid = sa.select(CASH_MOVEMENTS.sa).where(CASH_MOVEMENTS.c.session_id == session_id).order_by(CASH_MOVEMENTS.c.id)
    return {
        **told,
        "expected": till.cash_minor if session.status == "open" else told["expected"],
        "till_code": till.code,
        "till_name": till.name,
        "methods": [_method(summed, method) for method in METHODS],
        **{kind: summed.get(("cash", kind), (0, 0))[1] for kind in ("brought", "float_difference", "paid_in")},
        "paid_out": -summed.get(("cash", "paid_out"), (0, 0))[1],
        "cash_movements": [shown_movement(row) for row in connection.execute(paid)],
    }


def _sums(connection: Connection, session_id: int) -> dict[tuple[str, str], tuple[int, int]]:
    """(how many, how much) by method and kind."""
    query = (
        sa.select(DRAWER_MOVES.c.method, DRAWER_MOVES.c.kind, sa.func.count(), sa.func.sum(DRAWER_MOVES.c.amount_minor))
        .where(DRAWER_MOVES.c.session_id == session_id)
        .group_by(DRAWER_MOVES.c.method, DRAWER_MOVES.c.kind)
    )
    return {(method, kind): (count, int(amount)) for method, kind, count, amount in connection.execute(query)}


def _method(summed: dict[tuple[str, str], tuple[int, int]], method: str) -> dict[str, Any]:
    came, came_amount = summed.get((method, "payment"), (0, 0))
    back, back_amount = summed.get((method, "refund"), (0, 0))
    return {
        "method": method, "payments": came, "received": came_amount, "refunds": back, "refunded": -back_amount,
        "total": came_amount + back_amount,
    }  # fmt: skip
