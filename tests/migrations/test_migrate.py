"""Migrating makes exactly the tables the program declares, once, wholly or not at all."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from orderwell import schema
from orderwell.kit.database import Database
from orderwell.kit.guards import taken
from orderwell.kit.tables import TABLES
from orderwell.migrations import NotMigrated, differences, migrate, missing, require_migrated

KILLED_WHILE_MIGRATING = """
import os, signal, sys
from orderwell.kit import faults
from orderwell.kit.database import Database
from orderwell.migrations import migrate
faults.armed["migration.0001"] = lambda: os.kill(os.getpid(), signal.SIGKILL)
migrate(Database(sys.argv[1]))
"""


@pytest.fixture
def database(database_url: str):
    database = Database(database_url)
    yield database
    database.close()


def test_migrating_makes_exactly_the_declared_tables_and_guards(database: Database) -> None:
    assert migrate(database) == ["0001"]
    with database.reading() as connection:
        assert differences(connection) == []
        assert missing(connection) == []
        if database.kind == "sqlite":
            guards = connection.execute(sa.text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")).scalar()
        else:
            guards = connection.execute(sa.text("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")).scalar()
    history = [table for table in TABLES.values() if table.append_only]
    # On SQLite one for whatever is unique, on PostgreSQL one for TRUNCATE.
    more = [len(list(taken(table.sa))) if database.kind == "sqlite" else 1 for table in history]
    assert guards == 2 * len(history) + sum(more) + 1
    require_migrated(database)


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    assert migrate(database) == []


def test_a_database_without_tables_is_refused_with_what_to_do(database: Database) -> None:
    with pytest.raises(NotMigrated, match="orderwell init"):
        require_migrated(database)


def test_a_database_of_an_early_version_is_refused_by_what_is_missing(database: Database) -> None:
    migrate(database)
    with database.changing() as connection:
        connection.exec_driver_sql("DROP TABLE barcodes")
    with pytest.raises(NotMigrated, match="barcodes"):
        require_migrated(database)


def test_a_database_of_a_newer_program_is_left_alone(database: Database) -> None:
    migrate(database)
    with database.changing() as connection:
        connection.exec_driver_sql("UPDATE schema_version SET version_num = '9999'")
    with pytest.raises(NotMigrated, match="newer program"):
        migrate(database)
    with pytest.raises(NotMigrated, match="9999"):
        require_migrated(database)


def test_killed_in_the_middle_it_leaves_nothing_and_the_next_start_finishes(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False).replace("+psycopg", "")
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_MIGRATING, url], check=False)
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(NotMigrated, match="no tables yet"):
        require_migrated(database)
    assert migrate(database) == ["0001"]
    require_migrated(database)


@pytest.mark.parametrize("engine_kind", ["postgres"], indirect=True)
def test_each_schema_is_migrated_and_recorded_on_its_own(database_url: str) -> None:
    first, second = Database(database_url, schema="north"), Database(database_url, schema="south")
    assert migrate(first) == ["0001"]
    require_migrated(first)
    with pytest.raises(NotMigrated):
        require_migrated(second)
    assert migrate(second) == ["0001"]
    with second.reading() as connection:
        assert differences(connection) == []
        found = connection.execute(
            sa.text("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'south'")
        ).scalar()
    assert found == len(schema.METADATA.tables) + 1
    first.close()
    second.close()


def test_two_that_migrate_at_once_do_it_once(database: Database, tmp_path: Path) -> None:
    url = database.url.render_as_string(hide_password=False).replace("+psycopg", "")
    code = (
        "import sys; from orderwell.kit.database import Database; from orderwell.migrations import migrate;"
        "print(migrate(Database(sys.argv[1])))"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, url], stdout=subprocess.PIPE, text=True, env=os.environ)
        for _ in range(2)
    ]
    said = sorted(run.communicate()[0].strip() for run in runs)
    assert said == ["['0001']", "[]"]


def test_an_index_of_some_rows_is_used_by_a_query_that_says_its_words(database: Database) -> None:
    """SQLite turns `a + b < c` around before it compares, and passes over an index that was declared the other way."""
    migrate(database)
    some = [index for table in TABLES.values() for index in table.sa.indexes if _words(index) is not None]
    assert len(some) > 20
    with database.reading() as connection:
        for index in some:
            column, table = next(iter(index.columns)).name, index.table.name
            if database.kind == "sqlite":  # refused where the index cannot be used
                query = f"SELECT {column} FROM {table} INDEXED BY {index.name} WHERE {_words(index)}"
                connection.execute(sa.text(query))
            else:
                connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
                query = f"EXPLAIN SELECT {column} FROM {table} WHERE {_words(index)} ORDER BY {column}"
                plan = " ".join(connection.execute(sa.text(query)).scalars())
                assert "Seq Scan" not in plan, index.name


def _words(index: sa.Index) -> object:
    return index.dialect_options["sqlite"]["where"]
