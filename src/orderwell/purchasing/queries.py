"""Reading suppliers, proposals and purchase orders for lists and pages: SQL and nothing else."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.errors import NotFound
from ..kit.notes import notes_about
from ..kit.pages import DEFAULT_LIMIT, page
from ..kit.sentences import Sentence
from ..values.ids import parse, show
from ..values.money import price_text, scaled_text
from .answers import shown_purchase, shown_supplier
from .model import PurchaseLine, PurchaseOrder, Supplier
from .store import (
    PROPOSALS,
    PURCHASE_LINES,
    PURCHASE_ORDERS,
    RECEIPTS,
    REORDER_RULES,
    SUPPLIER_INVOICES,
    SUPPLIER_PAYMENTS,
    SUPPLIER_SKUS,
    SUPPLIERS,
)

SKUS = sa.table("skus", sa.column("id"), sa.column("code"), sa.column("unit_decimals"))
PLACES = sa.table("locations", sa.column("id"), sa.column("code"))


def suppliers(connection: Connection, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> dict[str, Any]:
    query = sa.select(SUPPLIERS.sa)
    return page(
        connection, query, SUPPLIERS.c.id, "supplier", lambda row: shown_supplier(Supplier(*row)),
        limit=limit, cursor=cursor,
    )  # fmt: skip


def supplier(connection: Connection, name: str) -> dict[str, Any]:
    """One supplier by id or our own number, with what it sells to us and what we paid it."""
    number = parse("supplier", name)
    where = SUPPLIERS.c.id == number if number is not None else SUPPLIERS.c.reference == name
    row = connection.execute(sa.select(SUPPLIERS.sa).where(where)).first()
    if row is None:
        raise NotFound(Sentence("There is no supplier {name!r}.", name=name))
    payments = sa.select(SUPPLIER_PAYMENTS.sa).where(SUPPLIER_PAYMENTS.c.supplier_id == row.id)
    return {
        **shown_supplier(Supplier(*row)),
        "skus": [_term(each) for each in connection.execute(_terms(row.id))],
        "payments": [
            {
                "id": show("supplier_payment", each.id), "paid_on": each.paid_on, "amount": each.amount_minor,
                "reference": each.reference,
                "reverses": show("supplier_payment", each.reverses) if each.reverses is not None else None,
            }
            for each in connection.execute(payments.order_by(SUPPLIER_PAYMENTS.c.id))
        ],
    }  # fmt: skip


def _terms(supplier_id: int) -> sa.Select[Any]:
    return (
        sa.select(SUPPLIER_SKUS.sa, SKUS.c.code, SKUS.c.unit_decimals)
        .join(SKUS, SKUS.c.id == SUPPLIER_SKUS.c.sku_id)
        .where(SUPPLIER_SKUS.c.supplier_id == supplier_id)
        .order_by(SKUS.c.code)
    )


def _term(row: Any) -> dict[str, Any]:
    return {
        "sku": show("sku", row.sku_id),
        "sku_code": row.code,
        "cost": price_text(row.cost_e4),
        "lot": scaled_text(row.lot, row.unit_decimals),
        "minimum": scaled_text(row.minimum, row.unit_decimals),
        "order_code": row.order_code,
    }


def reorder_rules(connection: Connection, sku: str) -> list[dict[str, Any]]:
    """When a SKU (code or id) is ordered again, by location."""
    rule = REORDER_RULES.c
    query = (
        sa.select(REORDER_RULES.sa, PLACES.c.code, SKUS.c.unit_decimals)
        .join(SKUS, SKUS.c.id == rule.sku_id)
        .join(PLACES, PLACES.c.id == rule.location_id)
        .where(sa.or_(SKUS.c.code == sku, SKUS.c.id == (parse("sku", sku) or 0)))
        .order_by(PLACES.c.code)
    )
    return [
        {
            "object": "reorder_rule",
            "sku": show("sku", row.sku_id),
            "location": show("location", row.location_id),
            "location_code": row.code,
            "reorder_point": scaled_text(row.reorder_point, row.unit_decimals),
            "reorder_target": scaled_text(row.reorder_target, row.unit_decimals),
            "supplier": show("supplier", row.supplier_id) if row.supplier_id is not None else None,
        }
        for row in connection.execute(query)
    ]


def proposals(
    connection: Connection, *, status: str | None = "open", limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> dict[str, Any]:
    """Newest first; open ones unless another status, or None for all. With what was said when one was dropped."""
    query = (
        sa.select(PROPOSALS.sa, SKUS.c.code, SKUS.c.unit_decimals, PLACES.c.code.label("location_code"))
        .join(SKUS, SKUS.c.id == PROPOSALS.c.sku_id)
        .join(PLACES, PLACES.c.id == PROPOSALS.c.location_id)
    )
    if status is not None:
        query = query.where(PROPOSALS.c.status == status)
    found = page(connection, query, PROPOSALS.c.id, "proposal", _proposal, limit=limit, cursor=cursor)
    ids = [parse("proposal", each["id"]) or 0 for each in found["data"]]
    notes = notes_about(connection, "proposal", ids)
    return {**found, "data": [{**each, "notes": notes[id_]} for each, id_ in zip(found["data"], ids, strict=True)]}


def _proposal(row: Any) -> dict[str, Any]:
    ordered = row.purchase_order_id
    return {
        "object": "proposal",
        "id": show("proposal", row.id),
        "version": row.version,
        "sku": show("sku", row.sku_id),
        "sku_code": row.code,
        "location": show("location", row.location_id),
        "location_code": row.location_code,
        "quantity": scaled_text(row.quantity, row.unit_decimals),
        "supplier": show("supplier", row.supplier_id) if row.supplier_id is not None else None,
        "status": row.status,
        "purchase_order": show("purchase_order", ordered) if ordered is not None else None,
        "proposed_on": row.proposed_on,
    }


def purchase_orders(
    connection: Connection, *, supplier: str | None = None, status: str | None = None,
    limit: int = DEFAULT_LIMIT, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Newest first, each with its lines. `supplier` is an id; `status` one of `rules.purchase_status`."""
    query = sa.select(PURCHASE_ORDERS.sa)
    if supplier is not None:
        query = query.where(PURCHASE_ORDERS.c.supplier_id == (parse("supplier", supplier) or 0))
    if status is not None:
        query = query.where(has_status(status))
    found = page(
        connection, query, PURCHASE_ORDERS.c.id, "purchase_order", lambda row: {"row": PurchaseOrder(*row)},
        limit=limit, cursor=cursor,
    )  # fmt: skip
    rows = [each["row"] for each in found["data"]]
    lines, codes = _lines(connection, [row.id for row in rows])
    return {**found, "data": [shown_purchase(row, lines[row.id], codes) for row in rows]}


