"""Wiring: a database, a clock, ids and the writer, put together for whoever needs them."""

from dataclasses import dataclass

from . import schema as schema
from .flows import stories as stories
from .kit.clock import Clock, RealClock
from .kit.database import Database, WriterLease
from .kit.nodes import take_node
from .kit.writer import MAX_CALLS, Writer
from .values.ids import IdSource


@dataclass(slots=True)
class App:
    database: Database
    clock: Clock
    ids: IdSource
    writer: Writer
    lease: WriterLease

    def close(self) -> None:
        self.writer.stop()
        self.lease.release()
        self.database.close()


def open_app(
    url: str, *, schema_name: str | None = None, clock: Clock | None = None, max_calls: int = MAX_CALLS
) -> App:
    """Open a database for writing. Raises Unavailable when another process writes the same SQLite file."""
    database = Database(url, schema=schema_name)
    lease = WriterLease(database)
    ids = IdSource(take_node(database))
    clock = clock or RealClock()
    return App(database, clock, ids, Writer(database, clock, ids.next, max_calls=max_calls), lease)
