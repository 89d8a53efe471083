"""How often the database is looked at."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection


def looks(connection: Connection, ask: Callable[[], Any]) -> int:
    """Number of statements that `ask` sends."""
    count = 0

    def seen(*_: Any) -> None:
        nonlocal count
        count += 1

    sa.event.listen(connection, "before_cursor_execute", seen)
    try:
        ask()
    finally:
        sa.event.remove(connection, "before_cursor_execute", seen)
    return count
