"""What a receipt says: all that one request sold, took back, and moved in money."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..inventory.store import LOCATIONS
from ..invoicing.actions import shown_number
from ..invoicing.model import Invoice
from ..invoicing.store import INVOICE_LINES, INVOICES
from ..kit.errors import NotFound
from ..kit.events import EVENTS
from ..kit.sentences import Sentence
from ..orders.queries import lines_of
from ..orders.store import ORDERS
from ..payments.store import PAYMENTS
from ..returns.store import RETURNS
from ..tills.store import DRAWER_MOVES, DRAWER_SESSIONS, TILLS
from ..values.ids import parse, show
from ..values.money import price_text, scaled_text
from .order_page import named


def receipt(connection: Connection, name: str) -> dict[str, Any]:
    """Of an order as it was placed, or of goods that only came back. Raises NotFound."""
    order_id, return_id = parse("order", name), parse("return", name)
    began = _began(connection, "order", order_id) or _began(connection, "return", return_id)
    if began is None:
        raise NotFound(Sentence("There is no receipt {name!r}.", name=name))
    events = connection.execute(sa.select(EVENTS.c.id, EVENTS.c.subject, EVENTS.c.subject_id).where(
        EVENTS.c.cause == began.cause
    )).all()  # fmt: skip
    about = {kind: sorted({row.subject_id for row in events if row.subject == kind}) for kind in _KINDS}
    order = _order(connection, order_id) if order_id is not None else None
    notes = _documents(connection, about["credit_note"])
    invoices = [each for each in _documents(connection, _invoices(connection, order_id)) if each.kind == "invoice"]
    moves = _moves(connection, [row.id for row in events])
    sold = _sold(connection, order_id) if order_id is not None else []
    back = _lines(connection, [each.id for each in notes])
    at = moves[0] if moves else None
    gross = sum(each["total"] for each in sold) - sum(each["total"] for each in back)
    paid = _paid(connection, about["payment"], order_id)
    return {
        "id": name, "order": show("order", order_id) if order_id is not None else None,
        "reference": order.reference if order is not None else name, "at": began.at,
        "currency": order.currency if order is not None else _currency(connection, return_id),
        "who": named(connection, [{"actor": began.actor}])[0]["who"],
        "till": {"code": at.code, "name": at.name, "location": at.location} if at is not None else None,
        "sold": sold, "back": back, "total": gross, "paid": paid,
        "rounding": sum(each["rounding"] for each in paid),
        "given_back": [
            {"method": each.method, "amount": -each.amount_minor} for each in moves if each.kind == "refund"
        ],
        "documents": [shown_number(each) for each in [*invoices, *notes]],
        "taxes": _taxes(sold, back),
    }  # fmt: skip


_KINDS = ("credit_note", "payment", "return")


def _began(connection: Connection, subject: str, number: int | None) -> Any:
    query = sa.select(EVENTS.c.cause, EVENTS.c.at, EVENTS.c.actor)
    query = query.where(EVENTS.c.subject_id == number, EVENTS.c.subject == subject)
    return connection.execute(query.order_by(EVENTS.c.id).limit(1)).first()


def _order(connection: Connection, order_id: int) -> Any:
    return connection.execute(sa.select(ORDERS.sa).where(ORDERS.c.id == order_id)).one()


def _currency(connection: Connection, return_id: int | None) -> str:
    query = sa.select(ORDERS.c.currency).join(RETURNS.sa, RETURNS.c.order_id == ORDERS.c.id)
    return str(connection.execute(query.where(RETURNS.c.id == return_id)).scalar_one())


def _invoices(connection: Connection, order_id: int | None) -> Sequence[int]:
    return connection.execute(sa.select(INVOICES.c.id).where(INVOICES.c.order_id == order_id)).scalars().all()


def _documents(connection: Connection, ids: Sequence[int]) -> list[Invoice]:
    query = sa.select(INVOICES.sa).where(INVOICES.c.id.in_(ids)).order_by(INVOICES.c.id)
    return [Invoice._make(row) for row in connection.execute(query)]


def _sold(connection: Connection, order_id: int) -> list[dict[str, Any]]:
    return [
        {
            "description": line.description, "quantity": scaled_text(line.quantity, line.unit_decimals),
            "price": price_text(line.price_e4), "discount": line.discount_minor, "net": line.net_minor,
            "tax": line.tax_minor, "total": line.net_minor + line.tax_minor, "rate": line.rate_bp,
        }
        for line in lines_of(connection, [order_id])[order_id]
    ]  # fmt: skip


def _lines(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    query = (
        sa.select(INVOICE_LINES.sa)
        .where(INVOICE_LINES.c.invoice_id.in_(ids))
        .order_by(INVOICE_LINES.c.invoice_id, INVOICE_LINES.c.n)
    )
    return [
        {
            "description": row.description, "quantity": scaled_text(row.quantity, row.unit_decimals),
            "net": row.net_minor, "tax": row.tax_minor, "total": row.net_minor + row.tax_minor, "rate": row.rate_bp,
        }
        for row in connection.execute(query)
    ]  # fmt: skip


def _moves(connection: Connection, event_ids: Sequence[int]) -> Sequence[Any]:
    """What went into and out of a drawer, with the till it belongs to."""
    query = (
        sa.select(
            DRAWER_MOVES.c.kind, DRAWER_MOVES.c.method, DRAWER_MOVES.c.amount_minor, TILLS.c.code, TILLS.c.name,
            LOCATIONS.c.name.label("location"),
        )
        .join(DRAWER_SESSIONS.sa, DRAWER_SESSIONS.c.id == DRAWER_MOVES.c.session_id)
        .join(TILLS.sa, TILLS.c.id == DRAWER_SESSIONS.c.till_id)
        .join(LOCATIONS.sa, LOCATIONS.c.id == TILLS.c.location_id)
        .where(DRAWER_MOVES.c.event_id.in_(event_ids))
        .order_by(DRAWER_MOVES.c.id)
    )  # fmt: skip
    return connection.execute(query).all()


def _paid(connection: Connection, ids: Sequence[int], order_id: int | None) -> list[dict[str, Any]]:
    """What was paid for this order in this request: `amount` is what coins or the terminal took."""
    query = sa.select(PAYMENTS.sa).where(PAYMENTS.c.id.in_(ids), PAYMENTS.c.order_id == order_id)
    return [
        {
            "method": row.method, "amount": row.captured_minor - row.rounding_minor, "rounding": row.rounding_minor,
            "reference": row.reference,
        }
        for row in connection.execute(query.order_by(PAYMENTS.c.id))
    ]  # fmt: skip


def _taxes(sold: Sequence[dict[str, Any]], back: Sequence[dict[str, Any]]) -> list[dict[str, int]]:
    """By rate, of what was sold less what came back."""
    sums: dict[int, list[int]] = {}
    for lines, sign in ((sold, 1), (back, -1)):
        for each in lines:
            found = sums.setdefault(each["rate"], [0, 0])
            found[0] += sign * each["net"]
            found[1] += sign * each["tax"]
    return [{"rate": rate, "net": net, "tax": tax} for rate, (net, tax) in sorted(sums.items())]
