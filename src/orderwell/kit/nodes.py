"""Node numbers keep the ids of several processes on one database apart: each process that starts takes the next."""

from typing import NamedTuple

import sqlalchemy as sa

from .database import Database
from .tables import Table

NODE_NUMBERS = 1024


class Node(NamedTuple):
    id: int
    started: int  # how many processes have started so far


NODES = Table("nodes", Node, key="id")


def take_node(database: Database) -> int:
    """This process's number, 0 to 1023; used again only after a thousand more have started."""
    with database.changing() as connection:
        changed = connection.execute(sa.update(NODES.sa).where(NODES.c.id == 1).values(started=NODES.c.started + 1))
        if changed.rowcount == 0:
            connection.execute(sa.insert(NODES.sa).values(id=1, started=1))
        started = connection.execute(sa.select(NODES.c.started).where(NODES.c.id == 1)).scalar_one()
    return int(started) % NODE_NUMBERS
