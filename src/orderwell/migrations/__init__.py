"""Migrations: bring the tables of a database to where this program wants them; all of it, or nothing.

Alembic's revisions lie in `versions/`. Everything runs in one transaction (both engines undo DDL), so a process killed
half-way leaves what was there before, and the next start does it again. Recorded in the schema itself: each business
is migrated on its own.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from .. import schema
from ..kit import faults
from ..kit.database import Database
from ..kit.errors import Conflict
from ..kit.sentences import Sentence

VERSIONS = "schema_version"
FUNCTIONS = ("guard_history", "guard_period")  # made by kit.guards, on PostgreSQL


class NotMigrated(Conflict):
    code = "not_migrated"
    title = "The tables of this database are not those of this program"


def migrate(database: Database) -> list[str]:
    """Run what is missing; the revisions that ran (none when it was up to date). Several may try at once."""
    scripts = _scripts()
    ran: list[str] = []
    with database.changing() as connection:
        _alone(database, connection)
        before = _revision(connection)
        if before is not None and before not in _known(scripts):
            raise NotMigrated(
                Sentence("This database is at {revision!r}, which a newer program made; use that one.", revision=before)
            )

        def steps(revision, context):  # type: ignore[no-untyped-def]
            return scripts._upgrade_revs("head", revision)

        def applied(ctx, step, heads, run_args) -> None:  # type: ignore[no-untyped-def]
            ran.append(step.up_revision_id)
            faults.point(f"migration.{step.up_revision_id}")

        with EnvironmentContext(Config(), scripts, fn=steps) as environment:
            environment.configure(
                connection=connection, target_metadata=schema.METADATA, version_table=VERSIONS, on_version_apply=applied
            )
            environment.run_migrations()
    return ran


def remove_tables(database: Database) -> None:
    """Take away what `migrate` made, and nothing else that may be in the schema (PostgreSQL)."""
    with database.changing() as connection:
        _alone(database, connection)
        schema.METADATA.drop_all(connection)
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {VERSIONS}")
        for name in FUNCTIONS:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}()")


def require_migrated(database: Database) -> None:
    """Raises NotMigrated unless the tables are exactly the ones this program was written for."""
    head = _scripts().get_current_head()
    try:
        with database.reading() as connection:
            found = _revision(connection)
            short = missing(connection) if found == head else []
    except sa.exc.OperationalError as error:
        raise NotMigrated(Sentence("The database cannot be opened: {error}", error=str(error.orig))) from None
    if found is None:
        raise NotMigrated("There are no tables yet; run `orderwell init` first.")
    if found != head:
        raise NotMigrated(
            Sentence(
                "The tables are at revision {revision}, this program needs {needed}; run `orderwell migrate`.",
                revision=found,
                needed=head,
            )
        )
    if short:
        raise NotMigrated(
            Sentence(
                "Made by an early version, these are missing: {missing}. Start with a new database.",
                missing=list(short),
            )
        )


def missing(connection: Connection) -> list[str]:
    """Tables and columns (`orders.basis`) that the program knows and the database does not have."""
    inspector = sa.inspect(connection)
    there = {name: {column["name"] for column in found} for (_, name), found in inspector.get_multi_columns().items()}
    short = []
    for table in schema.METADATA.tables.values():
        if table.name not in there:
            short.append(table.name)
        else:
            short += [f"{table.name}.{c.name}" for c in table.columns if c.name not in there[table.name]]
    return short


def differences(connection: Connection) -> list[object]:
    """What Alembic would change to make the database like the tables the program declares."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSIONS})
    return list(compare_metadata(context, schema.METADATA))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent))


def _known(scripts: ScriptDirectory) -> set[str]:
    return {script.revision for script in scripts.walk_revisions()}


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": VERSIONS}).get_current_revision()


def _alone(database: Database, connection: Connection) -> None:
    """One migration of a schema at a time. On SQLite BEGIN IMMEDIATE has seen to that."""
    if database.kind == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"orderwell {database.schema}",))
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {database.schema}")
