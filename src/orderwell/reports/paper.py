"""What goes along with orders on paper: packing slips with what is in each parcel, and sheets to pick by."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..catalog.store import SKUS
from ..customers.store import ADDRESSES
from ..inventory.store import BIN_STOCK, BINS, LOCATIONS
from ..orders.model import Line, Order
from ..orders.queries import lines_of
from ..orders.store import ALLOCATIONS, ORDERS
from ..shipping.store import PARCEL_LINES, PARCELS
from ..values.ids import parse, show
from ..values.money import scaled_text

MOST = 500
NOT_IN_IT = ("unpacked", "came_back", "lost")


def slips(connection: Connection, names: Sequence[str]) -> list[dict[str, Any]]:
    """A slip for each parcel of these orders; for an order without one, for all that is ready to be packed."""
    orders, lines, codes, goes_to = _orders(connection, names)
    parcels = _parcels(connection, list(orders))
    made = []
    for order in orders.values():
        for number, parcel in enumerate(parcels.get(order.id, [None]), 1):
            ready = {line.n: line.promised + line.picked for line in lines[order.id]}
            contents = parcel["lines"] if parcel is not None else ready
            made.append(
                {
                    **_head(order, goes_to),
                    "parcel": number if parcel is not None else None,
                    "parcels": len(parcels.get(order.id, [])),
                    "carrier": parcel["carrier"] if parcel is not None else "",
                    "tracking": parcel["tracking"] if parcel is not None else "",
                    "lines": [
                        {**_line(line, codes, contents[line.n]), "later": _later(line)}
                        for line in lines[order.id]
                        if contents.get(line.n)
                    ],
                }
            )
    return made


def sheets(connection: Connection, names: Sequence[str]) -> list[dict[str, Any]]:
    """What is to be taken off the shelf, a sheet for each order and location, by bin; none where nothing is to pick."""
    orders, lines, codes, goes_to = _orders(connection, names)
    query = (
        sa.select(ALLOCATIONS.sa, LOCATIONS.c.code, LOCATIONS.c.name)
        .join(LOCATIONS.sa, LOCATIONS.c.id == ALLOCATIONS.c.location_id)
        .where(ALLOCATIONS.c.order_id.in_(list(orders)), ALLOCATIONS.c.promised > 0)
    )
    rows = connection.execute(query.order_by(LOCATIONS.c.priority, LOCATIONS.c.code)).all()
    bins = _bins(connection, {(row.location_id, row.sku_id) for row in rows})
    by_line = {(order_id, line.n): line for order_id, its in lines.items() for line in its}
    picks: dict[tuple[int, int], list[dict[str, Any]]] = {}
    places: dict[int, tuple[str, str]] = {}
    for row in rows:
        line = by_line[row.order_id, row.line]
        places[row.location_id] = (row.code, row.name)
        bin_ = bins.get((row.location_id, row.sku_id), "")
        picks.setdefault((row.order_id, row.location_id), []).append({**_line(line, codes, row.promised), "bin": bin_})
    return [
        {
            **_head(orders[order_id], goes_to),
            "location": places[location_id][0], "location_name": places[location_id][1],
            "lines": sorted(its, key=lambda each: (each["bin"], each["sku"])),
        }
        for order_id in orders
        for (of, location_id), its in picks.items()
        if of == order_id
    ]  # fmt: skip


def _orders(
    connection: Connection, names: Sequence[str]
) -> tuple[dict[int, Order], Mapping[int, Sequence[Line]], dict[int, str], dict[int, dict[str, Any]]]:
    """Those of the orders that are placed, in the order they were named in; their lines, SKUs and addresses."""
    ids = [number for name in names[:MOST] if (number := parse("order", name)) is not None]
    found = {row.id: Order._make(row) for row in connection.execute(sa.select(ORDERS.sa).where(ORDERS.c.id.in_(ids)))}
    orders = {number: found[number] for number in ids if number in found and found[number].status == "placed"}
    lines = lines_of(connection, list(orders))
    wanted = {line.sku_id for its in lines.values() for line in its}
    codes = {row.id: row.code for row in connection.execute(sa.select(SKUS.sa).where(SKUS.c.id.in_(wanted)))}
    going = [order.ship_to for order in orders.values() if order.ship_to is not None]
    to = connection.execute(sa.select(ADDRESSES.sa).where(ADDRESSES.c.id.in_(going)))
    return orders, lines, codes, {row.id: dict(row._mapping) for row in to}


def _parcels(connection: Connection, order_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    query = sa.select(PARCELS.sa).where(PARCELS.c.order_id.in_(order_ids), PARCELS.c.status.not_in(NOT_IN_IT))
    found: dict[int, list[dict[str, Any]]] = {}
    by_id: dict[int, dict[str, Any]] = {}
    for row in connection.execute(query.order_by(PARCELS.c.id)):
        by_id[row.id] = {"carrier": row.carrier, "tracking": row.tracking, "lines": {}}
        found.setdefault(row.order_id, []).append(by_id[row.id])
    for row in connection.execute(sa.select(PARCEL_LINES.sa).where(PARCEL_LINES.c.parcel_id.in_(list(by_id)))):
        by_id[row.parcel_id]["lines"][row.line] = row.quantity
    return found


def _bins(connection: Connection, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The first bin in which a location has a SKU: where somebody walks to first."""
    skus = {sku_id for _, sku_id in wanted}
    query = (
        sa.select(BINS.c.location_id, BIN_STOCK.c.sku_id, sa.func.min(BINS.c.code))
        .join(BINS.sa, BINS.c.id == BIN_STOCK.c.bin_id)
        .where(BIN_STOCK.c.sku_id.in_(skus), BIN_STOCK.c.quantity > 0)
        .group_by(BINS.c.location_id, BIN_STOCK.c.sku_id)
    )
    return {(location_id, sku_id): code for location_id, sku_id, code in connection.execute(query)}


def _head(order: Order, goes_to: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "id": show("order", order.id), "reference": order.reference, "customer_reference": order.customer_reference,
        "placed_on": order.placed_on, "ship_to": goes_to.get(order.ship_to or 0),
    }  # fmt: skip


def _line(line: Line, codes: Mapping[int, str], units: int) -> dict[str, Any]:
    return {
        "sku": codes[line.sku_id], "description": line.description,
        "quantity": scaled_text(units, line.unit_decimals), "ordered": scaled_text(line.quantity, line.unit_decimals),
    }  # fmt: skip


def _later(line: Line) -> str:
    """What of a line still has to come, on paper that goes along now; '' for nothing."""
    return scaled_text(line.awaited, line.unit_decimals) if line.awaited else ""
