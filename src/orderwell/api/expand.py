"""`expand[]`: in place of an id, the thing itself. Loaded set-wise, one query a kind; each kind needs its own right."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ..catalog.store import SKUS
from ..customers.store import CUSTOMERS
from ..flows.keep_catalog import shown_sku
from ..flows.keep_customers import shown as shown_customer
from ..inventory.store import LOCATIONS
from ..orders.answers import shown as shown_order
from ..orders.queries import lines_of
from ..orders.store import ORDERS
from ..purchasing.answers import shown_supplier
from ..purchasing.store import SUPPLIERS
from ..values.ids import parse
from .lists import rows_by, told

Told = list[dict[str, Any]]


def _orders(connection: Connection, ids: Sequence[int]) -> Told:
    lines = lines_of(connection, ids)
    return [shown_order(row, lines[row.id]) for row in rows_by(connection, ORDERS, "id", ids)]


def _locations(connection: Connection, ids: Sequence[int]) -> Told:
    return [told("location", row, {}) for row in rows_by(connection, LOCATIONS, "id", ids)]


# Kind of id → the right that seeing such things needs, and how to load some of them.
KINDS: dict[str, tuple[str, Callable[[Connection, Sequence[int]], Told]]] = {
    "customer": ("customers:read", lambda c, ids: [shown_customer(row) for row in rows_by(c, CUSTOMERS, "id", ids)]),
    "location": ("business:read", _locations),
    "order": ("orders:read", _orders),
    "sku": ("catalog:read", lambda c, ids: [shown_sku(row) for row in rows_by(c, SKUS, "id", ids)]),
    "supplier": ("purchasing:read", lambda c, ids: [shown_supplier(row) for row in rows_by(c, SUPPLIERS, "id", ids)]),
}


def rights_of(*paths: str) -> dict[str, str]:
    """What may be expanded → the right it needs. The last word of a path is the kind: `order.customer`."""
    return {path: KINDS[path.rpartition(".")[2]][0] for path in paths}


def put_in(connection: Connection, answer: dict[str, Any], paths: Iterable[str]) -> None:
    """`order.customer` puts the order in too: what leads to a thing is there before it."""
    done: set[str] = set()
    for path in sorted(paths):
        parts = path.split(".")
        for depth, part in enumerate(parts, 1):
            step = ".".join(parts[:depth])
            if part in KINDS and step not in done:
                _replace(connection, _reached([answer], parts[: depth - 1]), part)
                done.add(step)


def _reached(things: Told, parts: Sequence[str]) -> Told:
    for part in parts:
        found = [thing[part] for thing in things if thing.get(part) is not None]
        things = [one for each in found for one in (each if isinstance(each, list) else [each])]
    return things


def _replace(connection: Connection, things: Told, kind: str) -> None:
    ids = {thing[kind] for thing in things if isinstance(thing.get(kind), str)}
    numbers = [number for number in (parse(kind, id_) for id_ in ids) if number is not None]
    by_id = {each["id"]: each for each in KINDS[kind][1](connection, numbers)} if numbers else {}
    for thing in things:
        if thing.get(kind) in by_id:
            thing[kind] = by_id[thing[kind]]
