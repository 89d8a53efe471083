"""A check, what it found, and the report of all of them."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

SHOWN = 50  # breaks of one code that a report holds in full; the rest is counted


class Break(NamedTuple):
    """One thing that does not add up: a stable code, a sentence for people, and the row it is about."""

    code: str
    sentence: str
    where: str


class Check(NamedTuple):
    """A query that returns a row for each break. The sentence and `where` are filled in from its columns."""

    code: str
    sentence: str
    where: str
    sql: str

    def breaks(self, connection: Connection) -> Iterator[Break]:
        for row in connection.execute(sa.text(self.sql)).mappings():
            facts = dict(row)
            yield Break(self.code, self.sentence.format(**facts), self.where.format(**facts))


class Report:
    """All breaks by code; those beyond the first of a code are only counted."""

    def __init__(self) -> None:
        self.breaks: list[Break] = []
        self.counts: dict[str, int] = {}
        self.facts: dict[str, int] = {}  # how much was looked at

    @property
    def clean(self) -> bool:
        return not self.counts

    @property
    def codes(self) -> set[str]:
        return set(self.counts)

    def add(self, found: Iterable[Break]) -> None:
        for each in found:
            seen = self.counts.get(each.code, 0)
            self.counts[each.code] = seen + 1
            if seen < SHOWN:
                self.breaks.append(each)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "object": "verification",
            "clean": self.clean,
            "checked": self.facts,
            "breaks": [each._asdict() for each in self.breaks],
            "counts": self.counts,
        }
