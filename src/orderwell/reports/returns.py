"""Returns as people look at them, and what can be given back of an order: goods, then money."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..catalog.store import SKUS
from ..customers.store import CUSTOMERS
from ..inventory.store import LOCATIONS
from ..kit.errors import Invalid, NotFound
from ..kit.sentences import Sentence
from ..ledger.model import ACCOUNTS
from ..orders.queries import lines_of, timeline
from ..orders.store import ORDERS
from ..payments.model import Instruction, Payment
from ..payments.rules import asked, refundable
from ..payments.store import PAYMENT_INSTRUCTIONS, PAYMENTS
from ..returns.model import Return, ReturnLine
from ..returns.rules import status
from ..returns.store import RETURN_LINES, RETURNS
from ..values.ids import parse, show
from ..values.money import scaled_text
from .order_page import named
from .order_payments import owed_of_orders

WAITING = ("expected", "inspect")  # for the list: what is to come, what is to be looked at
LINE = RETURN_LINES.c


def listed(
    connection: Connection, *, waiting: str | None = None, limit: int = 50, cursor: str | None = None
) -> dict[str, Any]:  # fmt: skip
    """Newest first; all, or those of which goods are to come, or to be inspected."""
    query = (
        sa.select(RETURNS.sa, ORDERS.c.reference, CUSTOMERS.c.name)
        .join(ORDERS.sa, ORDERS.c.id == RETURNS.c.order_id)
        .join(CUSTOMERS.sa, CUSTOMERS.c.id == RETURNS.c.customer_id, isouter=True)
    )
    if waiting is not None:
        query = query.where(RETURNS.c.status == "open", RETURNS.c.id.in_(_waiting(waiting)))
    if cursor is not None:
        after = parse("return", cursor)
        if after is None:
            raise Invalid.at("/cursor", Sentence("{cursor!r} is no cursor of this list.", cursor=cursor))
        query = query.where(RETURNS.c.id < after)
    found = connection.execute(query.order_by(RETURNS.c.id.desc()).limit(limit + 1)).all()
    rows = found[:limit]
    lines = _lines(connection, [row.id for row in rows])
    data = [
        {
            **_told(Return._make(row[: len(Return._fields)]), lines[row.id]),
            "reference": row.reference, "customer_name": row.name or "",
            "units": sum(line.announced for line in lines[row.id] if line.unit_decimals == 0),
            "lines": len(lines[row.id]),
        }
        for row in rows
    ]  # fmt: skip
    return {"data": data, "next_cursor": show("return", rows[-1].id) if len(found) > limit else None}


def counts(connection: Connection) -> dict[str, int]:
    """How many wait, by what for."""
    found = {}
    for word in WAITING:
        query = sa.select(sa.func.count()).select_from(RETURNS.sa)
        query = query.where(RETURNS.c.status == "open", RETURNS.c.id.in_(_waiting(word)))
        found[word] = int(connection.execute(query).scalar_one())
    return found


def _waiting(word: str) -> sa.Select[Any]:
    if word == "expected":
        return sa.select(LINE.return_id).where(LINE.received < LINE.announced)
    return sa.select(LINE.return_id).where(LINE.restocked + LINE.scrapped < LINE.received)


def _lines(connection: Connection, ids: Sequence[int]) -> dict[int, list[ReturnLine]]:
    found: dict[int, list[ReturnLine]] = {each: [] for each in ids}
    query = sa.select(RETURN_LINES.sa).where(LINE.return_id.in_(ids)).order_by(LINE.return_id, LINE.line)
    for row in connection.execute(query):
        found[row.return_id].append(ReturnLine._make(row))
    return found


def _told(returned: Return, lines: Sequence[ReturnLine]) -> dict[str, Any]:
    return {
        "id": show("return", returned.id), "version": returned.version, "order": show("order", returned.order_id),
        "status": status(returned, lines), "reason": returned.reason, "announced_at": returned.announced_at,
    }  # fmt: skip


def one(connection: Connection, name: str) -> dict[str, Any]:
    """A return with what has become of each unit, and what can be done now. Raises NotFound."""
    number = parse("return", name)
    row = connection.execute(sa.select(RETURNS.sa).where(RETURNS.c.id == number)).first() if number else None
    if row is None:
        raise NotFound(Sentence("There is no return {name!r}.", name=name))
    returned = Return._make(row)
    lines = _lines(connection, [returned.id])[returned.id]
    order = connection.execute(sa.select(ORDERS.sa).where(ORDERS.c.id == returned.order_id)).one()
    said = {line.n: line.description for line in lines_of(connection, [order.id])[order.id]}
    codes = _codes(connection, [line.sku_id for line in lines])
    open_ = returned.status == "open"
    return {
        **_told(returned, lines),
        "reference": order.reference,
        "currency": order.currency,
        "lines": [{**_line(line), "sku": codes[line.sku_id], "description": said[line.line]} for line in lines],
        "timeline": named(connection, timeline(connection, returned.id, subject="return")[::-1]),
        "locations": _locations(connection),
        "can": {
            "receive": open_ and any(line.expected for line in lines),
            "inspect": any(line.to_inspect for line in lines),
            "cancel": open_ and any(line.expected for line in lines),
        },
    }


def _line(line: ReturnLine) -> dict[str, Any]:
    figures = ("announced", "received", "restocked", "scrapped", "credited", "expected", "to_inspect")
    return {"line": line.line, **{each: line.shown(getattr(line, each)) for each in figures}}


def _codes(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    query = sa.select(SKUS.c.id, SKUS.c.code).where(SKUS.c.id.in_(set(ids)))
    return {row.id: row.code for row in connection.execute(query)}


def _locations(connection: Connection) -> list[tuple[str, str]]:
    query = sa.select(LOCATIONS.c.code, LOCATIONS.c.name).where(LOCATIONS.c.kind == "stock")
    return [(row.code, row.name) for row in connection.execute(query.order_by(LOCATIONS.c.priority, LOCATIONS.c.code))]


# -- of one order


def _order(connection: Connection, name: str) -> Any:
    number = parse("order", name)
    row = connection.execute(sa.select(ORDERS.sa).where(ORDERS.c.id == number)).first() if number else None
    if row is None:
        raise NotFound(Sentence("There is no order {name!r}.", name=name))
    return row


def returnable(connection: Connection, name: str) -> dict[str, Any]:
    """What of an order the customer has and may send back, and the returns there are. Raises NotFound."""
    order = _order(connection, name)
    lines = lines_of(connection, [order.id])[order.id]
    query = sa.select(RETURN_LINES.sa).where(LINE.order_id == order.id)
    expected: dict[int, int] = {}
    for row in connection.execute(query):
        each = ReturnLine._make(row)
        expected[each.line] = expected.get(each.line, 0) + each.expected
    codes = _codes(connection, [line.sku_id for line in lines])
    ids = list(connection.execute(sa.select(RETURNS.c.id).where(RETURNS.c.order_id == order.id)).scalars())
    return {
        "id": show("order", order.id), "version": order.version, "reference": order.reference,
        "lines": [
            {"line": line.n, "sku": codes[line.sku_id], "description": line.description,
             "free": scaled_text(free, line.unit_decimals)}
            for line in lines
            if line.kind == "stocked" and (free := line.shipped + line.delivered - expected.get(line.n, 0)) > 0
        ],
        "returns": [show("return", each) for each in ids],
    }  # fmt: skip


def to_give_back(connection: Connection, name: str) -> dict[str, Any]:
    """What was paid for an order: what of it nothing asks for any more, and how it can go back. Raises NotFound."""
    order = _order(connection, name)
    lines = lines_of(connection, [order.id])[order.id]
    payments, going = [], 0
    for payment, instructions in _payments(connection, order.id):
        going += asked(instructions, "refund")
        payments.append(
            {"id": show("payment", payment.id), "method": payment.method, "provider": payment.provider or "",
             "paid_on": payment.paid_on, "captured": payment.captured_minor, "refunded": payment.refunded_minor,
             "left": refundable(payment, instructions)}
        )  # fmt: skip
    owed = owed_of_orders(connection, {order.id: lines})[order.id]
    return {
        "id": show("order", order.id), "version": order.version, "reference": order.reference,
        "currency": order.currency, "payments": payments, "going": going,
        "credit": max(0, -owed.minor - going),
        "most": sum(each["left"] for each in payments),
    }  # fmt: skip


def _payments(connection: Connection, order_id: int) -> list[tuple[Payment, list[Instruction]]]:
    """The latest first: so they are paid back."""
    query = sa.select(PAYMENTS.sa).where(PAYMENTS.c.order_id == order_id, PAYMENTS.c.captured_minor > 0)
    found = [Payment._make(row) for row in connection.execute(query.order_by(PAYMENTS.c.id.desc()))]
    asked_for: dict[int, list[Instruction]] = {each.id: [] for each in found}
    rows = sa.select(PAYMENT_INSTRUCTIONS.sa).where(PAYMENT_INSTRUCTIONS.c.payment_id.in_(asked_for))
    for row in connection.execute(rows):
        asked_for[row.payment_id].append(Instruction._make(row))
    return [(each, asked_for[each.id]) for each in found]


def ledger_effect(rehearsed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a dry run of giving money back would post, transfer by transfer; `later` when a provider has done it."""
    posted = [(row["debit"], row["credit"], row["amount_minor"], False)
              for row in rehearsed["effects"].get("journal", ())]  # fmt: skip
    posted += [("receivable", "provider", each["amount"], True) for each in rehearsed["refunds"]
               if each["state"] == "asked"]  # fmt: skip
    return [
        {"debit": ACCOUNTS[debit].name, "credit": ACCOUNTS[credit].name, "amount": amount, "later": later,
         "currency": rehearsed["currency"]}
        for debit, credit, amount, later in posted
    ]  # fmt: skip
