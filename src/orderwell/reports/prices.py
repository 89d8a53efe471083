"""What a SKU costs: listed for every channel, on one, or agreed with a customer."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..catalog.answers import shown_agreed, shown_price
from ..catalog.model import EVERY_CHANNEL
from ..catalog.queries import agreed_with, listed_prices, sku_named
from ..channels.store import CHANNELS
from .question import customer_id


def prices(connection: Connection, *, sku: str, customer: str | None = None) -> dict[str, Any]:
    """All prices of one SKU; with a customer, those agreed with them too: these come first when an order is priced."""
    row = sku_named(connection, sku)
    codes = {each.id: each.code for each in connection.execute(sa.select(CHANNELS.c.id, CHANNELS.c.code))}
    data = [
        shown_price(each, row, None if each.channel_id == EVERY_CHANNEL else codes[each.channel_id])
        for each in listed_prices(connection, row.id)
    ]
    if customer is not None:
        found = agreed_with(connection, row.id, customer_id(connection, customer))
        data = [*(shown_agreed(each, row) for each in found), *data]
    return {"object": "list", "data": data, "has_more": False, "next_cursor": None}
