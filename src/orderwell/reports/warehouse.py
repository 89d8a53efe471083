"""What people on the floor work from: what is to be received, picked, packed, put away and counted, with its codes."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..catalog.store import BARCODES, SKUS
from ..inventory.bin_queries import shown as shown_bins
from ..inventory.model import Bin, Location
from ..inventory.store import BINS, LOCATIONS, STOCK
from ..kit.errors import NotFound
from ..kit.sentences import Sentence
from ..orders.model import Order
from ..orders.store import ORDERS
from ..picking.model import PickList
from ..picking.queries import told
from ..picking.store import PICK_LISTS
from ..purchasing.queries import purchase_order
from ..shipping.store import CARRIERS, PARCELS
from ..values.ids import parse, show
from ..values.money import scaled_text
from .question import rows

Codes = dict[str, str]  # what can be scanned → how many units that is


class Place(NamedTuple):
    """Where somebody works."""

    id: int
    code: str
    name: str
    layout: str


def places(connection: Connection) -> list[Place]:
    """Shelves of ours that are open, in the order of the rule."""
    query = (
        sa.select(LOCATIONS.c.id, LOCATIONS.c.code, LOCATIONS.c.name, LOCATIONS.c.layout)
        .where(LOCATIONS.c.kind == "stock", LOCATIONS.c.status == "open")
        .order_by(LOCATIONS.c.priority, LOCATIONS.c.code)
    )
    return [Place._make(row) for row in connection.execute(query)]


def location_named(connection: Connection, location_id: int) -> Location:
    return Location._make(connection.execute(sa.select(LOCATIONS.sa).where(LOCATIONS.c.id == location_id)).one())


def codes_of(connection: Connection, sku_ids: Iterable[int]) -> dict[int, Codes]:
    """By SKU: its own code and its barcodes, each with the units one scan of it is; those that are no whole units are
    left out."""
    ids = sorted(set(sku_ids))
    skus = {row.id: row for row in connection.execute(sa.select(SKUS.sa).where(SKUS.c.id.in_(ids)))}
    found: dict[int, Codes] = {each: {} for each in ids}
    for row in connection.execute(sa.select(BARCODES.sa).where(BARCODES.c.sku_id.in_(ids))):
        decimals = skus[row.sku_id].unit_decimals
        units, rest = divmod(row.numerator * 10**decimals, row.denominator)
        if not rest:
            found[row.sku_id][row.code] = scaled_text(units, decimals)
    for sku in skus.values():
        found[sku.id][sku.code] = "1"
    return found


# -- receiving

TO_RECEIVE = """
    SELECT p.id, p.reference, p.expected_on, s.name AS supplier, COUNT(*) AS lines
    FROM purchase_lines l JOIN purchase_orders p ON p.id = l.purchase_order_id JOIN suppliers s ON s.id = p.supplier_id
    WHERE l.location_id = :location AND l.quantity > l.received + l.cancelled
    GROUP BY p.id, p.reference, p.expected_on, s.name ORDER BY p.expected_on, p.id LIMIT :limit
"""


def to_receive(connection: Connection, location_id: int, *, limit: int) -> list[dict[str, Any]]:
    """Purchase orders of which something is still to come to a location, the earliest first."""
    found = rows(connection, TO_RECEIVE, location=location_id, limit=limit)
    return [{**row, "id": show("purchase_order", row["id"])} for row in found]


def receiving(connection: Connection, name: str, location: str | None) -> dict[str, Any]:
    """One purchase order as it is received at a location (code): what is still to come there, once a SKU, and what is
    scanned for it. Where nothing of it comes there, the place is the first to which something does."""
    found = purchase_order(connection, name)
    supplier = connection.execute(
        sa.text("SELECT name FROM suppliers WHERE id = :id"), {"id": parse("supplier", found["supplier"])}
    ).scalar_one()
    due = [each for each in named(connection, found["lines"]) if Decimal(each["due"]) > 0]
    coming = list(dict.fromkeys(each["location_code"] for each in due))
    at = location if location in coming or not coming else coming[0]
    lines: dict[str, dict[str, Any]] = {}
    for each in (each for each in due if each["location_code"] == at):
        there = lines.setdefault(each["sku_code"], {**each, "quantity": Decimal(0)})
        there["quantity"] += Decimal(each["due"])
    return {
        **found, "supplier_name": supplier, "at": at, "elsewhere": [each for each in coming if each != at],
        "lines": [{**each, "quantity": f"{each['quantity']:f}"} for each in lines.values()],
    }  # fmt: skip


def named(connection: Connection, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines of documents with what their SKUs are called and what is scanned for them."""
    ids = {each["sku"]: parse("sku", each["sku"]) or 0 for each in lines}
    codes = codes_of(connection, ids.values())
    query = sa.select(SKUS.c.id, SKUS.c.code, SKUS.c.name, SKUS.c.unit).where(SKUS.c.id.in_(ids.values()))
    skus = {row.id: row for row in connection.execute(query)}
    places_ = {show("location", each.id): each.code for each in places(connection)}
    return [
        {
            **each, "sku_code": skus[ids[each["sku"]]].code, "name": skus[ids[each["sku"]]].name,
            "unit": skus[ids[each["sku"]]].unit, "codes": codes[ids[each["sku"]]],
            "location_code": places_.get(each.get("location") or ""),
        }
        for each in lines
    ]  # fmt: skip


