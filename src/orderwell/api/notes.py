"""Notes on orders and customers over HTTP."""

from collections.abc import Callable, Mapping
from typing import Any

from ..customers.store import CUSTOMERS
from ..flows.keep_notes import (
    AddCustomerNote,
    AddOrderNote,
    ChangeCustomerNote,
    ChangeOrderNote,
    RemoveCustomerNote,
    RemoveOrderNote,
)
from ..kit.tables import Table
from ..notes import queries
from ..orders.store import ORDERS
from .answers import page_of
from .answers.notes import NoteAnswer
from .lists import CURSOR, LIMIT, row_of
from .operations import Look, Operation, Query, Read, read, verb

PINNED = Query(
    "pinned", "Only notes that are pinned, or only those that are not.", {"type": "string", "enum": ["true", "false"]}
)


def operations() -> list[Operation]:
    write = {"text": "Ring before delivery: the dog is friendly, the neighbour is not.", "pinned": True}
    order, customer = "/orders/{order}/notes", "/customers/{customer}/notes"
    return [
        verb("POST", order, AddOrderNote, right="orders:write", result=NoteAnswer, status=201, example=write),
        verb(
            "POST", f"{order}/{{note}}/change", ChangeOrderNote, right="orders:write", result=NoteAnswer,
            example={"pinned": False},
        ),
        verb("POST", f"{order}/{{note}}/remove", RemoveOrderNote, right="orders:write", result=NoteAnswer),
        _notes(order, ORDERS, "order", right="orders:read"),
        verb("POST", customer, AddCustomerNote, right="customers:write", result=NoteAnswer, status=201, example=write),
        verb(
            "POST", f"{customer}/{{note}}/change", ChangeCustomerNote, right="customers:write", result=NoteAnswer,
            example={"text": "Prefers mail."},
        ),
        verb("POST", f"{customer}/{{note}}/remove", RemoveCustomerNote, right="customers:write", result=NoteAnswer),
        _notes(customer, CUSTOMERS, "customer", right="customers:read"),
    ]  # fmt: skip


def _notes(path: str, table: Table[Any], subject: str, *, right: str) -> Read:
    return read(
        path, _look(table, subject), name=f"list_{subject}_notes", right=right, query=[LIMIT, CURSOR, PINNED],
        summary=f"List the notes on {'an' if subject == 'order' else 'a'} {subject}, newest first.",
        result=page_of(NoteAnswer),
    )  # fmt: skip


def _look(table: Table[Any], subject: str) -> Callable[[Look], Mapping[str, Any]]:
    def look(look: Look) -> Mapping[str, Any]:
        about = row_of(look.connection, table, subject, look.path[subject])
        return {"object": "list", **queries.listed(look.connection, about.id, **look.query)}

    return look
