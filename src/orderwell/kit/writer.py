"""The writer: takes every request that waits, runs each flow in order of arrival, and commits them all at once.

    take what waits → begin → run flows, loading what they miss → lock and compare → write → commit → answer everyone

A lone request goes alone and at once; under load a batch grows by itself while the one before it is being committed.
See `picture` for how flows read and write, `database` for the statements, and docs/decisions for why it is so.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_json

from . import events, exchange, idempotency
from .clock import Clock
from .database import Database
from .errors import Failed, OutcomeUnknown, Overloaded, Refused, Unavailable
from .log import log
from .picture import Missing, Picture, Tx
from .session import Collided, CommitUnknown, Session, TryAgain
from .tables import Table

MAX_WAITING = 4_000
MAX_CALLS = 256
MAX_WEIGHT = 6_000  # lines, or whatever makes a request heavy: one of a thousand lines must not stall the tills
MAX_RUN_SECONDS = 0.5  # then the batch is committed as far as it got and the rest starts the next one
MAX_ROUNDS = 40  # without a single request getting through
MAX_TRIES = 5


@dataclass(slots=True)
class Outcome:
    """What became of a call: its answer (a JSON-ready dict), or the refusal. `body` is the answer's exact bytes."""

    told: Any = None  # the answer, or a function that tells it
    body: bytes | None = None
    replayed: bool = False
    refusal: Refused | None = None

    def value(self) -> Any:
        """The answer; raises the refusal."""
        if self.refusal is not None:
            raise self.refusal
        return self.answer

    @property
    def answer(self) -> Any:
        """Told when somebody asks: many callers only want to know that it happened."""
        if callable(self.told):
            self.told = self.told()
        return self.told


@dataclass(slots=True, eq=False)
class Call:
    """One request on its way through the writer, with who asks and under which key."""

    ask: Any
    actor: str = "system"
    request_id: str = ""
    key: str | None = None
    input_hash: str = ""
    at: int | None = None  # business time, for calls under a test clock; else the writer's clock
    dry_run: bool = False
    weight: int = 1
    precondition: Callable[[Tx], None] | None = None  # raises a refusal, e.g. when the caller saw an older version
    done: Callable[[Outcome], None] | None = None
    outcome: Outcome | None = field(default=None, init=False)
    ids: list[int] = field(default_factory=list, init=False)  # drawn so far: the same again when the flow runs again


Flow = Callable[[Tx, Any], Any]


@dataclass(frozen=True, slots=True)
class Story:
    """A flow and, if it says so, what it will need at first: a hint that saves a round, never a must."""

    flow: Flow
    needs: Callable[[Any], Sequence[tuple[Any, Any]]] | None = None


STORIES: dict[type, Story] = {}


def flow(ask: type, needs: Callable[[Any], Sequence[tuple[Any, Any]]] | None = None) -> Callable[[Flow], Flow]:
    """Register the flow that answers requests of this type."""

    def register(function: Flow) -> Flow:
        assert ask not in STORIES, f"two flows answer {ask.__name__}"
        STORIES[ask] = Story(function, needs)
        return function

    return register