# -- picking


def open_pick_lists(connection: Connection, location_id: int, *, limit: int) -> list[dict[str, Any]]:
    """Lists that somebody began, the oldest first."""
    found = rows(
        connection,
        """
        SELECT p.id, p.created_at, COUNT(*) AS lines, COUNT(DISTINCT n.order_id) AS orders,
               SUM(CASE WHEN n.picked + n.short + n.dropped < n.asked THEN 1 ELSE 0 END) AS lines_left
        FROM pick_lists p JOIN pick_lines n ON n.pick_list_id = p.id
        WHERE p.location_id = :location AND p.status = 'open'
        GROUP BY p.id, p.created_at ORDER BY p.id LIMIT :limit
        """,
        location=location_id,
        limit=limit,
    )
    return [{**row, "id": show("pick_list", row["id"])} for row in found]


def picking(connection: Connection, name: str) -> dict[str, Any]:
    """One pick list as it is walked: which line is next, what is scanned there, and which box it goes into."""
    number = parse("pick_list", name)
    row = connection.execute(sa.select(PICK_LISTS.sa).where(PICK_LISTS.c.id == number)).first() if number else None
    if row is None:
        raise NotFound(Sentence("There is no pick list {name!r}.", name=name))
    found = told(connection, [PickList._make(row)])[0]
    boxes = {order: n for n, order in enumerate(dict.fromkeys(each["order"] for each in found["lines"]), 1)}
    lines = [
        {**each, "box": boxes[each["order"]], "left_over": Decimal(each["left"]) > 0}
        for each in named(connection, found["lines"])
    ]
    due = [each for each in lines if each["left_over"]] if found["status"] == "open" else []
    return {
        **found, "lines": lines, "boxes": len(boxes), "lines_left": len(due), "next": due[0] if due else None,
        "then": due[1] if len(due) > 1 else None, "place": location_named(connection, row.location_id),
    }  # fmt: skip


# -- packing

TO_PACK = """
    SELECT o.id, o.reference, c.code AS channel, o.placed_at, p.dispatch_on, COUNT(*) AS lines
    FROM allocations a JOIN orders o ON o.id = a.order_id JOIN channels c ON c.id = o.channel_id
    LEFT JOIN delivery_promises p ON p.order_id = o.id
    WHERE a.location_id = :location AND (a.promised > 0 OR a.picked > 0 OR a.awaited > 0) AND a.picked > 0
    GROUP BY o.id, o.reference, c.code, o.placed_at, p.dispatch_on
    ORDER BY COALESCE(p.dispatch_on, o.placed_on), o.placed_at, o.id LIMIT :limit
"""


def to_pack(connection: Connection, location_id: int, *, limit: int) -> list[dict[str, Any]]:
    """Orders that are picked here and not packed yet, the most urgent first."""
    found = rows(connection, TO_PACK, location=location_id, limit=limit)
    return [{**row, "id": show("order", row["id"])} for row in found]


