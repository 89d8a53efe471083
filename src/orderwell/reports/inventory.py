"""Stock as people look at it: what lies where, what of it is promised and to whom, what is awaited and what comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..catalog.queries import sku_named
from ..catalog.store import BARCODES, SKUS
from ..inventory.store import LOCATIONS, STOCK
from ..purchasing.store import REORDER_RULES
from ..values.ids import parse, show
from ..values.money import scaled_text
from .question import rows

FIGURES = ("on_hand", "promised", "available", "awaited", "incoming")
SHOWN = 100  # of what holds, waits for or brings one SKU


@dataclass(frozen=True, slots=True)
class Wanted:
    """`search` stands in the code or the name, or is a barcode; `location` is a code; `low`: under the point at which
    it is ordered again."""

    search: str | None = None
    location: str | None = None
    low: bool = False


def listed(
    connection: Connection, wanted: Wanted, *, limit: int, after: str | None = None, only: Sequence[str] | None = None
) -> dict[str, Any]:
    """SKUs that lie on shelves, by code, from behind `after` on. With `only` exactly these (ids): a page that is open
    keeps its rows."""
    query: sa.Select[Any] = sa.select(
        SKUS.c.id, SKUS.c.code, SKUS.c.name, SKUS.c.unit, SKUS.c.unit_decimals, SKUS.c.status
    )
    query = query.where(SKUS.c.kind == "stocked").order_by(SKUS.c.code)
    if only is not None:
        query = query.where(SKUS.c.id.in_([number for each in only if (number := parse("sku", each)) is not None]))
    else:
        query = _wanted(query, wanted)
        if after is not None:
            query = query.where(SKUS.c.code > after)
        query = query.limit(limit + 1)
    found = connection.execute(query).all()
    shown = found if only is not None else found[:limit]
    more = only is None and len(found) > limit
    return {"data": _told(connection, shown, wanted.location), "after": shown[-1].code if more else None}


def _wanted(query: sa.Select[Any], wanted: Wanted) -> sa.Select[Any]:
    if wanted.search:
        text = wanted.search.lower()
        barcode = sa.select(BARCODES.c.sku_id).where(BARCODES.c.code == wanted.search)
        found = [sa.func.lower(column).contains(text, autoescape=True) for column in (SKUS.c.code, SKUS.c.name)]
        query = query.where(sa.or_(*found, SKUS.c.id.in_(barcode)))
    if wanted.location:
        here = sa.select(STOCK.c.sku_id).join(LOCATIONS.sa, LOCATIONS.c.id == STOCK.c.location_id)
        query = query.where(SKUS.c.id.in_(here.where(LOCATIONS.c.code == wanted.location)))
    if wanted.low:
        low = _low(sa.select(REORDER_RULES.c.sku_id))
        if wanted.location:
            low = low.join(LOCATIONS.sa, LOCATIONS.c.id == REORDER_RULES.c.location_id)
            low = low.where(LOCATIONS.c.code == wanted.location)
        query = query.where(SKUS.c.id.in_(low))
    return query


def _low(query: sa.Select[Any]) -> sa.Select[Any]:
    """Where what can be promised is under the point of its rule."""
    rule, there = REORDER_RULES.c, STOCK.c
    at = sa.and_(there.sku_id == rule.sku_id, there.location_id == rule.location_id)
    free = sa.func.coalesce(there.on_hand - there.promised, 0)
    return query.select_from(sa.outerjoin(REORDER_RULES.sa, STOCK.sa, at)).where(free < rule.reorder_point)


def _told(connection: Connection, skus: Sequence[Any], location: str | None) -> list[dict[str, Any]]:
    figures = places_of(connection, skus)
    told = []
    for sku in skus:
        places = figures[sku.id]
        counted = [each for each in places if location in (None, each["location"])]
        told.append(
            {
                "id": show("sku", sku.id), "code": sku.code, "name": sku.name, "unit": sku.unit, "status": sku.status,
                "places": places, "low": any(each["low"] for each in counted), **_sums(counted, sku.unit_decimals),
            }
        )  # fmt: skip
    return told


def _sums(places: Sequence[dict[str, Any]], decimals: int) -> dict[str, str]:
    return {name: scaled_text(sum(each["units"][name] for each in places), decimals) for name in FIGURES}


def places_of(connection: Connection, skus: Sequence[Any]) -> dict[int, list[dict[str, Any]]]:
    """By SKU, its figures at each place in the order of the rule; `low` where it is time to order."""
    ids = [sku.id for sku in skus]
    decimals = {sku.id: sku.unit_decimals for sku in skus}
    place = (LOCATIONS.c.code, LOCATIONS.c.name.label("place"), LOCATIONS.c.layout)
    query = sa.select(STOCK.sa, *place).join(LOCATIONS.sa, LOCATIONS.c.id == STOCK.c.location_id)
    query = query.where(STOCK.c.sku_id.in_(ids)).order_by(LOCATIONS.c.priority, LOCATIONS.c.code)
    rule = REORDER_RULES.c
    points = {
        (row.sku_id, row.location_id): row.reorder_point
        for row in connection.execute(
            sa.select(rule.sku_id, rule.location_id, rule.reorder_point).where(rule.sku_id.in_(ids))
        )
    }
    found: dict[int, list[dict[str, Any]]] = {each: [] for each in ids}
    for row in connection.execute(query):
        units = {name: getattr(row, name) for name in FIGURES if name != "available"}
        units["available"] = row.on_hand - row.promised
        point = points.get((row.sku_id, row.location_id))
        found[row.sku_id].append(
            {
                "location": row.code, "name": row.place, "layout": row.layout, "units": units,
                "low": point is not None and units["available"] < point,
                "point": scaled_text(point, decimals[row.sku_id]) if point is not None else None,
                **{name: scaled_text(units[name], decimals[row.sku_id]) for name in FIGURES},
            }
        )  # fmt: skip
    return found


# -- one SKU


def one(connection: Connection, name: str) -> dict[str, Any]:
    """One SKU by id or code, with what stands behind each of its figures. Raises NotFound."""
    sku = sku_named(connection, name)
    places = places_of(connection, [sku])[sku.id]
    return {
        "id": show("sku", sku.id), "version": sku.version, "code": sku.code, "name": sku.name, "unit": sku.unit,
        "kind": sku.kind, "status": sku.status, "places": places, **_sums(places, sku.unit_decimals),
        "low": any(each["low"] for each in places),
        "barcodes": _barcodes(connection, sku.id),
        "bins": _scaled(rows(connection, BINS_OF, sku=sku.id), sku.unit_decimals),
        "held": _held(connection, sku.id, sku.unit_decimals),
        "waiting": _for_orders(connection, WAITING, sku.id, sku.unit_decimals),
        "coming": _coming(connection, sku.id, sku.unit_decimals),
    }  # fmt: skip


def _scaled(found: list[dict[str, Any]], decimals: int) -> list[dict[str, Any]]:
    return [{**row, "quantity": scaled_text(row["quantity"], decimals)} for row in found]


def _barcodes(connection: Connection, sku_id: int) -> list[dict[str, Any]]:
    query = sa.select(BARCODES.sa).where(BARCODES.c.sku_id == sku_id).order_by(BARCODES.c.numerator, BARCODES.c.code)
    return [
        {"code": row.code, "of": row.numerator if row.denominator == 1 else f"{row.numerator}/{row.denominator}"}
        for row in connection.execute(query)
    ]


BINS_OF = """
    SELECT b.code, l.code AS location, s.quantity FROM bin_stock s JOIN bins b ON b.id = s.bin_id
    JOIN locations l ON l.id = s.location_id
    WHERE s.sku_id = :sku AND s.quantity > 0 ORDER BY l.priority, l.code, b.sort, b.code
