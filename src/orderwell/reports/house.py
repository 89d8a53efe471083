"""The business as its settings show it: channels, locations, tax, delivery, tills, numbers. Never many of anything."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..catalog.store import SKUS, TAX_RATES
from ..channels.store import CHANNELS
from ..delivery.model import Method
from ..delivery.queries import methods as shown_methods
from ..delivery.store import CLOSED_DAYS, DISPATCH, METHODS
from ..inventory.store import BINS, LOCATIONS
from ..invoicing.store import COUNTERS
from ..kit.errors import NotFound
from ..kit.pages import page
from ..kit.sentences import Sentence
from ..payments.store import PROVIDERS
from ..shipping.store import CARRIERS
from ..tills.store import TILLS
from ..values.ids import parse, show

MOST = 500  # of anything that is not paged: a business has a handful


def channels(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(sa.select(CHANNELS.sa).order_by(CHANNELS.c.name, CHANNELS.c.id).limit(MOST))
    return [{**row._mapping, "id": show("channel", row.id)} for row in rows]


def locations(connection: Connection) -> list[dict[str, Any]]:
    """Where goods lie, with how many bins there are and when they send."""
    counted = sa.select(BINS.c.location_id, sa.func.count().label("bins")).group_by(BINS.c.location_id).subquery()
    query = (
        sa.select(LOCATIONS.sa, counted.c.bins, DISPATCH.c.cut_off, DISPATCH.c.weekdays)
        .outerjoin(counted, counted.c.location_id == LOCATIONS.c.id)
        .outerjoin(DISPATCH.sa, DISPATCH.c.location_id == LOCATIONS.c.id)
        .where(LOCATIONS.c.kind == "stock")
        .order_by(LOCATIONS.c.priority, LOCATIONS.c.id)
        .limit(MOST)
    )
    return [
        {**row._mapping, "id": show("location", row.id), "number": row.id, "bins": row.bins or 0}
        for row in connection.execute(query)
    ]


def location(connection: Connection, name: str) -> dict[str, Any]:
    """Raises NotFound."""
    number = parse("location", name)
    found = next((each for each in locations(connection) if each["number"] == number), None)
    if found is None:
        raise NotFound(Sentence("There is no location {name!r}.", name=name))
    return found


def bins(connection: Connection, location_id: int, *, limit: int, cursor: str | None) -> dict[str, Any]:
    query = sa.select(BINS.sa).where(BINS.c.location_id == location_id)
    return page(
        connection, query, BINS.c.id, "bin", lambda row: {**row._mapping, "id": show("bin", row.id)},
        limit=limit, cursor=cursor,
    )  # fmt: skip


def tax_rates(connection: Connection, today: str) -> list[dict[str, Any]]:
    """By class, the newest first; `state` says which one holds today."""
    rows = connection.execute(
        sa.select(TAX_RATES.sa).order_by(TAX_RATES.c.tax_class, TAX_RATES.c.valid_from.desc()).limit(MOST)
    )
    found, holding = [], set()
    for row in rows:
        if row.valid_from > today:
            state = "coming"
        else:
            state = "past" if row.tax_class in holding else "now"
            holding.add(row.tax_class)
        found.append({**row._mapping, "state": state})
    return found


def delivery_methods(connection: Connection) -> list[dict[str, Any]]:
    rows = [Method._make(row) for row in connection.execute(sa.select(METHODS.sa).order_by(METHODS.c.name).limit(MOST))]
    codes = {
        row.id: row.code
        for row in connection.execute(
            sa.select(SKUS.c.id, SKUS.c.code).where(SKUS.c.id.in_({row.sku_id for row in rows}))
        )
    }
    return [{**told, "sku": codes[row.sku_id]} for told, row in zip(shown_methods(connection, rows), rows, strict=True)]


def services(connection: Connection) -> list[str]:
    """What delivery may be billed as."""
    query = sa.select(SKUS.c.code).where(SKUS.c.kind == "service", SKUS.c.status == "active")
    return list(connection.execute(query.order_by(SKUS.c.code).limit(MOST)).scalars())


def closed_days(connection: Connection, today: str) -> list[dict[str, Any]]:
    """From today on."""
    query = sa.select(CLOSED_DAYS.sa).where(CLOSED_DAYS.c.status == "closed", CLOSED_DAYS.c.day >= today)
    return [dict(row._mapping) for row in connection.execute(query.order_by(CLOSED_DAYS.c.day).limit(MOST))]


def tills(connection: Connection) -> list[dict[str, Any]]:
    query = (
        sa.select(TILLS.sa, LOCATIONS.c.code.label("location_code"), LOCATIONS.c.name.label("location_name"))
        .join(LOCATIONS.sa, LOCATIONS.c.id == TILLS.c.location_id)
        .order_by(TILLS.c.name, TILLS.c.id)
        .limit(MOST)
    )
    return [{**row._mapping, "id": show("till", row.id)} for row in connection.execute(query)]


def partners(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Carriers and payment providers that are spoken to. No secret is among it: those stay in the environment."""
    carriers = connection.execute(sa.select(CARRIERS.sa).order_by(CARRIERS.c.code))
    providers = connection.execute(sa.select(PROVIDERS.sa).order_by(PROVIDERS.c.code))
    return {
        "carriers": [dict(row._mapping) for row in carriers],
        "providers": [dict(row._mapping) for row in providers],
    }


def numbers(connection: Connection) -> dict[str, int]:
    """How many documents of each series there are: the last number, since none is left out."""
    return {row.name: row.value for row in connection.execute(sa.select(COUNTERS.sa).order_by(COUNTERS.c.name))}
