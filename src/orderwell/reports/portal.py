"""What the portal shows a customer: their own, and nothing else. Every query is bounded by the ids of that customer.

`family` is the customer and all that were merged into it: their documents name the one they were made for.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..customers.store import ADDRESSES, CUSTOMERS
from ..delivery.store import METHODS, PROMISES
from ..invoicing.store import INVOICES
from ..kit.errors import NotFound
from ..kit.pages import page
from ..kit.tables import Table
from ..ledger.store import OPEN_ITEMS
from ..orders.model import PLACES, Line, Order, places_of
from ..orders.queries import lines_of
from ..orders.rules import fulfilment_status
from ..orders.store import ORDERS
from ..payments.store import PAYMENTS
from ..portal.rules import address
from ..portal.store import ORDER_LINKS, PORTAL_ACCOUNTS, PORTAL_PASSKEYS, PORTAL_SESSIONS
from ..returns.answers import shown as shown_return
from ..returns.model import Return, ReturnLine
from ..returns.store import RETURN_LINES, RETURNS
from ..shipping.queries import of_order as parcels_of
from ..values.ids import parse, show
from ..values.money import price_text, scaled_text
from .order_list import items_in, money_states
from .order_payments import owed_of_orders
from .portal_documents import documents

PER_PAGE = 20
AT_HOME = 5
UNTOUCHED = ("open", "promised", "awaited")  # places from which units go back without anybody's work undone
# Of one person, and of no colleague of theirs.
OF_ONE: dict[str, Table[Any]] = {"portal_session": PORTAL_SESSIONS, "portal_passkey": PORTAL_PASSKEYS}
GONE = frozenset(("failed", "delivered", "lost", "came_back", "shipped"))


# -- whose it is


def owns(connection: Connection, family: Sequence[int], account_id: int, kind: str, name: str) -> bool:
    """Whether a thing is of this customer, or a session or passkey of this account. What there is not, is of nobody."""
    if kind == "invoice":
        return any(_is_of(connection, family, INVOICES, each, name, word=each) for each in ("invoice", "credit_note"))
    if kind in OF_ONE:
        of_one, number = OF_ONE[kind], parse(kind, name)
        mine = sa.select(of_one.c.id).where(of_one.c.id == number, of_one.c.account_id == account_id)
        return number is not None and connection.execute(mine).first() is not None
    if kind == "order_link":
        number = parse(kind, name)
        theirs = (
            sa.select(ORDER_LINKS.c.id)
            .join(ORDERS.sa, ORDERS.c.id == ORDER_LINKS.c.order_id)
            .where(ORDER_LINKS.c.id == number, ORDERS.c.customer_id.in_(family))
        )
        return number is not None and connection.execute(theirs).first() is not None
    table = {"order": ORDERS, "payment": PAYMENTS, "return": RETURNS, "portal_account": PORTAL_ACCOUNTS}[kind]
    return _is_of(connection, family, table, kind, name)


def _is_of(connection: Connection, family: Sequence[int], table: Any, kind: str, name: str, word: str = "") -> bool:
    number = parse(kind, name)
    if number is None:
        return False
    query = sa.select(table.c.id).where(table.c.id == number, table.c.customer_id.in_(family))
    if table is ORDERS:
        query = query.where(ORDERS.c.status != "draft")
    if word:
        query = query.where(table.c.kind == word)
    return connection.execute(query).first() is not None


# -- the customer


def customer(connection: Connection, family: Sequence[int]) -> dict[str, Any]:
    row = connection.execute(sa.select(CUSTOMERS.sa).where(CUSTOMERS.c.id == family[0])).one()
    shown = ("name", "reference", "kind", "email", "phone", "country", "locale", "vat_number", "terms_days", "status")
    return {"id": show("customer", row.id), **{each: getattr(row, each) for each in shown}}


def balance(connection: Connection, family: Sequence[int], today: str) -> dict[str, int]:
    """What the customer owes, of that overdue; below zero it is theirs."""
    owed = (
        sa.select(
            sa.func.coalesce(sa.func.sum(OPEN_ITEMS.c.open_minor), 0),
            sa.func.coalesce(
                sa.func.sum(sa.case((OPEN_ITEMS.c.due_on < today, OPEN_ITEMS.c.open_minor), else_=0)), 0
            ),
        )
        .where(OPEN_ITEMS.c.party_id.in_(family), OPEN_ITEMS.c.account == "receivable", OPEN_ITEMS.c.open_minor != 0)
    )  # fmt: skip
    row = connection.execute(owed).one()
    return {"open": int(row[0]), "overdue": max(0, int(row[1]))}


def addresses(connection: Connection, family: Sequence[int], *, limit: int = 10) -> list[dict[str, Any]]:
    """Where goods went or may go, each once, the last used first."""
    query = sa.select(ADDRESSES.sa).where(ADDRESSES.c.customer_id.in_(family), ADDRESSES.c.street != "")
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in connection.execute(query.order_by(ADDRESSES.c.id.desc()).limit(200)):
        each = dict(row._mapping)
        fields = ("name", "company", "street", "postcode", "city", "country")
        found.setdefault(tuple(each[name] for name in fields), {**each, "id": show("address", row.id)})
    return list(found.values())[:limit]


def people(connection: Connection, family: Sequence[int]) -> list[dict[str, Any]]:
    query = sa.select(PORTAL_ACCOUNTS.sa).where(PORTAL_ACCOUNTS.c.customer_id.in_(family))
    return [
        {"id": show("portal_account", row.id), "name": row.name, "email": row.email, "role": row.role,
         "status": row.status}
        for row in connection.execute(query.order_by(PORTAL_ACCOUNTS.c.id))
    ]  # fmt: skip


def signs_in_elsewhere(connection: Connection, family: Sequence[int], email: str) -> bool:
    """Whether this address opens the portal for somebody of another customer."""
    query = sa.select(PORTAL_ACCOUNTS.c.id).where(
        PORTAL_ACCOUNTS.c.email == address(email), PORTAL_ACCOUNTS.c.customer_id.not_in(family)
    )
    return connection.execute(query).first() is not None


# -- orders


def orders(
    connection: Connection, family: Sequence[int], *, search: str | None = None, limit: int = PER_PAGE,
    cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    query = sa.select(ORDERS.sa).where(ORDERS.c.customer_id.in_(family), ORDERS.c.status != "draft")
    if search:
        query = query.where(
            ORDERS.c.reference.icontains(search, autoescape=True)
            | ORDERS.c.customer_reference.icontains(search, autoescape=True)
        )
    found = page(connection, query, ORDERS.c.id, "order", lambda row: {"row": Order(*row)}, limit=limit, cursor=cursor)
    rows = [each["row"] for each in found["data"]]
    lines = lines_of(connection, [row.id for row in rows])
    money = money_states(connection, rows, lines)
    return {**found, "data": [_head(row, lines[row.id], money[row.id]) for row in rows]}


def _head(order: Order, lines: Sequence[Line], money: str) -> dict[str, Any]:
    goods = [line.description for line in lines if line.kind == "stocked"]
    return {
        "id": show("order", order.id),
        "version": order.version,
        "reference": order.reference,
        "customer_reference": order.customer_reference,
        "status": order.status,
        "goods": fulfilment_status(order.status, lines),
        "money": money,
        "gross": order.gross_minor,
        "currency": order.currency,
        "items": items_in(lines),
        "first": goods[0] if goods else "",
        "placed_at": order.placed_at or order.created_at,
    }


def order(connection: Connection, family: Sequence[int], name: str) -> dict[str, Any]:
    """All of one order that its customer may know. Raises NotFound, whoever else's it may be."""
    number = parse("order", name)
    mine = sa.select(ORDERS.sa).where(
        ORDERS.c.id == number, ORDERS.c.customer_id.in_(family), ORDERS.c.status != "draft"
    )
    row = connection.execute(mine).first() if number is not None else None
    if row is None:
        raise NotFound("There is no such order.")
    found = Order._make(row)
    lines = lines_of(connection, [found.id])[found.id]
    money = money_states(connection, [found], {found.id: lines})[found.id]
    returned = returns_of(connection, [found.id])
    announced: dict[int, int] = {}
    for each in returned:
        for line, units in each.pop("expected").items():
            announced[line] = announced.get(line, 0) + units
    return {
        **_head(found, lines, money),
        "net": found.net_minor,
        "tax": found.tax_minor,
        "basis": found.basis,
        "discount": found.discount_minor,
        "expires_at": found.expires_at,
        "payment_method": found.payment_method,
        "ship_to": _address(connection, found.ship_to),
        "promise": _promise(connection, found.id),
        "lines": [_line(found, line, announced.get(line.n, 0)) for line in lines],
        "parcels": _parcels(connection, found.id, lines),
        "documents": documents(connection, family, order_id=found.id)["data"],
        "returns": returned,
        "due": owed_of_orders(connection, {found.id: lines})[found.id].to_pay if found.status == "placed" else 0,
        "untouched": all(
            getattr(line, place) == 0 for line in lines for place in PLACES if place not in (*UNTOUCHED, "cancelled")
        ),
    }


