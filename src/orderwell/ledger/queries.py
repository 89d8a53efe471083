"""What is open of orders and documents, for whoever reads."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .store import OPEN_ITEMS


def open_of_orders(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """By order, below zero what is to their credit; those of which nothing is open are left out."""
    return _open(connection, OPEN_ITEMS.c.order_id, ids)


def open_of_documents(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """By document, below zero what is to the customer's credit; those of which nothing is open are left out."""
    return _open(connection, OPEN_ITEMS.c.document_id, ids)


def _open(connection: Connection, by: sa.ColumnElement[int], ids: Sequence[int]) -> dict[int, int]:
    query = (
        sa.select(by, sa.func.sum(OPEN_ITEMS.c.open_minor))
        .where(by.in_(ids), OPEN_ITEMS.c.open_minor != 0, OPEN_ITEMS.c.account == "receivable")
        .group_by(by)
    )
    return {each: int(minor) for each, minor in connection.execute(query)}
