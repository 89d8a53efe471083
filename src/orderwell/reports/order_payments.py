"""How far orders are paid, in a word each: from their lines, their payments and what is open of them."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..ledger.store import OPEN_ITEMS
from ..orders.model import Line
from ..orders.rules import not_invoiced, payment_status
from ..orders.store import ORDERS
from ..payments.queries import totals_of_orders


def payment_words(connection: Connection, lines: Mapping[int, Sequence[Line]]) -> dict[int, str]:
    """By order; three queries for however many."""
    ids = list(lines)
    open_ = dict(
        connection.execute(
            sa.select(OPEN_ITEMS.c.order_id, sa.func.sum(OPEN_ITEMS.c.open_minor))
            .where(
                OPEN_ITEMS.c.order_id.in_(ids), OPEN_ITEMS.c.open_minor != 0, OPEN_ITEMS.c.account == "receivable"
            )
            .group_by(OPEN_ITEMS.c.order_id)
        ).all()
    )  # fmt: skip
    totals = totals_of_orders(connection, ids)
    bases = dict(connection.execute(sa.select(ORDERS.c.id, ORDERS.c.basis).where(ORDERS.c.id.in_(ids))).all())
    words = {}
    for order, its_lines in lines.items():
        held, captured, refunded = totals.get(order, (0, 0, 0))
        words[order] = payment_status(
            due_minor=not_invoiced(its_lines, basis=bases[order]) + int(open_.get(order, 0)), captured_minor=captured,
            refunded_minor=refunded, authorised_minor=max(0, held - captured),
        )  # fmt: skip
    return words
