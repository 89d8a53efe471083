"""Whether all is well behind: database, feed, jobs, schedules, webhooks, and what the last proof found."""

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit import feed
from ..kit.events import EVENTS, FRESH
from ..kit.jobs import JOBS
from ..kit.schedules import RECURRING, SCHEDULES
from ..notifications.store import ENDPOINTS, PROGRESS
from ..proofs.model import Proof
from ..proofs.queries import latest

LATE = 60_000_000  # a job that is due for longer than this tells that nobody works


def jobs_by_status(connection: Connection) -> dict[str, int]:
    query = sa.select(JOBS.c.status, sa.func.count()).where(JOBS.c.status != "done").group_by(JOBS.c.status)
    return {status: count for status, count in connection.execute(query)}


def state(connection: Connection, now: int, kind: str) -> dict[str, Any]:
    due = sa.select(sa.func.min(JOBS.c.run_at)).where(JOBS.c.status == "waiting")
    oldest = connection.execute(due).scalar()
    counts = jobs_by_status(connection)
    return {
        "kind": kind,
        "server": _version(connection, kind),
        "size": _size(connection, kind),
        "last_event_at": connection.execute(sa.select(EVENTS.c.at).order_by(EVENTS.c.id.desc()).limit(1)).scalar(),
        "position": feed.last_position(connection),
        "unplaced": connection.execute(sa.select(sa.func.count()).select_from(FRESH.sa)).scalar_one(),
        "waiting": counts.get("waiting", 0),
        "dead": counts.get("dead", 0),
        "late_since": oldest if oldest is not None and oldest < now - LATE else None,
        "schedules": _schedules(connection, now),
        "failing": connection.execute(_failing()).scalar_one(),
        "proof": _told(latest(connection, done=True)),
        "running": _told(latest(connection, done=False)),
    }


def _version(connection: Connection, kind: str) -> str:
    text = "SELECT sqlite_version()" if kind == "sqlite" else "SHOW server_version"
    return str(connection.exec_driver_sql(text).scalar())


def _size(connection: Connection, kind: str) -> int:
    if kind == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
        return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar() or 0)
    return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0)


def _schedules(connection: Connection, now: int) -> list[dict[str, Any]]:
    """What comes back by itself. `late` where it should have been started and was not."""
    rows = connection.execute(sa.select(SCHEDULES.sa).order_by(SCHEDULES.c.name))
    return [
        {"name": row.name, "next_at": row.next_at, "last_at": row.last_at, "late": row.next_at < now - LATE}
        for row in rows
        if row.name in RECURRING
    ]


def _failing() -> Any:
    return (
        sa.select(sa.func.count())
        .select_from(ENDPOINTS.sa)
        .join(PROGRESS.sa, PROGRESS.c.endpoint_id == ENDPOINTS.c.id)
        .where(ENDPOINTS.c.status == "active", PROGRESS.c.failing_since.is_not(None))
    )


def _told(proof: Proof | None) -> dict[str, Any] | None:
    return {**proof._asdict(), "report": json.loads(proof.report)} if proof is not None else None
