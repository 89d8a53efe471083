"""Upkeep: what is kept for a time only is cleared away each night: done jobs, and answers kept for retries."""

import sqlalchemy as sa

from .idempotency import ANSWERS, KEPT_DAYS
from .jobs import SECOND, Work, clear_done, handler
from .schedules import recurring

DONE_JOBS_DAYS = 7
DAY = 86_400 * SECOND


@handler("upkeep.clear")
def clear(work: Work) -> None:
    now = work.clock.now()
    clear_done(work.database, now - DONE_JOBS_DAYS * DAY)
    with work.database.changing() as connection:
        connection.execute(sa.delete(ANSWERS.sa).where(ANSWERS.c.at < now - KEPT_DAYS * DAY))


recurring("upkeep.clear", at_local="03:10")
