"""Everything about one order in one answer: goods, money, parcels, documents, history, and what can be done now."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..access.store import API_KEYS, PEOPLE
from ..channels.store import CHANNELS
from ..customers.store import ADDRESSES, CUSTOMERS
from ..inventory.store import LOCATIONS
from ..invoicing.actions import shown_number
from ..invoicing.model import Invoice
from ..invoicing.store import INVOICES
from ..kit.errors import NotFound
from ..kit.sentences import Sentence
from ..kit.tables import Table
from ..orders.model import PLACES, Line, Order, places_of
from ..orders.queries import allocations, lines_of, timeline
from ..orders.rules import fulfilment_status
from ..orders.store import ORDERS
from ..payments.store import PAYMENTS
from ..shipping.queries import of_order as parcels_of
from ..values.ids import parse, show
from ..values.money import price_text, scaled_text
from .order_around import history, notes_on, promise
from .order_before import differences
from .order_list import items_in, money_state
from .order_payments import owed_of_orders

GONE = ("picked", "packed", "shipped", "delivered", "returned")
CANCELLABLE = ("open", "awaited", "promised", "picked", "packed")


def one(connection: Connection, name: str, *, zone: str, today: str) -> dict[str, Any]:
    """Raises NotFound. `since(instant)` tells what was different then."""
    number = parse("order", name)
    row = connection.execute(sa.select(ORDERS.sa).where(ORDERS.c.id == number)).first() if number is not None else None
    if row is None:
        raise NotFound(Sentence("There is no order {name!r}.", name=name))
    order = Order._make(row)
    lines = lines_of(connection, [order.id])[order.id]
    channel = connection.execute(sa.select(CHANNELS.sa).where(CHANNELS.c.id == order.channel_id)).one()
    customer = _customer(connection, order)
    parcels = _parcels(connection, order, lines)
    money = _money(connection, order, lines)
    happened = _timeline(connection, order)
    return {
        "id": show("order", order.id),
        "version": order.version,
        "reference": order.reference,
        "status": order.status,
        "channel": {"code": channel.code, "name": channel.name},
        "customer": customer,
        "ship_to": _address(connection, order.ship_to),
        "goods": fulfilment_status(order.status, lines),
        "items": items_in(lines),
        "currency": order.currency,
        "basis": order.basis,
        "net": order.net_minor,
        "tax": order.tax_minor,
        "gross": order.gross_minor,
        "placed_at": order.placed_at,
        "created_at": order.created_at,
        "expires_at": order.expires_at,
        "customer_reference": order.customer_reference,
        "lines": _lines(connection, order, lines),
        "money": money,
        "parcels": parcels,
        "documents": _documents(connection, order),
        "promise": promise(connection, order, lines, parcels, zone=zone, today=today),
        "notes": named(connection, [{**each, "actor": each["written_by"]} for each in notes_on(connection, order)]),
        "timeline": named(connection, happened),
        "since": differences(connection, order, lines, happened, money["captured"] - money["refunded"]),
        "can": can(order, lines, parcels, money),
    }


def can(order: Order, lines: Sequence[Line], parcels: Sequence[Mapping[str, Any]], money: Mapping[str, Any]) -> Any:
    """Which acts are possible as things stand. The flows decide; this only says what is worth offering."""
    units = {place: sum(getattr(line, place) for line in lines) for place in PLACES}
    placed = order.status == "placed"
    return {
        "confirm": order.status == "draft",
        "cancel": order.status != "cancelled" and any(units[place] for place in CANCELLABLE),
        "reinstate": order.placed_at is not None
        and not (order.status == "cancelled" and order.expires_at is not None)
        and any(line.cancelled and not line.credited for line in lines),
        "pick": placed and units["promised"] > 0,
        "unpick": placed and units["picked"] > 0,
        "pack": placed and units["promised"] + units["picked"] > 0,
        "ship": placed and units["promised"] + units["picked"] > 0,
        "pay": placed and money["due"] > 0,
        "pay_link": order.status != "cancelled" and money["due"] > max(0, money["authorised"] - money["captured"]),
        "readdress": order.status != "cancelled" and order.collect_at is None and not any(map(units.get, GONE)),
        "print": placed,
    }


def named(connection: Connection, happened: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """With the name of who did it, where that is a person or a key of ours."""
    kinds: dict[str, Table[Any]] = {"person": PEOPLE, "api_key": API_KEYS}
    names: dict[str, str] = {}
    for kind, table in kinds.items():
        ids = {number for each in happened if (number := parse(kind, each["actor"])) is not None}
        for row in connection.execute(sa.select(table.c.id, table.c.name).where(table.c.id.in_(ids))) if ids else ():
            names[show(kind, row.id)] = row.name
    return [{**each, "who": names.get(each["actor"], "")} for each in happened]


# What we and the provider said to each other about a payment. The audit trail has it; who looks at an order need not.
BETWEEN_US = {"payment.known", "payment.event_received", "payment.asked_about", "payment.looked_up"}


def _timeline(connection: Connection, order: Order) -> list[dict[str, Any]]:
    """What was announced about the order and about its payments, newest first."""
    found = timeline(connection, order.id)
    for payment in connection.execute(sa.select(PAYMENTS.c.id).where(PAYMENTS.c.order_id == order.id)).scalars():
        found += [each for each in timeline(connection, payment, subject="payment") if each["type"] not in BETWEEN_US]
    return sorted(found, key=lambda each: each["id"], reverse=True)


def _customer(connection: Connection, order: Order) -> dict[str, Any] | None:
    if order.customer_id is None:
        return None
    row = connection.execute(sa.select(CUSTOMERS.sa).where(CUSTOMERS.c.id == order.customer_id)).one()
    return {
        "id": show("customer", row.id), "name": row.name, "reference": row.reference, "email": row.email,
        "phone": row.phone, "kind": row.kind, "locale": row.locale, **history(connection, order),
    }  # fmt: skip


def _address(connection: Connection, address_id: int | None) -> dict[str, Any] | None:
    if address_id is None:
        return None
    row = connection.execute(sa.select(ADDRESSES.sa).where(ADDRESSES.c.id == address_id)).first()
    return dict(row._mapping) if row is not None else None


def _lines(connection: Connection, order: Order, lines: Sequence[Line]) -> list[dict[str, Any]]:
    codes = dict(
        tuple(row)
        for row in connection.execute(
            sa.text("SELECT DISTINCT k.id, k.code FROM order_lines n JOIN skus k ON k.id = n.sku_id"
                    " WHERE n.order_id = :id"), {"id": order.id},
        )
    )  # fmt: skip
    where = allocations(connection, order.id, lines)
    return [
        {
            "line": line.n,
            "sku": codes[line.sku_id],
            "kind": line.kind,
            "description": line.description,
            "quantity": scaled_text(line.quantity, line.unit_decimals),
            "price": price_text(line.price_e4),
            "net": line.net_minor,
            "tax": line.tax_minor,
            "total": line.net_minor + (line.tax_minor if order.basis == "gross" else 0),
            "cancellable": scaled_text(sum(getattr(line, each) for each in CANCELLABLE), line.unit_decimals),
            "whole": line.quantity,
            "places": [
                {"place": place, "units": units, "quantity": scaled_text(units, line.unit_decimals)}
                for place, units in zip(PLACES, places_of(line), strict=True)
                if units
            ],
            "where": where.get(line.n, []),
        }
        for line in lines
    ]


def _parcels(connection: Connection, order: Order, lines: Sequence[Line]) -> list[dict[str, Any]]:
    locations = {show("location", row.id): row.name for row in connection.execute(sa.select(LOCATIONS.sa))}
    by_line = {line.n: line for line in lines}
    found = []
    for parcel in parcels_of(connection, order.id):
        contents = [
            {"description": by_line[each["line"]].description,
             "quantity": scaled_text(each["smallest_units"], by_line[each["line"]].unit_decimals)}
            for each in parcel["lines"]
        ]  # fmt: skip
        found.append({**parcel, "location_name": locations[parcel["location"]], "contents": contents})
    return found


def _money(connection: Connection, order: Order, lines: Sequence[Line]) -> dict[str, Any]:
    """What was ordered, billed, held, paid, given back, and what is still owed."""
    owed = owed_of_orders(connection, {order.id: lines})[order.id]
    payments = sa.select(PAYMENTS.sa).where(PAYMENTS.c.order_id == order.id).order_by(PAYMENTS.c.id)
    begun = ("new", "open")
    return {
        "state": money_state(order, owed),
        "ordered": order.gross_minor,
        "authorised": owed.authorised,
        "captured": owed.captured,
        "refunded": owed.refunded,
        "invoiced": _invoiced(connection, order),
        "due": max(0, owed.minor) if order.status != "cancelled" else 0,
        "payments": [
            {
                "id": show("payment", row.id), "method": row.method, "amount": row.amount_minor,
                "captured": row.captured_minor, "refunded": row.refunded_minor, "paid_on": row.paid_on,
                "reference": row.reference or row.provider_reference, "outcome": row.outcome,
                "pay_at": ""
                if row.outcome not in begun or row.authorised_minor or row.captured_minor else row.checkout_url,
            }
            for row in connection.execute(payments)
        ],
    }  # fmt: skip


def _invoiced(connection: Connection, order: Order) -> int:
    rows = connection.execute(sa.select(INVOICES.c.kind, INVOICES.c.gross_minor).where(INVOICES.c.order_id == order.id))
    return sum(gross if kind == "invoice" else -gross for kind, gross in rows)


def _documents(connection: Connection, order: Order) -> list[dict[str, Any]]:
    query = sa.select(INVOICES.sa).where(INVOICES.c.order_id == order.id).order_by(INVOICES.c.id)
    issued = [Invoice._make(row) for row in connection.execute(query)]
    return [
        {
            "id": show(row.kind, row.id), "kind": row.kind, "number": shown_number(row),
            "issued_on": row.issued_on, "due_on": row.due_on, "gross": row.gross_minor, "currency": row.currency,
        }
        for row in issued
    ]  # fmt: skip
