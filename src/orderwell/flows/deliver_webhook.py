"""Delivering one event to one endpoint, and giving an endpoint up that nothing gets through to."""

import time

import sqlalchemy as sa

from ..business.store import BUSINESS
from ..kit.database import Database
from ..kit.events import EVENTS, Event
from ..kit.jobs import GiveUp, NotNow, Unreachable, Work, handler
from ..notifications.model import Endpoint
from ..notifications.rules import DELAYS, FAILING_DAYS, body_of, headers, patience, verdict
from ..notifications.sending import Told, send
from ..notifications.spread import KIND
from ..notifications.store import ENDPOINT_SECRETS, ENDPOINTS, PROGRESS
from ..values.calendar import DAY
from ..values.ids import show
from .keep_webhooks import ChangeWebhookEndpoint


@handler(KIND, delays=DELAYS)
def deliver_webhook(work: Work) -> None:
    """Send it, and take the answer for what it is. It may arrive twice: receivers tell by its id."""
    endpoint, secret, event, strict = _look_up(work)
    body = body_of(event)
    signed = headers(secret, show("event", event.id), body, int(time.time()))
    try:
        told = send(work.http, endpoint.url, signed, body, strict=strict)
    except Unreachable as error:
        _failing(work, endpoint, str(error))
    else:
        _judge(work, endpoint, told)


def _judge(work: Work, endpoint: Endpoint, told: Told) -> None:
    means = verdict(told.status)
    if means == "done":
        _set_failing(work.database, endpoint.id, None)
    elif means == "gone":
        _disable(work, endpoint, "gone")
        raise GiveUp("410: the endpoint wants nothing any more")
    else:
        wait = patience(told.headers) if means == "later" else None
        _failing(work, endpoint, f"status {told.status}", wait)


def _look_up(work: Work) -> tuple[Endpoint, str, Event, bool]:
    number = work.payload["endpoint"]
    with work.database.reading() as connection:
        endpoint = connection.execute(sa.select(ENDPOINTS.sa).where(ENDPOINTS.c.id == number)).one()
        if endpoint.status != "active":
            raise GiveUp(f"the endpoint is {endpoint.status}")
        secret = sa.select(ENDPOINT_SECRETS.c.secret).where(ENDPOINT_SECRETS.c.endpoint_id == number)
        event = connection.execute(sa.select(EVENTS.sa).where(EVENTS.c.id == work.payload["event"])).one()
        mode = connection.execute(sa.select(BUSINESS.c.mode)).scalar_one()
        return (
            Endpoint._make(endpoint),
            connection.execute(secret).scalar_one(),
            Event._make(event),
            mode == "production",
        )


def _failing(work: Work, endpoint: Endpoint, why: str, wait: int | None = None) -> None:
    """Raises, so that the job is tried again; after five days without a single success the endpoint is disabled."""
    now = work.clock.now()
    since = _set_failing(work.database, endpoint.id, now)
    if now - since >= FAILING_DAYS * DAY:
        _disable(work, endpoint, "failing")
        raise GiveUp(f"{why}; nothing got through for {FAILING_DAYS} days")
    if wait is not None:
        raise NotNow(wait)
    raise RuntimeError(why)


def _set_failing(database: Database, endpoint_id: int, now: int | None) -> int:
    """Note that it fails (since when, if it did before) or, with None, that it does not; since when it fails."""
    mine = PROGRESS.c.endpoint_id == endpoint_id
    with database.reading() as connection:
        since: int | None = connection.execute(sa.select(PROGRESS.c.failing_since).where(mine)).scalar_one()
    if (since is None) == (now is None):
        return since or 0
    with database.changing() as connection:
        connection.execute(sa.update(PROGRESS.sa).where(mine).values(failing_since=now))
    return now or 0


def _disable(work: Work, endpoint: Endpoint, reason: str) -> None:
    name = show("webhook_endpoint", endpoint.id)
    work.ask(ChangeWebhookEndpoint(name, status="disabled", reason=reason))
