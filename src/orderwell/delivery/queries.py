"""Reading methods of delivery and promises: SQL and nothing else."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.errors import NotFound
from ..kit.sentences import Sentence
from ..values.ids import parse
from .answers import shown_method, shown_promise
from .model import DeliveryPromise, Method, Zone
from .store import METHODS, PROMISES, ZONES


def methods(connection: Connection, rows: Sequence[Method]) -> list[dict[str, Any]]:
    """Methods with the zones they have now."""
    zones: dict[int, list[Zone]] = {row.id: [] for row in rows}
    mine = sa.and_(ZONES.c.method_id.in_(list(zones)), ZONES.c.status == "open")
    for each in connection.execute(sa.select(ZONES.sa).where(mine).order_by(ZONES.c.method_id, ZONES.c.n)):
        zones[each.method_id].append(Zone(*each))
    return [shown_method(row, zones[row.id]) for row in rows]


def promise(connection: Connection, order: str) -> dict[str, Any]:
    """What was promised to an order (id). Raises NotFound where nothing was."""
    query = (
        sa.select(PROMISES.sa, METHODS.c.code)
        .join(METHODS.sa, METHODS.c.id == PROMISES.c.method_id)
        .where(PROMISES.c.order_id == (parse("order", order) or 0))
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(Sentence("No delivery was promised to an order {order!r}.", order=order))
    return shown_promise(DeliveryPromise(*row[:-1]), row.code)
