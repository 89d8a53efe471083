"""Customers over HTTP."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ..customers.store import CUSTOMERS
from ..flows.keep_customers import AddCustomer, shown
from .lists import lists, one
from .operations import Operation, verb

EXAMPLE = {"name": "A. de Vries", "reference": "10042", "email": "a.devries@example.com", "country": "NL"}
FILTERS = ("reference", "email", "phone", "name", "kind", "status", "country")


def operations() -> list[Operation]:
    return [
        verb("POST", "/customers", AddCustomer, right="customers:write", status=201, example=EXAMPLE),
        lists("/customers", CUSTOMERS, kind="customer", right="customers:read", filters=FILTERS, shown=_customers),
        one("/customers/{customer}", CUSTOMERS, kind="customer", right="customers:read", shown=_customers),
    ]


def _customers(_: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [shown(row) for row in rows]
