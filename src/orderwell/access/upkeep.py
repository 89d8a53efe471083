"""What is cleared away each night: sessions that are over for long, links that open nothing, tries nobody counts."""

import sqlalchemy as sa

from ..kit.jobs import SECOND, Work, handler
from ..kit.schedules import recurring
from .model import HOUR
from .store import LINKS, SESSION_USES, SESSIONS, TRIES

DAY = 86_400 * SECOND
SESSIONS_KEPT_DAYS = 90  # after their end: by them a browser is known, whose owner gets in while others guess
LINKS_KEPT_DAYS = 1


@handler("access.clear")
def clear(work: Work) -> None:
    now = work.clock.now()
    ended = sa.func.coalesce(SESSIONS.c.ended_at, SESSIONS.c.ends_at) < now - SESSIONS_KEPT_DAYS * DAY
    closed = sa.func.coalesce(LINKS.c.used_at, LINKS.c.expires_at) < now - LINKS_KEPT_DAYS * DAY
    with work.database.changing() as connection:
        gone = sa.select(SESSIONS.c.id).where(ended)
        connection.execute(sa.delete(SESSION_USES.sa).where(SESSION_USES.c.session_id.in_(gone)))
        connection.execute(sa.delete(SESSIONS.sa).where(ended))
        connection.execute(sa.delete(LINKS.sa).where(closed))
        connection.execute(sa.delete(TRIES.sa).where(TRIES.c.hour < now // HOUR - 24))


recurring("access.clear", at_local="03:15")
