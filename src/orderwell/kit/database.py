"""One database, two engines: opening it, the writer's session on it, reading from it. The only place that commits.

SQLite is opened in WAL with synchronous=FULL, always: with NORMAL a power cut loses acknowledged orders. On PostgreSQL
the schema is set for each transaction, so that one business is one schema and nothing depends on session state.
"""

import json
import logging
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NoReturn, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url

from . import faults
from .errors import Invalid, Unavailable
from .tables import Group, Table

Keys = Iterable[Any]
Rows = Sequence[tuple[Any, ...]]
Batch = Sequence[tuple[Table[Any], Rows]]

BUSY_SECONDS = 10
STATEMENT_TIMEOUT_MS = 60_000


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


class Session(Protocol):
    """The writer's connection: set-wise reading and writing inside one transaction, one statement per table."""

    locks: bool  # whether other processes may write between reading and committing

    def begin(self) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...
    def load(self, source: "Table[Any] | Group[Any]", keys: Keys) -> Rows: ...
    def lock(self, table: Table[Any], keys: Keys) -> dict[Any, int]: ...
    def write(self, added: Batch, changed: Batch) -> None: ...


class Database:
    """An opened database. `write_session` is for the writer alone; everybody else reads through `reading`."""

    def __init__(self, url: str, *, schema: str | None = None, pool_size: int = 10) -> None:
        self.url = _parse(url)
        self.kind: Literal["sqlite", "postgresql"] = "sqlite" if self.url.drivername == "sqlite" else "postgresql"
        if schema is not None and (self.kind == "sqlite" or not schema.isidentifier()):
            raise Invalid(f"--schema {schema}: a plain name, on PostgreSQL only")
        self.schema = schema or "public"
        if self.kind == "sqlite":
            self.path = Path(self.url.database or "")
            self.engine = sa.create_engine(
                self.url, connect_args={"timeout": BUSY_SECONDS}, pool_size=pool_size, pool_reset_on_return="rollback"
            )
            sa.event.listen(self.engine, "connect", _sqlite_connected)
        else:
            self.engine = sa.create_engine(self.url, pool_size=pool_size, max_overflow=0, pool_pre_ping=True)
            sa.event.listen(self.engine, "begin", self._set_schema)
        self.statements = 0  # by the writer's session, for the test that counts them

    def _set_schema(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL search_path TO {self.schema}")

    def write_session(self) -> Session:
        return SqliteSession(self) if self.kind == "sqlite" else PostgresSession(self)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection on one moment of the data that cannot write."""
        with self.engine.connect() as connection:
            if self.kind == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = ON")
                connection.exec_driver_sql("BEGIN")
                try:
                    yield connection
                finally:
                    connection.rollback()
                    connection.exec_driver_sql("PRAGMA query_only = OFF")
            else:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                yield connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """A transaction outside the writer: for migrations, jobs' leases and delivery state; never for business."""
        with self.engine.connect() as connection:
            if self.kind == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    def close(self) -> None:
        self.engine.dispose()


def _parse(text: str) -> URL:
    try:
        url = make_url(text)
    except sa.exc.ArgumentError:
        raise Invalid(f"{text!r} is no database URL; use sqlite:///path or postgresql://user@host/name") from None
    if url.drivername == "sqlite" and url.database:
        return url
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    raise Invalid(f"{text!r}: only sqlite:///path and postgresql://… are known")


def _sqlite_connected(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy and we say BEGIN ourselves
    sqlite_settings(connection)


def sqlite_settings(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS}000")
    connection.execute("PRAGMA cache_size = -65536")  # KiB
    connection.execute("PRAGMA temp_store = MEMORY")


class SqliteSession:
    """The one writing connection of the one writing process. BEGIN IMMEDIATE keeps others out, so no locks."""

    locks = False

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = sqlite3.connect(
            database.path, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False, cached_statements=512
        )
        sqlite_settings(self._connection)
        self._sql: dict[Any, str] = {}

    def begin(self) -> None:
        self._run("BEGIN IMMEDIATE")

    def commit(self) -> None:
        try:
            faults.point("commit.before")
            self._connection.execute("COMMIT")
            faults.point("commit.after")
        except (sqlite3.Error, faults.Injected) as error:
            self.rollback()
            raise CommitUnknown(str(error)) from error

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()

    def load(self, source: Table[Any] | Group[Any], keys: Keys) -> Rows:
        table, columns, where = _source(source)
        if source not in self._sql:
            listed = ", ".join(f"t.{column}" for column in table.columns)
            if len(columns) == 1:
                found = f"FROM {table.name} t WHERE t.{columns[0]} IN (SELECT value FROM json_each(?1))"
            else:
                matched = " AND ".join(f"t.{column} = k.value ->> {n}" for n, column in enumerate(columns))
                found = f"FROM json_each(?1) k CROSS JOIN {table.name} t WHERE {matched}"
            self._sql[source] = f"SELECT {listed} {found}{f' AND t.{where}' if where else ''}"
        rows = self._run(self._sql[source], [json.dumps(list(keys))]).fetchall()
        return list(map(table.row._make, rows))

    def lock(self, table: Table[Any], keys: Keys) -> dict[Any, int]:
        raise AssertionError("BEGIN IMMEDIATE has locked everything")

    def write(self, added: Batch, changed: Batch) -> None:
        faults.point("write.before")
        for table, rows in added:
            marks = ", ".join(f"?{n}" for n in range(1, len(table.columns) + 1))
            self._many(f"INSERT INTO {table.name} VALUES ({marks})", rows)
        for table, rows in changed:
            marked = [(column, f"{column} = ?{n}") for n, column in enumerate(table.columns, 1)]
            values = ", ".join(text for column, text in marked if column not in table.key)
            matched = " AND ".join(text for column, text in marked if column in table.key)
            touched = self._many(f"UPDATE {table.name} SET {values} WHERE {matched}", rows)
            assert touched == len(rows), f"{table}: {touched} of {len(rows)} rows were there to change"

    def _run(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        self._database.statements += 1
        try:
            return self._connection.execute(sql, values)
        except sqlite3.Error as error:
            _sqlite_failed(error)

    def _many(self, sql: str, rows: Rows) -> int:
        self._database.statements += 1
        try:
            return self._connection.executemany(sql, rows).rowcount
        except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
            _sqlite_failed(error)


def _sqlite_failed(error: Exception) -> NoReturn:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        raise TryAgain(str(error)) from error
    if code.startswith(("SQLITE_IOERR", "SQLITE_FULL", "SQLITE_CANTOPEN")):
        raise Unavailable(f"the database file cannot be written: {error}") from error
    raise Rejected(str(error)) from error


def _source(source: Table[Any] | Group[Any]) -> tuple[Table[Any], tuple[str, ...], str | None]:
    if isinstance(source, Table):
        return source, source.key, None
    return source.table, source.columns, source.where


class PostgresSession:
    """A writing connection among several. Rows that decisions rest on are locked late, in one fixed order."""

    locks = True

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql: dict[Any, str] = {}
        self._connect()

    def _connect(self) -> None:
        import psycopg

        logging.getLogger("psycopg").setLevel(logging.ERROR)  # a pipeline that a poisoned row aborted is no news
        self._psycopg = psycopg
        url = self._database.url
        try:
            self._connection = psycopg.connect(
                url.set(drivername="postgresql").render_as_string(hide_password=False),
                autocommit=True,  # BEGIN and COMMIT are said by hand, the settings in the same breath
                prepare_threshold=1,
                connect_timeout=5,
            )
        except psycopg.OperationalError as error:
            raise Lost(str(error)) from error

    def begin(self) -> None:
        if self._connection.closed:
            self._connect()
        # No parameters, so that the three go out as one message.
        self._run(
            f"BEGIN; SET LOCAL search_path TO {self._database.schema}; SET LOCAL lock_timeout = '10s';"
            f" SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"
        )

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
            if not self._connection.closed:
                self._connection.execute("ROLLBACK")
        except self._psycopg.Error:
            self._connection.close()

    def close(self) -> None:
        self._connection.close()

    def load(self, source: Table[Any] | Group[Any], keys: Keys) -> Rows:
        table, columns, where = _source(source)
        if source not in self._sql:
            listed = ", ".join(f"t.{column}" for column in table.columns)
            self._sql[source] = (
                f"SELECT {listed} FROM {self._keys(table, columns)} JOIN {table.name} t ON "
                + " AND ".join(f"t.{column} = k.{column}" for column in columns)
                + (f" AND t.{where}" if where else "")
            )
        cursor = self._run(self._sql[source], self._arrays(table, columns, _tuples(keys, columns)), binary=True)
        return list(map(table.row._make, cursor.fetchall()))

    def lock(self, table: Table[Any], keys: Keys) -> dict[Any, int]:
        """Lock rows in order of their keys; the versions they have now, which may not be those that were read."""
        listed = ", ".join(f"t.{column}" for column in table.key)
        matched = " AND ".join(f"t.{column} = k.{column}" for column in table.key)
        sql = (
            f"SELECT {listed}, t.version FROM {self._keys(table, table.key)} JOIN {table.name} t ON {matched}"
            f" ORDER BY {listed} FOR NO KEY UPDATE OF t"  # rows that point to these may be added meanwhile
        )
        cursor = self._run(sql, self._arrays(table, table.key, _tuples(keys, table.key)), binary=True)
        return {(row[0] if len(row) == 2 else row[:-1]): row[-1] for row in cursor.fetchall()}

    def write(self, added: Batch, changed: Batch) -> None:
        """All rows in one round trip: the statements are sent one after the other, the answers read at the end."""
        faults.point("write.before")
        checks = []
        try:
            with self._connection.pipeline():
                for table, rows in added:
                    columns = ", ".join(table.columns)
                    sql = f"INSERT INTO {table.name} ({columns}) SELECT * FROM {self._unnest(table, table.columns)}"
                    self._run(sql, self._arrays(table, table.columns, rows))
                for table, rows in changed:
                    values = ", ".join(f"{column} = k.{column}" for column in table.columns if column not in table.key)
                    matched = " AND ".join(f"t.{column} = k.{column}" for column in table.key)
                    sql = f"UPDATE {table.name} t SET {values} FROM {self._keys(table, table.columns)} WHERE {matched}"
                    cursor = self._run(sql, self._arrays(table, table.columns, rows))
                    checks.append((table, len(rows), cursor))
        except Exception as error:
            try:
                if isinstance(error, self._psycopg.Error):
                    self._failed(error)
                raise
            finally:
                self._connection.close()  # it believes that statements are prepared that never were
        for table, wanted, cursor in checks:
            assert cursor.rowcount == wanted, f"{table}: {cursor.rowcount} of {wanted} rows were there to change"

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
            raise Unavailable(f"the database has run out of room: {error}") from error
        if state == "23505":
            raise Collided(str(error)) from error
        raise Rejected(str(error)) from error

    def _unnest(self, table: Table[Any], columns: Sequence[str]) -> str:
        kinds = {
            column: "bigint[]" if "Integer" in type(kind).__name__ else "text[]" for column, kind, _ in table.kinds
        }
        return f"unnest({', '.join(f'%s::{kinds[column]}' for column in columns)})"

    def _keys(self, table: Table[Any], columns: Sequence[str]) -> str:
        return f"{self._unnest(table, columns)} AS k({', '.join(columns)})"

    def _arrays(self, table: Table[Any], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Any]:
        """Rows as one array per column, each as its text: one string is many times quicker to send than a list."""
        whole = {column for column, kind, _ in table.kinds if "Integer" in type(kind).__name__}
        return [
            "{" + ",".join(map(str, values)).replace("None", "NULL") + "}" if column in whole else _text_array(values)
            for column, values in zip(columns, zip(*rows, strict=True), strict=True)
        ]


def _text_array(values: Iterable[str | None]) -> str:
    """Texts as PostgreSQL writes an array of them: each in quotes, with backslashes before quotes and backslashes."""
    quoted = ["NULL" if text is None else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in values]
    return "{" + ",".join(quoted) + "}"


def _tuples(keys: Keys, columns: Sequence[str]) -> Iterable[Sequence[Any]]:
    return ((key,) for key in keys) if len(columns) == 1 else keys


class WriterLease:
    """Only one process writes an SQLite file: a lock on a file beside it, gone with the process that holds it."""

    def __init__(self, database: Database) -> None:
        self._file: int | None = None
        if database.kind == "sqlite":
            import fcntl

            path = f"{database.path}.lock"
            self._file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
            deadline = time.monotonic() + 2
            while True:
                try:
                    fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        os.close(self._file)
                        raise Unavailable(
                            f"another process is writing {database.path}; send the request to it, or stop it first"
                        ) from None
                    time.sleep(0.05)

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