def has_status(status: str) -> sa.ColumnElement[bool]:
    """`rules.purchase_status` in SQL."""
    line = PURCHASE_LINES.c
    mine = sa.select(line.n).where(line.purchase_order_id == PURCHASE_ORDERS.c.id)
    due = mine.where(line.quantity > line.received + line.cancelled).exists()
    received = mine.where(line.received > 0).exists()
    words = {
        "ordered": sa.and_(due, ~received),
        "partly_received": sa.and_(due, received),
        "received": sa.and_(~due, received),
        "cancelled": sa.and_(~due, ~received),
    }
    return words.get(status, sa.false())


def purchase_order(connection: Connection, name: str) -> dict[str, Any]:
    """One purchase order by id or reference, with its receipts and what the supplier billed for it."""
    number = parse("purchase_order", name)
    where = PURCHASE_ORDERS.c.id == number if number is not None else PURCHASE_ORDERS.c.reference == name
    row = connection.execute(sa.select(PURCHASE_ORDERS.sa).where(where)).first()
    if row is None:
        raise NotFound(Sentence("There is no purchase order {name!r}.", name=name))
    lines, codes = _lines(connection, [row.id])
    return {
        **shown_purchase(PurchaseOrder(*row), lines[row.id], codes),
        "receipts": [_receipt(each) for each in connection.execute(_of(RECEIPTS, row.id))],
        "supplier_invoices": [_invoice(each) for each in connection.execute(_of(SUPPLIER_INVOICES, row.id))],
        "notes": notes_about(connection, "purchase_order", [row.id])[row.id],
    }


def _of(table: Any, purchase_order_id: int) -> sa.Select[Any]:
    return sa.select(table.sa).where(table.c.purchase_order_id == purchase_order_id).order_by(table.c.id)


def _receipt(row: Any) -> dict[str, Any]:
    return {
        "id": show("receipt", row.id),
        "received_on": row.received_on,
        "delivery_note": row.delivery_note,
        "cost": row.cost_minor,
        "reverses": show("receipt", row.reverses) if row.reverses is not None else None,
    }


def _invoice(row: Any) -> dict[str, Any]:
    return {
        "id": show("supplier_invoice", row.id),
        "reference": row.reference,
        "invoiced_on": row.invoiced_on,
        "due_on": row.due_on,
        "goods": row.goods_minor,
        "net": row.net_minor,
        "tax": row.tax_minor,
        "reverses": show("supplier_invoice", row.reverses) if row.reverses is not None else None,
    }


def _lines(
    connection: Connection, purchase_order_ids: Sequence[int]
) -> tuple[dict[int, list[PurchaseLine]], dict[int, str]]:
    """Lines by purchase order, and the codes of their SKUs."""
    query = (
        sa.select(PURCHASE_LINES.sa, SKUS.c.code)
        .join(SKUS, SKUS.c.id == PURCHASE_LINES.c.sku_id)
        .where(PURCHASE_LINES.c.purchase_order_id.in_(purchase_order_ids))
        .order_by(PURCHASE_LINES.c.purchase_order_id, PURCHASE_LINES.c.n)
    )
    found: dict[int, list[PurchaseLine]] = {each: [] for each in purchase_order_ids}
    codes = {}
    for row in connection.execute(query):
        found[row.purchase_order_id].append(PurchaseLine(*row[:-1]))
        codes[row.sku_id] = row.code
    return found, codes
