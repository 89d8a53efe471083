"""Jobs: what happens after the commit and outside of it. Written with the request, done at least once, in order.

`later` adds a job inside the request's transaction, so there is none for a request that was refused. A `Runner`
claims due jobs with a lease, runs their handlers with no transaction open, and writes down how they went. A process
that dies loses its leases after a while and others take over. Jobs with the same ordering key run one after the
other. Rows change and are cleared away: they are delivery state, not history.
"""

import json
import random
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..values.calendar import instant_text
from ..values.ids import show
from .clock import Clock, RealClock
from .database import Database
from .log import log
from .pages import DEFAULT_LIMIT, page
from .picture import Tx
from .tables import Table
from .writer import Call, Writer

SECOND = 1_000_000
DELAYS = (2, 10, 30, 120, 600, 1_800, 3_600, 7_200, 14_400)  # seconds between one attempt and the next
JITTER = 0.1  # of the delay, on top, so that what failed together does not come back together
LEASE_SECONDS = 60  # longer than any handler takes: partners get 5 seconds for an answer
FAILURES_TO_REST = 5  # of one queue in a row, the partner not answering
REST_SECONDS = 30


class Job(NamedTuple):
    id: int
    version: int
    queue: str  # the partner it speaks to: a slow one holds up its own queue only
    kind: str
    subject_id: int  # what it is about
    payload: str  # JSON object: ids and facts
    ordering: str | None  # jobs with the same key run one after the other, in order of their ids
    run_at: int
    attempts: int
    leased_until: int | None
    leased_by: str | None
    status: str
    last_error: str
    created_at: int
    done_at: int | None


JOBS = Table(
    "jobs", Job, key="id", lock="write", indexes=[("status", "id"), ("subject_id",)],
    checks=["status IN ('waiting', 'done', 'dead')", "attempts >= 0"],
)  # fmt: skip
_WAITING = sa.text("status = 'waiting'")
for _columns in (("run_at", "id"), ("ordering", "id")):
    sa.Index(
        f"ix_jobs_waiting_{_columns[0]}", *(JOBS.c[each] for each in _columns),
        sqlite_where=_WAITING, postgresql_where=_WAITING,
    )  # fmt: skip


class GiveUp(Exception):
    """Trying again is of no use: the job is dead at once."""


