"""The database itself refuses to change history, whoever asks and however."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from orderwell import schema
from orderwell.app import App
from orderwell.kit.tables import TABLES
from tests.kit.conftest import Copies

HISTORY = [name for name in schema.LOCK_ORDER if TABLES[name].append_only]


@pytest.fixture(scope="module")
def app(copy_of_shop: Copies) -> Iterator[App]:
    with copy_of_shop() as app:
        yield app


def attempt(app: App, sql: str) -> None:
    with app.database.changing() as connection:
        connection.exec_driver_sql(sql)


@pytest.mark.parametrize("verb", ["update", "delete"])
@pytest.mark.parametrize("table", ["events", "journal", "unit_moves", "stock_moves", "feed", "invoices", "settlements"])
def test_history_cannot_be_changed_with_the_application_bypassed(app: App, table: str, verb: str) -> None:
    column = TABLES[table].columns[0]
    fill(app)
    sql = f"DELETE FROM {table}" if verb == "delete" else f"UPDATE {table} SET {column} = {column}"
    with pytest.raises(sa.exc.DatabaseError, match="is history and never changes"):
        attempt(app, sql)


def fill(app: App) -> None:
    """SQLite's guards speak up for rows only: every table needs one."""
    rows = {
        "feed": "(1, 1, '')",
        "unit_moves": "(1, 0, 1, 1, 'new', 'open', 1, NULL)",
        "settlements": "(1, 0, 1, 2, 5)",
        "invoices": None,
    }
    for table, values in rows.items():
        with app.database.reading() as connection:
            there = connection.execute(sa.select(sa.func.count()).select_from(TABLES[table].sa)).scalar_one()
        if there:
            continue
        if values is None:
            columns = TABLES[table].sa.columns
            told = {each.name: 1 if isinstance(each.type, sa.Integer) else "x" for each in columns}
            told |= {"kind": "invoice", "gross_minor": 2}
            with app.database.changing() as connection:
                connection.execute(sa.insert(TABLES[table].sa).values(told))
        else:
            attempt(app, f"INSERT INTO {table} VALUES {values}")


@pytest.mark.parametrize("table", HISTORY)
def test_every_table_of_history_has_its_guards(app: App, table: str) -> None:
    query = "SELECT name FROM sqlite_master" if app.database.kind == "sqlite" else "SELECT tgname FROM pg_trigger"
    with app.database.reading() as connection:
        there = set(connection.exec_driver_sql(query).scalars())
    assert {f"guard_{table}_update", f"guard_{table}_delete"} <= there


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        ("nothing", "INSERT INTO journal VALUES (1, 0, 1, '2026-01-05', 'x', 'cash', 'bank', 0, 'EUR', 'x', 1)"),
        ("itself", "INSERT INTO journal VALUES (1, 1, 1, '2026-01-05', 'x', 'cash', 'cash', 5, 'EUR', 'x', 1)"),
        ("no account", "INSERT INTO journal VALUES (1, 2, 1, '2026-01-05', 'x', 'cash', 'nowhere', 5, 'EUR', 'x', 1)"),
    ],
)
def test_what_is_no_transfer_is_refused(app: App, what: str, sql: str) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        attempt(app, sql)


def test_nothing_is_posted_into_a_closed_period(app: App) -> None:
    attempt(app, "UPDATE books SET locked_through = '2026-01-31'")
    with pytest.raises(sa.exc.DatabaseError, match="the books are closed"):
        attempt(app, "INSERT INTO journal VALUES (1, 3, 1, '2026-01-05', 'x', 'cash', 'bank', 5, 'EUR', 'x', 1)")
    attempt(app, "INSERT INTO journal VALUES (1, 3, 1, '2026-02-01', 'x', 'cash', 'bank', 5, 'EUR', 'x', 1)")