def _line(order: Order, line: Line, announced: int) -> dict[str, Any]:
    with_customer = line.shipped + line.delivered - announced
    return {
        "line": line.n,
        "kind": line.kind,
        "description": line.description,
        "quantity": scaled_text(line.quantity, line.unit_decimals),
        "price": price_text(line.price_e4),
        "total": line.net_minor + (line.tax_minor if order.basis == "gross" else 0),
        "whole": line.quantity,
        "returnable": scaled_text(with_customer, line.unit_decimals)
        if line.kind == "stocked" and with_customer > 0
        else None,
        "places": [
            {"place": place, "units": units, "quantity": scaled_text(units, line.unit_decimals)}
            for place, units in zip(PLACES, places_of(line), strict=True)
            if units
        ],
    }


def _parcels(connection: Connection, order_id: int, lines: Sequence[Line]) -> list[dict[str, Any]]:
    by_line = {line.n: line for line in lines}
    return [
        {
            "status": each["status"], "carrier": each["carrier"], "tracking": each["tracking"],
            "shipped_at": each["shipped_at"], "delivered_at": each["delivered_at"],
            "contents": [
                {"description": by_line[line["line"]].description,
                 "quantity": scaled_text(line["smallest_units"], by_line[line["line"]].unit_decimals)}
                for line in each["lines"]
            ],
        }
        for each in parcels_of(connection, order_id)
        if each["status"] in GONE
    ]  # fmt: skip