def packing(connection: Connection, name: str, location_id: int) -> dict[str, Any]:
    """What of an order goes into a parcel here now, and what is scanned for it."""
    number = parse("order", name)
    row = connection.execute(sa.select(ORDERS.sa).where(ORDERS.c.id == number)).first() if number is not None else None
    if row is None:
        raise NotFound(Sentence("There is no order {name!r}.", name=name))
    order = Order._make(row)
    lines = rows(
        connection,
        """
        SELECT a.line, a.sku_id, a.promised + a.picked AS ready, a.picked, n.description, n.unit_decimals, k.code
        FROM allocations a JOIN order_lines n ON n.order_id = a.order_id AND n.n = a.line JOIN skus k ON k.id = a.sku_id
        WHERE a.order_id = :order AND a.location_id = :location AND a.promised + a.picked > 0 ORDER BY a.line
        """,
        order=order.id,
        location=location_id,
    )
    codes = codes_of(connection, (each["sku_id"] for each in lines))
    return {
        "id": show("order", order.id),
        "version": order.version,
        "reference": order.reference,
        "status": order.status,
        "collect": order.collect_at == location_id,
        "lines": [
            {
                "line": each["line"], "sku_code": each["code"], "name": each["description"],
                "quantity": scaled_text(each["ready"], each["unit_decimals"]),
                "picked": scaled_text(each["picked"], each["unit_decimals"]), "codes": codes[each["sku_id"]],
            }
            for each in lines
        ],
        "parcels": [
            {"id": show("parcel", each.id), "status": each.status, "carrier": each.carrier, "tracking": each.tracking}
            for each in connection.execute(
                sa.select(PARCELS.sa)
                .where(PARCELS.c.order_id == order.id, PARCELS.c.status != "unpacked")
                .order_by(PARCELS.c.id)
            )
        ],
        "carriers": carriers_for(connection, order.id),
    }  # fmt: skip


def carriers_for(connection: Connection, order_id: int) -> list[str]:
    """Names that may stand on a parcel, the one promised to the customer first, then those used last."""
    promised = rows(
        connection,
        "SELECT m.carrier FROM delivery_promises p JOIN delivery_methods m ON m.id = p.method_id"
        " WHERE p.order_id = :order AND m.carrier <> ''",
        order=order_id,
    )
    recent = rows(
        connection,
        "SELECT carrier FROM (SELECT id, carrier FROM parcels ORDER BY id DESC LIMIT 200) p"
        " WHERE carrier <> '' GROUP BY carrier ORDER BY MAX(id) DESC",
    )
    named = [
        *(row["carrier"] for row in promised),
        *spoken_to(connection),
        *(row["carrier"] for row in recent),
    ]
    return list(dict.fromkeys(named))


def places_of_order(connection: Connection, name: str) -> list[str]:
    """Codes of the locations where something of an order is ready to be packed."""
    found = rows(
        connection,
        "SELECT DISTINCT l.code, l.priority FROM allocations a JOIN locations l ON l.id = a.location_id"
        " WHERE a.order_id = :order AND a.promised + a.picked > 0 ORDER BY l.priority, l.code",
        order=parse("order", name) or 0,
    )
    return [row["code"] for row in found]


def spoken_to(connection: Connection) -> list[str]:
    """Carriers that make labels when they are asked."""
    query = sa.select(CARRIERS.c.code).where(CARRIERS.c.status == "open").order_by(CARRIERS.c.code)
    return list(connection.execute(query).scalars())


# -- parcels


def packed_parcels(connection: Connection, location_id: int, *, limit: int) -> list[dict[str, Any]]:
    """What the carrier is to take along, the oldest first."""
    query = (
        sa.select(PARCELS.sa, ORDERS.c.reference)
        .join(ORDERS.sa, ORDERS.c.id == PARCELS.c.order_id)
        .where(PARCELS.c.status == "packed", PARCELS.c.location_id == location_id)
        .order_by(PARCELS.c.id)
        .limit(limit)
    )
    return [
        {"id": show("parcel", row.id), "reference": row.reference, "carrier": row.carrier, "tracking": row.tracking,
         "packed_at": row.packed_at}
        for row in connection.execute(query)
    ]  # fmt: skip


PARCEL = """
    SELECT p.*, o.reference, o.collect_at, o.customer_reference, l.code AS location_code, l.name AS location_name,
           a.name, a.company, a.street, a.postcode, a.city, a.country, c.status AS spoken_to
    FROM parcels p JOIN orders o ON o.id = p.order_id JOIN locations l ON l.id = p.location_id
    LEFT JOIN addresses a ON a.id = o.ship_to
    LEFT JOIN carriers c ON c.code = p.carrier AND c.status = 'open'
    WHERE p.id = :id
"""


