"""Guard triggers: the database itself refuses to change or delete history, whoever asks."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .tables import TABLES

LOCKED = """SELECT 1 FROM books WHERE NEW.posted_on <= locked_through"""


def create_guards(connection: Connection) -> None:
    """On every append-only table: no UPDATE, no DELETE, no REPLACE. On the journal: nothing into a locked period."""
    history = [table.name for table in TABLES.values() if table.append_only]
    if connection.dialect.name == "sqlite":
        for name in history:
            for verb in ("UPDATE", "DELETE"):
                connection.exec_driver_sql(
                    f"CREATE TRIGGER guard_{name}_{verb.lower()} BEFORE {verb} ON {name} BEGIN"
                    f" SELECT RAISE(ABORT, '{name} is history and never changes'); END"
                )
            for n, row in enumerate(taken(TABLES[name].sa)):
                # REPLACE takes the row that is in its way out without a word to the guards of UPDATE and DELETE.
                connection.exec_driver_sql(
                    f"CREATE TRIGGER guard_{name}_replace{n or ''} BEFORE INSERT ON {name} WHEN EXISTS ({row}) BEGIN"
                    f" SELECT RAISE(ABORT, '{name} is history and never changes'); END"
                )
        connection.exec_driver_sql(
            f"CREATE TRIGGER guard_journal_period BEFORE INSERT ON journal WHEN EXISTS ({LOCKED})"
            " BEGIN SELECT RAISE(ABORT, 'the books are closed for this day'); END"
        )
        return
    connection.exec_driver_sql(
        "CREATE FUNCTION guard_history() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE EXCEPTION '%% is history and never changes', TG_TABLE_NAME; END$$"
    )
    connection.exec_driver_sql(
        "CREATE FUNCTION guard_period() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN IF EXISTS (SELECT 1 FROM added, books WHERE posted_on <= locked_through)"
        " THEN RAISE EXCEPTION 'the books are closed for this day'; END IF; RETURN NULL; END$$"
    )
    for name in history:
        for verb in ("UPDATE", "DELETE", "TRUNCATE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER guard_{name}_{verb.lower()} BEFORE {verb} ON {name}"
                " FOR EACH STATEMENT EXECUTE FUNCTION guard_history()"
            )
    connection.exec_driver_sql(
        "CREATE TRIGGER guard_journal_period AFTER INSERT ON journal REFERENCING NEW TABLE AS added"
        " FOR EACH STATEMENT EXECUTE FUNCTION guard_period()"
    )


def taken(table: sa.Table) -> Iterator[str]:
    """For each thing that is unique in a table, on SQLite: the row that a new one would take it from."""
    for constraint in table.constraints:
        if isinstance(constraint, sa.PrimaryKeyConstraint | sa.UniqueConstraint):
            yield _row_like_new(table, constraint.columns.keys())
    for index in table.indexes:
        if index.unique:
            where = index.dialect_options["sqlite"]["where"]
            yield _row_like_new(table, index.columns.keys()) + (f" AND ({where})" if where is not None else "")


def _row_like_new(table: sa.Table, columns: list[str]) -> str:
    return f"SELECT 1 FROM {table.name} WHERE " + " AND ".join(f"{each} = NEW.{each}" for each in columns)
