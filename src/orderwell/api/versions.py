"""ETag and If-Match: whoever saw an older version is refused, inside the transaction and before anything is done."""

from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from ..access.store import API_KEYS, PEOPLE, SESSIONS
from ..banking.store import BANK_LINES
from ..customers.store import CUSTOMERS
from ..inventory.store import BINS, TRANSFERS
from ..kit.errors import Invalid, Stale
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..kit.tables import Table
from ..notes.store import NOTES
from ..notifications.store import ENDPOINTS
from ..orders.store import ORDERS
from ..payments.store import PAYMENTS
from ..picking.store import PICK_LISTS
from ..portal.store import PORTAL_ACCOUNTS
from ..proofs.store import PROOFS
from ..purchasing.store import PROPOSALS, PURCHASE_ORDERS, SUPPLIERS
from ..returns.store import RETURNS
from ..tasks.store import TASKS
from ..tills.store import TILLS
from ..values.ids import parse
from ..views.store import VIEWS

# Word of an address before an id → kind of id and table, of what has a version that callers see.
VERSIONED: dict[str, tuple[str, Table[Any]]] = {
    "api_keys": ("api_key", API_KEYS),
    "bank_lines": ("bank_line", BANK_LINES),
    "bins": ("bin", BINS),
    "customers": ("customer", CUSTOMERS),
    "notes": ("note", NOTES),
    "orders": ("order", ORDERS),
    "payments": ("payment", PAYMENTS),
    "people": ("person", PEOPLE),
    "pick_lists": ("pick_list", PICK_LISTS),
    "portal_accounts": ("portal_account", PORTAL_ACCOUNTS),
    "proofs": ("proof", PROOFS),
    "proposals": ("proposal", PROPOSALS),
    "purchase_orders": ("purchase_order", PURCHASE_ORDERS),
    "returns": ("return", RETURNS),
    "sessions": ("session", SESSIONS),
    "suppliers": ("supplier", SUPPLIERS),
    "tasks": ("task", TASKS),
    "tills": ("till", TILLS),
    "transfers": ("transfer", TRANSFERS),
    "views": ("view", VIEWS),
    "webhook_endpoints": ("webhook_endpoint", ENDPOINTS),
}


class Addressed(NamedTuple):
    """What an address is about: the path parameter that names it, its kind of id, its table."""

    parameter: str
    kind: str
    table: Table[Any]


@cache
def addressed(path: str) -> Addressed | None:
    """The versioned thing that an address like /api/v1/orders/{order}/ship is about; of several the last."""
    parts = path.removeprefix("/api/v1/").split("/")
    named = [(word, part[1:-1]) for word, part in pairwise(parts) if word in VERSIONED and part.startswith("{")]
    return Addressed(named[-1][1], *VERSIONED[named[-1][0]]) if named else None


def tag(version: int) -> str:
    return f'"{version}"'


def tag_of(answer: Mapping[str, Any], path: str) -> str | None:
    """Of an answer that shows what its address is about, or what was made there; not of something else beside it."""
    version = answer.get("version")
    if version is None:
        return None
    about, made = addressed(path), VERSIONED.get(path.rpartition("/")[2])
    kinds = {each for each in (about and about.kind, made and made[0]) if each is not None}
    return tag(version) if about is None or answer["object"] in kinds else None


def precondition_of(if_match: str | None, path: str, given: Mapping[str, str]) -> Callable[[Tx], None] | None:
    """Raises Invalid where there is nothing to compare with, rather than pass over what the caller relies on."""
    if if_match is None:
        return None
    about = addressed(path)
    number = parse(about.kind, given[about.parameter]) if about is not None else None
    if about is None or number is None:
        raise Invalid("If-Match needs an address with the id of something that has a version.")
    tags = {each.strip().removeprefix("W/") for each in if_match.split(",")}
    kind, table = about.kind.replace("_", " "), about.table

    def same_version(tx: Tx) -> None:
        row = tx.get(table, number)
        if row is not None and "*" not in tags and tag(row[table.version_at or 0]) not in tags:
            now = row[table.version_at or 0]
            raise Stale(
                Sentence(
                    "This {kind} is at version {version} now; read it again and decide anew.",
                    kind=word(kind),
                    version=now,
                ),
                version=now,
            )

    return same_version
