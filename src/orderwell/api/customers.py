"""Customers over HTTP."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ..customers.queries import EXACT, listed
from ..customers.store import CUSTOMERS
from ..flows.keep_customers import AddCustomer, shown
from ..flows.merge_customers import MergeCustomer, SplitCustomer
from .lists import one, queried
from .operations import Operation, verb

EXAMPLE = {"name": "A. de Vries", "reference": "10042", "email": "a.devries@example.com", "country": "NL"}
FILTERS = dict.fromkeys(("search", *EXACT))


def operations() -> list[Operation]:
    return [
        verb("POST", "/customers", AddCustomer, right="customers:write", status=201, example=EXAMPLE),
        verb("POST", "/customers/{customer}/merge", MergeCustomer, right="customers:write", example={"into": "10042"}),
        verb("POST", "/customers/{customer}/split", SplitCustomer, right="customers:write"),
        queried("/customers", _listed, right="customers:read", filters=FILTERS),
        one("/customers/{customer}", CUSTOMERS, kind="customer", right="customers:read", shown=_customers),
    ]


def _listed(connection: Connection, **asked: Any) -> dict[str, Any]:
    found = listed(connection, **asked)
    return {**found, "data": [shown(each["row"]) for each in found["data"]]}


def _customers(_: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [shown(row) for row in rows]
