"""`init` and `migrate`: from an empty database to a business that can sell."""

import os
from typing import Annotated, Any

import typer

from .errors import say
from .terminal import DEFAULT_URL, Json, Quiet, Schema, Url, show

Mode = Annotated[str, typer.Option("--mode", envvar="ORDERWELL_MODE", help="production, demo or test.")]


def init(
    database: Url = DEFAULT_URL,
    schema: Schema = None,
    name: Annotated[str, typer.Option(help="The business.")] = "My business",
    currency: Annotated[str, typer.Option(help="Three letters.")] = "EUR",
    time_zone: Annotated[str, typer.Option(help="Decides which day it is.")] = "Europe/Amsterdam",
    country: Annotated[str, typer.Option(help="Two letters.")] = "NL",
    mode: Mode = "production",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Create the tables, set up the business, print a first API key (once: only its hash is kept).

    \b
    orderwell init --database sqlite:///shop.db --name "Lamp & Co"
    orderwell init --database postgresql://shop@localhost/shop --schema lamp --currency GBP --json
    """
    from ..api.decode import adapter_of, decode_members
    from ..flows.set_up import SetUpBusiness
    from .opening import database_at, opened

    given = {"name": name, "currency": currency, "time_zone": time_zone, "country": country, "mode": mode}
    ask = decode_members(adapter_of(SetUpBusiness), given, {})
    with database_at(database, schema, create=True) as found:
        migrated(found, quiet=True)
    with opened(database, schema) as app:
        answer = app.writer.ask(ask, actor="cli")
        secret = first_key(app)
    show({**answer, "api_key": secret}, as_json=json)
    if not quiet:
        say("Keep the API key: it is not shown again. Next: orderwell serve")


def migrate(database: Url = DEFAULT_URL, schema: Schema = None, json: Json = False, quiet: Quiet = False) -> None:
    """Bring the tables up to date; does nothing when they are.

    \b
    orderwell migrate --database sqlite:///shop.db
    orderwell migrate --database postgresql://shop@localhost/shop --schema lamp
    """
    from .opening import database_at

    with database_at(database, schema, create=True) as found:
        ran = migrated(found, quiet=quiet)
    if json:
        show({"object": "migration", "ran": ran}, as_json=True)


def migrated(database: Any, *, quiet: bool) -> list[str]:
    """Migrate, alone: while a server holds an SQLite file this is refused."""
    from ..kit.database import WriterLease
    from ..migrations import migrate as run

    lease = WriterLease(database)
    try:
        ran = run(database)
    finally:
        lease.release()
    if not quiet:
        say(f"Migrated: {', '.join(ran)}." if ran else "The tables are up to date.")
    return ran


def business_of(app: Any) -> Any:
    """The business in this database, or None."""
    from ..business.model import ONLY
    from ..business.store import BUSINESS

    with app.database.reading() as connection:
        return connection.execute(BUSINESS.sa.select().where(BUSINESS.c.id == ONLY)).first()


def has_keys(app: Any) -> bool:
    from ..access.store import API_KEYS

    with app.database.reading() as connection:
        return connection.execute(API_KEYS.sa.select().limit(1)).first() is not None


def first_key(app: Any) -> str:
    """An API key that may do everything, for whoever sets the business up. Only its hash is kept."""
    from ..access.model import mode_of
    from ..access.rules import new_key
    from ..flows.keep_access import CreateApiKey

    made = new_key("live" if mode_of(business_of(app).mode) == "live" else "test")
    app.writer.ask(CreateApiKey("First key", made.hash, made.hint, role="owner"), actor="cli")
    return made.secret


def in_production() -> bool:
    """Whether the settings say that this is no place for play."""
    return os.environ.get("ORDERWELL_MODE") == "production"
