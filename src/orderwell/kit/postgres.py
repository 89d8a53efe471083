"""Writing to PostgreSQL: one connection among several. What decisions rest on is locked late, in one fixed order."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from . import faults
from .errors import Unavailable
from .sentences import Sentence
from .session import Batch, Collided, CommitUnknown, Keys, Lost, Rejected, Rows, Source, TryAgain, columns_of, table_of
from .tables import Table

if TYPE_CHECKING:
    from .database import Database

LOCK_TIMEOUT, STATEMENT_TIMEOUT = "10s", "60s"
# What SET LOCAL does, as a statement that can be prepared: for this transaction and no longer.
BEGUN = (
    "SELECT set_config('search_path', %s, true), set_config('lock_timeout', %s, true),"
    " set_config('statement_timeout', %s, true)"
)


class PostgresSession:
    """A writing connection among several. Rows that decisions rest on are locked late, in one fixed order."""

    locks = True

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._sql: dict[Any, str] = {}
        self._begun = False
        self._connect()

    def _connect(self) -> None:
        import psycopg

        logging.getLogger("psycopg").setLevel(logging.ERROR)  # a pipeline that a poisoned row aborted is no news
        self._psycopg = psycopg
        url = self._database.url
        try:
            self._connection = psycopg.connect(
                url.set(drivername="postgresql").render_as_string(hide_password=False),
                autocommit=True,  # BEGIN and COMMIT are said by hand
                prepare_threshold=1,
                connect_timeout=5,
            )
        except psycopg.OperationalError as error:
            raise Lost(str(error)) from error

    def begin(self) -> None:
        """Nothing is sent yet: BEGIN goes out with what is read first."""
        if self._connection.closed:
            self._connect()
        self._begun = False

    def commit(self) -> None:
        try:
            faults.point("commit.before")
            self._connection.execute("COMMIT")
            faults.point("commit.after")
        except (self._psycopg.Error, faults.Injected) as error:
            self._connection.close()
            if (getattr(error, "sqlstate", None) or "").startswith("40"):
                raise TryAgain(str(error)) from error
            raise CommitUnknown(str(error)) from error

    def rollback(self) -> None:
        try:
            if self._begun and not self._connection.closed:
                self._connection.execute("ROLLBACK")
        except self._psycopg.Error:
            self._connection.close()

    def close(self) -> None:
        self._connection.close()

    def load(self, wanted: Sequence[tuple[Source, Keys]]) -> list[Rows]:
        with self._one_round_trip():
            cursors = [self._load(source, keys) for source, keys in wanted]
        return [
            list(map(table_of(source).make, cursor.fetchall()))
            for (source, _), cursor in zip(wanted, cursors, strict=True)
        ]

    def _load(self, source: Source, keys: Keys) -> Any:
        table, columns, where = columns_of(source)
        if source not in self._sql:
            listed = ", ".join(f"t.{column}" for column in table.columns)
            self._sql[source] = (
                f"SELECT {listed} FROM {keyed(table, columns)} JOIN {table.name} t ON "
                + " AND ".join(f"t.{column} = k.{column}" for column in columns)
                + (f" AND t.{where}" if where else "")
            )
        return self._run(self._sql[source], arrays(table, columns, _tuples(keys, columns)), binary=True)

    def lock(self, wanted: Sequence[tuple[Table[Any], Keys]]) -> list[dict[Any, int]]:
        """Lock rows, table by table in order of their keys; the versions they have now, not those that were read."""
        if not wanted:
            return []
        with self._one_round_trip():
            cursors = [self._lock(table, keys) for table, keys in wanted]
        return [{(row[0] if len(row) == 2 else row[:-1]): row[-1] for row in cursor.fetchall()} for cursor in cursors]

    def _lock(self, table: Table[Any], keys: Keys) -> Any:
        if ("lock", table) not in self._sql:
            listed = ", ".join(f"t.{column}" for column in table.key)
            matched = " AND ".join(f"t.{column} = k.{column}" for column in table.key)
            self._sql["lock", table] = (
                f"SELECT {listed}, t.version FROM {keyed(table, table.key)} JOIN {table.name} t ON {matched}"
                f" ORDER BY {listed} FOR NO KEY UPDATE OF t"  # rows that point to these may be added meanwhile
            )
        return self._run(self._sql["lock", table], arrays(table, table.key, _tuples(keys, table.key)), binary=True)

    def write(self, freeing: Batch, added: Batch, changed: Batch) -> None:
        faults.point("write.before")
        with self._one_round_trip():
            checks = [self._change(table, rows) for table, rows in freeing]
            for table, rows in added:
                self._run(self._insert(table), arrays(table, table.columns, rows))
            checks += [self._change(table, rows) for table, rows in changed]
        for table, wanted, cursor in checks:
            assert cursor.rowcount == wanted, f"{table}: {cursor.rowcount} of {wanted} rows were there to change"

    def _change(self, table: Table[Any], rows: Rows) -> tuple[Table[Any], int, Any]:
        return table, len(rows), self._run(self._update(table), arrays(table, table.columns, rows))

    def _insert(self, table: Table[Any]) -> str:
        if ("insert", table) not in self._sql:
            columns = ", ".join(table.columns)
            self._sql["insert", table] = (
                f"INSERT INTO {table.name} ({columns}) SELECT * FROM {unnest(table, table.columns)}"
            )
        return self._sql["insert", table]

    def _update(self, table: Table[Any]) -> str:
        if ("update", table) not in self._sql:
            values = ", ".join(f"{column} = k.{column}" for column in table.columns if column not in table.key)
            matched = " AND ".join(f"t.{column} = k.{column}" for column in table.key)
            self._sql["update", table] = (
                f"UPDATE {table.name} t SET {values} FROM {keyed(table, table.columns)} WHERE {matched}"
            )
        return self._sql["update", table]

    @contextmanager
    def _one_round_trip(self) -> Iterator[None]:
        """Statements are sent one after the other, their answers read at the end."""
        try:
            with self._connection.pipeline():
                if not self._begun:
                    self._run("BEGIN")
                    self._run(BEGUN, [self._database.schema, LOCK_TIMEOUT, STATEMENT_TIMEOUT])
                    self._begun = True
                yield
        except Exception as error:
            try:
                if isinstance(error, self._psycopg.Error):
                    self._failed(error)
                raise
            finally:
                self._connection.close()  # it believes that statements are prepared that never were

    def _run(self, sql: str, values: Sequence[Any] | None = None, *, binary: bool = False) -> Any:
        self._database.statements += 1
        try:
            return self._connection.execute(sql, values, binary=binary)
        except (self._psycopg.Error, UnicodeEncodeError) as error:
            self._failed(error)

    def _failed(self, error: Exception) -> NoReturn:
        state = getattr(error, "sqlstate", None) or ""
        if self._connection.closed or state.startswith(("08", "57P")):
            self._connection.close()
            raise Lost(str(error)) from error
        if state in ("40001", "40P01", "55P03") or (state == "XX000" and "could not commit" in str(error)):
            raise TryAgain(str(error)) from error
        if state.startswith("53"):
            raise Unavailable(Sentence("the database has run out of room: {error}", error=str(error))) from error
        if state == "23505":
            raise Collided(str(error)) from error
        raise Rejected(str(error)) from error


def unnest(table: Table[Any], columns: Sequence[str]) -> str:
    kinds = {column: "bigint[]" if column in table.whole else "text[]" for column in columns}
    return f"unnest({', '.join(f'%s::{kinds[column]}' for column in columns)})"


def keyed(table: Table[Any], columns: Sequence[str]) -> str:
    return f"{unnest(table, columns)} AS k({', '.join(columns)})"


def arrays(table: Table[Any], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Any]:
    """Rows as one array per column, each as its text: one string is many times quicker to send than a list."""
    whole = table.whole
    return [
        "{" + ",".join(map(str, values)).replace("None", "NULL") + "}" if column in whole else _text_array(values)
        for column, values in zip(columns, zip(*rows, strict=True), strict=True)
    ]


def _text_array(values: Sequence[str | None]) -> str:
    """Texts as PostgreSQL writes an array of them: each in quotes, with backslashes before quotes and backslashes."""
    if None not in values:
        joined = '","'.join(values)  # type: ignore[arg-type]
        if "\\" not in joined and joined.count('"') == 2 * len(values) - 2:
            return f'{{"{joined}"}}'
    quoted = ["NULL" if text is None else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in values]
    return "{" + ",".join(quoted) + "}"


def _tuples(keys: Keys, columns: Sequence[str]) -> Iterable[Sequence[Any]]:
    return ((key,) for key in keys) if len(columns) == 1 else keys
