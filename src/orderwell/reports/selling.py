"""What somebody who sells needs to see while selling: what can be sold, at which till, and what is on a receipt."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..access.pin_store import PINS
from ..access.queries import person_of, rights_of_role, roles_of
from ..access.store import PEOPLE, SESSIONS
from ..catalog.store import BARCODES, SKUS
from ..channels.store import CHANNELS
from ..customers.store import ADDRESSES, CUSTOMERS
from ..inventory.store import LOCATIONS, STOCK
from ..orders.store import LINES, ORDERS
from ..payments.store import PROVIDERS
from ..returns.store import RETURN_LINES
from ..tills.store import DRAWER_SESSIONS, TILLS
from ..values.ids import parse, show
from ..values.money import scaled_text

POPULAR_AMONG = 300  # the latest orders of a channel
UNLOCKS = "tills:use"

# -- tills


def tills(connection: Connection) -> list[dict[str, Any]]:
    """Tills that are in use, with the session of their drawer and who has it."""
    query = (
        sa.select(
            TILLS.c.code, TILLS.c.name, LOCATIONS.c.name.label("location"), DRAWER_SESSIONS.c.opened_at,
            DRAWER_SESSIONS.c.number, PEOPLE.c.name.label("person"),
        )
        .join(LOCATIONS.sa, LOCATIONS.c.id == TILLS.c.location_id)
        .outerjoin(
            DRAWER_SESSIONS.sa, sa.and_(DRAWER_SESSIONS.c.till_id == TILLS.c.id, DRAWER_SESSIONS.c.status == "open")
        )
        .outerjoin(PEOPLE.sa, PEOPLE.c.id == DRAWER_SESSIONS.c.person_id)
        .where(TILLS.c.status == "open")
        .order_by(TILLS.c.name)
    )  # fmt: skip
    return [dict(row._mapping) for row in connection.execute(query)]


def till(connection: Connection, code: str) -> dict[str, Any] | None:
    """A till in use, by code or id: where it stands, its latest session, and the channels that it can sell on."""
    number = parse("till", code)
    query = (
        sa.select(TILLS.sa, LOCATIONS.c.code.label("location"), LOCATIONS.c.name.label("location_name"))
        .join(LOCATIONS.sa, LOCATIONS.c.id == TILLS.c.location_id)
        .where(TILLS.c.id == number if number is not None else TILLS.c.code == code, TILLS.c.status == "open")
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    latest = (
        sa.select(DRAWER_SESSIONS.sa).where(DRAWER_SESSIONS.c.till_id == row.id).order_by(DRAWER_SESSIONS.c.id.desc())
    )
    session = connection.execute(latest.limit(1)).first()
    return {
        "id": row.id, "code": row.code, "name": row.name, "location": row.location, "location_id": row.location_id,
        "location_name": row.location_name, "cash": row.cash_minor, "first": row.sessions == 0,
        "session": show("drawer_session", session.id) if session is not None and session.status == "open" else None,
        "opened_at": session.opened_at if session is not None else None,
        "last_session": show("drawer_session", session.id) if session is not None else None,
        "channels": _channels(connection, row.code, row.location),
    }  # fmt: skip


def _channels(connection: Connection, till_code: str, location: str) -> list[dict[str, Any]]:
    """The channels of tills; first the one that is called like this till or where it stands."""
    query = sa.select(CHANNELS.c.id, CHANNELS.c.code, CHANNELS.c.name).where(
        CHANNELS.c.kind == "till", CHANNELS.c.status == "open"
    )
    found = [dict(row._mapping) for row in connection.execute(query)]
    return sorted(found, key=lambda each: (each["code"] != till_code, location not in each["code"], each["code"]))


def cashiers(connection: Connection) -> list[dict[str, str]]:
    """Who unlocks a till: people with a PIN who work at one."""
    query = (
        sa.select(PEOPLE.c.id, PEOPLE.c.name)
        .join(PINS.sa, PINS.c.person_id == PEOPLE.c.id)
        .where(PEOPLE.c.status == "active", PINS.c.hash != "")
        .order_by(PEOPLE.c.name)
    )
    people = connection.execute(query).all()
    roles = roles_of(connection, [row.id for row in people])
    rights = {role: rights_of_role(connection, role) for role in {each for held in roles.values() for each in held}}
    return [
        {"id": show("person", row.id), "name": row.name}
        for row in people
        if any(UNLOCKS in rights[role] for role in roles[row.id])
    ]


def unlockable(connection: Connection, device: str, now: int) -> bool:
    """Whether somebody who works at a till signed in on this browser with a password, and has not signed out."""
    query = sa.select(SESSIONS.c.person_id).where(
        SESSIONS.c.device == device, SESSIONS.c.area == "back_office", SESSIONS.c.ended_at.is_(None),
        SESSIONS.c.ends_at > now,
    )  # fmt: skip
    for person_id in connection.execute(query).scalars().all():
        person = person_of(connection, person_id)
        if person is not None and person.status == "active":
            roles = roles_of(connection, [person_id])[person_id]
            if any(UNLOCKS in rights_of_role(connection, role) for role in roles):
                return True
    return False


def pin_of(connection: Connection, person: str) -> Any:
    """The row of somebody's PIN, if they have one."""
    number = parse("person", person)
    return connection.execute(sa.select(PINS.sa).where(PINS.c.person_id == number)).first() if number else None


