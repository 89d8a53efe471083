"""The writer: takes every request that waits, runs each flow in order of arrival, and commits them all at once.

    take what waits → begin → run flows, loading what they miss → lock and compare → write → commit → answer everyone

A lone request goes alone and at once; under load a batch grows by itself while the one before it is being committed.
On PostgreSQL, if somebody waits, the next batch is prepared in the meantime, as if the commit had happened (`ahead`).
See `batch` for one transaction, `picture` for how flows read and write, and docs/decisions for why it is so.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import Any

from .batch import Batch
from .calls import STORIES as STORIES
from .calls import Call as Call
from .calls import Flow as Flow
from .calls import Outcome as Outcome
from .calls import Story as Story
from .calls import flow as flow
from .clock import Clock
from .database import Database
from .errors import Failed, OutcomeUnknown, Overloaded, Refused, Unavailable
from .log import log
from .picture import Picture
from .session import Collided, CommitUnknown, Session, TryAgain

MAX_WAITING = 4_000
MAX_CALLS = 256
MAX_WEIGHT = 6_000  # lines, or whatever makes a request heavy: one of a thousand lines must not stall the tills
MAX_TRIES = 5


class Writer:
    """Group commit on one database. Thread-safe: any number of faces submit, one batch after the other is committed."""

    batch = Batch

    def __init__(
        self, database: Database, clock: Clock, new_id: Callable[[], int], *, max_calls: int = MAX_CALLS
    ) -> None:
        self._database, self._clock, self._new_id = database, clock, new_id
        self._max_calls = max_calls
        self._sessions: dict[int, Session] = {}
        self._overlaps = database.kind == "postgresql"  # SQLite has one writing connection
        self._waiting: deque[Call] = deque()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._one_at_a_time = threading.Lock()
        self.batches = 0

    # -- for faces

    def submit(self, call: Call) -> None:
        """Queue a call; `call.done` hears its outcome after the commit. Raises Overloaded when too many wait."""
        with self._wake:
            if self._stopping:
                raise Unavailable("The system is stopping; try again in a moment.")
            if len(self._waiting) >= MAX_WAITING:
                raise Overloaded("Too many requests are waiting; try again in a moment.")
            self._waiting.append(call)
            self._wake.notify()

    def call(self, call: Call) -> Outcome:
        """Submit and wait for the outcome."""
        if self._thread is None:
            return self.run([call])[0]
        future: Future[Outcome] = Future()
        call.done = future.set_result
        self.submit(call)
        return future.result()

    def ask(self, ask: Any, *, actor: str = "system", request_id: str = "", at: int | None = None) -> Any:
        """Perform one request in process and return its answer; raises the refusal."""
        return self.call(Call(ask, actor=actor, request_id=request_id, at=at)).value()

    def run(self, calls: Sequence[Call]) -> list[Outcome]:
        """Perform calls as one or more batches, now, on this thread. For tests and the command line."""
        with self._one_at_a_time:
            rest = list(calls)
            while rest:
                batch = self._cut(rest)
                rest = [*self._perform(batch), *rest[len(batch) :]]
        return [call.outcome or Outcome(refusal=Failed("The request got no answer.")) for call in calls]

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more, finish what waits, and end the thread."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()

    # -- batch after batch

    def _work(self) -> None:
        committer = Committer()
        while calls := self._take():
            with self._one_at_a_time:
                self._stream(calls, committer)
        committer.stop()

    def _stream(self, calls: list[Call], committer: "Committer") -> None:
        """Perform these, and go on as long as others wait by the time they are prepared."""
        before: tuple[Batch, Future[None]] | None = None
        lane = 0
        while calls:
            batch = self._prepared(calls, lane, before[0].picture if before else None)
            if before is not None:
                before[1].result()
                if batch is not None and not before[0].came_true:
                    batch.undo()
                    batch = None
            if batch is None:
                self._put_back(self._perform(calls, lane))
                before = None
            else:
                self._put_back(calls[batch.done :])
                calls = calls[: batch.done]
                batch.calls = calls
                if self._overlaps and (before or self._waiting):
                    before = batch, committer.submit(partial(self._complete, batch, lane))
                    before[1].add_done_callback(self._committed)
                    lane = 1 - lane
                else:
                    self._complete(batch, lane)
                    before = None
            if before is None:
                return
            calls = self._take(meanwhile=before[1], enough=len(calls) // 2)
        if before is not None:
            before[1].result()

    def _prepared(self, calls: list[Call], lane: int, before: Picture | None) -> Batch | None:
        """None where that did not work: then it is tried the ordinary way, which knows what to do about it."""
        try:
            batch = self._batch(calls, lane, before)
            batch.prepare()
        except Exception as error:
            log.warning("batch.not_prepared", calls=len(calls), error=str(error))
            return None
        return batch

    def _complete(self, batch: Batch, lane: int) -> None:
        self._all(self._perform(batch.calls, lane, batch), lane)

    def _take(self, *, meanwhile: "Future[None] | None" = None, enough: int = 1) -> list[Call]:
        """What waits; nothing when the writer stops, or nobody came while a batch was committed.

        The next batch is not committed before that one anyway: so it begins when enough wait, or that one has ended.
        """
        with self._wake:
            while not self._stopping and (
                not self._waiting if meanwhile is None else len(self._waiting) < enough and not meanwhile.done()
            ):
                self._wake.wait()
            calls = self._cut(self._waiting)
            for _ in calls:
                self._waiting.popleft()
        return calls

    def _committed(self, _: "Future[None]") -> None:
        with self._wake:
            self._wake.notify()

    def _put_back(self, rest: list[Call]) -> None:
        if rest:
            with self._wake:
                self._waiting.extendleft(reversed(rest))

    def _cut(self, waiting: Sequence[Call]) -> list[Call]:
        batch: list[Call] = []
        weight = 0
        for call in waiting:
            weight += call.weight
            if batch and (len(batch) == self._max_calls or weight > MAX_WEIGHT):
                break
            batch.append(call)
        return batch

    # -- one batch

    def _perform(self, calls: list[Call], lane: int = 0, prepared: Batch | None = None) -> list[Call]:
        """Bring a batch to its end whatever happens, and answer everyone in it; gives back what had to wait."""
        rest: list[Call] = []
        try:
            for attempt in range(MAX_TRIES):
                try:
                    rest = self._attempt(calls, lane, prepared)
                    break
                except TryAgain as error:
                    log.warning("batch.again", calls=len(calls), attempt=attempt, error=str(error))
                    time.sleep(random.uniform(0, 0.02 * 2**attempt))
                except Collided as error:
                    if attempt > 1:
                        raise
                    log.warning("batch.collided", calls=len(calls), error=str(error))
                prepared = None
            else:
                self._refuse(calls, Unavailable("The database is busy or gone; nothing was done. Try again."))
        except CommitUnknown as error:
            log.error("batch.outcome_unknown", calls=len(calls), error=str(error))
            self._refuse(calls, OutcomeUnknown("No answer to the commit. Retry with the same key to learn the truth."))
        except Unavailable as error:
            self._refuse(calls, error)
        except Exception as error:
            if len(calls) > 1:  # somebody in here is poison: halve until they stand alone
                log.warning("batch.split", calls=len(calls), error=str(error))
                middle = len(calls) // 2
                return [*self._all(calls[:middle], lane), *self._all(calls[middle:], lane)]
            log.error("request.failed", request_id=calls[0].request_id, ask=type(calls[0].ask).__name__, exc=error)
            self._refuse(calls, Failed("The database refused what this request would have written; nothing was done."))
        self._answer(calls[: len(calls) - len(rest)])
        return rest

    def _all(self, calls: list[Call], lane: int) -> list[Call]:
        while calls:
            calls = self._perform(calls, lane)
        return calls

    def _attempt(self, calls: list[Call], lane: int, batch: Batch | None) -> list[Call]:
        """One transaction; the calls it had no time for."""
        if batch is None:
            batch = self._batch(calls, lane)
            batch.prepare()
        batch.finish()
        self.batches += 1
        return calls[batch.done :]

    def _batch(self, calls: list[Call], lane: int, before: Picture | None = None) -> Batch:
        if lane not in self._sessions:
            self._sessions[lane] = self._database.write_session()
        return self.batch(calls, self._sessions[lane], self._clock, self._new_id, before)

    def _refuse(self, batch: list[Call], refusal: Refused) -> None:
        for call in batch:
            call.outcome = Outcome(refusal=refusal)

    def _answer(self, batch: list[Call]) -> None:
        for call in batch:
            if call.done is not None and call.outcome is not None:
                try:
                    call.done(call.outcome)
                except Exception as error:  # whoever asked has gone; the writer goes on for everybody else
                    log.error("answer.failed", request_id=call.request_id, exc=error)


class Committer:
    """A thread that does one thing after the other. An executor would refuse once the main thread has ended."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[Callable[[], None], Future[None]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="committer", daemon=True)
        self._thread.start()

    def submit(self, act: Callable[[], None]) -> "Future[None]":
        future: Future[None] = Future()
        self._asked.put((act, future))
        return future

    def stop(self) -> None:
        self._asked.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            act, future = asked
            try:
                act()
            except BaseException as error:  # whoever waits for it is to hear of it
                future.set_exception(error)
            else:
                future.set_result(None)
