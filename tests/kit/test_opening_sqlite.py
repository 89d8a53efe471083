"""A file that somebody else has just begun is waited for."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from orderwell.kit.sqlite import sqlite_settings


def test_a_new_file_that_another_is_writing_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with (
        closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other,
        closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as mine,
    ):
        other.execute("CREATE TABLE begun (n)")
        other.execute("BEGIN EXCLUSIVE")
        release = threading.Timer(0.2, other.execute, ["COMMIT"])
        release.start()
        sqlite_settings(mine)
        release.join()
        assert mine.execute("PRAGMA journal_mode").fetchone() == ("wal",)