class NotNow(Exception):
    """The partner asks for patience: come back after so many seconds. It does not count as an attempt."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"asked to wait {seconds} s")
        self.seconds = seconds


class Unreachable(Exception):
    """The partner did not answer, or not sensibly. Five in a row and its queue rests for a while."""


@dataclass(frozen=True, slots=True)
class Work:
    """One run of a job, with what a handler may use. Nothing here is inside a transaction."""

    job: Job
    payload: Mapping[str, Any]
    database: Database
    writer: Writer
    clock: Clock
    http: Any  # an httpx2.Client

    def ask(self, ask: Any) -> Any:
        """Bring an answer back as a request. It may come twice, so the flow must take it twice."""
        return self.writer.call(Call(ask, actor="worker", request_id=show("job", self.job.id))).value()


Function = Callable[[Work], None]


class Handler(NamedTuple):
    function: Function
    delays: Sequence[int]


HANDLERS: dict[str, Handler] = {}
_here = threading.local()


def handler(kind: str, *, delays: Sequence[int] = DELAYS) -> Callable[[Function], Function]:
    """Register what runs jobs of this kind. Only a runner may call it: runners have no transaction open, flows have."""

    def register(function: Function) -> Function:
        assert kind not in HANDLERS, f"two handlers for {kind}"

        @wraps(function)
        def guarded(work: Work) -> None:
            if getattr(_here, "job", None) != work.job.id:
                raise RuntimeError(f"{kind} talks to the outside and runs as a job only; use jobs.later")
            function(work)

        HANDLERS[kind] = Handler(guarded, delays)
        return guarded

    return register


def later(
    tx: Tx, kind: str, payload: Mapping[str, Any] | None = None, *, subject_id: int, queue: str | None = None,
    in_order: int | str | None = None, after_seconds: int = 0,
) -> Job:  # fmt: skip
    """A job to run once this request is committed. Those of one queue with the same `in_order` keep their order.

    The queue is the word before the dot of `kind` unless it is given.
    """
    queue = queue or kind.partition(".")[0]
    ordering = None if in_order is None else f"{queue}/{in_order}"
    return tx.add(
        JOBS,
        Job(
            tx.new_id(), 1, queue, kind, subject_id, json.dumps(payload or {}, separators=(",", ":")), ordering,
            tx.now + after_seconds * SECOND, 0, None, None, "waiting", "", tx.now, None,
        ),
    )  # fmt: skip


class Ended(NamedTuple):
    """How a run of a job went."""

    job: Job
    status: str
    run_at: int
    error: str
    attempts: int


class Runner:
    """Claims jobs, runs them, writes down how it went. Any number of them may work on one database.

    Leases are counted on the wall clock whatever clock the business lives by: they are about processes that died.
    """

    def __init__(
        self, database: Database, writer: Writer, clock: Clock, *, name: str, http: Any = None,
        wall: Clock | None = None, lease_seconds: int = LEASE_SECONDS, per_queue: int = 4,
        rng: random.Random | None = None,
    ) -> None:  # fmt: skip
        self.database, self.writer, self.clock, self.name, self.http = database, writer, clock, name, http
        self._wall, self._lease, self._per_queue = wall or RealClock(), lease_seconds * SECOND, per_queue
        self._rng = rng or random.Random()
        self._failures: dict[str, int] = {}
        self._rests_until: dict[str, int] = {}

    def tick(self) -> int:
        """Run everything that is due, one after the other on this thread, until nothing is; how many runs."""
        runs = 0
        while claimed := self.claim(1):
            self.finish([self.run(job) for job in claimed])
            runs += len(claimed)
        return runs

    def claim(self, limit: int, running: Mapping[str, int] | None = None) -> list[Job]:
        """Lease up to `limit` due jobs, `per_queue` of a queue at most, counting those that run already."""
        running = dict(running or {})
        now, wall = self.clock.now(), self._wall.now()
        full = [queue for queue, count in running.items() if count >= self._per_queue]
        resting = [queue for queue, until in self._rests_until.items() if until > now]
        due = _due(now, wall, [*full, *resting]).limit(limit)
        with self.database.reading() as connection:  # an idle look takes no lock
            if connection.execute(due.limit(1)).first() is None:
                return []
        claimed = []
        with self.database.changing() as connection:
            for row in connection.execute(due.with_for_update(skip_locked=True, of=JOBS.sa)).all():
                if running.get(row.queue, 0) >= self._per_queue:
                    continue
                running[row.queue] = running.get(row.queue, 0) + 1
                claimed.append(
                    Job(*row)._replace(
                        version=row.version + 1, attempts=row.attempts + 1,
                        leased_until=wall + self._lease, leased_by=self.name,
                    )
                )  # fmt: skip
            if claimed:
                connection.execute(
                    sa.update(JOBS.sa)
                    .where(JOBS.c.id.in_([job.id for job in claimed]))
                    .values(
                        version=JOBS.c.version + 1, attempts=JOBS.c.attempts + 1,
                        leased_until=wall + self._lease, leased_by=self.name,
                    )
                )  # fmt: skip
        return claimed

    def run(self, job: Job) -> Ended:
        """Run one claimed job; whatever its handler raises becomes the job's own trouble."""
        known = HANDLERS.get(job.kind)
        if known is None:
            return self._dead(job, f"nothing handles {job.kind}")
        if job.attempts > len(known.delays) + 1:  # the process died every time it tried this
            return self._dead(job, job.last_error or "it never came to an end")
        work = Work(job, json.loads(job.payload), self.database, self.writer, self.clock, self.http)
        _here.job = job.id
        try:
            known.function(work)
        except NotNow as patience:
            again = self.clock.now() + patience.seconds * SECOND
            return Ended(job, "waiting", again, str(patience), job.attempts - 1)
        except GiveUp as reason:
            return self._dead(job, str(reason))
        except Exception as error:
            return self._failed(job, known, error)
        finally:
            _here.job = None
        self._failures.pop(job.queue, None)
        return Ended(job, "done", job.run_at, "", job.attempts)

    def finish(self, ended: Iterable[Ended]) -> None:
        """Write down how runs went, all of them in one transaction. Who lost the lease meanwhile says nothing."""
        now = self.clock.now()
        with self.database.changing() as connection:
            for job, status, run_at, error, attempts in ended:
                connection.execute(
                    sa.update(JOBS.sa)
                    .where(JOBS.c.id == job.id, JOBS.c.version == job.version)
                    .values(
                        version=job.version + 1, status=status, run_at=run_at, last_error=error[:500],
                        attempts=attempts, leased_until=None, leased_by=None,
                        done_at=None if status == "waiting" else now,
                    )
                )  # fmt: skip

    def _failed(self, job: Job, known: Handler, error: Exception) -> Ended:
        text = f"{type(error).__name__}: {error}"
        if isinstance(error, Unreachable):
            failures = self._failures[job.queue] = self._failures.get(job.queue, 0) + 1
            if failures >= FAILURES_TO_REST:
                self._failures.pop(job.queue, None)
                self._rests_until[job.queue] = self.clock.now() + REST_SECONDS * SECOND
        if job.attempts > len(known.delays):
            return self._dead(job, text)
        log.warning("job.failed", job=show("job", job.id), kind=job.kind, attempt=job.attempts, error=text)
        delay = known.delays[job.attempts - 1] * (SECOND + self._rng.randrange(int(JITTER * SECOND)))
        return Ended(job, "waiting", self.clock.now() + delay, text, job.attempts)

    def _dead(self, job: Job, text: str) -> Ended:
        log.warning("job.dead", job=show("job", job.id), kind=job.kind, attempts=job.attempts, error=text)
        return Ended(job, "dead", job.run_at, text, job.attempts)


