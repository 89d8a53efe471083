"""When keys were last used, noted by several processes at once."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from orderwell import schema
from orderwell.access.queries import last_used, note_uses
from orderwell.kit.database import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    schema.create(database)
    yield database
    database.close()


def test_two_processes_may_note_the_first_use_of_a_key_at_once(database: Database) -> None:
    def note(used_at: int) -> None:
        with database.changing() as connection:
            note_uses(connection, {1: used_at, 2: used_at})

    with ThreadPoolExecutor(1) as other:
        with database.changing() as connection:
            note_uses(connection, {1: 10, 2: 30})
            waiting = other.submit(note, 20)
            time.sleep(0.3)
            assert not waiting.done()  # it waits for what the first one has not committed yet
        waiting.result(timeout=10)
    with database.reading() as connection:
        assert last_used(connection, [1, 2, 3]) == {1: 20, 2: 30}


def test_a_use_noted_late_does_not_go_back(database: Database) -> None:
    for used_at in (20, 10):
        with database.changing() as connection:
            note_uses(connection, {1: used_at})
    with database.reading() as connection:
        assert last_used(connection, [1]) == {1: 20}