def parcel(connection: Connection, name: str) -> dict[str, Any]:
    """One parcel with what its label and its slip say."""
    found = rows(connection, PARCEL, id=parse("parcel", name) or 0)
    if not found:
        raise NotFound(Sentence("There is no parcel {name!r}.", name=name))
    row = found[0]
    contents = rows(
        connection,
        "SELECT n.description, n.unit_decimals, c.quantity, k.code FROM parcel_lines c"
        " JOIN order_lines n ON n.order_id = c.order_id AND n.n = c.line JOIN skus k ON k.id = n.sku_id"
        " WHERE c.parcel_id = :id ORDER BY c.line",
        id=row["id"],
    )
    return {
        **row,
        "id": show("parcel", row["id"]),
        "order": show("order", row["order_id"]),
        "contents": [
            {"name": each["description"], "sku_code": each["code"],
             "quantity": scaled_text(each["quantity"], each["unit_decimals"])}
            for each in contents
        ],
    }  # fmt: skip


# -- bins and counting


def bin_named(connection: Connection, code: str, location_id: int) -> dict[str, Any] | None:
    """A bin of a location with what lies in it; `code` may be its id."""
    number = parse("bin", code) or 0
    row = connection.execute(
        sa.select(BINS.sa).where(
            BINS.c.location_id == location_id, sa.or_(BINS.c.code == code, BINS.c.id == number)
        )
    ).first()  # fmt: skip
    if row is None:
        return None
    found = shown_bins(connection, [Bin._make(row)])[0]
    return {**found, "contents": named(connection, found["contents"])}


def bin_codes(connection: Connection, location_id: int, *, limit: int) -> list[str]:
    """Along the walk."""
    query = sa.select(BINS.c.code).where(BINS.c.location_id == location_id, BINS.c.status == "open")
    return list(connection.execute(query.order_by(BINS.c.sort, BINS.c.code).limit(limit)).scalars())


def sku_scanned(connection: Connection, code: str) -> str | None:
    """The code of the SKU that carries this code or barcode."""
    own = connection.execute(sa.select(SKUS.c.code).where(SKUS.c.code == code)).scalar()
    if own is not None:
        return str(own)
    query = sa.select(SKUS.c.code).join(BARCODES.sa, BARCODES.c.sku_id == SKUS.c.id).where(BARCODES.c.code == code)
    found = connection.execute(query).scalar()
    return str(found) if found is not None else None


def expected_at(connection: Connection, location_id: int, sku_codes: Sequence[str]) -> dict[str, Decimal]:
    """What the books say lies at a location, by code of the SKU."""
    query = (
        sa.select(SKUS.c.code, SKUS.c.unit_decimals, STOCK.c.on_hand)
        .join(STOCK.sa, STOCK.c.sku_id == SKUS.c.id)
        .where(STOCK.c.location_id == location_id, SKUS.c.code.in_(sku_codes))
    )
    return {row.code: Decimal(scaled_text(row.on_hand, row.unit_decimals)) for row in connection.execute(query)}


def one_sku(connection: Connection, code: str) -> list[dict[str, Any]]:
    number = connection.execute(sa.select(SKUS.c.id).where(SKUS.c.code == code, SKUS.c.kind == "stocked")).scalar()
    return named(connection, [{"sku": show("sku", number)}]) if number is not None else []


# -- transfers


def shown_place(place: Place) -> str:
    return show("location", place.id)


def under_way(connection: Connection, location_id: int, *, limit: int) -> list[dict[str, Any]]:
    """Transfers of which something is still to arrive at a location, the earliest first."""
    found = rows(
        connection,
        """
        SELECT t.id, t.reference, t.expected_on, s.name AS source, COUNT(*) AS lines
        FROM transfers t JOIN transfer_lines l ON l.transfer_id = t.id JOIN locations s ON s.id = t.source_id
        WHERE t.target_id = :location AND l.shipped > l.received + l.returned + l.lost
        GROUP BY t.id, t.reference, t.expected_on, s.name ORDER BY t.expected_on, t.id LIMIT :limit
        """,
        location=location_id,
        limit=limit,
    )
    return [{**row, "id": show("transfer", row["id"])} for row in found]


def arriving(connection: Connection, found: dict[str, Any]) -> dict[str, Any]:
    """A transfer as it is received: what is still under way of it."""
    lines = [
        {**each, "quantity": f"{left:f}"}
        for each in named(connection, found["lines"])
        if (left := Decimal(each["shipped"]) - sum(Decimal(each[name]) for name in ("received", "returned", "lost")))
    ]
    return {**found, "lines": lines}
