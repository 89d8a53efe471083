"""What a customer can buy, at the prices that hold for them today, and how much of it is there."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..catalog.model import EVERY_CHANNEL, CustomerPrice, Price, Sku, TaxRate
from ..catalog.rules import NoTaxRate, agreed_price, price_in_basis, rate_on
from ..catalog.store import CUSTOMER_PRICES, PRICES, PRODUCTS, SKUS, TAX_RATES
from ..channels.model import Channel
from ..channels.store import CHANNELS
from ..inventory.store import LOCATIONS, STOCK
from ..values.money import line_amount, scaled_text

PER_PAGE = 24


def shop_channel(connection: Connection) -> Channel | None:
    """Where orders of the portal come in: the first open web shop. None: the business sells on none."""
    query = sa.select(CHANNELS.sa).where(CHANNELS.c.kind == "web", CHANNELS.c.status == "open")
    row = connection.execute(query.order_by(CHANNELS.c.id).limit(1)).first()
    return Channel._make(row) if row is not None else None


def offered(
    connection: Connection, channel: Channel, customer_id: int, *, currency: str, today: str, search: str = "",
    skip: int = 0, limit: int = PER_PAGE,
) -> dict[str, Any]:  # fmt: skip
    """A page of what is sold, by name; each word of `search` stands in a name or code."""
    query = _for_sale(channel, customer_id, currency)
    for word in search.split()[:5]:
        query = query.where(
            SKUS.c.name.icontains(word, autoescape=True)
            | SKUS.c.code.icontains(word, autoescape=True)
            | PRODUCTS.c.name.icontains(word, autoescape=True)
            | PRODUCTS.c.description.icontains(word, autoescape=True)
        )
    rows = connection.execute(query.order_by(SKUS.c.name, SKUS.c.id).offset(skip).limit(limit + 1)).all()
    told = _told(connection, rows[:limit], channel, customer_id, currency, today)
    return {"data": told, "next": skip + limit if len(rows) > limit else None}


def those(
    connection: Connection, channel: Channel, customer_id: int, codes: Sequence[str], *, currency: str, today: str
) -> dict[str, dict[str, Any]]:
    """What is sold under these codes, by code."""
    query = _for_sale(channel, customer_id, currency).where(SKUS.c.code.in_(codes))
    rows = connection.execute(query).all() if codes else []
    return {each["code"]: each for each in _told(connection, rows, channel, customer_id, currency, today)}


def _for_sale(channel: Channel, customer_id: int, currency: str) -> sa.Select[Any]:
    """Goods that are sold and have a price, listed here or agreed with this customer."""
    listed = sa.exists().where(
        PRICES.c.sku_id == SKUS.c.id, PRICES.c.channel_id.in_((EVERY_CHANNEL, channel.id)),
        PRICES.c.currency == currency,
    )  # fmt: skip
    agreed = sa.exists().where(CUSTOMER_PRICES.c.sku_id == SKUS.c.id, CUSTOMER_PRICES.c.customer_id == customer_id)
    return (
        sa.select(SKUS.sa, PRODUCTS.c.name.label("product_name"), PRODUCTS.c.description)
        .select_from(sa.outerjoin(SKUS.sa, PRODUCTS.sa, PRODUCTS.c.id == SKUS.c.product_id))
        .where(SKUS.c.status == "active", SKUS.c.kind == "stocked", sa.or_(listed, agreed))
    )


def _told(
    connection: Connection, rows: Sequence[Any], channel: Channel, customer_id: int, currency: str, today: str
) -> list[dict[str, Any]]:
    skus = [Sku._make(row[: len(Sku._fields)]) for row in rows]
    prices = _prices(connection, skus, channel, customer_id, currency, today)
    there = _there(connection, [sku.id for sku in skus])
    return [
        {
            "code": sku.code, "name": sku.name, "product": row.product_name or "", "about": row.description or "",
            "unit": sku.unit, "whole": sku.unit_decimals == 0, "price": prices[sku.id][0], "agreed": prices[sku.id][1],
            **_stock(sku, there.get(sku.id, 0)),
        }
        for row, sku in zip(rows, skus, strict=True)
        if sku.id in prices
    ]  # fmt: skip


def _stock(sku: Sku, units: int) -> dict[str, Any]:
    whole = 10**sku.unit_decimals
    word = "there" if units >= 10 * whole else "few" if units > 0 else "none" if sku.backorder == "no" else "later"
    return {"stock": word, "left": scaled_text(max(0, units), sku.unit_decimals)}


def _prices(
    connection: Connection, skus: Sequence[Sku], channel: Channel, customer_id: int, currency: str, today: str
) -> Mapping[int, tuple[int, bool]]:
    """What one of each SKU costs, in minor units and the channel's basis; and whether it was agreed with them."""
    ids = [sku.id for sku in skus]
    rates = [TaxRate._make(row) for row in connection.execute(sa.select(TAX_RATES.sa))]
    query = sa.select(PRICES.sa).where(
        PRICES.c.sku_id.in_(ids), PRICES.c.channel_id.in_((EVERY_CHANNEL, channel.id)), PRICES.c.currency == currency
    )
    listed = {(row.sku_id, row.channel_id): Price._make(row) for row in connection.execute(query)}
    mine = sa.select(CUSTOMER_PRICES.sa).where(
        CUSTOMER_PRICES.c.sku_id.in_(ids), CUSTOMER_PRICES.c.customer_id == customer_id
    )
    agreed: dict[int, list[CustomerPrice]] = {}
    for row in connection.execute(mine):
        agreed.setdefault(row.sku_id, []).append(CustomerPrice._make(row))
    found: dict[int, tuple[int, bool]] = {}
    for sku in skus:
        own = agreed_price(agreed.get(sku.id, []), quantity=10**sku.unit_decimals, currency=currency, day=today)
        price = own or listed.get((sku.id, channel.id)) or listed.get((sku.id, EVERY_CHANNEL))
        if price is None:
            continue
        try:
            rate = rate_on([each for each in rates if each.tax_class == sku.tax_class], sku.tax_class, today)
        except NoTaxRate:  # it cannot be ordered today either
            continue
        e4 = price_in_basis(price.price_e4, from_basis=price.basis, to_basis=channel.basis, rate_bp=rate)
        one = 10**sku.unit_decimals
        minor = line_amount(one, e4, unit_decimals=sku.unit_decimals, currency=currency)
        found[sku.id] = (minor, own is not None)
    return found


def _there(connection: Connection, ids: Sequence[int]) -> Mapping[int, int]:
    """Units that nobody has been promised, at all open locations."""
    query = (
        sa.select(STOCK.c.sku_id, sa.func.sum(STOCK.c.on_hand - STOCK.c.promised))
        .join_from(STOCK.sa, LOCATIONS.sa, LOCATIONS.c.id == STOCK.c.location_id)
        .where(STOCK.c.sku_id.in_(ids), LOCATIONS.c.kind == "stock", LOCATIONS.c.status == "open")
        .group_by(STOCK.c.sku_id)
    )
    return {sku: int(units) for sku, units in connection.execute(query)}
