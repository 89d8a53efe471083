"""Everything about one customer on one page, and the list of them: who they are, what they bought, what they owe."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..catalog.answers import shown_agreed
from ..catalog.store import CUSTOMER_PRICES, SKUS
from ..channels.store import CHANNELS
from ..customers.model import Customer
from ..customers.queries import family
from ..customers.queries import listed as found_by
from ..customers.store import ADDRESSES, CUSTOMERS
from ..kit.errors import NotFound
from ..kit.sentences import Sentence
from ..notes.queries import listed as notes_of
from ..orders.queries import timeline
from ..orders.store import LINES, ORDERS
from ..portal.store import PORTAL_ACCOUNTS
from ..values.ids import parse, show
from ..values.money import scaled_text
from .accounts import items_of
from .customers import figures_of
from .order_list import Wanted
from .order_list import listed as orders_listed
from .order_page import named

NEWEST_ORDERS, FAVOURITES, ADDRESSES_SHOWN, OPEN_SHOWN, PRICES_SHOWN = 8, 5, 6, 20, 100


def listed(
    connection: Connection, *, search: str | None = None, limit: int = 50, cursor: str | None = None,
    rows: Sequence[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Customers with their figures, newest first. With `rows` exactly these: a page that is open keeps its rows."""
    if rows is not None:
        ids = [number for each in rows if (number := parse("customer", each)) is not None]
        query = sa.select(CUSTOMERS.sa).where(CUSTOMERS.c.id.in_(ids), CUSTOMERS.c.merged_into_id.is_(None))
        found = [Customer._make(row) for row in connection.execute(query.order_by(CUSTOMERS.c.id.desc()))]
        cursor_after = None
    else:
        answer = found_by(connection, search=search, limit=limit, cursor=cursor)
        found = [each["row"] for each in answer["data"]]
        cursor_after = answer["next_cursor"]
    figures = figures_of(connection, [each.id for each in found])
    data = [{**_told(each), **_some(figures.get(each.id))} for each in found]
    return {"data": data, "next_cursor": cursor_after}


def one(connection: Connection, name: str) -> dict[str, Any]:
    """Raises NotFound. One that was merged is told with who it is kept under, and nothing more."""
    row = _row(connection, name)
    told = {**_told(row), "merged_into": None, "erased_at": row.erased_at, "kept_through": row.kept_through}
    if row.merged_into_id is not None:
        kept = connection.execute(sa.select(CUSTOMERS.sa).where(CUSTOMERS.c.id == row.merged_into_id)).one()
        return {**told, "merged_into": _told(Customer._make(kept))}
    ids = family(connection, row.id)
    merged = sa.select(CUSTOMERS.sa).where(CUSTOMERS.c.merged_into_id == row.id).order_by(CUSTOMERS.c.id)
    return {
        **told,
        **_some(figures_of(connection, [row.id]).get(row.id)),
        "merged": [_told(Customer._make(each)) for each in connection.execute(merged)],
        "orders_newest": orders_listed(connection, Wanted(customer=told["id"]), limit=NEWEST_ORDERS)["data"],
        "favourites": _favourites(connection, ids),
        "channels": _channels(connection, ids),
        "open_items": items_of(connection, ids, limit=OPEN_SHOWN),
        "addresses": _addresses(connection, ids),
        "prices": _prices(connection, row.id),
        "accounts": _accounts(connection, ids),
        "notes": _notes(connection, row.id),
        "timeline": named(connection, timeline(connection, row.id, subject="customer")[::-1][:50]),
    }


def found(connection: Connection, text: str, limit: int) -> list[dict[str, Any]]:
    """Who is called that, without their figures: quick enough for while somebody types."""
    return [_told(each["row"]) for each in found_by(connection, search=text, limit=limit)["data"]]


def name_of(connection: Connection, name: str) -> dict[str, Any]:
    """Who it is, without anything else. Raises NotFound."""
    return _told(_row(connection, name))


def may_be_the_same(connection: Connection, customer: str, *, limit: int = 5) -> list[dict[str, Any]]:
    """Others with the same e-mail, telephone or name."""
    row = _row(connection, customer)
    alike = [getattr(CUSTOMERS.c, each) == getattr(row, each) for each in ("email", "phone", "name")
             if getattr(row, each)]  # fmt: skip
    query = sa.select(CUSTOMERS.sa).where(
        sa.or_(*alike), CUSTOMERS.c.id != row.id, CUSTOMERS.c.merged_into_id.is_(None), CUSTOMERS.c.erased_at.is_(None)
    )
    found = connection.execute(query.order_by(CUSTOMERS.c.id.desc()).limit(limit))
    return [_told(Customer._make(each)) for each in found]


def merging(connection: Connection, gone: str, into: str) -> dict[str, Any]:
    """What merging would bring together: both with their figures, and what would be taken over."""
    rows = [_row(connection, gone), _row(connection, into)]
    figures = figures_of(connection, [each.id for each in rows])
    accounts = _count(connection, PORTAL_ACCOUNTS, [each.id for each in rows])
    prices = _count(connection, CUSTOMER_PRICES, [each.id for each in rows])
    two = [
        {**_told(each), **_some(figures.get(each.id)), "accounts": accounts.get(each.id, 0),
         "agreed": prices.get(each.id, 0), "status": each.status, "merged": each.merged_into_id is not None,
         "erased": each.erased_at is not None}
        for each in rows
    ]  # fmt: skip
    return {"gone": two[0], "kept": two[1]}


