"""Somebody with the keys to the database and bad intentions: past every guard, constraint and check."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


class Vandal:
    """Runs statements that the database would refuse; afterwards the guards stand as before."""

    def __init__(self, connection: "sqlite3.Connection | psycopg.Connection") -> None:
        self._connection = connection
        self.sqlite = isinstance(connection, sqlite3.Connection)

    def run(self, sql: str) -> None:
        """Must hit at least one row, else it was no damage."""
        cursor = self._connection.execute(sql)  # type: ignore[arg-type]
        assert cursor.rowcount != 0, f"nothing there to damage: {sql}"

    def loosen(self, table: str) -> None:
        """No keys, no unique columns, no checks."""
        if self.sqlite:
            self._connection.execute(f"CREATE TABLE loose AS SELECT * FROM {table}")  # type: ignore[arg-type]
            self._connection.execute(f"DROP TABLE {table}")  # type: ignore[arg-type]
            self._connection.execute(f"ALTER TABLE loose RENAME TO {table}")  # type: ignore[arg-type]
            return
        query = f"SELECT conname FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype <> 'n'"
        for (name,) in self._connection.execute(query).fetchall():  # type: ignore[arg-type]
            self._connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")  # type: ignore[arg-type]
        query = f"SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = '{table}'::regclass AND indisunique"
        for (name,) in self._connection.execute(query).fetchall():  # type: ignore[arg-type]
            self._connection.execute(f"DROP INDEX {name}")  # type: ignore[arg-type]


@contextmanager
def vandal(url: str) -> Iterator[Vandal]:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("PRAGMA ignore_check_constraints = ON")
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        yield Vandal(connection)
        for _, sql in guards:
            connection.execute(sql)
        connection.close()
        return
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("SET session_replication_role = replica")
        checks = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c'"
        checks += " AND connamespace = 'public'::regnamespace"
        for table, name in server.execute(checks).fetchall():
            server.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")  # type: ignore[arg-type]
        yield Vandal(server)
