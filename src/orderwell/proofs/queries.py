"""Reading proofs."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .model import Proof
from .store import PROOFS


def latest(connection: Connection, *, done: bool) -> Proof | None:
    """The newest that has come to its end, or that has not."""
    mine = PROOFS.c.status == "done" if done else PROOFS.c.status != "done"
    row = connection.execute(sa.select(PROOFS.sa).where(mine).order_by(PROOFS.c.id.desc()).limit(1)).first()
    return Proof._make(row) if row is not None else None
