"""Payments, refunds and moves, as lists and pages; and what reconciliation has to ask about."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.jobs import JOBS
from ..kit.notes import notes_about
from ..kit.pages import DEFAULT_LIMIT, page
from ..values.ids import show
from .answers import shown, shown_instruction
from .store import PAYMENT_INSTRUCTIONS, PAYMENT_MOVES, PAYMENTS, PAYOUTS, PROVIDERS


def listed(
    connection: Connection, *, order_id: int | None = None, customer_ids: Sequence[int] | None = None,
    method: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    query = sa.select(PAYMENTS.sa)
    for column, value in (("order_id", order_id), ("method", method)):
        if value is not None:
            query = query.where(PAYMENTS.c[column] == value)
    if customer_ids is not None:
        query = query.where(PAYMENTS.c.customer_id.in_(customer_ids))
    return page(connection, query, PAYMENTS.c.id, "payment", shown, limit=limit, cursor=cursor)


def payment(connection: Connection, payment_id: int) -> dict[str, Any] | None:
    """A payment with its moves and what was asked of the provider, oldest first."""
    row = connection.execute(sa.select(PAYMENTS.sa).where(PAYMENTS.c.id == payment_id)).first()
    if row is None:
        return None
    moves = sa.select(PAYMENT_MOVES.sa).where(PAYMENT_MOVES.c.payment_id == payment_id).order_by(PAYMENT_MOVES.c.id)
    instructions = (
        sa.select(PAYMENT_INSTRUCTIONS.sa)
        .where(PAYMENT_INSTRUCTIONS.c.payment_id == payment_id)
        .order_by(PAYMENT_INSTRUCTIONS.c.id)
    )
    return {
        **shown(row),
        "moves": [
            {"kind": move.kind, "amount": move.amount_minor, "event": show("event", move.event_id)}
            for move in connection.execute(moves)
        ],
        "notes": notes_about(connection, "payment", [payment_id])[payment_id],
        "instructions": [shown_instruction(each) for each in connection.execute(instructions)],
    }


def instructions(
    connection: Connection, kind: str, *, state: str | None = None, payment_id: int | None = None,
    limit: int = DEFAULT_LIMIT, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Refunds (or captures, or voids): `kind="refund", state="proposed"` waits for somebody to decide."""
    query = sa.select(PAYMENT_INSTRUCTIONS.sa).where(PAYMENT_INSTRUCTIONS.c.kind == kind)
    for column, value in (("state", state), ("payment_id", payment_id)):
        if value is not None:
            query = query.where(PAYMENT_INSTRUCTIONS.c[column] == value)
    return page(connection, query, PAYMENT_INSTRUCTIONS.c.id, kind, shown_instruction, limit=limit, cursor=cursor)


def payouts(connection: Connection, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> dict[str, Any]:
    def shown_payout(row: Any) -> dict[str, Any]:
        return {
            "id": show("payout", row.id), "object": "payout", "account": row.account, "reference": row.reference,
            "currency": row.currency, "amount": row.amount_minor, "fee": row.fee_minor, "paid_on": row.paid_on,
        }  # fmt: skip

    return page(connection, sa.select(PAYOUTS.sa), PAYOUTS.c.id, "payout", shown_payout, limit=limit, cursor=cursor)


def totals_of_orders(connection: Connection, order_ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """(authorised and not voided, captured, refunded) by order; orders that nobody paid anything for are left out."""
    query = (
        sa.select(
            PAYMENTS.c.order_id,
            sa.func.sum(PAYMENTS.c.authorised_minor - PAYMENTS.c.voided_minor),
            sa.func.sum(PAYMENTS.c.captured_minor),
            sa.func.sum(PAYMENTS.c.refunded_minor),
        )
        .where(PAYMENTS.c.order_id.in_(order_ids))
        .group_by(PAYMENTS.c.order_id)
    )
    return {order: (int(held), int(came), int(back)) for order, held, came, back in connection.execute(query)}


def provider(connection: Connection, code: str) -> Any:
    """The provider's row, or None."""
    return connection.execute(sa.select(PROVIDERS.sa).where(PROVIDERS.c.code == code)).first()


def unknown_outcomes(connection: Connection, before: int, since: int, after: int, limit: int) -> list[int]:
    """Ids above `after` of payments of which the end is not known some time after they began, and which no job is
    about: the customer has not come back, or the provider has not said what became of a capture, void or refund."""
    asked = sa.select(PAYMENT_INSTRUCTIONS.c.payment_id).where(
        PAYMENT_INSTRUCTIONS.c.state == "asked", PAYMENT_INSTRUCTIONS.c.created_at < before
    )
    unpaid = sa.and_(
        PAYMENTS.c.outcome.in_(("new", "open")), PAYMENTS.c.authorised_minor == 0, PAYMENTS.c.captured_minor == 0,
        PAYMENTS.c.created_at.between(since, before),
    )  # fmt: skip
    job = sa.exists().where(JOBS.c.subject_id == PAYMENTS.c.id, JOBS.c.status == "waiting")
    query = (
        sa.select(PAYMENTS.c.id)
        .where(PAYMENTS.c.provider != "", PAYMENTS.c.id > after, sa.or_(unpaid, PAYMENTS.c.id.in_(asked)), ~job)
        .order_by(PAYMENTS.c.id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())
