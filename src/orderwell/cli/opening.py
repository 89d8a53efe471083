"""Opening a database for a command: to look at, or to write to as the only writer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..kit.database import Database
from ..kit.errors import NotFound
from ..migrations import require_migrated

if TYPE_CHECKING:
    from ..app import App


@contextmanager
def database_at(url: str, schema: str | None, *, create: bool = False) -> Iterator[Database]:
    """The database, refused unless its tables are those of this program (`create`: there need not be any)."""
    database = Database(url, schema=schema)
    try:
        if not create:
            if database.kind == "sqlite" and not database.path.exists():
                raise NotFound(f"There is no file {database.path}; `orderwell init --database {url}` makes one.")
            require_migrated(database)
        yield database
    finally:
        database.close()


@contextmanager
def opened(url: str, schema: str | None, **more: Any) -> Iterator["App"]:
    """The whole app on a database, for writing. On a busy SQLite file: Unavailable, which says to use --server."""
    from ..app import open_app

    with database_at(url, schema):
        pass
    app = open_app(url, schema_name=schema, **more)
    try:
        yield app
    finally:
        app.close()
