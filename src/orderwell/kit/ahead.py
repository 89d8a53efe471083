"""Reading as if the batch before had been committed already: what lets the next one be prepared in the meantime."""

from collections.abc import Sequence
from typing import Any

from .picture import Picture
from .session import Keys, Reader, Rows, Source
from .tables import Group, Table


class Ahead:
    """A reader over the picture of a batch that is being committed.

    What that batch has read or written is taken from its picture, everything else from the database, which may or may
    not show the commit yet: either way the picture is right. If the commit fails, what was prepared on this is void.
    The picture is another thread's to write down; here it is only read.
    """

    def __init__(self, session: Reader, before: Picture) -> None:
        self._session, self._before = session, before
        self.locks = session.locks

    def load(self, wanted: Sequence[tuple[Source, Keys]]) -> list[Rows]:
        found: list[list[Any]] = []
        asked: list[tuple[int, Source, list[Any]]] = []
        for n, (source, keys) in enumerate(wanted):
            rows, left = self._known(source, keys)
            found.append(rows)
            if left:
                asked.append((n, source, left))
        if asked:
            loaded = self._session.load([(source, left) for _, source, left in asked])
            for (n, source, left), more in zip(asked, loaded, strict=True):
                found[n].extend(more if isinstance(source, Table) else self._brought_up(source, set(left), more))
        return [*found]

    def _known(self, source: Source, keys: Keys) -> tuple[list[Any], list[Any]]:
        """Rows that the batch before holds, and the keys of those it does not."""
        rows: list[Any] = []
        left: list[Any] = []
        if isinstance(source, Table):
            shelf = self._before.rows.get(source, {})
            for key in keys:
                if key in shelf:
                    rows.append(shelf[key])
                else:
                    left.append(key)
            return [row for row in rows if row is not None], left
        members, shelf = self._before.members.get(source, {}), self._before.rows.get(source.table, {})
        for key in keys:
            if key in members:
                rows += [shelf[each] for each in members[key]]
            else:
                left.append(key)
        return _kept(source, rows), left

    def _brought_up(self, group: Group[Any], keys: set[Any], rows: Rows) -> list[Any]:
        """Rows of a group as they are after the batch before, with those that it brought in."""
        table, before = group.table, self._before
        shelf = before.rows.get(table, {})
        now = {table.key_of(row): row for row in rows}
        now |= {key: shelf[key] for key in now if shelf.get(key) is not None}
        for key in (*before.added.get(table, ()), *before.changed.get(table, ())):
            if group.key_of(shelf[key]) in keys:
                now[key] = shelf[key]
        return _kept(group, list(now.values()))


def _kept(group: Group[Any], rows: list[Any]) -> list[Any]:
    return rows if group.keep is None else [row for row in rows if group.keep(row)]