def _due(now: int, wall: int, but_not: Sequence[str]) -> sa.Select[Any]:
    """Jobs that may run now: waiting, due, leased by nobody alive, and first of those with the same ordering key."""
    earlier = JOBS.sa.alias("earlier")
    before = sa.exists().where(
        earlier.c.ordering == JOBS.c.ordering, earlier.c.id < JOBS.c.id, earlier.c.status == "waiting"
    )
    query = sa.select(JOBS.sa).where(
        JOBS.c.status == "waiting", JOBS.c.run_at <= now,
        sa.or_(JOBS.c.leased_until.is_(None), JOBS.c.leased_until < wall),
        sa.or_(JOBS.c.ordering.is_(None), ~before),
    )  # fmt: skip
    if but_not:
        query = query.where(JOBS.c.queue.not_in(but_not))
    return query.order_by(JOBS.c.run_at, JOBS.c.id)


def clear_done(database: Database, before: int) -> int:
    """Forget jobs that were done before an instant; dead ones stay until somebody has looked."""
    with database.changing() as connection:
        gone = sa.delete(JOBS.sa).where(JOBS.c.status == "done", JOBS.c.done_at < before)
        return connection.execute(gone).rowcount


def listed(
    connection: Connection, *, status: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> dict[str, Any]:
    """Jobs, newest first: `status="dead"` is the dead letter box."""
    query = sa.select(JOBS.sa)
    if status is not None:
        query = query.where(JOBS.c.status == status)
    return page(connection, query, JOBS.c.id, "job", shown, limit=limit, cursor=cursor)


def shown(job: Any) -> dict[str, Any]:
    return {
        "id": show("job", job.id),
        "object": "job",
        "kind": job.kind,
        "queue": job.queue,
        "status": job.status,
        "attempts": job.attempts,
        "run_at": instant_text(job.run_at),
        "last_error": job.last_error,
        "created_at": instant_text(job.created_at),
        "done_at": instant_text(job.done_at),
    }
