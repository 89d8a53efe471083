"""The picture: what a batch of requests sees and changes, and each request's own overlay on it (`Tx`).

A flow asks for rows through its `Tx`. What is not in the picture yet raises `Missing`, which only the writer catches:
it loads what all waiting flows miss with one statement per table and runs them again. So flows read like ordinary
code, and a batch of 64 costs as many statements as a batch of one. What a flow writes goes to its overlay, which is
laid over the picture when the flow succeeds and thrown away when it is refused.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .tables import Group, Table

R = TypeVar("R", bound=tuple[Any, ...])


class Missing(Exception):
    """Raised to stop a flow until the rows it asked for are loaded. Flows must not catch it."""


_NOTHING: Any = object()


class Picture:
    """The rows of one batch: as loaded, then as changed by the requests that succeeded so far."""

    def __init__(self) -> None:
        self.rows: dict[Table[Any], dict[Any, Any]] = defaultdict(dict)
        self.members: dict[Group[Any], dict[Any, list[Any]]] = defaultdict(dict)
        self.loaded_versions: dict[Table[Any], dict[Any, int]] = defaultdict(dict)
        self.wanted: dict[Table[Any] | Group[Any], set[Any]] = defaultdict(set)
        self.added: dict[Table[Any], dict[Any, None]] = defaultdict(dict)
        self.changed: dict[Table[Any], dict[Any, None]] = defaultdict(dict)
        self.appended: dict[Table[Any], list[Any]] = defaultdict(list)
        self.guesses: list[tuple[dict[Any, Any], Any, Any]] | None = None

    @property
    def wrote(self) -> bool:
        return bool(self.added or self.changed or self.appended)

    def guess(self) -> None:
        """From now on what settles is only a guess, to find out what later requests will miss; see `take_back`."""
        self.guesses = []

    def take_back(self) -> None:
        """Undo all guesses."""
        for shelf, key, before in reversed(self.guesses or ()):
            if before is _NOTHING:
                del shelf[key]
            else:
                shelf[key] = before
        self.guesses = None

    def lay(self, shelf: dict[Any, Any], values: dict[Any, Any]) -> None:
        if self.guesses is not None:
            self.guesses.extend((shelf, key, shelf.get(key, _NOTHING)) for key in values)
        shelf.update(values)

    def want(self, source: "Table[Any] | Group[Any]", key: Any) -> None:
        """Ask for a row (by table) or for rows (by group) to be loaded with the next round."""
        if isinstance(source, Table):
            if key not in self.rows[source]:
                self.wanted[source].add(key)
        elif key not in self.members[source]:
            self.wanted[source].add(key)

    def take(self, table: Table[R], rows: Iterable[R]) -> list[R]:
        """Hang loaded rows up. A row that is already here stays as it is: it may have been changed since."""
        shelf = self.rows[table]
        versions = self.loaded_versions[table] if table.lock else None
        taken = []
        for row in rows:
            key = table.key_of(row)
            if shelf.get(key) is None:
                shelf[key] = row
                if versions is not None and table.version_at is not None:
                    versions[key] = row[table.version_at]
            taken.append(row)
        return taken

    def take_members(self, group: Group[R], keys: set[Any], rows: Iterable[R]) -> None:
        members = self.members[group]
        for key in keys:
            members[key] = []
        table = group.table
        for row in sorted(self.take(table, rows), key=table.key_of):
            members[group.key_of(row)].append(table.key_of(row))
        for key in (*self.added[table], *self.changed[table]):  # written by this batch before the group was loaded
            row = self.rows[table][key]
            listed = members.get(group.key_of(row)) if group.keep is None or group.keep(row) else None
            if listed is not None and group.key_of(row) in keys and key not in listed:
                listed.append(key)


class Tx:
    """One request's view: the picture, and over it what this request has written so far."""

    __slots__ = ("_added", "_appended", "_base", "_changed", "_drawn", "_fresh_id", "_ids", "_members", "_picture",
                 "_touched", "actor", "cause", "now", "request_id")  # fmt: skip

    def __init__(
        self, picture: Picture, *, now: int, actor: str, request_id: str, ids: list[int], new_id: Callable[[], int]
    ) -> None:
        self._picture = picture
        self._base = picture.rows
        self._changed: dict[Table[Any], dict[Any, Any]] = {}
        self._added: dict[Table[Any], dict[Any, None]] = {}
        self._appended: dict[Table[Any], list[Any]] = {}
        self._members: dict[Group[Any], dict[Any, list[Any]]] = {}
        self._touched: dict[tuple[Table[Any], Any], None] = {}
        self._ids, self._drawn, self._fresh_id = ids, 0, new_id
        self.cause = self.new_id()  # id of the event that every row of history written by this request points to
        self.now, self.actor, self.request_id = now, actor, request_id

    # -- reading

    def get(self, table: Table[R], key: Any) -> R | None:
        """The row with this key, as this request would leave it; None when there is none."""
        if table in self._changed:
            row = self._changed[table].get(key)
            if row is not None:
                return row  # type: ignore[no-any-return]
        try:
            return self._base[table][key]  # type: ignore[no-any-return]
        except KeyError:
            for group in table.prefix_groups:  # all rows that begin so are here, and this is none of them
                if self._keys(group, key[0] if len(group.columns) == 1 else key[: len(group.columns)]) is not None:
                    return None
            self._picture.wanted[table].add(key)
            raise Missing from None

    def rows(self, group: Group[R], key: Any) -> list[R]:
        """All rows of a group, in order of their keys, as this request would leave them."""
        keys = self._keys(group, key)
        if keys is None:
            self._picture.wanted[group].add(key)
            raise Missing
        table = group.table
        rows = [row for each in keys if (row := self.get(table, each)) is not None]
        return [row for row in rows if group.keep(row)] if group.keep else rows

    def one(self, group: Group[R], key: Any) -> R | None:
        """The only row of a unique group, or None."""
        rows = self.rows(group, key)
        assert len(rows) <= 1, f"{group.table} {group.columns} {key} is not unique"
        return rows[0] if rows else None

    def need(self, source: "Table[Any] | Group[Any]", keys: Iterable[Any]) -> None:
        """Make sure that all of these are loaded, missing them together rather than one by one."""
        self.need_all((source, keys))

    def need_all(self, *wanted: "tuple[Table[Any] | Group[Any], Iterable[Any]]") -> None:
        """The same for several tables and groups at once: one round for all of them."""
        short = False
        for source, keys in wanted:
            if isinstance(source, Table):
                here, mine = self._base[source], self._changed.get(source, ())
            else:
                here, mine = self._picture.members[source], self._members.get(source, ())
            missing = [key for key in keys if key not in here and key not in mine]
            if missing:
                self._picture.wanted[source].update(missing)
                short = True
        if short:
            raise Missing

    def _keys(self, group: Group[Any], key: Any) -> list[Any] | None:
        mine = self._members.get(group)
        if mine is not None and key in mine:
            return mine[key]
        return self._picture.members[group].get(key)

    # -- writing

    def new_id(self) -> int:
        """A new id. A flow that is run again gets the same ones, so that it may look for what it made itself."""
        if self._drawn == len(self._ids):
            self._ids.append(self._fresh_id())
        self._drawn += 1
        return self._ids[self._drawn - 1]

    def add(self, table: Table[R], row: R) -> R:
        """A new row that this or a later request may read or change."""
        key = table.key_of(row)
        if table in self._added:
            self._added[table][key] = None
            self._changed[table][key] = row
        else:
            self._added[table] = {key: None}
            self._changed.setdefault(table, {})[key] = row
        for group in table.groups:
            if group.keep is None or group.keep(row):
                self._enlist(group, group.key_of(row), key)
        if table.root_of is not None:
            self._touch(table.root_table, table.root_of(row))
        for group in table.child_groups:
            self._members.setdefault(group, {})[key] = []
        return row

    def put(self, table: Table[R], row: R) -> R:
        """The row with the same key, changed. Raises the version of its root (or its own) once per request."""
        assert not table.append_only, f"{table} is append-only"
        key = table.key_of(row)
        if table.root_of is not None:
            self._touch(table.root_table, table.root_of(row))
        elif table.version_at is not None:
            self._touched[table, key] = None
            if key not in self._added.get(table, ()):
                row = self._raised(table, key, row)
        try:
            self._changed[table][key] = row
        except KeyError:
            self._changed[table] = {key: row}
        for group in table.partial_groups:  # a change may bring a row into these; into the others nothing can
            if group.keep(row):  # type: ignore[misc]
                where = group.key_of(row)
                if key not in (self._keys(group, where) or ()):
                    self._enlist(group, where, key)
        return row

    def append(self, table: Table[R], row: R) -> None:
        """A row of history: nobody reads it in this batch, nobody ever changes it."""
        try:
            self._appended[table].append(row)
        except KeyError:
            self._appended[table] = [row]

    def count(self, table: Table[Any]) -> int:
        """How many rows of history this request has appended: the next row's number within its cause."""
        return len(self._appended.get(table, ()))

    def appended(self, table: Table[R]) -> list[R]:
        """The rows of history that this request has added so far to a table."""
        return self._appended.get(table, [])

    def history(self) -> list[tuple[Table[Any], list[Any]]]:
        """All rows of history that this request has added, by table in the fixed order."""
        found = dict(self._appended)
        for table, keys in self._added.items():
            if table.append_only:
                found[table] = [self._changed[table][key] for key in keys]
        return sorted(found.items(), key=lambda item: item[0].position)

    @property
    def wrote(self) -> bool:
        return bool(self._changed or self._appended)

    def _enlist(self, group: Group[Any], where: Any, key: Any) -> None:
        """Put a key on the list of a group, if the list is loaded: else it is found when it is."""
        mine = self._members.get(group)
        if mine is not None and where in mine:
            mine[where].append(key)
            return
        listed = self._picture.members[group].get(where)
        if listed is not None:
            self._members.setdefault(group, {})[where] = [*listed, key]

    def _touch(self, table: Table[Any], key: Any) -> None:
        if (table, key) not in self._touched:
            row = self.get(table, key)
            assert row is not None, f"{table} {key} is a root and must be there"
            self._touched[table, key] = None
            if key not in self._added.get(table, ()):
                self._changed.setdefault(table, {})[key] = self._raised(table, key, row)

    def _raised(self, table: Table[R], key: Any, row: R) -> R:
        """The row, one version above the one this request found: however often it writes, from however old a copy."""
        at = table.version_at
        assert at is not None
        version = self._base[table][key][at] + 1
        return row if row[at] == version else table.make((*row[:at], version, *row[at + 1 :]))

    def settle(self) -> None:
        """Lay this overlay over the picture: the request succeeded. Only the writer calls it."""
        picture = self._picture
        for table, rows in self._changed.items():
            picture.lay(picture.rows[table], rows)
            if added := self._added.get(table):
                picture.lay(picture.added[table], added)
            known = picture.added[table]
            if changed := {key: None for key in rows if key not in known}:
                picture.lay(picture.changed[table], changed)
        for group, members in self._members.items():
            picture.lay(picture.members[group], members)
        if picture.guesses is not None:
            return
        for table, appended in self._appended.items():
            picture.appended[table].extend(appended)
