"""Reading endpoints and deliveries for lists and pages. Secrets are not among it."""

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.jobs import JOBS
from ..kit.pages import DEFAULT_LIMIT, page
from ..values.calendar import instant_text
from ..values.ids import show
from .answers import shown
from .spread import queue_of
from .store import ENDPOINTS, PROGRESS


def endpoints(connection: Connection, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> dict[str, Any]:
    query = (
        sa.select(ENDPOINTS.sa, PROGRESS.c.position, PROGRESS.c.failing_since)
        .outerjoin(PROGRESS.sa, PROGRESS.c.endpoint_id == ENDPOINTS.c.id)
        .where(ENDPOINTS.c.status != "removed")
    )
    return page(connection, query, ENDPOINTS.c.id, "webhook_endpoint", _endpoint, limit=limit, cursor=cursor)


def endpoint(connection: Connection, endpoint_id: int) -> dict[str, Any] | None:
    """One that was not removed."""
    query = (
        sa.select(ENDPOINTS.sa, PROGRESS.c.position, PROGRESS.c.failing_since)
        .outerjoin(PROGRESS.sa, PROGRESS.c.endpoint_id == ENDPOINTS.c.id)
        .where(ENDPOINTS.c.id == endpoint_id, ENDPOINTS.c.status != "removed")
    )
    row = connection.execute(query).first()
    return _endpoint(row) if row is not None else None


def deliveries(
    connection: Connection, endpoint_id: int, *, status: str | None = None, limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Of one endpoint, newest first: waiting, done (for as long as jobs are kept) or dead."""
    query = sa.select(JOBS.sa).where(JOBS.c.queue == queue_of(endpoint_id))
    if status is not None:
        query = query.where(JOBS.c.status == status)
    return page(connection, query, JOBS.c.id, "delivery", _delivery, limit=limit, cursor=cursor)


def _endpoint(row: Any) -> dict[str, Any]:
    return {**shown(row), "position": row.position, "failing_since": instant_text(row.failing_since)}


def _delivery(row: Any) -> dict[str, Any]:
    sent = json.loads(row.payload)
    return {
        "object": "delivery",
        "id": show("delivery", row.id),
        "webhook_id": show("event", sent["event"]),
        "position": sent["position"],
        "status": row.status,
        "attempts": row.attempts,
        "next_at": instant_text(row.run_at) if row.status == "waiting" else None,
        "last_error": row.last_error,
        "created_at": instant_text(row.created_at),
        "done_at": instant_text(row.done_at),
    }