# -- parts


def _row(connection: Connection, name: str) -> Customer:
    number = parse("customer", name)
    where = CUSTOMERS.c.id == number if number is not None else CUSTOMERS.c.reference == name
    row = connection.execute(sa.select(CUSTOMERS.sa).where(where)).first()
    if row is None:
        raise NotFound(Sentence("There is no customer {name!r}.", name=name))
    return Customer._make(row)


def _told(row: Customer) -> dict[str, Any]:
    fields = ("version", "reference", "kind", "name", "email", "phone", "country", "locale", "vat_number",
              "payment_method", "terms_days", "status", "created_at")  # fmt: skip
    return {"id": show("customer", row.id), **{each: getattr(row, each) for each in fields}}


def _some(figures: Mapping[str, Any] | None) -> dict[str, Any]:
    names = ("orders", "lifetime_value", "average_order", "open_balance", "first_order_on", "last_order_on")
    return {each: (figures or {}).get(each) or (None if each.endswith("_on") else 0) for each in names}


def _count(connection: Connection, table: Any, ids: Sequence[int]) -> dict[int, int]:
    query = sa.select(table.c.customer_id, sa.func.count()).where(table.c.customer_id.in_(ids))
    return {row[0]: row[1] for row in connection.execute(query.group_by(table.c.customer_id))}


def _favourites(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """What they buy most often: in how many orders, and how much of it."""
    times = sa.func.count(sa.distinct(LINES.c.order_id))
    query = (
        sa.select(SKUS.c.code, SKUS.c.name, SKUS.c.unit_decimals, times.label("times"),
                  sa.func.sum(LINES.c.quantity - LINES.c.cancelled).label("units"))
        .join(ORDERS.sa, ORDERS.c.id == LINES.c.order_id)
        .join(SKUS.sa, SKUS.c.id == LINES.c.sku_id)
        .where(ORDERS.c.customer_id.in_(ids), ORDERS.c.status == "placed", LINES.c.kind == "stocked")
        .group_by(SKUS.c.code, SKUS.c.name, SKUS.c.unit_decimals)
        .order_by(times.desc(), SKUS.c.code)
        .limit(FAVOURITES)
    )  # fmt: skip
    return [
        {"code": row.code, "name": row.name, "times": row.times,
         "quantity": scaled_text(int(row.units), row.unit_decimals)}
        for row in connection.execute(query)
    ]  # fmt: skip


def _channels(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Where they buy, most often first."""
    orders = sa.func.count().label("orders")
    query = (
        sa.select(CHANNELS.c.name, orders)
        .join(ORDERS.sa, ORDERS.c.channel_id == CHANNELS.c.id)
        .where(ORDERS.c.customer_id.in_(ids), ORDERS.c.status == "placed")
        .group_by(CHANNELS.c.name)
        .order_by(orders.desc(), CHANNELS.c.name)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def _addresses(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Where things went lately, each place once."""
    query = sa.select(ADDRESSES.sa).where(ADDRESSES.c.customer_id.in_(ids)).order_by(ADDRESSES.c.id.desc()).limit(60)
    places: dict[Any, dict[str, Any]] = {}
    for row in connection.execute(query):
        place = {each: getattr(row, each) for each in ("name", "company", "street", "postcode", "city", "country")}
        places.setdefault(tuple(place.values()), place)
    return list(places.values())[:ADDRESSES_SHOWN]


def _prices(connection: Connection, customer_id: int) -> list[dict[str, Any]]:
    query = (
        sa.select(CUSTOMER_PRICES.sa, SKUS.c.code, SKUS.c.name, SKUS.c.unit_decimals)
        .join(SKUS.sa, SKUS.c.id == CUSTOMER_PRICES.c.sku_id)
        .where(CUSTOMER_PRICES.c.customer_id == customer_id)
        .order_by(SKUS.c.code, CUSTOMER_PRICES.c.from_quantity, CUSTOMER_PRICES.c.valid_from)
        .limit(PRICES_SHOWN)
    )
    return [{**shown_agreed(row, row), "name": row.name} for row in connection.execute(query)]


def _accounts(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    query = sa.select(PORTAL_ACCOUNTS.sa).where(PORTAL_ACCOUNTS.c.customer_id.in_(ids)).order_by(PORTAL_ACCOUNTS.c.id)
    return [
        {**{each: getattr(row, each) for each in ("version", "name", "email", "role", "status", "created_at")},
         "id": show("portal_account", row.id)}
        for row in connection.execute(query)
    ]  # fmt: skip


def _notes(connection: Connection, customer_id: int) -> list[dict[str, Any]]:
    """Pinned ones first, then the newest; with the name of who wrote it."""
    found = notes_of(connection, customer_id, limit=50)["data"]
    found = named(connection, [{**each, "actor": each["written_by"]} for each in found])
    return sorted(found, key=lambda each: not each["pinned"])
