"""The database itself refuses to change, delete or falsify history, whoever asks and however."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from orderwell.flows.keep_books import LockPeriod, PostManualEntry, TransferAsk
from orderwell.kit.tables import TABLES
from tests.support.shop import Shop

HISTORY = sorted(name for name, table in TABLES.items() if table.append_only)
ROW = "INSERT INTO journal VALUES ({event}, {n}, 1, '{day}', 'manual', '{debit}', '{credit}', {amount}, 'EUR', 'x', 1)"


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    """One order shipped, entries by hand, and the books closed through the day before."""
    shop = Shop(database_url)
    shop.sku("lamp", stock=1)
    shop.ship(shop.order(lamp=1))
    shop.do(PostManualEntry([TransferAsk("rounding", "bank", 100)], "Rent"))
    shop.days_pass(1)
    shop.do(LockPeriod("2026-01-05"))
    shop.do(PostManualEntry([TransferAsk("rounding", "bank", 100)], "Rent of a day that is open"))
    yield shop
    shop.prove()
    shop.close()


def refused(shop: Shop, sql: str, match: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=match), shop.app.database.changing() as connection:
        connection.exec_driver_sql(sql)


def test_no_row_of_history_is_changed_or_deleted(shop: Shop) -> None:
    """On SQLite a guard speaks for each row, so only tables with rows are tried; on PostgreSQL all of them."""
    written = {table for table in HISTORY if shop.rows(f"SELECT count(*) FROM {table}") != [(0,)]}
    assert {"events", "journal", "unit_moves", "stock_moves", "invoices", "invoice_lines", "manual_entries"} <= written
    for table in HISTORY if shop.app.database.kind == "postgresql" else sorted(written):
        column = TABLES[table].columns[0]
        before = shop.rows(f"SELECT count(*) FROM {table}")
        refused(shop, f"UPDATE {table} SET {column} = {column}", f"{table} is history and never changes")
        refused(shop, f"DELETE FROM {table}", f"{table} is history and never changes")
        refused(shop, written_over(shop, table), f"{table} is history and never changes")
        if shop.app.database.kind == "postgresql":
            refused(shop, f"TRUNCATE {table} CASCADE", "is history and never changes")
        assert shop.rows(f"SELECT count(*) FROM {table}") == before


def written_over(shop: Shop, table: str) -> str:
    """An INSERT of what is there already, by which the engine would take the old row away or change it."""
    if shop.app.database.kind == "sqlite":
        open_ones = " WHERE posted_on > '2026-01-05'" if table == "journal" else ""
        return f"REPLACE INTO {table} SELECT * FROM {table}{open_ones}"
    keys, column = ", ".join(TABLES[table].key), TABLES[table].columns[-1]
    return f"INSERT INTO {table} TABLE {table} ON CONFLICT ({keys}) DO UPDATE SET {column} = EXCLUDED.{column}"


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_no_number_is_taken_from_the_document_that_has_it(shop: Shop) -> None:
    """A row with a key of its own and somebody's number: REPLACE would take the other out."""
    columns = ", ".join("-id" if column == "id" else column for column in TABLES["invoices"].columns)
    refused(shop, f"REPLACE INTO invoices SELECT {columns} FROM invoices", "invoices is history and never changes")


def test_every_table_of_history_has_its_guards(shop: Shop) -> None:
    of_sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    of_postgres = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    found = {name for (name,) in shop.rows(of_sqlite if shop.app.database.kind == "sqlite" else of_postgres)}
    assert {f"guard_{table}_{verb}" for table in HISTORY for verb in ("update", "delete")} <= found


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"day": "2026-01-05"}, "the books are closed for this day"),
        ({"day": "2025-12-31"}, "the books are closed for this day"),
        ({"credit": "bank"}, "ck_journal"),
        ({"amount": 0}, "ck_journal"),
        ({"amount": -5}, "ck_journal"),
        ({"debit": "nothing"}, "(?i)foreign key"),
    ],
)
def test_no_false_transfer_gets_into_the_journal(shop: Shop, changes: dict[str, str | int], match: str) -> None:
    event = shop.rows("SELECT MAX(event_id) FROM journal")[0][0]
    row = {"event": event, "n": 99, "day": "2026-01-06", "debit": "bank", "credit": "cash", "amount": 5, **changes}
    before = shop.journal()
    refused(shop, ROW.format(**row), match)
    assert shop.journal() == before
