"""What belongs to an order beside its goods and money: its promise, its notes, what its customer ordered before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..customers.queries import family
from ..delivery.store import METHODS, PROMISES
from ..notes import queries as notes
from ..orders.model import Line, Order
from ..orders.store import ORDERS
from ..payments.store import PROVIDERS
from ..values.calendar import day_of, instant
from .order_list import told

RECENT = 5
MOST_NOTES = 50


def promise(
    connection: Connection, order: Order, lines: Sequence[Line], parcels: Sequence[Mapping[str, Any]], *, zone: str,
    today: str,
) -> dict[str, Any] | None:  # fmt: skip
    """What the customer was told, and what became of it: kept, late, or open. None where nothing was promised.

    Decided by the day the last unit was delivered; a parcel whose carrier tells nothing counts when it was sent.
    """
    query = (
        sa.select(PROMISES.sa, METHODS.c.name)
        .join(METHODS.sa, METHODS.c.id == PROMISES.c.method_id)
        .where(PROMISES.c.order_id == order.id)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    live = [line for line in lines if line.kind == "stocked" and line.quantity > line.cancelled]
    gone = all(line.shipped + line.delivered + line.returned == line.quantity - line.cancelled for line in live)
    sent = [each for each in parcels if each["status"] not in ("packed", "unpacked")]
    days = [_arrived(each, zone) for each in sent]
    arrived = max((day for day in days if day), default=None) if gone and sent and all(days) else None
    state = None
    if row.deliver_on is not None and live:
        last = arrived or today
        state = "late" if last > row.deliver_on else "kept" if arrived else "open"
    shipped = max((_day(each["shipped_at"], zone) for each in sent if each["shipped_at"]), default=None)
    return {
        "method": row.name, "dispatch_on": row.dispatch_on, "deliver_on": row.deliver_on, "cost": row.cost_minor,
        "shipped_on": shipped if gone else None, "arrived_on": arrived, "state": state,
    }  # fmt: skip


def _arrived(parcel: Mapping[str, Any], zone: str) -> str | None:
    at = parcel["delivered_at"] or (parcel["shipped_at"] if not parcel["label"] else None)
    return _day(at, zone) if at else None


def _day(text: str, zone: str) -> str:
    return day_of(instant(datetime.fromisoformat(text)), zone)


def notes_on(connection: Connection, order: Order) -> list[dict[str, Any]]:
    """What people wrote about an order and its customer; pinned first, then the newest."""
    found = notes.listed(connection, order.id, limit=MOST_NOTES)["data"]
    if order.customer_id is not None:
        found += notes.listed(connection, order.customer_id, pinned="true", limit=MOST_NOTES)["data"]
    found.sort(key=lambda each: each["id"], reverse=True)
    return sorted(found, key=lambda each: not each["pinned"])


def history(connection: Connection, order: Order) -> dict[str, Any]:
    """How often this customer has ordered, and the last few others."""
    if order.customer_id is None:
        return {"orders": 0, "recent": []}
    theirs = ORDERS.c.customer_id.in_(family(connection, order.customer_id))
    count = connection.execute(sa.select(sa.func.count()).select_from(ORDERS.sa).where(theirs)).scalar_one()
    query = sa.select(ORDERS.sa).where(theirs, ORDERS.c.id != order.id).order_by(ORDERS.c.id.desc()).limit(RECENT)
    recent = [Order._make(row) for row in connection.execute(query)]
    return {"orders": count, "recent": told(connection, recent)}


def open_providers(connection: Connection) -> list[str]:
    """Where customers can pay by themselves."""
    mine = PROVIDERS.c.status == "open"
    return list(connection.execute(sa.select(PROVIDERS.c.code).where(mine).order_by(PROVIDERS.c.code)).scalars())
