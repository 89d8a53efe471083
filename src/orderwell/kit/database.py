"""One database, two engines: opening it, reading from it, and the lease of the one process that writes an SQLite file.

SQLite is opened in WAL with synchronous=FULL, always: with NORMAL a power cut loses acknowledged orders. On PostgreSQL
the schema is set for each transaction, so that one business is one schema and nothing depends on session state. The
writer's own connections are in `sqlite` and `postgres`.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url

from .errors import Invalid, Unavailable
from .postgres import PostgresSession
from .sentences import Sentence
from .session import Session
from .sqlite import BUSY_SECONDS, SqliteSession, sqlite_settings


class Database:
    """An opened database. `write_session` is for the writer alone; everybody else reads through `reading`."""

    def __init__(self, url: str, *, schema: str | None = None, pool_size: int = 10) -> None:
        self.url = _parse(url)
        self.kind: Literal["sqlite", "postgresql"] = "sqlite" if self.url.drivername == "sqlite" else "postgresql"
        if schema is not None and (self.kind == "sqlite" or not schema.isidentifier()):
            raise Invalid(Sentence("--schema {schema}: a plain name, on PostgreSQL only", schema=schema))
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
        raise Invalid(
            Sentence("{text!r} is no database URL; use sqlite:///path or postgresql://user@host/name", text=text)
        ) from None
    if url.drivername == "sqlite" and url.database:
        return url
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    raise Invalid(Sentence("{text!r}: only sqlite:///path and postgresql://… are known", text=text))


def _sqlite_connected(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy and we say BEGIN ourselves
    sqlite_settings(connection)


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
                            Sentence(
                                "another process is writing {path}; send the request to it, or stop it first",
                                path=database.path,
                            )
                        ) from None
                    time.sleep(0.05)

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
