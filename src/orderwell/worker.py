"""The worker: a thread that does what was left for later. The only part of the system that speaks to partners."""

import threading
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

import httpx2
import sqlalchemy as sa

from .access import upkeep as _access  # noqa: F401
from .app import App
from .business.store import BUSINESS
from .kit import schedules
from .kit import upkeep as _upkeep  # noqa: F401
from .kit.jobs import Ended, Job, Runner
from .kit.log import log
from .notifications.spread import spread
from .verify import on_demand as _on_demand  # noqa: F401

POLL_SECONDS = 0.2
CONNECT_SECONDS, READ_SECONDS = 1.0, 5.0


class Worker:
    """Runs jobs side by side, so many of one queue at most: a dead partner never blocks another.

    `start` runs it as a thread; `tick` runs everything due now, one after the other, for tests and the command line.
    """

    def __init__(self, app: App, *, threads: int = 8, http: Any = None, **runner: Any) -> None:
        timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        self._http = http or httpx2.Client(timeout=timeout, follow_redirects=False, trust_env=False)
        self._app, self._threads = app, threads
        name = f"worker-{app.ids.next()}"
        self.runner = Runner(app.database, app.writer, app.clock, name=name, http=self._http, **runner)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._zone: str | None = None

    def tick(self) -> int:
        """Start what is scheduled and run what is due, on this thread; how many runs of jobs that took."""
        self._start_due()
        return self.runner.tick()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Claim no more, let what runs come to its end, and end the thread. Call it before the writer stops."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._http.close()

    def _work(self) -> None:
        running: dict[Future[Ended], Job] = {}
        with ThreadPoolExecutor(self._threads, thread_name_prefix="job") as pool:
            while running or not self._stopping.is_set():
                try:
                    self._round(pool, running)
                except sa.exc.SQLAlchemyError as error:  # the database is busy or gone; leases cover what was running
                    log.warning("worker.no_database", error=str(error))
                    self._stopping.wait(1)

    def _round(self, pool: ThreadPoolExecutor, running: dict[Future[Ended], Job]) -> None:
        done = {future for future in running if future.done()}
        if done:
            for future in done:
                running.pop(future)
            self.runner.finish([future.result() for future in done])
        free = self._threads - len(running)
        claimed: list[Job] = []
        if free and not self._stopping.is_set():
            self._start_due()
            claimed = self.runner.claim(free, Counter(job.queue for job in running.values()))
            for job in claimed:
                running[pool.submit(self.runner.run, job)] = job
        if running:
            wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        elif not claimed:
            self._stopping.wait(POLL_SECONDS)

    def _start_due(self) -> None:
        spread(self._app.database, self._app.clock, self._app.ids.next)
        if self._zone is None:
            with self._app.database.reading() as connection:
                self._zone = connection.execute(sa.select(BUSINESS.c.time_zone)).scalar()
        if self._zone is not None:
            schedules.start_due(self._app.database, self._app.clock.now(), self._app.ids.next, self._zone)
