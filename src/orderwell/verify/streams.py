"""Reading long tables row by row, and walking two of them side by side."""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

CHUNK = 5_000


def stream(connection: Connection, sql: str) -> Iterator[Any]:
    """The rows of a query without holding them all."""
    options = {"stream_results": True, "max_row_buffer": CHUNK}
    result = connection.execute(sa.text(sql), execution_options=options)
    for chunk in result.partitions(CHUNK):
        yield from chunk


class Stream:
    """Groups of rows in order of their keys, looked at one ahead."""

    def __init__(self, groups: Iterable[tuple[Any, Iterable[Any]]]) -> None:
        self._groups = iter(groups)
        self.key: Any
        self._rows: Iterable[Any]
        self._next()

    def _next(self) -> None:
        self.key, self._rows = next(self._groups, (None, ()))

    def at(self, key: Any) -> bool:
        return self.key is not None and bool(self.key == key)

    def before(self, key: Any) -> bool:
        """Whether the group at hand comes before `key`; None stands for the end."""
        return self.key is not None and (key is None or bool(self.key < key))

    @property
    def group(self) -> Iterator[Any]:
        """The rows of the group at hand; afterwards the next one is at hand."""
        yield from self._rows
        self._next()
