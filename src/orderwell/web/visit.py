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
from ..values.ids import show


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
        actor = self.viewer.actor if self.viewer is not None else ""
        return self.writer.call(Call(ask, actor=actor, dry_run=True)).value()

    def ask(self, name: str, *, allowed: tuple[str, ...] = ()) -> str | None:
        """A query parameter; None where it is not there, empty, or none of the allowed ones."""
        value = self.query.get(name, "").strip()
        return value if value and (not allowed or value in allowed) else None


def plain_query(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """What a query may hold: the first of each name, short, printable. A page never fails for what is in an address."""
    found: dict[str, Any] = {}
    for name, value in pairs[:100]:
        if len(name) <= 40 and len(value) <= 2_000 and value.isprintable():
            found.setdefault(name, value)
    return found