"""
HELD = """
    SELECT o.id, o.reference, l.code AS location, o.placed_at, a.promised + a.picked AS quantity,
           CASE WHEN a.picked > 0 THEN 'picked' ELSE 'promised' END AS place
    FROM allocations a JOIN orders o ON o.id = a.order_id JOIN locations l ON l.id = a.location_id
    WHERE a.sku_id = :sku AND (a.promised > 0 OR a.picked > 0 OR a.awaited > 0) AND a.promised + a.picked > 0
    ORDER BY o.placed_at, o.id, a.line LIMIT :limit
"""
PACKED = """
    SELECT o.id, o.reference, l.code AS location, o.placed_at, c.quantity, 'packed' AS place
    FROM parcels p JOIN parcel_lines c ON c.parcel_id = p.id JOIN orders o ON o.id = p.order_id
    JOIN order_lines n ON n.order_id = c.order_id AND n.n = c.line JOIN locations l ON l.id = p.location_id
    WHERE p.status = 'packed' AND n.sku_id = :sku ORDER BY o.placed_at, o.id LIMIT :limit
"""
WAITING = """
    SELECT o.id, o.reference, l.code AS location, o.placed_at, a.awaited AS quantity, 'awaited' AS place
    FROM allocations a JOIN orders o ON o.id = a.order_id JOIN locations l ON l.id = a.location_id
    WHERE a.sku_id = :sku AND a.awaited > 0 ORDER BY o.placed_at, o.id, a.line LIMIT :limit
