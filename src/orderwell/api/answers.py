"""What answers look like, for the API's description. Answers may grow members: callers must pass over unknown ones."""

from typing import Any, NotRequired

from pydantic import ConfigDict
from typing_extensions import TypedDict


class Answer(TypedDict):
    """What there is now. `object` says what it is."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]

    object: str


class Noun(Answer):
    """A thing with an id."""

    id: str


class Page(Answer):
    """One page; `next_cursor` is the `cursor` of the one after it."""

    data: list[dict[str, Any]]
    has_more: bool
    next_cursor: str | None


class OrderLine(TypedDict):
    """Quantities and unit prices are decimal strings; amounts are whole minor units of the order's currency."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]

    line: int
    sku: Any  # an id, or the SKU itself where it was expanded
    description: str
    quantity: str
    unit_price: str
    discount: int
    net: int
    tax: int
    units: dict[str, str]


class OrderAnswer(Noun):
    """An order as it is now. `units` of its lines say where each unit is."""

    version: int
    reference: str
    channel: str
    customer: Any  # an id, null for a guest, or the customer where it was expanded
    status: str
    fulfilment_status: str
    payment_status: NotRequired[str]  # where the order is looked up: computed from amounts of other records as well
    currency: str
    basis: str
    net: int
    tax: int
    gross: int
    discount: int
    placed_at: str | None
    placed_on: str | None
    expires_at: str | None
    lines: list[OrderLine]


class OrderPage(Page):
    data: list[OrderAnswer]  # type: ignore[misc]


class EventAnswer(Noun):
    """Something that happened. `data` holds ids and facts, never personal data."""

    type: str
    at: str
    subject: str
    subject_id: str | None
    actor: str
    request_id: str
    data: dict[str, Any]


class EventPage(Page):
    data: list[EventAnswer]  # type: ignore[misc]


class PersonAnswer(Noun):
    version: int
    name: str
    email: str
    status: str
    roles: list[str]
    created_at: str


class RoleAnswer(Noun):
    version: int
    code: str
    name: str
    rights: list[str]
    created_at: str


class KeyAnswer(Noun):
    """`secret` is there once: in the answer that made the key."""

    version: int
    name: str
    person: str | None
    role: str | None
    scopes: list[str]
    mode: str
    hint: str
    created_at: str
    created_by: str
    expires_at: str | None
    revoked_at: str | None


class BatchItem(TypedDict):
    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]

    status: int
    body: dict[str, Any]


class BatchAnswer(Answer):
    """One answer per operation, in their order: a status, and the body or the problem."""

    data: list[BatchItem]


class ClockAnswer(Answer):
    now: str


class ProblemField(TypedDict):
    pointer: str
    code: str
    detail: str


class ProblemAnswer(TypedDict):
    """RFC 9457. `code` is stable; `errors` names every field that is wrong."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    retryable: bool
    errors: list[ProblemField]
