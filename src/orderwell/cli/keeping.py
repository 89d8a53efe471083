"""`backup` and `restore`: a copy of one moment while orders come in, and the way back.

SQLite copies itself page by page in one read transaction (its online backup API); PostgreSQL has pg_dump, which copies
the schema of this business. Both are exact: what was acknowledged before a backup began is in it.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from .errors import say
from .terminal import DEFAULT_URL, Json, NoInput, Quiet, Schema, Url, Yes, confirm, show

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


def backup(
    file: File,
    database: Url = DEFAULT_URL,
    schema: Schema = None,
    yes: Annotated[bool, typer.Option("--yes", help="Replace a file of that name.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Copy a database to a file while it is in use.

    \b
    orderwell backup monday.db --database sqlite:///shop.db
    orderwell backup monday.dump --database postgresql://shop@localhost/shop
    """
    from ..kit.errors import Conflict
    from .opening import database_at

    if file.exists() and not yes:
        raise Conflict(f"There is a file {file} already; say --yes to replace it.")
    with database_at(database, schema) as source, _beside(file) as part:
        upto = _last_event(source)
        if source.kind == "sqlite":
            _copy_sqlite(source.path, part)
        else:
            options = [f"--schema={source.schema}", "--format=custom", f"--file={part}"]
            _postgres_program("pg_dump", source, options)
    told = {"object": "backup", "file": str(file), "bytes": file.stat().st_size, **upto}
    if json:
        show(told, as_json=True)
    elif not quiet:
        say(f"{file}: {told['bytes']:,} bytes, with everything up to {upto['last_event'] or 'the start'}.")


def restore(
    file: File,
    database: Url = DEFAULT_URL,
    schema: Schema = None,
    yes: Yes = False,
    no_input: NoInput = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Put a backup in the place of a database. What was there is lost: stop servers first.

    \b
    orderwell restore monday.db --database sqlite:///shop.db --yes
    orderwell restore monday.dump --database postgresql://shop@localhost/shop --yes
    """
    from ..kit.database import Database
    from ..kit.errors import NotFound
    from .opening import database_at

    if not file.is_file():
        raise NotFound(f"There is no file {file}.")
    target = Database(database, schema=schema)
    try:
        if target.kind == "sqlite":
            _restore_sqlite(file, target, yes=yes, no_input=no_input)
        else:
            _restore_postgres(file, target, yes=yes, no_input=no_input)
    finally:
        target.close()
    with database_at(database, schema) as restored:
        upto = _last_event(restored)
    if json:
        show({"object": "restore", "file": str(file), **upto}, as_json=True)
    elif not quiet:
        say(f"Restored, up to {upto['last_event'] or 'the start'}. `orderwell verify` proves that it is whole.")


def _last_event(database: Any) -> dict[str, Any]:
    """The moment that a backup surely holds: the newest event there is before it begins."""
    from ..kit.events import EVENTS
    from ..values.calendar import instant_text
    from ..values.ids import show as shown

    with database.reading() as connection:
        found = connection.execute(EVENTS.sa.select().order_by(EVENTS.c.id.desc()).limit(1)).first()
    if found is None:
        return {"last_event": None, "last_event_at": None}
    return {"last_event": shown("event", found.id), "last_event_at": instant_text(found.at)}


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A file to write to that takes the place of `file` when it is complete and on the disk, and not before."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        yield part
        for path in (part, file.parent):
            handle = os.open(path, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _copy_sqlite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as there:
        with closing(sqlite3.connect(target)) as here:
            there.backup(here)
            here.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it; WAL comes back when opened
    _whole(target)


def _whole(file: Path) -> None:
    from ..kit.errors import Invalid

    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            said = connection.execute("PRAGMA quick_check").fetchone()[0]
            connection.execute("SELECT version_num FROM schema_version").fetchone()
    except sqlite3.Error as error:
        raise Invalid(f"{file} is no backup of an SQLite database of Orderwell: {error}") from None
    if said != "ok":
        raise Invalid(f"{file} is damaged: {said}")


def _restore_sqlite(file: Path, target: Any, *, yes: bool, no_input: bool) -> None:
    from ..kit.database import WriterLease

    _whole(file)
    lease = WriterLease(target)  # a server that runs on it holds this
    try:
        if target.path.exists():
            confirm(f"{target.path} will be replaced by {file}.", yes=yes, no_input=no_input)
        with _beside(target.path) as part:
            shutil.copyfile(file, part)
            for beside in ("-wal", "-shm"):  # of the old database: they would be read into the new one
                Path(f"{target.path}{beside}").unlink(missing_ok=True)
    finally:
        lease.release()


def _restore_postgres(file: Path, target: Any, *, yes: bool, no_input: bool) -> None:
    """The old schema steps aside and goes when the new one is complete; if that fails it comes back."""
    aside = f"{target.schema}_before_restore"
    with target.changing() as connection:
        there = connection.exec_driver_sql("SELECT 1 FROM pg_namespace WHERE nspname = %s", (target.schema,)).scalar()
    if there:
        confirm(
            f"Schema {target.schema} of {target.url.render_as_string()} will be replaced by {file}.",
            yes=yes,
            no_input=no_input,
        )
        _run(target, f"DROP SCHEMA IF EXISTS {aside} CASCADE", f"ALTER SCHEMA {target.schema} RENAME TO {aside}")
    try:
        _postgres_program("pg_restore", target, ["--single-transaction", "--no-owner", "--exit-on-error", str(file)])
    except BaseException:
        _run(target, f"DROP SCHEMA IF EXISTS {target.schema} CASCADE")
        if there:
            _run(target, f"ALTER SCHEMA {aside} RENAME TO {target.schema}")
        raise
    _run(target, f"DROP SCHEMA IF EXISTS {aside} CASCADE")


def _run(database: Any, *statements: str) -> None:
    with database.changing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _postgres_program(name: str, database: Any, options: list[str]) -> None:
    """Run pg_dump or pg_restore. A password goes by the environment, where other users cannot see it."""
    from ..kit.errors import Unavailable

    url = database.url.set(drivername="postgresql")
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    command = [_program(name), f"--dbname={url.set(password=None).render_as_string(hide_password=False)}", *options]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise Unavailable(f"{name} failed: {done.stderr.strip() or done.returncode}")


def _program(name: str) -> str:
    from ..kit.errors import Unavailable

    found = shutil.which(name)
    if found is None:
        raise Unavailable(f"{name} is not installed. On Debian: apt-get install postgresql-client")
    return found
