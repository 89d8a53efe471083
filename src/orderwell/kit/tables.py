"""Tables: a row type (NamedTuple) and its SQL table are declared once, in a capability's store.

Rows are immutable tuples in column order, so a row read is a row that can be written, and no two requests can share
a half-changed one. Columns hold only whole numbers and text: the same values on SQLite and on PostgreSQL.
"""

from collections.abc import Callable, Iterable
from functools import cached_property, partial
from operator import itemgetter
from types import NoneType, UnionType
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

import sqlalchemy as sa

R = TypeVar("R", bound=tuple[Any, ...])

METADATA = sa.MetaData()
TABLES: dict[str, "Table[Any]"] = {}
_new: Callable[..., Any] = tuple.__new__  # what `_make` calls, without a call of Python's in between

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # INTEGER PRIMARY KEY is the row's own id on SQLite


class Table(Generic[R]):
    """One table and how the writer treats it.

    lock: "read" locks every row a request has looked at before anything is decided on it for good; "write" only those
        it changes; None never (rows that are only added, or belong to a root). Locked tables have a `version` column,
        raised by one for each request that changes the row or something below it.
    root: (table name, column) of the row that stands for this one: it is locked, and its version raised, instead.
    append_only: rows are added and never changed; the database refuses anything else (see `kit.guards`).
    some: {column: SQL}: an index that holds only the rows of which this is true, for lists of what is still to be done.
        A query must say it in the same words. The others cost nothing.
    """

    def __init__(
        self,
        name: str,
        row: type[R],
        *,
        key: str | tuple[str, ...],
        lock: Literal["read", "write"] | None = None,
        root: tuple[str, str] | None = None,
        append_only: bool = False,
        references: dict[str, str] | None = None,
        unique: Iterable[tuple[str, ...]] = (),
        indexes: Iterable[tuple[str, ...]] = (),
        some: dict[str, str] | None = None,
        checks: Iterable[str] = (),
    ) -> None:
        assert name not in TABLES, name
        self.name, self.row, self.lock, self.root, self.append_only = name, row, lock, root, append_only
        self.columns: tuple[str, ...] = row._fields  # type: ignore[attr-defined]
        self.make: Callable[[Iterable[Any]], R] = partial(_new, row)  # `row._make`, which trusts the columns' number
        self.key = (key,) if isinstance(key, str) else key
        self.key_of: Callable[[tuple[Any, ...]], Any] = itemgetter(*map(self.columns.index, self.key))
        self.version_at = self.columns.index("version") if "version" in self.columns else None
        assert not lock or self.version_at is not None, f"{name} is locked and needs a version"
        self.kinds = _kinds(row)
        self.whole = frozenset(column for column, kind, _ in self.kinds if not isinstance(kind, sa.Text))
        self.groups: list[Group[R]] = []
        self.root_of = itemgetter(self.columns.index(root[1])) if root else None
        composite = len(self.key) > 1
        self.sa = sa.Table(
            name,
            METADATA,
            *(
                sa.Column(column, kind, primary_key=column in self.key, nullable=nullable, autoincrement=False)
                for column, kind, nullable in self.kinds
            ),
            *_foreign_keys(references or {}),
            *(sa.UniqueConstraint(*columns, name=f"uq_{name}_{'_'.join(columns)}") for columns in unique),
            *(sa.Index(f"ix_{name}_{'_'.join(columns)}", *columns) for columns in indexes),
            *(_index_of_some(name, column, where) for column, where in (some or {}).items()),
            *(sa.CheckConstraint(check, name=f"ck_{name}_{n}") for n, check in enumerate(checks)),
            sqlite_with_rowid=not composite,
        )
        self.c = self.sa.c
        self.position = -1  # in the order of locking and writing, see `in_order`
        TABLES[name] = self

    @cached_property
    def root_table(self) -> "Table[Any]":
        assert self.root is not None
        return TABLES[self.root[0]]

    @cached_property
    def child_groups(self) -> "list[Group[Any]]":
        """Groups of other tables by this table's key: nobody is in them when the row is new."""
        return [group for table in TABLES.values() for group in table.groups if group.of == self.name]

    @cached_property
    def partial_groups(self) -> "list[Group[R]]":
        """Groups that hold some rows only, which a change may bring others into."""
        return [group for group in self.groups if group.keep is not None]

    @cached_property
    def unique_while(self) -> list[Callable[[R], bool]]:
        """Conditions under which some columns of a row are unique, and may be used again when they no longer hold."""
        return [group.keep for group in self.groups if group.unique and group.keep is not None]

    @cached_property
    def prefix_groups(self) -> "list[Group[R]]":
        """Groups that hold every row whose key begins alike."""
        if len(self.key) == 1:
            return []
        return [each for each in self.groups if each.columns == self.key[: len(each.columns)] and not each.where]

    def group(
        self,
        *columns: str,
        unique: bool = False,
        of: str | None = None,
        where: str | None = None,
        keep: Callable[[R], bool] | None = None,
    ) -> "Group[R]":
        """Another way to find rows: by these columns (indexed unless the key begins with them).

        `where` (SQL) and `keep` (Python) say the same thing: which rows the group holds. `of` names the table whose
        key the column refers to, unless that is the root: a new row there needs no look here.
        """
        if of is None and self.root is not None and columns == (self.root[1],):
            of = self.root[0]
        return Group(self, columns, unique=unique, of=of, where=where, keep=keep)

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Group(Generic[R]):
    def __init__(
        self,
        table: Table[R],
        columns: tuple[str, ...],
        *,
        unique: bool,
        of: str | None,
        where: str | None,
        keep: Callable[[R], bool] | None,
    ) -> None:
        assert (where is None) == (keep is None)
        self.table, self.columns, self.unique, self.of, self.where, self.keep = table, columns, unique, of, where, keep
        self.key_of: Callable[[tuple[Any, ...]], Any] = itemgetter(*map(table.columns.index, columns))
        if columns != table.key[: len(columns)]:
            name = f"{'uq' if unique else 'ix'}_{table.name}_{'_'.join(columns)}{'_some' if where else ''}"
            some: dict[str, Any] = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)} if where else {}
            sa.Index(name, *(table.sa.c[column] for column in columns), unique=unique, **some)
        table.groups.append(self)


