"""Customers over HTTP."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from ..customers.queries import EXACT, listed
from ..customers.store import CUSTOMERS
from ..flows.erase_customer import EraseCustomer, ErasePortalAccount, found_now
from ..flows.keep_addresses import AddAddress
from ..flows.keep_customers import AddCustomer, ChangeCustomer, shown
from ..flows.merge_customers import MergeCustomer, SplitCustomer
from ..reports.personal_data import personal_data
from ..values.fields import Reference
from .answers.customers import (
    AddressAnswer,
    CustomerAnswer,
    CustomerErasureAnswer,
    PersonalDataAnswer,
    PortalAccountErasureAnswer,
)
from .face import Face
from .lists import one, queried
from .operations import Look, Operation, read, verb

EXAMPLE = {"name": "A. de Vries", "reference": "10042", "email": "a.devries@example.com", "country": "NL"}
ADDRESS = {"name": "A. de Vries", "street": "Dorpsstraat 1", "postcode": "3511 AA", "city": "Utrecht", "country": "NL"}
READ, WRITE = "customers:read", "customers:write"
FILTERS = dict.fromkeys(("search", *EXACT))


@dataclass(frozen=True, slots=True)
class Erasure:
    """What says who they were is overwritten, but what invoices have to say is kept as long as the law asks; when that
    is over it goes by itself. Refused while orders are not finished or money is owed."""

    customer: Reference


def operations() -> list[Operation]:
    return [
        verb("POST", "/customers", AddCustomer, right=WRITE, result=CustomerAnswer, status=201, example=EXAMPLE),
        verb(
            "POST", "/customers/{customer}", ChangeCustomer, right=WRITE, result=CustomerAnswer,
            example={"phone": "+31 6 0000 1234", "terms_days": 30},
        ),
        verb(
            "POST", "/customers/{customer}/merge", MergeCustomer, right=WRITE, result=CustomerAnswer,
            example={"into": "10042"},
        ),
        verb("POST", "/customers/{customer}/split", SplitCustomer, right=WRITE, result=CustomerAnswer),
        verb(
            "POST", "/customers/{customer}/erase", EraseCustomer, right=WRITE, result=CustomerErasureAnswer,
            body=Erasure, prepare=_with_what_is_known,
        ),
        verb(
            "POST", "/portal_accounts/{portal_account}/erase", ErasePortalAccount, right=WRITE,
            result=PortalAccountErasureAnswer,
        ),
        read(
            "/customers/{customer}/personal_data", _personal_data, name="get_personal_data", right=WRITE,
            result=PersonalDataAnswer,
            summary="Everything that is kept of a customer and who was merged with them, as JSON.",
        ),
        verb(
            "POST", "/customers/{customer}/addresses", AddAddress, right=WRITE, result=AddressAnswer, status=201,
            example=ADDRESS,
        ),
        queried("/customers", _listed, right=READ, result=CustomerAnswer, filters=FILTERS),
        one(
            "/customers/{customer}", CUSTOMERS, kind="customer", right=READ, result=CustomerAnswer, shown=_customers,
        ),
    ]  # fmt: skip


def _with_what_is_known(ask: Erasure, face: Face) -> tuple[EraseCustomer, Callable[[bytes], bytes]]:
    """What orders and invoices stand in the way, or have to be kept, is looked up beforehand."""
    with face.app.database.reading() as connection:
        known = found_now(connection, ask.customer, face.app.clock.now())
    return EraseCustomer(ask.customer, known), lambda body: body


def _personal_data(look: Look) -> Mapping[str, Any]:
    return personal_data(look.connection, look.path["customer"])


def _listed(connection: Connection, **asked: Any) -> dict[str, Any]:
    found = listed(connection, **asked)
    return {**found, "data": [shown(each["row"]) for each in found["data"]]}


def _customers(_: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [shown(row) for row in rows]
