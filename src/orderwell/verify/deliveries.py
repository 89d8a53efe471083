"""I10: every event was delivered to each endpoint that wants it, or can be seen to wait or to have been given up.

A delivery is a job, made when an endpoint's progress passes the event. What an endpoint wanted at that moment is known
from its last change on. Jobs that are done are cleared away after a week: of events older than that nothing is said.
"""

from collections.abc import Iterator

from sqlalchemy.engine import Connection

from .model import Break, Check
from .streams import stream

KEPT = 7 * 86_400 * 1_000_000  # microseconds that done jobs are kept at least

PASSED = f"""
    SELECT w.id, w.types, f.position, f.event_id, e.type
    FROM webhook_endpoints w
    JOIN webhook_progress p ON p.endpoint_id = w.id
    JOIN feed f ON f.position <= p.position AND f.position > (
        SELECT COALESCE(MAX(g.position), 0) FROM events c JOIN feed g ON g.event_id = c.id
        WHERE c.subject = 'webhook_endpoint' AND c.subject_id = w.id
            AND c.type IN ('webhook_endpoint.added', 'webhook_endpoint.changed', 'webhook_endpoint.disabled'))
    JOIN events e ON e.id = f.event_id
    WHERE w.status <> 'removed'
        AND e.at >= (SELECT MAX(at) FROM (
            SELECT next_at AS at FROM schedules WHERE name = 'upkeep.clear'
            UNION ALL SELECT done_at FROM jobs WHERE kind = 'upkeep.clear' AND done_at IS NOT NULL
            UNION ALL SELECT 0) AS cleared) - {KEPT}
        AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'webhook.deliver' AND j.subject_id = f.event_id
            AND j.payload LIKE '{{"endpoint": ' || CAST(w.id AS TEXT) || ',%')
    ORDER BY w.id, f.position
"""


def breaks(connection: Connection) -> Iterator[Break]:
    """Events that an endpoint's progress has passed, that it wants, and that nobody sends it."""
    for endpoint_id, types, position, event_id, type_ in stream(connection, PASSED):
        if _wanted(types.split(), type_):
            sentence = f"Endpoint {endpoint_id} has passed place {position} of the feed and was never to get it."
            yield Break("delivery_missing", sentence, f"events {event_id} for webhook_endpoints {endpoint_id}")


def _wanted(words: list[str], type_: str) -> bool:
    """`order.*` is every type that begins so; no words at all are every type there is."""
    return not words or any(type_.startswith(word[:-1]) if word[-1:] == "*" else type_ == word for word in words)


CHECKS = (
    Check(
        "endpoint_without_secret",
        "Nothing can be signed for this endpoint: it has no secret.",
        "webhook_endpoints {id}",
        """
        SELECT w.id FROM webhook_endpoints w WHERE w.status <> 'removed'
            AND NOT EXISTS (SELECT 1 FROM webhook_secrets s WHERE s.endpoint_id = w.id)
        """,
    ),
    Check(
        "progress_beyond_feed",
        "The endpoint is said to be at place {position} of the feed, which ends at {tip}: what comes now would be left"
        " out.",
        "webhook_progress {endpoint_id}",
        """
        SELECT p.endpoint_id, p.position, (SELECT COALESCE(MAX(position), 0) FROM feed) AS tip
        FROM webhook_progress p WHERE p.position > (SELECT COALESCE(MAX(position), 0) FROM feed)
        """,
    ),
    Check(
        "delivery_of_nothing",
        "What is to be delivered, event {subject_id}, is not there.",
        "jobs {id}",
        """
        SELECT j.id, j.subject_id FROM jobs j WHERE j.kind = 'webhook.deliver' AND j.status = 'waiting'
            AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = j.subject_id)
        """,
    ),
    Check(
        "job_malformed",
        "The job is {status} and {ended}.",
        "jobs {id}",
        """
        SELECT id, status, CASE WHEN done_at IS NULL THEN 'has no end' ELSE 'has ended' END AS ended FROM jobs
        WHERE (status = 'waiting') <> (done_at IS NULL)
        """,
    ),
)
