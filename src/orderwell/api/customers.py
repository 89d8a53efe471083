"""Customers over HTTP."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ..customers.queries import EXACT, listed
from ..customers.store import CUSTOMERS
from ..flows.keep_customers import AddCustomer, shown
from .answers.customers import CustomerAnswer
from .lists import one, queried
from .operations import Operation, verb

EXAMPLE = {"name": "A. de Vries", "reference": "10042", "email": "a.devries@example.com", "country": "NL"}
FILTERS = dict.fromkeys(("search", *EXACT))


def operations() -> list[Operation]:
    return [
        verb(
            "POST", "/customers", AddCustomer, right="customers:write", result=CustomerAnswer, status=201,
            example=EXAMPLE,
        ),
        queried("/customers", _listed, right="customers:read", result=CustomerAnswer, filters=FILTERS),
        one(
            "/customers/{customer}", CUSTOMERS, kind="customer", right="customers:read", result=CustomerAnswer,
            shown=_customers,
        ),
    ]  # fmt: skip


def _listed(connection: Connection, **asked: Any) -> dict[str, Any]:
    found = listed(connection, **asked)
    return {**found, "data": [shown(each["row"]) for each in found["data"]]}


def _customers(_: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [shown(row) for row in rows]
