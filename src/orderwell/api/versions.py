"""ETag and If-Match: whoever saw an older version is refused, inside the transaction and before anything is done."""

from collections.abc import Callable, Mapping
from typing import Any

from ..access.store import API_KEYS, PEOPLE
from ..customers.store import CUSTOMERS
from ..kit.errors import Invalid, Stale
from ..kit.picture import Tx
from ..kit.tables import Table
from ..notes.store import NOTES
from ..orders.store import ORDERS
from ..payments.store import PAYMENTS
from ..returns.store import RETURNS
from ..tills.store import TILLS
from ..values.ids import parse
from ..views.store import VIEWS

# Path parameter → kind of id and table, of what has a version that callers see.
VERSIONED: dict[str, tuple[str, Table[Any]]] = {
    "order": ("order", ORDERS),
    "customer": ("customer", CUSTOMERS),
    "key": ("api_key", API_KEYS),
    "person": ("person", PEOPLE),
    "payment": ("payment", PAYMENTS),
    "return_id": ("return", RETURNS),
    "note": ("note", NOTES),
    "till": ("till", TILLS),
    "view": ("view", VIEWS),
}


def tag(version: int) -> str:
    return f'"{version}"'


def precondition_of(if_match: str | None, path: Mapping[str, str]) -> Callable[[Tx], None] | None:
    """Raises Invalid where there is nothing to compare with, rather than pass over what the caller relies on."""
    if if_match is None:
        return None
    name = next((name for name in reversed([*path]) if name in VERSIONED), None)  # what is acted on comes last
    number = parse(VERSIONED[name][0], path[name]) if name is not None else None
    if name is None or number is None:
        raise Invalid("If-Match needs an address with the id of something that has a version.")
    kind, table = VERSIONED[name]
    tags = {each.strip().removeprefix("W/") for each in if_match.split(",")}

    def same_version(tx: Tx) -> None:
        row = tx.get(table, number)
        if row is not None and "*" not in tags and tag(row[table.version_at or 0]) not in tags:
            now = row[table.version_at or 0]
            raise Stale(
                f"This {kind.replace('_', ' ')} is at version {now} now; read it again and decide anew.", version=now
            )

    return same_version
