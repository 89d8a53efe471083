"""What a scanned or typed code is: everything that carries it, in one look."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from ..values.ids import parse, show
from ..values.money import scaled_text
from .question import rows


class Kind(NamedTuple):
    """One kind of thing: who may see it, how it is found, and what is told of it."""

    kind: str
    right: str
    sql: str  # by :code, or by :id where the code is an id of that kind
    told: Callable[[dict[str, Any]], dict[str, Any]]


def _sku(row: dict[str, Any]) -> dict[str, Any]:
    exact = row["numerator"] * 10 ** row["unit_decimals"]
    whole = exact % row["denominator"] == 0
    units = scaled_text(exact // row["denominator"], row["unit_decimals"]) if whole else None
    return {
        "code": row["code"], "name": row["name"], "unit": row["unit"], "status": row["status"],
        "barcode": row["barcode"], "quantity": units,
        "pack": {"numerator": row["numerator"], "denominator": row["denominator"]},
    }  # fmt: skip


def _plain(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda row: {name: row[name] for name in names}


SKU = "SELECT k.id, k.code, k.name, k.unit, k.unit_decimals, k.status, b.code AS barcode,"

KINDS = (
    Kind(
        "sku",
        "catalog:read",
        f"""
        {SKU} b.numerator, b.denominator FROM barcodes b JOIN skus k ON k.id = b.sku_id WHERE b.code = :code
        UNION ALL
        SELECT k.id, k.code, k.name, k.unit, k.unit_decimals, k.status, NULL, 1, 1 FROM skus k
        WHERE k.code = :code OR k.id = :id
        """,
        _sku,
    ),
    Kind(
        "bin",
        "stock:read",
        """
        SELECT b.id, b.code, l.code AS location, b.status FROM bins b JOIN locations l ON l.id = b.location_id
        WHERE b.id = :id
        UNION
        SELECT b.id, b.code, l.code, b.status FROM locations l
        JOIN bins b ON b.location_id = l.id AND b.code = :code
        """,
        _plain("code", "location", "status"),
    ),
    Kind(
        "order",
        "orders:read",
        """
        SELECT o.id, o.reference, o.status, c.code AS channel FROM orders o JOIN channels c ON c.id = o.channel_id
        WHERE o.id = :id
        UNION
        SELECT o.id, o.reference, o.status, c.code FROM channels c
        JOIN orders o ON o.channel_id = c.id AND o.reference = :code
        """,
        _plain("reference", "status", "channel"),
    ),
    Kind(
        "parcel",
        "shipping:read",
        """
        SELECT p.id, p.order_id, p.status, p.carrier, p.tracking FROM parcels p
        WHERE p.id = :id OR (p.tracking <> '' AND p.tracking = :code)
        """,
        lambda row: {
            "order": show("order", row["order_id"]),
            "status": row["status"],
            "carrier": row["carrier"],
            "tracking": row["tracking"],
        },
    ),
    Kind(
        "pick_list",
        "shipping:read",
        """
        SELECT p.id, p.status, l.code AS location FROM pick_lists p JOIN locations l ON l.id = p.location_id
        WHERE p.id = :id
        """,
        _plain("status", "location"),
    ),
    Kind(
        "purchase_order",
        "purchasing:read",
        """
        SELECT p.id, p.reference, p.expected_on, s.name AS supplier FROM purchase_orders p
        JOIN suppliers s ON s.id = p.supplier_id WHERE p.id = :id OR p.reference = :code
        """,
        _plain("reference", "expected_on", "supplier"),
    ),
)


def lookup(connection: Connection, code: str, *, rights: Collection[str]) -> list[dict[str, Any]]:
    """All that carries this code and may be seen: by its id, its own code or reference, a barcode, a tracking code."""
    found = []
    for each in KINDS:
        if each.right not in rights:
            continue
        for row in rows(connection, each.sql, code=code, id=parse(each.kind, code) or 0):
            found.append({"object": each.kind, "id": show(each.kind, row["id"]), **each.told(row)})
    return found
