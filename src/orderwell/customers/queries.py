"""Looking customers up: by exactly what is known of them, or by part of it."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.pages import DEFAULT_LIMIT, page
from .model import Customer
from .store import CUSTOMERS

EXACT = ("reference", "email", "phone", "name", "kind", "status", "country")
SPACING = " -./()"  # how people write telephone numbers is their own affair


def listed(
    connection: Connection, *, search: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None,
    **exact: str,
) -> dict[str, Any]:  # fmt: skip
    """Customers, newest first. Each word of `search` stands somewhere in the name, number, e-mail or telephone.

    One that was merged into another is found as that one.
    """
    assert set(exact) <= set(EXACT), exact
    words = (search or "").split()
    merged = CUSTOMERS.sa.alias("merged")
    under = sa.exists().where(merged.c.merged_into_id == CUSTOMERS.c.id, *_conditions(merged.c, words, exact))
    found = sa.or_(sa.and_(*_conditions(CUSTOMERS.c, words, exact)), under) if words or exact else sa.true()
    query = sa.select(CUSTOMERS.sa).where(CUSTOMERS.c.merged_into_id.is_(None), found)
    return page(connection, query, CUSTOMERS.c.id, "customer", lambda row: {"row": Customer(*row)}, limit=limit,
                cursor=cursor)  # fmt: skip


def family(connection: Connection, customer_id: int) -> list[int]:
    """Ids of a customer and of all that were merged into the same one: documents name the one they were made for."""
    into = sa.select(CUSTOMERS.c.merged_into_id).where(CUSTOMERS.c.id == customer_id)
    kept: int = connection.execute(into).scalar() or customer_id
    merged = sa.select(CUSTOMERS.c.id).where(CUSTOMERS.c.merged_into_id == kept).order_by(CUSTOMERS.c.id)
    return [kept, *connection.execute(merged).scalars()]


def families(connection: Connection, kept: Iterable[int]) -> list[int]:
    """These customers and all that were merged into one of them."""
    ids = sorted(set(kept))
    query = sa.select(CUSTOMERS.c.id).where(sa.or_(CUSTOMERS.c.id.in_(ids), CUSTOMERS.c.merged_into_id.in_(ids)))
    return list(connection.execute(query.order_by(CUSTOMERS.c.id)).scalars())


def _conditions(columns: Any, words: list[str], exact: dict[str, str]) -> list[sa.ColumnElement[bool]]:
    return [*(columns[name] == value for name, value in exact.items()), *(_has(columns, word) for word in words)]


def _has(columns: Any, word: str) -> sa.ColumnElement[bool]:
    places: list[sa.ColumnElement[bool]] = []
    for column in (columns.name, columns.reference, columns.email):
        places.append(sa.func.lower(column).contains(word.lower(), autoescape=True))
        places.append(column.contains(word, autoescape=True))  # SQLite lowers plain letters only
    digits = _together(word)
    if digits:
        phone: sa.ColumnElement[str] = columns.phone
        for mark in SPACING:
            phone = sa.func.replace(phone, mark, "")
        places.append(phone.contains(digits, autoescape=True))
    return sa.or_(*places)


def _together(word: str) -> str:
    return "".join(letter for letter in word if letter not in SPACING)
