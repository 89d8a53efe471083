"""What is owed of orders, and how far they are paid: from their lines, their payments and what is open of them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..ledger.queries import open_of_orders
from ..orders.model import Line
from ..orders.rules import not_invoiced, payment_status
from ..orders.store import ORDERS
from ..payments.queries import totals_of_orders


class Owed(NamedTuple):
    """`minor` is what is billed and open and what nothing bills yet, together; below zero, what nothing asks for any
    more. Payments were taken off it when they were booked, so what is only authorised is still in it."""

    minor: int
    authorised: int = 0
    captured: int = 0
    refunded: int = 0

    @property
    def held(self) -> int:
        """What may still be captured."""
        return max(0, self.authorised - self.captured)

    @property
    def to_pay(self) -> int:
        return max(0, self.minor - self.held)


def owed_of_orders(connection: Connection, lines: Mapping[int, Sequence[Line]]) -> dict[int, Owed]:
    """By order; three queries for however many."""
    ids = list(lines)
    open_ = open_of_orders(connection, ids)
    totals = totals_of_orders(connection, ids)
    bases = dict(connection.execute(sa.select(ORDERS.c.id, ORDERS.c.basis).where(ORDERS.c.id.in_(ids))).all())
    return {
        order: Owed(
            not_invoiced(its_lines, basis=bases[order]) + open_.get(order, 0), *totals.get(order, (0, 0, 0))
        )
        for order, its_lines in lines.items()
    }  # fmt: skip


def payment_word(owed: Owed) -> str:
    return payment_status(
        due_minor=owed.minor, captured_minor=owed.captured, refunded_minor=owed.refunded, authorised_minor=owed.held
    )


def payment_words(connection: Connection, lines: Mapping[int, Sequence[Line]]) -> dict[int, str]:
    return {order: payment_word(owed) for order, owed in owed_of_orders(connection, lines).items()}