class Writer:
    """Group commit on one database. Thread-safe: any number of faces submit, one thread writes."""

    def __init__(
        self, database: Database, clock: Clock, new_id: Callable[[], int], *, max_calls: int = MAX_CALLS
    ) -> None:
        self._database, self._clock, self._new_id = database, clock, new_id
        self._max_calls = max_calls
        self._session: Session | None = None
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
        if self._session is not None:
            self._session.close()
            self._session = None

    # -- one batch

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._stopping:
                    self._wake.wait()
                if not self._waiting:
                    return
                batch = self._cut(self._waiting)
                for _ in batch:
                    self._waiting.popleft()
            with self._one_at_a_time:
                rest = self._perform(batch)
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

    def _perform(self, batch: list[Call]) -> list[Call]:
        """Bring a batch to its end whatever happens, and answer everyone in it; gives back what had to wait."""
        rest: list[Call] = []
        try:
            for attempt in range(MAX_TRIES):
                try:
                    rest = self._attempt(batch)
                    break
                except TryAgain as error:
                    log.warning("batch.again", calls=len(batch), attempt=attempt, error=str(error))
                    time.sleep(random.uniform(0, 0.02 * 2**attempt))
                except Collided as error:
                    if attempt > 1:
                        raise
                    log.warning("batch.collided", calls=len(batch), error=str(error))
            else:
                self._refuse(batch, Unavailable("The database is busy or gone; nothing was done. Try again."))
        except CommitUnknown as error:
            log.error("batch.outcome_unknown", calls=len(batch), error=str(error))
            self._refuse(batch, OutcomeUnknown("No answer to the commit. Retry with the same key to learn the truth."))
        except Unavailable as error:
            self._refuse(batch, error)
        except Exception as error:
            if len(batch) > 1:  # somebody in here is poison: halve until they stand alone
                log.warning("batch.split", calls=len(batch), error=str(error))
                middle = len(batch) // 2
                return [*self._all(batch[:middle]), *self._all(batch[middle:])]
            log.error("request.failed", request_id=batch[0].request_id, ask=type(batch[0].ask).__name__, exc=error)
            self._refuse(batch, Failed("The database refused what this request would have written; nothing was done."))
        self._answer(batch[: len(batch) - len(rest)])
        return rest

    def _all(self, batch: list[Call]) -> list[Call]:
        while batch:
            batch = self._perform(batch)
        return batch

    def _attempt(self, batch: list[Call]) -> list[Call]:
        """One transaction for the batch. Everything it does is undone when it raises."""
        for call in batch:
            call.outcome = None
        if self._session is None:
            self._session = self._database.write_session()
        session = self._session
        picture = Picture()
        session.begin()
        try:
            self._hint(picture, batch)
            locked: dict[Table[Any], dict[Any, int]] = {}
            for _ in range(MAX_TRIES):
                done = self._run_flows(session, picture, batch)
                if not session.locks or exchange.lock(session, picture, locked):
                    break
                picture = exchange.again(picture)  # somebody was quicker: look again, now holding the locks
            else:
                raise TryAgain("rows kept changing")
            if picture.added or picture.changed or picture.appended:
                exchange.write(session, picture)
                session.commit()
            else:
                session.rollback()
        except BaseException:
            session.rollback()
            raise
        self.batches += 1
        return batch[done:]

    def _hint(self, picture: Picture, batch: list[Call]) -> None:
        for call in batch:
            if call.key is not None:
                picture.want(idempotency.ANSWERS, (call.actor, call.key))
            story = STORIES[type(call.ask)]
            if story.needs is not None:
                for source, key in story.needs(call.ask):
                    picture.want(source, key)

    def _run_flows(self, session: Session, picture: Picture, batch: list[Call]) -> int:
        """Run every flow over the picture in order; how many got their outcome before time ran out.

        Where a flow misses rows, those behind it are run as a guess, to load at once what they will miss too: all of
        them at first, later those of its kind; but all once more where most guesses of that kind were refused, since
        what they build on must be among those left out.
        """
        deadline = time.monotonic() + MAX_RUN_SECONDS
        done = rounds = 0
        depends: dict[type, bool] = {}
        while True:
            exchange.load(session, picture)
            before = done
            done = self._run_until_stuck(picture, batch, done)
            if done == len(batch) or (done and time.monotonic() > deadline):
                return done
            kind = type(batch[done].ask)
            everybody = rounds == 0 or depends.get(kind, False)
            calls = [call for call in batch[done + 1 :] if everybody or type(call.ask) is kind]
            refused = self._guess(picture, calls)
            depends.setdefault(kind, refused > len(calls) // 2)
            if everybody:
                depends[kind] = False
            rounds = rounds + 1 if done == before else 1
            assert rounds < MAX_ROUNDS, f"{kind.__name__} keeps missing rows"

    def _run_until_stuck(self, picture: Picture, batch: list[Call], done: int) -> int:
        for call in batch[done:]:
            try:
                outcome, tx = self._one(picture, call)
            except Missing:
                break
            if outcome.refusal is None and not call.dry_run and not outcome.replayed:
                tx.settle()
            call.outcome = outcome
            done += 1
        return done

    def _guess(self, picture: Picture, calls: list[Call]) -> int:
        """Run flows only to find out what they miss; nothing they do counts. How many were refused."""
        refused = 0
        picture.guess()
        for call in calls:
            try:
                outcome, tx = self._one(picture, call)
            except Missing:
                continue
            if outcome.refusal is not None:
                refused += 1
            elif not call.dry_run and not outcome.replayed:
                tx.settle()
        picture.take_back()
        return refused

    def _one(self, picture: Picture, call: Call) -> tuple[Outcome, Tx]:
        now = self._clock.now() if call.at is None else call.at
        tx = Tx(picture, now=now, actor=call.actor, request_id=call.request_id, ids=call.ids, new_id=self._new_id)
        try:
            if call.key is not None and not call.dry_run:
                kept = idempotency.recall(tx, call.actor, call.key, call.input_hash)
                if kept is not None:
                    return Outcome(body=kept.answer.encode(), replayed=True), tx
            if call.precondition is not None:
                call.precondition(tx)
            told = STORIES[type(call.ask)].flow(tx, call.ask)
            outcome = Outcome(told)
            if call.dry_run:
                return Outcome({**outcome.answer, **effects(tx)}), tx
            events.seal(tx)
            if call.key is not None:
                outcome.body = to_json(outcome.answer)
                idempotency.keep(tx, call.actor, call.key, call.input_hash, outcome.body.decode())
            return outcome, tx
        except Missing:
            raise
        except Refused as refusal:
            return Outcome(refusal=refusal), tx
        except Exception as error:
            log.error("flow.failed", request_id=call.request_id, ask=type(call.ask).__name__, exc=error)
            return Outcome(refusal=Failed("Something went wrong on our side; nothing was done.")), tx

    # -- the end

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


def effects(tx: Tx) -> dict[str, Any]:
    """What a dry run would have written to the history: the journal and the movements, table by table."""
    return {"dry_run": True, "effects": {t.name: [row._asdict() for row in rows] for t, rows in tx.history()}}
