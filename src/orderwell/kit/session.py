"""The writer's connection as both engines give it, and what may go wrong on it."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from .tables import Group, Table

Keys = Iterable[Any]
Rows = Sequence[tuple[Any, ...]]
Batch = Sequence[tuple[Table[Any], Rows]]
Source = Table[Any] | Group[Any]


class CommitUnknown(Exception):
    """COMMIT was sent and no answer came: it may or may not have happened."""


class TryAgain(Exception):
    """The database dropped the transaction for reasons that go away: run it again from the start."""


class Lost(TryAgain):
    """The connection is gone; nothing was committed."""


class Rejected(Exception):
    """The database refuses these rows (a constraint, a value it cannot hold)."""


class Collided(Rejected):
    """Another process wrote the same key first. Whoever looks again will find it there."""


class Reader(Protocol):
    locks: bool  # whether other processes may write between reading and committing

    def load(self, wanted: Sequence[tuple[Source, Keys]]) -> list[Rows]: ...


class Session(Reader, Protocol):
    """The writer's connection: set-wise reading and writing inside one transaction, one statement per table."""

    def begin(self) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...
    def lock(self, wanted: Sequence[tuple[Table[Any], Keys]]) -> list[dict[Any, int]]: ...
    def write(self, freeing: Batch, added: Batch, changed: Batch) -> None: ...


def columns_of(source: Source) -> tuple[Table[Any], tuple[str, ...], str | None]:
    """The table of a source, the columns it is asked by, and the condition it has besides."""
    if isinstance(source, Table):
        return source, source.key, None
    return source.table, source.columns, source.where


def table_of(source: Source) -> Table[Any]:
    return source if isinstance(source, Table) else source.table
