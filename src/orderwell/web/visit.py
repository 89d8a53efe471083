"""Who is here and what they ask: what a page is given to gather what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from ..business.model import Business
from ..kit.calls import Call
from ..kit.database import Database
from ..kit.writer import Writer
from ..values.calendar import day_of
from ..values.ids import parse, show


class Viewer(NamedTuple):
    """A person who is signed in, what they may do, and how they want it."""

    person_id: int
    session_id: int
    name: str
    email: str
    roles: tuple[str, ...]
    rights: frozenset[str]
    preferences: Mapping[str, str]

    @property
    def actor(self) -> str:
        """For the audit trail."""
        return show("person", self.person_id)

    def may(self, *rights: str) -> bool:
        return self.rights.issuperset(rights)


class Buyer(NamedTuple):
    """Somebody of a customer who is signed in to the portal, and what their browser keeps there."""

    account_id: int
    session_id: int
    customer_id: int
    name: str
    email: str
    role: str
    origin: str  # where their browser sees the portal
    basket: Mapping[str, str]  # SKU → quantity, as it was put there
    preferences: Mapping[str, str]
    rights: frozenset[str] = frozenset()  # of the back-office: none, ever

    @property
    def actor(self) -> str:
        """For the audit trail."""
        return show("portal_account", self.account_id)


@dataclass(frozen=True, slots=True)
class Visit:
    """`query` and `path` hold short texts without control characters; everything else about them is unchecked."""

    connection: Connection
    database: Database
    viewer: Viewer | None
    house: Business | None
    path: Mapping[str, str]
    query: Mapping[str, str]
    now: int
    language: str
    fragment: str  # id of the element that is asked for; '' for the whole page
    buyer: Buyer | None  # in the portal; `viewer` is nobody there
    writer: Writer
    device: str = ""  # hash of what the browser is known by over several sessions

    @property
    def today(self) -> str:
        assert self.house is not None
        return day_of(self.now, self.house.time_zone)

    def may(self, *rights: str) -> bool:
        return self.viewer is not None and self.viewer.may(*rights)

    def rehearse(self, ask: Any) -> Any:
        """What a flow would answer now; nothing of it happens. Raises its refusal."""
        who = self.viewer or self.buyer
        return self.writer.call(Call(ask, actor=who.actor if who is not None else "", dry_run=True)).value()

    def ask(self, name: str, *, allowed: tuple[str, ...] = ()) -> str | None:
        """A query parameter; None where it is not there, empty, or none of the allowed ones."""
        value = self.query.get(name, "").strip()
        return value if value and (not allowed or value in allowed) else None

    def cursor(self, kind: str) -> str | None:
        """Where a page of a list begins: the id of a thing of this kind, or None for what is none."""
        text = self.ask("cursor")
        return text if text is not None and parse(kind, text) is not None else None


def plain_query(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """What a query may hold: the first of each name, short, printable. A page never fails for what is in an address."""
    found: dict[str, Any] = {}
    for name, value in pairs[:100]:
        if len(name) <= 40 and len(value) <= 2_000 and value.isprintable():
            found.setdefault(name, value)
    return found
