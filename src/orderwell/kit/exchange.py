"""What passes between a picture and the database: rows that are missed, locks on what was decided on, what has changed.

One statement a table, and as few round trips as can be: what is asked together is sent together.
"""

from collections.abc import Iterable
from typing import Any

from .picture import Picture
from .session import Reader, Rows, Session, Source, TryAgain, table_of
from .tables import Table

Locked = dict[Table[Any], dict[Any, int]]  # the versions that rows had when they were locked


def load(session: Reader, picture: Picture) -> None:
    """Hang up all that is wanted.

    A row is never read before the root that stands for it, whose version says how old both are: read after it the row
    can only be newer, and then the root is not as it was when it is locked. So roots go first; where rows lead to roots
    that nobody has named, these are read and all that is not yet hung up is read again.
    """
    wanted = dict(picture.wanted)
    picture.wanted.clear()
    if session.locks:
        for source, keys in list(wanted.items()):
            _add_roots(wanted, picture, source, _roots_named(source, keys))
    pending = sorted(wanted.items(), key=_roots_first)
    while pending:
        loaded = session.load([(source, in_key_order(keys)) for source, keys in pending])
        pending = _hang_up(picture, pending, loaded, by_roots=session.locks)


def _hang_up(
    picture: Picture, wanted: list[tuple[Source, set[Any]]], loaded: list[Rows], *, by_roots: bool
) -> list[tuple[Source, set[Any]]]:
    """Returns what has to be read again, behind the roots it turned out to have."""
    for n, ((source, keys), rows) in enumerate(zip(wanted, loaded, strict=True)):
        if by_roots and _roots_missing(picture, source, rows):
            again: dict[Source, set[Any]] = dict(wanted[n:])
            for (each, _), found in zip(wanted[n:], loaded[n:], strict=True):
                _add_roots(again, picture, each, _roots_missing(picture, each, found))
            return sorted(again.items(), key=_roots_first)
        if isinstance(source, Table):
            picture.take(source, rows)
            shelf = picture.rows[source]
            for key in keys:
                shelf.setdefault(key, None)
        else:
            picture.take_members(source, keys, rows)
    return []


def _add_roots(wanted: dict[Source, set[Any]], picture: Picture, source: Source, roots: set[Any]) -> None:
    missing = roots - picture.rows[table_of(source).root_table].keys() if roots else roots
    if missing:
        root = table_of(source).root_table
        wanted[root] = wanted.get(root, set()) | missing


def _roots_named(source: Source, keys: set[Any]) -> set[Any]:
    """The keys of the roots, where what is asked for begins with them."""
    table, columns = (source, source.key) if isinstance(source, Table) else (source.table, source.columns)
    if table.root is None or columns[0] != table.root[1]:
        return set()
    return set(keys) if len(columns) == 1 else {key[0] for key in keys}


def _roots_missing(picture: Picture, source: Source, rows: Rows) -> set[Any]:
    table = table_of(source)
    if table.root_of is None or not rows:
        return set()
    return set(map(table.root_of, rows)) - picture.rows[table.root_table].keys()


def _roots_first(item: tuple[Source, set[Any]]) -> tuple[bool, bool, int]:
    """Rows of tables that are nobody's part, then the rest; rows before groups."""
    source, _ = item
    return table_of(source).root is not None, not isinstance(source, Table), table_of(source).position


def lock(session: Session, picture: Picture, locked: Locked) -> bool:
    """Lock what was decided on, table by table and key by key; whether it is still as it was read.

    The order of locking is the same everywhere, so two processes cannot wait for each other. A row that turns up
    late, when tables behind it are locked already, drops the transaction unless it can go at the end of the line.
    """
    wanted: list[tuple[Table[Any], list[Any]]] = []
    last = max((table.position for table in locked), default=-1)
    for table, versions in sorted(picture.loaded_versions.items(), key=lambda item: item[0].position):
        keys = set(versions) if table.lock == "read" else set(versions) & set(picture.changed[table])
        new = sorted(keys - locked.get(table, {}).keys())
        if not new:
            continue
        if last > table.position or (table in locked and max(locked[table]) > new[0]):
            raise TryAgain(f"{table}: found late")
        wanted.append((table, new))
    same = True
    for (table, found), now in zip(wanted, session.lock(wanted), strict=True):
        locked.setdefault(table, {}).update(now)
        versions = picture.loaded_versions[table]
        same = same and all(now.get(key) == versions[key] for key in found)
    return same


def again(picture: Picture) -> Picture:
    """A fresh picture that will load at once all that the last one held."""
    fresh = Picture()
    for table, rows in picture.rows.items():
        if keys := set(rows) - picture.added[table].keys():
            fresh.wanted[table] = keys
    for group, members in picture.members.items():
        if members:
            fresh.wanted[group] = set(members)
    return fresh


def write(session: Session, picture: Picture) -> None:
    """Send all that the requests of this batch have added and changed."""
    added = {table: [picture.rows[table][key] for key in keys] for table, keys in picture.added.items() if keys}
    for table, rows in added.items():
        if not session.locks:
            continue
        rows.sort(key=table.key_of)  # two processes adding the same must not wait for each other in a ring
        for group in table.groups:
            if group.unique:
                rows.sort(key=lambda row, group=group: repr(group.key_of(row)))  # type: ignore[misc]
    for table, history in picture.appended.items():
        added[table] = [*added.get(table, ()), *history]
    freeing, changed = [], []
    for table, keys in picture.changed.items():
        rows = [picture.rows[table][key] for key in sorted(keys)]
        left = [row for row in rows if not all(keep(row) for keep in table.unique_while)] if table.unique_while else []
        freeing.append((table, left))  # out of a group in which a row that is added may take its place
        changed.append((table, [row for row in rows if row not in left] if left else rows))
    session.write(_in_order(freeing), _in_order(added.items()), _in_order(changed))


def _in_order(batch: Iterable[tuple[Table[Any], list[Any]]]) -> list[tuple[Table[Any], list[Any]]]:
    return sorted(((table, rows) for table, rows in batch if rows), key=lambda item: item[0].position)


def in_key_order(keys: Iterable[Any]) -> list[Any]:
    """Keys in an order that does not depend on chance; those with NULLs in them too, which find nothing."""
    listed = list(keys)
    try:
        return sorted(listed)
    except TypeError:
        return sorted(listed, key=repr)