def area_of(connection: Connection, session_id: int) -> str | None:
    """Which area a session is of."""
    return connection.execute(sa.select(SESSIONS.c.area).where(SESSIONS.c.id == session_id)).scalar()


# -- goods


def scanned(connection: Connection, code: str) -> dict[str, Any] | None:
    """A SKU by its own code or a barcode, and how much one such pack is; None where nothing carries it."""
    row = connection.execute(sa.select(SKUS.sa).where(SKUS.c.code == code, SKUS.c.status == "active")).first()
    if row is not None:
        return {"sku": row.code, "quantity": "1"}
    query = (
        sa.select(SKUS.c.code, SKUS.c.unit_decimals, BARCODES.c.numerator, BARCODES.c.denominator)
        .join(SKUS.sa, SKUS.c.id == BARCODES.c.sku_id)
        .where(BARCODES.c.code == code, SKUS.c.status == "active")
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    units = row.numerator * 10**row.unit_decimals
    exact = units % row.denominator == 0
    return {"sku": row.code, "quantity": scaled_text(units // row.denominator, row.unit_decimals) if exact else "1"}


def goods(connection: Connection, codes: Iterable[str], location_id: int | None = None) -> dict[str, dict[str, Any]]:
    """SKUs by code, each with how much of it can be sold now: at one location, or at all of them."""
    query = sa.select(SKUS.sa).where(SKUS.c.code.in_(sorted(set(codes))))
    rows = connection.execute(query).all()
    free = _free(connection, [row.id for row in rows], location_id)
    return {row.code: _shown(row, free.get(row.id, 0)) for row in rows}


def find_goods(
    connection: Connection, text: str, *, limit: int, location_id: int | None = None
) -> list[dict[str, Any]]:
    """What is called so: each word stands somewhere in the code or the name. Those that begin so come first."""
    words = text.split()[:8]
    if not words:
        return []
    query = sa.select(SKUS.sa).where(SKUS.c.status == "active")
    for word in words:
        query = query.where(
            sa.or_(
                sa.func.lower(SKUS.c.code).contains(word.lower(), autoescape=True),
                sa.func.lower(SKUS.c.name).contains(word.lower(), autoescape=True),
                SKUS.c.name.contains(word, autoescape=True),  # SQLite lowers plain letters only
            )
        )
    begins = sa.case(
        (sa.func.lower(SKUS.c.code) == text.lower(), 0),
        (sa.func.lower(SKUS.c.code).startswith(words[0].lower(), autoescape=True), 1),
        (sa.func.lower(SKUS.c.name).startswith(words[0].lower(), autoescape=True), 2),
        else_=3,
    )
    rows = connection.execute(query.order_by(begins, SKUS.c.name, SKUS.c.code).limit(limit)).all()
    free = _free(connection, [row.id for row in rows], location_id)
    return [_shown(row, free.get(row.id, 0)) for row in rows]


def popular(connection: Connection, channel_id: int, location_id: int, limit: int) -> list[dict[str, Any]]:
    """What sold most often in the latest orders of a channel."""
    latest = (
        sa.select(ORDERS.c.id).where(ORDERS.c.channel_id == channel_id).order_by(ORDERS.c.id.desc())
        .limit(POPULAR_AMONG).subquery()
    )  # fmt: skip
    often = (
        sa.select(LINES.c.sku_id, sa.func.count().label("times"))
        .join(latest, latest.c.id == LINES.c.order_id)
        .where(LINES.c.kind == "stocked")
        .group_by(LINES.c.sku_id)
        .order_by(sa.desc("times"), LINES.c.sku_id)
        .limit(limit)
    )
    ids = [row.sku_id for row in connection.execute(often)]
    rows = {row.id: row for row in connection.execute(sa.select(SKUS.sa).where(SKUS.c.id.in_(ids)))}
    free = _free(connection, ids, location_id)
    return [_shown(rows[each], free.get(each, 0)) for each in ids if rows[each].status == "active"]


def _free(connection: Connection, ids: Sequence[int], location_id: int | None) -> Mapping[int, int]:
    query = (
        sa.select(STOCK.c.sku_id, sa.func.sum(STOCK.c.on_hand - STOCK.c.promised))
        .where(STOCK.c.sku_id.in_(ids))
        .group_by(STOCK.c.sku_id)
    )
    if location_id is not None:
        query = query.where(STOCK.c.location_id == location_id)
    return {sku: int(units) for sku, units in connection.execute(query)}


def _shown(row: Any, free: int) -> dict[str, Any]:
    return {
        "sku": row.code, "name": row.name, "unit": row.unit, "kind": row.kind, "backorder": row.backorder,
        "status": row.status, "free": scaled_text(free, row.unit_decimals), "units": free,
        "decimals": row.unit_decimals,
    }  # fmt: skip


# -- who buys


def buyer(connection: Connection, name: str) -> dict[str, Any] | None:
    """A customer by id or number, with the address that was used last, and how many orders there are."""
    number = parse("customer", name)
    where = CUSTOMERS.c.id == number if number is not None else CUSTOMERS.c.reference == name
    row = connection.execute(sa.select(CUSTOMERS.sa).where(where)).first()
    if row is None:
        return None
    if row.merged_into_id is not None:
        return buyer(connection, show("customer", row.merged_into_id))
    latest = sa.select(ADDRESSES.sa).where(ADDRESSES.c.customer_id == row.id).order_by(ADDRESSES.c.id.desc()).limit(1)
    address = connection.execute(latest).first()
    orders = sa.select(sa.func.count()).where(ORDERS.c.customer_id == row.id)
    return {
        **row._mapping, "id": show("customer", row.id), "orders": connection.execute(orders).scalar_one(),
        "address": dict(address._mapping) if address is not None else None,
    }  # fmt: skip


def order_channels(connection: Connection) -> list[dict[str, Any]]:
    """Channels on which somebody types an order in: those of telephones first, never those of tills."""
    query = sa.select(CHANNELS.c.id, CHANNELS.c.code, CHANNELS.c.name, CHANNELS.c.kind).where(
        CHANNELS.c.status == "open", CHANNELS.c.kind.notin_(("till", "marketplace"))
    )
    found = [dict(row._mapping) for row in connection.execute(query)]
    return sorted(found, key=lambda each: (each["kind"] != "phone", each["name"]))


def open_provider(connection: Connection) -> str | None:
    """Where customers pay by link: the first provider that is open."""
    query = sa.select(PROVIDERS.c.code).where(PROVIDERS.c.status == "open").order_by(PROVIDERS.c.code)
    return connection.execute(query.limit(1)).scalar()


# -- what was sold before


def order_scanned(connection: Connection, code: str, channel_ids: Sequence[int]) -> str | None:
    """The order that a receipt names: by id, or by its reference on one of these channels."""
    number = parse("order", code)
    query = sa.select(ORDERS.c.id).where(ORDERS.c.status == "placed")
    query = (
        query.where(ORDERS.c.id == number)
        if number is not None
        else query.where(ORDERS.c.channel_id.in_(channel_ids), ORDERS.c.reference == code)
    )
    found = connection.execute(query.limit(1)).scalar()
    return show("order", found) if found is not None else None


def brought_back(connection: Connection, order: str) -> dict[str, Any] | None:
    """An order's lines with how much of each is with the customer and may come back."""
    number = parse("order", order)
    row = connection.execute(sa.select(ORDERS.sa).where(ORDERS.c.id == number)).first() if number else None
    if row is None:
        return None
    query = (
        sa.select(LINES.sa, SKUS.c.code).join(SKUS.sa, SKUS.c.id == LINES.c.sku_id)
        .where(LINES.c.order_id == number).order_by(LINES.c.n)
    )  # fmt: skip
    expected = (
        sa.select(RETURN_LINES.c.line, sa.func.sum(RETURN_LINES.c.announced - RETURN_LINES.c.received))
        .where(RETURN_LINES.c.order_id == number)
        .group_by(RETURN_LINES.c.line)
    )
    announced = {line: int(units) for line, units in connection.execute(expected)}
    return {
        "order": order, "reference": row.reference, "placed_at": row.placed_at, "currency": row.currency,
        "lines": [_back(line, announced.get(line.n, 0)) for line in connection.execute(query)],
    }  # fmt: skip


def _back(line: Any, announced: int) -> dict[str, Any]:
    units = line.shipped + line.delivered - announced if line.kind == "stocked" else 0
    gross = line.net_minor + line.tax_minor
    return {
        "line": line.n, "sku": line.code, "description": line.description, "units": units,
        "decimals": line.unit_decimals, "can": scaled_text(units, line.unit_decimals),
        "each": gross * 10**line.unit_decimals // line.quantity if line.quantity else 0,
    }  # fmt: skip
