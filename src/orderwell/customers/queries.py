"""Looking customers up: by exactly what is known of them, or by part of it."""

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
    """Customers, newest first. Each word of `search` stands somewhere in the name, number, e-mail or telephone."""
    assert set(exact) <= set(EXACT), exact
    query = sa.select(CUSTOMERS.sa).where(*(CUSTOMERS.c[column] == value for column, value in exact.items()))
    for word in (search or "").split():
        query = query.where(_has(word))
    return page(connection, query, CUSTOMERS.c.id, "customer", lambda row: {"row": Customer(*row)}, limit=limit,
                cursor=cursor)  # fmt: skip


def _has(word: str) -> sa.ColumnElement[bool]:
    places: list[sa.ColumnElement[bool]] = []
    for column in (CUSTOMERS.c.name, CUSTOMERS.c.reference, CUSTOMERS.c.email):
        places.append(sa.func.lower(column).contains(word.lower(), autoescape=True))
        places.append(column.contains(word, autoescape=True))  # SQLite lowers plain letters only
    digits = _together(word)
    if digits:
        phone: sa.ColumnElement[str] = CUSTOMERS.c.phone
        for mark in SPACING:
            phone = sa.func.replace(phone, mark, "")
        places.append(phone.contains(digits, autoescape=True))
    return sa.or_(*places)


def _together(word: str) -> str:
    return "".join(letter for letter in word if letter not in SPACING)
