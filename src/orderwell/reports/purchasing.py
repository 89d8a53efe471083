"""Purchasing as people look at it: what to order and why, what is on order and late, who sells what to us."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..catalog.store import SKUS
from ..inventory.store import LOCATIONS, STOCK
from ..kit.errors import Invalid
from ..kit.sentences import Sentence
from ..orders.queries import timeline
from ..purchasing import queries
from ..purchasing.rules import whole_lots
from ..purchasing.store import (
    PROPOSALS,
    PURCHASE_LINES,
    PURCHASE_ORDERS,
    REORDER_RULES,
    SUPPLIER_SKUS,
    SUPPLIERS,
)
from ..values.ids import parse, show
from ..values.money import line_amount, price_text, scaled_text
from .order_page import named

STATUSES = ("ordered", "partly_received", "received", "cancelled")
MOST_PROPOSALS = 100  # on one page; those that follow are shown when these are ordered
LINE = PURCHASE_LINES.c
DUE = LINE.quantity - LINE.received - LINE.cancelled


# -- what to order


def proposals(connection: Connection, currency: str) -> list[dict[str, Any]]:
    """Open proposals by supplier, each with what it rests on; those that nobody sells to us come last."""
    here, rule, terms = PROPOSALS.c, REORDER_RULES.c, SUPPLIER_SKUS.c
    query = (
        sa.select(
            PROPOSALS.sa, SKUS.c.code, SKUS.c.name, SKUS.c.unit_decimals, LOCATIONS.c.code.label("location"),
            STOCK.c.on_hand, STOCK.c.promised, STOCK.c.awaited, STOCK.c.incoming, rule.reorder_point,
            rule.reorder_target, terms.cost_e4, terms.lot, terms.minimum,
        )
        .join(SKUS.sa, SKUS.c.id == here.sku_id)
        .join(LOCATIONS.sa, LOCATIONS.c.id == here.location_id)
        .join(STOCK.sa, _at(STOCK, here), isouter=True)
        .join(REORDER_RULES.sa, _at(REORDER_RULES, here), isouter=True)
        .join(SUPPLIER_SKUS.sa, sa.and_(terms.sku_id == here.sku_id, terms.supplier_id == here.supplier_id),
              isouter=True)
        .where(here.status == "open")
        .order_by(SKUS.c.code, LOCATIONS.c.code)
        .limit(MOST_PROPOSALS)
    )  # fmt: skip
    by_supplier: dict[int | None, list[dict[str, Any]]] = {}
    for row in connection.execute(query):
        by_supplier.setdefault(row.supplier_id, []).append(_proposal(row, currency))
    names = {row.id: row for row in connection.execute(sa.select(SUPPLIERS.sa))}
    groups = [_group(names[number] if number is not None else None, lines) for number, lines in by_supplier.items()]
    return sorted(groups, key=lambda each: (each["supplier"] is None, each["name"]))


def proposed(connection: Connection) -> int:
    """How many proposals are open."""
    query = sa.select(sa.func.count()).select_from(PROPOSALS.sa).where(PROPOSALS.c.status == "open")
    return int(connection.execute(query).scalar_one())


def _at(table: Any, here: Any) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.sku_id == here.sku_id, table.c.location_id == here.location_id)


def _proposal(row: Any, currency: str) -> dict[str, Any]:
    def said(units: int | None) -> str | None:
        return scaled_text(units, row.unit_decimals) if units is not None else None

    stock = {each: getattr(row, each) or 0 for each in ("on_hand", "promised", "awaited", "incoming")}
    free = stock["on_hand"] - stock["promised"]
    lots = whole_lots(row.quantity, lot=row.lot, minimum=row.minimum) if row.lot else row.quantity
    cost = _amount(row, lots, currency) if row.cost_e4 is not None else None
    return {
        "id": show("proposal", row.id), "version": row.version, "sku": row.code, "name": row.name,
        "location": row.location, "quantity": said(lots), "cost": price_text(row.cost_e4) if cost is not None else None,
        "amount": cost, "free": said(free), "awaited": said(stock["awaited"]), "incoming": said(stock["incoming"]),
        "projected": said(free - stock["awaited"] + stock["incoming"]), "point": said(row.reorder_point),
        "target": said(row.reorder_target), "lot": said(row.lot) if row.lot and row.lot > 1 else None,
        "minimum": said(row.minimum) if row.minimum else None, "proposed_on": row.proposed_on,
    }  # fmt: skip


def _amount(row: Any, units: int, currency: str) -> int:
    return line_amount(units, row.cost_e4, unit_decimals=row.unit_decimals, currency=currency)


def _group(supplier: Any, lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "supplier": show("supplier", supplier.id) if supplier is not None else None,
        "name": supplier.name if supplier is not None else "",
        "lead_time_days": supplier.lead_time_days if supplier is not None else 0,
        "amount": sum(line["amount"] or 0 for line in lines),
        "lines": lines,
    }


# -- what is on order


def purchase_orders(
    connection: Connection, *, today: str, search: str | None = None, status: str | None = None,
    supplier: str | None = None, late: bool = False, limit: int = 50, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Newest first; late ones, which should have come before today, the longest awaited first."""
    query = sa.select(PURCHASE_ORDERS.sa, SUPPLIERS.c.name.label("supplier_name")).join(
        SUPPLIERS.sa, SUPPLIERS.c.id == PURCHASE_ORDERS.c.supplier_id
    )
    if status is not None:
        query = query.where(queries.has_status(status))
    if supplier is not None:
        query = query.where(PURCHASE_ORDERS.c.supplier_id == (parse("supplier", supplier) or 0))
    for word in (search or "").split()[:5]:
        places = (PURCHASE_ORDERS.c.reference, SUPPLIERS.c.name, SUPPLIERS.c.reference)
        query = query.where(sa.or_(*(place.icontains(word, autoescape=True) for place in places)))
    if late:
        query = query.where(PURCHASE_ORDERS.c.expected_on < today, _something_due())
        order: Any = (PURCHASE_ORDERS.c.expected_on, PURCHASE_ORDERS.c.id)
    else:
        order = (PURCHASE_ORDERS.c.id.desc(),)
        if cursor is not None:
            after = parse("purchase_order", cursor)
            if after is None:
                raise Invalid.at("/cursor", Sentence("{cursor!r} is no cursor of this list.", cursor=cursor))
            query = query.where(PURCHASE_ORDERS.c.id < after)
    found = connection.execute(query.order_by(*order).limit(limit + 1)).all()
    rows = found[:limit]
    sums = _sums(connection, [row.id for row in rows])
    data = [_listed(row, sums[row.id], today) for row in rows]
    more = len(found) > limit and not late
    return {"data": data, "next_cursor": show("purchase_order", rows[-1].id) if more else None}