"""
BOUGHT = """
    SELECT p.id, p.reference, s.name AS source, l.code AS location, p.expected_on,
           n.quantity - n.received - n.cancelled AS quantity
    FROM purchase_lines n JOIN purchase_orders p ON p.id = n.purchase_order_id JOIN suppliers s ON s.id = p.supplier_id
    JOIN locations l ON l.id = n.location_id
    WHERE n.sku_id = :sku AND n.quantity > n.received + n.cancelled ORDER BY p.expected_on, p.id LIMIT :limit
"""
SENT = """
    SELECT t.id, t.reference, f.name AS source, l.code AS location, t.expected_on,
           n.shipped - n.received - n.returned - n.lost AS quantity
    FROM transfer_lines n JOIN transfers t ON t.id = n.transfer_id JOIN locations f ON f.id = t.source_id
    JOIN locations l ON l.id = t.target_id
    WHERE n.sku_id = :sku AND n.shipped > n.received + n.returned + n.lost ORDER BY t.expected_on, t.id LIMIT :limit
"""


def _held(connection: Connection, sku_id: int, decimals: int) -> list[dict[str, Any]]:
    """Orders that stock is set aside for, the oldest first: promised, picked and packed units."""
    found = [
        *_for_orders(connection, HELD, sku_id, decimals),
        *_for_orders(connection, PACKED, sku_id, decimals),
    ]
    return sorted(found, key=lambda each: (each["placed_at"] or 0, each["reference"]))


def _for_orders(connection: Connection, sql: str, sku_id: int, decimals: int) -> list[dict[str, Any]]:
    found = _scaled(rows(connection, sql, sku=sku_id, limit=SHOWN), decimals)
    return [{**each, "id": show("order", each["id"])} for each in found]


def _coming(connection: Connection, sku_id: int, decimals: int) -> list[dict[str, Any]]:
    """What is on its way here from suppliers and from other places of ours, the earliest first."""
    bought = _scaled(rows(connection, BOUGHT, sku=sku_id, limit=SHOWN), decimals)
    sent = _scaled(rows(connection, SENT, sku=sku_id, limit=SHOWN), decimals)
    found = [
        *({**each, "id": show("purchase_order", each["id"]), "by": "purchase_order"} for each in bought),
        *({**each, "id": show("transfer", each["id"]), "by": "transfer"} for each in sent),
    ]
    return sorted(found, key=lambda each: (each["expected_on"], each["reference"]))
