"""Writing to SQLite: the one writing connection of the one writing process."""

import json
import sqlite3
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from . import faults
from .errors import Unavailable
from .sentences import Sentence
from .session import Batch, CommitUnknown, Keys, Rejected, Rows, Source, TryAgain, columns_of
from .tables import Table

if TYPE_CHECKING:
    from .database import Database

BUSY_SECONDS = 10


def sqlite_settings(connection: sqlite3.Connection) -> None:
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS}000")
    connection.execute("PRAGMA cache_size = -65536")  # KiB
    connection.execute("PRAGMA temp_store = MEMORY")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Two that open a new file at once are both about to change it: SQLite refuses one without waiting."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


class SqliteSession:
    """The one writing connection of the one writing process. BEGIN IMMEDIATE keeps others out, so no locks."""

    locks = False

    def __init__(self, database: "Database") -> None:
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

    def load(self, wanted: Sequence[tuple[Source, Keys]]) -> list[Rows]:
        return [self._load(source, keys) for source, keys in wanted]

    def _load(self, source: Source, keys: Keys) -> Rows:
        table, columns, where = columns_of(source)
        if source not in self._sql:
            listed = ", ".join(f"t.{column}" for column in table.columns)
            if len(columns) == 1:
                found = f"FROM {table.name} t WHERE t.{columns[0]} IN (SELECT value FROM json_each(?1))"
            else:
                matched = " AND ".join(f"t.{column} = k.value ->> {n}" for n, column in enumerate(columns))
                found = f"FROM json_each(?1) k CROSS JOIN {table.name} t WHERE {matched}"
            self._sql[source] = f"SELECT {listed} {found}{f' AND t.{where}' if where else ''}"
        rows = self._run(self._sql[source], [json.dumps(list(keys))]).fetchall()
        return list(map(table.make, rows))

    def lock(self, wanted: Sequence[tuple[Table[Any], Keys]]) -> list[dict[Any, int]]:
        raise AssertionError("BEGIN IMMEDIATE has locked everything")

    def write(self, freeing: Batch, added: Batch, changed: Batch) -> None:
        faults.point("write.before")
        self._change(freeing)
        for table, rows in added:
            marks = ", ".join(f"?{n}" for n in range(1, len(table.columns) + 1))
            self._many(f"INSERT INTO {table.name} VALUES ({marks})", rows)
        self._change(changed)

    def _change(self, changed: Batch) -> None:
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
        raise Unavailable(Sentence("the database file cannot be written: {error}", error=str(error))) from error
    raise Rejected(str(error)) from error