def late_count(connection: Connection, today: str) -> int:
    """Purchase orders of which something should have come before today."""
    late = sa.select(sa.func.count(sa.distinct(LINE.purchase_order_id))).join(
        PURCHASE_ORDERS.sa, PURCHASE_ORDERS.c.id == LINE.purchase_order_id
    )
    query = late.where(LINE.received + LINE.cancelled < LINE.quantity, PURCHASE_ORDERS.c.expected_on < today)
    return int(connection.execute(query).scalar_one())


def _something_due() -> sa.ColumnElement[bool]:
    """By what is still due, of which there is little, not by all that ever was ordered."""
    due = sa.select(LINE.purchase_order_id).where(LINE.received + LINE.cancelled < LINE.quantity)
    return PURCHASE_ORDERS.c.id.in_(due)


def _sums(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    """How many lines each has, how many of them are still due or came, and what all cost."""
    query = sa.select(PURCHASE_LINES.sa).where(LINE.purchase_order_id.in_(ids))
    found: dict[int, list[Any]] = {each: [] for each in ids}
    for row in connection.execute(query):
        found[row.purchase_order_id].append(row)
    return found


def _listed(row: Any, lines: Sequence[Any], today: str) -> dict[str, Any]:
    due = sum(line.received + line.cancelled < line.quantity for line in lines)
    received = any(line.received for line in lines)
    status = ("partly_received" if received else "ordered") if due else ("received" if received else "cancelled")
    return {
        "id": show("purchase_order", row.id), "version": row.version, "reference": row.reference,
        "supplier": show("supplier", row.supplier_id), "supplier_name": row.supplier_name, "status": status,
        "lines": len(lines), "due": due, "ordered_on": row.ordered_on, "expected_on": row.expected_on,
        "late": bool(due) and row.expected_on < today, "currency": row.currency,
        "amount": sum(_amount(line, line.quantity - line.cancelled, row.currency) for line in lines),
    }  # fmt: skip


def purchase_order(connection: Connection, name: str, *, today: str) -> dict[str, Any]:
    """One of them with all that came and was billed, and what can be done now. Raises NotFound."""
    found = queries.purchase_order(connection, name)
    number = parse("purchase_order", found["id"]) or 0
    query = (
        sa.select(PURCHASE_LINES.sa, SKUS.c.code, SKUS.c.name, LOCATIONS.c.code.label("location_code"))
        .join(SKUS.sa, SKUS.c.id == LINE.sku_id)
        .join(LOCATIONS.sa, LOCATIONS.c.id == LINE.location_id)
        .where(LINE.purchase_order_id == number)
        .order_by(LINE.n)
    )
    rows = connection.execute(query).all()
    supplier = connection.execute(
        sa.select(SUPPLIERS.sa).where(SUPPLIERS.c.id == (parse("supplier", found["supplier"]) or 0))
    ).one()
    undone = {each["reverses"] for each in (*found["receipts"], *found["supplier_invoices"]) if each["reverses"]}
    due = any(row.received + row.cancelled < row.quantity for row in rows)
    return {
        **found,
        "lines": [_line(row, found["currency"]) for row in rows],
        "supplier_name": supplier.name,
        "receipts": [{**each, "undone": each["id"] in undone} for each in found["receipts"]],
        "supplier_invoices": [{**each, "undone": each["id"] in undone} for each in found["supplier_invoices"]],
        "late": due and found["expected_on"] < today,
        "timeline": named(connection, timeline(connection, number, subject="purchase_order")[::-1]),
        "to_bill": sum(row.received_minor - row.invoiced_minor for row in rows),
        "can": {
            "receive": due,
            "cancel": due,
            "bill": any(row.received != row.invoiced for row in rows),
        },
    }


def _line(row: Any, currency: str) -> dict[str, Any]:
    places = row.unit_decimals
    figures = ("quantity", "received", "cancelled", "invoiced")
    return {
        **{each: scaled_text(getattr(row, each), places) for each in figures},
        "line": row.n, "sku": row.code, "name": row.name, "location": row.location_code,
        "cost": price_text(row.cost_e4), "due": scaled_text(row.quantity - row.received - row.cancelled, places),
        "amount": _amount(row, row.quantity - row.cancelled, currency),
        "to_bill": scaled_text(row.received - row.invoiced, places),
    }  # fmt: skip


# -- from whom, and when


def suppliers(connection: Connection) -> list[dict[str, Any]]:
    """All of them by name, with how much they sell to us and what is on order."""
    sells = sa.select(SUPPLIER_SKUS.c.supplier_id, sa.func.count()).group_by(SUPPLIER_SKUS.c.supplier_id)
    open_ = (
        sa.select(PURCHASE_ORDERS.c.supplier_id, sa.func.count())
        .where(_something_due())
        .group_by(PURCHASE_ORDERS.c.supplier_id)
    )
    counts = [{row[0]: row[1] for row in connection.execute(query)} for query in (sells, open_)]
    return [
        {
            "id": show("supplier", row.id), "reference": row.reference, "name": row.name,
            "lead_time_days": row.lead_time_days, "terms_days": row.terms_days, "skus": counts[0].get(row.id, 0),
            "open": counts[1].get(row.id, 0),
        }
        for row in connection.execute(sa.select(SUPPLIERS.sa).order_by(SUPPLIERS.c.name, SUPPLIERS.c.id))
    ]  # fmt: skip


def terms(connection: Connection, supplier: str) -> list[tuple[str, str]]:
    """What a supplier (id) sells to us: code and name, by code."""
    query = (
        sa.select(SKUS.c.code, SKUS.c.name)
        .join(SUPPLIER_SKUS.sa, SUPPLIER_SKUS.c.sku_id == SKUS.c.id)
        .where(SUPPLIER_SKUS.c.supplier_id == (parse("supplier", supplier) or 0))
    )
    return [(row.code, row.name) for row in connection.execute(query.order_by(SKUS.c.code))]


def supplier(connection: Connection, name: str, *, today: str) -> dict[str, Any]:
    """One supplier, what it sells to us on which terms, and its newest purchase orders. Raises NotFound."""
    found = queries.supplier(connection, name)
    names = dict(terms(connection, found["id"]))
    orders = purchase_orders(connection, today=today, supplier=found["id"], limit=10)["data"]
    skus = [{**each, "name": names[each["sku_code"]]} for each in found["skus"]]
    return {**found, "skus": skus, "purchase_orders": orders}


def places(connection: Connection) -> list[tuple[str, str]]:
    """Where goods can be ordered for."""
    query = sa.select(LOCATIONS.c.code, LOCATIONS.c.name).where(LOCATIONS.c.kind == "stock")
    rows = connection.execute(query.order_by(LOCATIONS.c.priority, LOCATIONS.c.code))
    return [(row.code, row.name) for row in rows]


def reorder_rules(
    connection: Connection, *, search: str | None = None, limit: int = 50, after: str | None = None
) -> dict[str, Any]:  # fmt: skip
    """When each SKU is ordered again, by code and location, with what is there now."""
    query = _rules().limit(limit + 1)
    for word in (search or "").split()[:5]:
        places = (SKUS.c.code, SKUS.c.name)
        query = query.where(sa.or_(*(place.icontains(word, autoescape=True) for place in places)))
    if after:
        code, _, place = after.partition("|")
        query = query.where(sa.tuple_(SKUS.c.code, LOCATIONS.c.code) > sa.tuple_(code, place))
    rows = connection.execute(query).all()
    data = [_rule(row) for row in rows[:limit]]
    more = len(rows) > limit
    return {"data": data, "next_cursor": f"{data[-1]['sku']}|{data[-1]['location']}" if more else None}


def reorder_rule(connection: Connection, sku: str, location: str) -> dict[str, Any] | None:
    """The rule of one SKU (code) at one location (code)."""
    row = connection.execute(_rules().where(SKUS.c.code == sku, LOCATIONS.c.code == location)).first()
    return _rule(row) if row is not None else None


def _rules() -> sa.Select[Any]:
    rule = REORDER_RULES.c
    return (
        sa.select(
            REORDER_RULES.sa, SKUS.c.code, SKUS.c.name, SKUS.c.unit_decimals, LOCATIONS.c.code.label("location"),
            LOCATIONS.c.name.label("location_name"), STOCK.c.on_hand, STOCK.c.promised, STOCK.c.incoming,
            SUPPLIERS.c.reference.label("supplier"), SUPPLIERS.c.name.label("supplier_name"),
        )
        .join(SKUS.sa, SKUS.c.id == rule.sku_id)
        .join(LOCATIONS.sa, LOCATIONS.c.id == rule.location_id)
        .join(STOCK.sa, sa.and_(STOCK.c.sku_id == rule.sku_id, STOCK.c.location_id == rule.location_id), isouter=True)
        .join(SUPPLIERS.sa, SUPPLIERS.c.id == rule.supplier_id, isouter=True)
        .order_by(SKUS.c.code, LOCATIONS.c.code)
    )  # fmt: skip


def _rule(row: Any) -> dict[str, Any]:
    return {
        "sku": row.code, "name": row.name, "location": row.location, "location_name": row.location_name,
        "supplier": row.supplier or "", "supplier_name": row.supplier_name or "",
        "point": scaled_text(row.reorder_point, row.unit_decimals),
        "target": scaled_text(row.reorder_target, row.unit_decimals),
        "free": scaled_text((row.on_hand or 0) - (row.promised or 0), row.unit_decimals),
        "incoming": scaled_text(row.incoming or 0, row.unit_decimals),
    }  # fmt: skip