def _promise(connection: Connection, order_id: int) -> dict[str, Any] | None:
    query = (
        sa.select(METHODS.c.name, PROMISES.c.deliver_on, PROMISES.c.cost_minor)
        .join_from(PROMISES.sa, METHODS.sa, METHODS.c.id == PROMISES.c.method_id)
        .where(PROMISES.c.order_id == order_id)
    )
    row = connection.execute(query).first()
    return {"method": row.name, "deliver_on": row.deliver_on} if row is not None else None


def _address(connection: Connection, address_id: int | None) -> Mapping[str, Any] | None:
    if address_id is None:
        return None
    row = connection.execute(sa.select(ADDRESSES.sa).where(ADDRESSES.c.id == address_id)).first()
    return dict(row._mapping) if row is not None else None


def links_of(connection: Connection, order_id: int, now: int) -> list[dict[str, Any]]:
    """What opens an order without signing in."""
    query = sa.select(ORDER_LINKS.c.id, ORDER_LINKS.c.created_at, ORDER_LINKS.c.expires_at).where(
        ORDER_LINKS.c.order_id == order_id, ORDER_LINKS.c.revoked_at.is_(None), ORDER_LINKS.c.expires_at > now
    )
    return [
        {"id": show("order_link", row.id), "made_at": row.created_at, "expires_at": row.expires_at}
        for row in connection.execute(query.order_by(ORDER_LINKS.c.id).limit(50))
    ]


def returns_of(connection: Connection, order_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Newest first; `expected` is what has not come in yet, in smallest units by line."""
    found = [
        Return(*row)
        for row in connection.execute(
            sa.select(RETURNS.sa).where(RETURNS.c.order_id.in_(order_ids)).order_by(RETURNS.c.id.desc())
        )
    ]
    lines: dict[int, list[ReturnLine]] = {each.id: [] for each in found}
    query = sa.select(RETURN_LINES.sa).where(RETURN_LINES.c.return_id.in_(list(lines)))
    for row in connection.execute(query.order_by(RETURN_LINES.c.line)):
        lines[row.return_id].append(ReturnLine(*row))
    return [
        {
            **shown_return(each, lines[each.id]), "version": each.version,
            "untouched": each.status == "open" and not any(line.received for line in lines[each.id]),
            "expected": {line.line: line.expected for line in lines[each.id]},
        }
        for each in found
    ]  # fmt: skip