def in_order(names: Iterable[str]) -> None:
    """Fix the one order in which tables are locked and written, whatever order modules were imported in."""
    listed = list(names)
    assert sorted(listed) == sorted(TABLES), f"not in the list or not a table: {set(listed) ^ set(TABLES)}"
    for position, name in enumerate(listed):
        TABLES[name].position = position


def _kinds(row: type[Any]) -> list[tuple[str, Any, bool]]:
    """(column, SQL type, may be NULL) from the annotations; whole numbers and text only."""
    found = []
    for column, hint in get_type_hints(row).items():
        nullable = get_origin(hint) is UnionType
        if nullable:
            (hint,) = (each for each in get_args(hint) if each is not NoneType)
        while hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        assert hint in (int, str), f"{row.__name__}.{column}: only int and str are stored, not {hint}"
        found.append((column, WHOLE if hint is int else sa.Text(), nullable))
    return found


def _index_of_some(table: str, column: str, where: str) -> sa.Index:
    condition = sa.text(where)
    return sa.Index(f"ix_{table}_{column}_some", column, sqlite_where=condition, postgresql_where=condition)


def _foreign_keys(references: dict[str, str]) -> list[sa.ForeignKeyConstraint]:
    """{"order_id": "orders.id", "order_id,n": "order_lines.order_id,n"} as constraints."""
    made = []
    for columns, target in references.items():
        table, _, targets = target.partition(".")
        made.append(sa.ForeignKeyConstraint(columns.split(","), [f"{table}.{column}" for column in targets.split(",")]))
    return made


_POSITIONS: dict[type, dict[str, int]] = {}


def changed(row: R, **changes: int | str | None) -> R:
    """`row._replace(**changes)` at a quarter of its cost, for the paths that every line of every order takes."""
    kind = type(row)
    at = _POSITIONS.get(kind)
    if at is None:
        at = _POSITIONS[kind] = {name: n for n, name in enumerate(kind._fields)}  # type: ignore[attr-defined]
    values = list(row)
    for name, value in changes.items():
        values[at[name]] = value
    return _new(kind, values)  # type: ignore[no-any-return]
