"""The demonstration business: made when there is none, lived in while the server runs, removed when asked to."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from .errors import say
from .terminal import DEFAULT_URL, Quiet, Schema, Url, Yes, confirm

demo = typer.Typer(
    add_completion=False, rich_markup_mode=None, no_args_is_help=True, help="The demonstration business."
)


@demo.callback()
def _demo() -> None:
    """The demonstration business. `orderwell serve --demo` makes one."""


@demo.command()
def remove(database: Url = DEFAULT_URL, schema: Schema = None, yes: Yes = False, quiet: Quiet = False) -> None:
    """Remove the demonstration business and all its data. Refused for any other business. Stop servers first.

    \b
    orderwell demo remove --database sqlite:///orderwell.db
    orderwell demo remove --database postgresql://shop@localhost/shop --schema demo --yes
    """
    from ..kit.errors import Denied
    from .opening import opened
    from .setting_up import business_of

    with opened(database, schema) as app:
        business = business_of(app)
        if business is None or business.mode != "demo":
            raise Denied("This is no demonstration business: nothing is removed.")
        confirm(f"{business.name} will be removed from {app.database.url.render_as_string()}.", yes=yes)
        _remove_all(app)
    if not quiet:
        say("Removed.")


def prepare_demo(url: str, schema: str | None, *, small: bool = False) -> None:
    """A demonstration business in this database, unless it holds one. Refused where it is meant in earnest.

    One that was never finished, because its making was killed, is removed and made anew.
    """
    from ..demo.making import half_made
    from ..kit.errors import Denied
    from .opening import opened
    from .setting_up import business_of, in_production

    if in_production():
        raise Denied("ORDERWELL_MODE says production: no demonstration data is made here. Leave out --demo.")
    with _alone(url, schema):
        _migrate(url, schema)
        with opened(url, schema) as app:
            business = business_of(app)
            if business is not None and business.mode == "production":
                raise Denied(f"{business.name} is in production: --demo is not for it. Leave it out.")
            if business is not None and not half_made(app):
                return
            if business is not None:
                say("The demonstration business here was never finished; it is made anew.")
                _remove_all(app)
        _migrate(url, schema)
        _make(url, schema, small=small)


def provider_secret() -> None:
    """A signing secret for the simulated provider, in the environment, where processes started from here find it."""
    import base64
    import secrets

    from ..demo.provider import SECRET_ENV

    os.environ.setdefault(SECRET_ENV, f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}")


@contextmanager
def living(app: Any, url: str, *, customers: bool) -> Iterator[None]:
    """The simulated provider, and with `customers` those who order, until the block ends."""
    from ..demo.living import Living, Provider
    from ..demo.provider import SECRET_ENV
    from .setting_up import business_of

    if business_of(app).mode != "demo":
        yield
        return
    provider = Provider(app, url, os.environ[SECRET_ENV])
    people = Living(app, provider) if customers else None
    if people is not None:
        people.start()
    try:
        yield
    finally:
        if people is not None:
            people.stop()
        provider.stop()


def _make(url: str, schema: str | None, *, small: bool) -> None:
    from ..demo.making import FULL, SMALL, make_demo
    from ..kit.clock import RealClock, TestClock
    from .opening import opened

    say("Making a demonstration business; this takes some seconds.")
    clock = TestClock(0)
    with opened(url, schema, clock=clock) as app:
        make_demo(app, clock, RealClock().now(), SMALL if small else FULL, _progress)


def _progress(done: int, whole: int) -> None:
    """One line that is written over, on a terminal; nothing elsewhere."""
    if sys.stderr.isatty():
        end = "\n" if done == whole else ""
        print(f"\r  day {done} of {whole} ", end=end, file=sys.stderr, flush=True)


def _migrate(url: str, schema: str | None) -> None:
    from .opening import database_at
    from .setting_up import migrated

    with database_at(url, schema, create=True) as database:
        migrated(database, quiet=True)


@contextmanager
def _alone(url: str, schema: str | None) -> Iterator[None]:
    """On PostgreSQL two starts at once would each take the other's for a half one. An SQLite file has its lease."""
    from ..kit.errors import Unavailable
    from .opening import database_at

    with database_at(url, schema, create=True) as database:
        if database.kind == "sqlite":
            yield
            return
        name = f"orderwell demo {database.schema}"
        with database.changing() as connection:
            lock = "SELECT pg_try_advisory_xact_lock(hashtext(%s))"
            if not connection.exec_driver_sql(lock, (name,)).scalar():
                raise Unavailable("Another process is making the demonstration business; try again in a moment.")
            yield


def _remove_all(app: Any) -> None:
    """All that is in the database: the file, or the schema's tables. Nothing may be opened through `app` afterwards."""
    from ..migrations import remove_tables

    if app.database.kind == "sqlite":
        app.database.close()
        for beside in ("-wal", "-shm", ""):
            Path(f"{app.database.path}{beside}").unlink(missing_ok=True)
    else:
        remove_tables(app.database)
