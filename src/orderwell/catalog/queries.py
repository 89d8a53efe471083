"""Prices as lists: what a SKU costs, where, for whom."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.errors import NotFound
from ..kit.pages import DEFAULT_LIMIT, page
from ..kit.sentences import Sentence
from ..values.ids import parse
from .answers import shown_agreed
from .model import CustomerPrice, Price, Sku
from .store import CUSTOMER_PRICES, PRICES, SKUS


def sku_named(connection: Connection, name: str) -> Sku:
    """By id or code. Raises NotFound."""
    number = parse("sku", name)
    where = SKUS.c.id == number if number is not None else SKUS.c.code == name
    row = connection.execute(sa.select(SKUS.sa).where(where)).first()
    if row is None:
        raise NotFound(Sentence("There is no SKU {name!r}.", name=name))
    return Sku._make(row)


def listed_prices(connection: Connection, sku_id: int) -> list[Price]:
    """The price for every channel first, then those of channels."""
    query = sa.select(PRICES.sa).where(PRICES.c.sku_id == sku_id).order_by(PRICES.c.channel_id, PRICES.c.currency)
    return [Price._make(row) for row in connection.execute(query)]


def agreed_with(connection: Connection, sku_id: int, customer_id: int) -> list[CustomerPrice]:
    """By quantity, then by first day."""
    query = (
        sa.select(CUSTOMER_PRICES.sa)
        .where(CUSTOMER_PRICES.c.sku_id == sku_id, CUSTOMER_PRICES.c.customer_id == customer_id)
        .order_by(CUSTOMER_PRICES.c.from_quantity, CUSTOMER_PRICES.c.valid_from, CUSTOMER_PRICES.c.id)
    )
    return [CustomerPrice._make(row) for row in connection.execute(query)]


def agreed(
    connection: Connection, *, customer_ids: Sequence[int] | None = None, sku_id: int | None = None,
    limit: int = DEFAULT_LIMIT, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Prices agreed with customers, newest first."""
    query = sa.select(CUSTOMER_PRICES.sa)
    if customer_ids is not None:
        query = query.where(CUSTOMER_PRICES.c.customer_id.in_(customer_ids))
    if sku_id is not None:
        query = query.where(CUSTOMER_PRICES.c.sku_id == sku_id)
    found = page(
        connection, query, CUSTOMER_PRICES.c.id, "customer_price", lambda row: {"row": row}, limit=limit, cursor=cursor
    )  # fmt: skip
    rows = [each["row"] for each in found["data"]]
    skus = _skus(connection, {row.sku_id for row in rows})
    return {**found, "data": [shown_agreed(row, skus[row.sku_id]) for row in rows]}


def _skus(connection: Connection, ids: Iterable[int]) -> dict[int, Sku]:
    return {row.id: Sku._make(row) for row in connection.execute(sa.select(SKUS.sa).where(SKUS.c.id.in_(sorted(ids))))}
