"""One batch: the flows of all its calls run over one picture, in one transaction with one commit."""

import time
from collections.abc import Callable
from typing import Any

from pydantic_core import to_json

from . import events, exchange, idempotency
from .ahead import Ahead
from .calls import STORIES, Call, Outcome
from .clock import Clock
from .errors import Failed, Refused
from .log import log
from .picture import Missing, Picture, Tx
from .session import Reader, Session, TryAgain

MAX_RUN_SECONDS = 0.5  # then the batch is committed as far as it got and the rest starts the next one
MAX_ROUNDS = 40  # without a single request getting through
MAX_LOOKS = 5  # at rows that others keep changing


class Batch:
    """`prepare`, then `finish`. Everything is undone when either raises.

    After `prepare`, `done` calls have an outcome, which holds only once `finish` has returned.
    """

    def __init__(
        self,
        calls: list[Call],
        session: Session,
        clock: Clock,
        new_id: Callable[[], int],
        before: Picture | None = None,
    ) -> None:
        self.calls, self.session, self.picture, self.done = calls, session, Picture(), 0
        self.came_true = False  # committed, and just as it was prepared
        self._clock, self._new_id = clock, new_id
        self._reader: Reader = session if before is None else Ahead(session, before)

    def prepare(self) -> None:
        """Run the flows. With `before`, as if that picture had been committed already."""
        for call in self.calls:
            call.outcome = None
        self.session.begin()
        try:
            self._hint()
            self.done = self._run_flows(self._reader)
        except BaseException:
            self.session.rollback()
            raise

    def finish(self) -> None:
        """Lock what was decided on, write and commit. What was changed by others meanwhile is looked at again."""
        session, looks = self.session, 1
        locked: exchange.Locked = {}
        try:
            while session.locks and not exchange.lock(session, self.picture, locked):
                if looks == MAX_LOOKS:
                    raise TryAgain("rows kept changing")
                looks += 1
                self.picture = exchange.again(self.picture)  # somebody was quicker: look again, now holding the locks
                self.done = self._run_flows(session)
            if self.picture.wrote:
                exchange.write(session, self.picture)
                session.commit()
            else:
                session.rollback()
        except BaseException:
            session.rollback()
            raise
        self.came_true = looks == 1

    def undo(self) -> None:
        self.session.rollback()

    def _hint(self) -> None:
        for call in self.calls:
            if call.key is not None:
                self.picture.want(idempotency.ANSWERS, (call.actor, call.key))
            story = STORIES[type(call.ask)]
            if story.needs is not None:
                for source, key in story.needs(call.ask):
                    self.picture.want(source, key)

    def _run_flows(self, reader: Reader) -> int:
        """Run every flow over the picture in order; how many got their outcome before time ran out.

        Where a flow misses rows, those behind it are run as a guess, to load at once what they will miss too: all of
        them at first, later those of its kind; but all once more where most guesses of that kind were refused, since
        what they build on must be among those left out.
        """
        picture, batch = self.picture, self.calls
        deadline = time.monotonic() + MAX_RUN_SECONDS
        done = rounds = 0
        depends: dict[type, bool] = {}
        while True:
            exchange.load(reader, picture)
            before = done
            done = self._run_until_stuck(done)
            if done == len(batch) or (done and time.monotonic() > deadline):
                return done
            kind = type(batch[done].ask)
            everybody = rounds == 0 or depends.get(kind, False)
            calls = [call for call in batch[done + 1 :] if everybody or type(call.ask) is kind]
            refused = self._guess(calls)
            depends.setdefault(kind, refused > len(calls) // 2)
            if everybody:
                depends[kind] = False
            rounds = rounds + 1 if done == before else 1
            assert rounds < MAX_ROUNDS, f"{kind.__name__} keeps missing rows"

    def _run_until_stuck(self, done: int) -> int:
        for call in self.calls[done:]:
            try:
                outcome, tx = self._one(call)
            except Missing:
                break
            if outcome.refusal is None and not call.dry_run and not outcome.replayed:
                tx.settle()
            call.outcome = outcome
            done += 1
        return done

    def _guess(self, calls: list[Call]) -> int:
        """Run flows only to find out what they miss; nothing they do counts. How many were refused."""
        refused = 0
        self.picture.guess()
        for call in calls:
            try:
                outcome, tx = self._one(call)
            except Missing:
                continue
            if outcome.refusal is not None:
                refused += 1
            elif not call.dry_run and not outcome.replayed:
                tx.settle()
        self.picture.take_back()
        return refused

    def _one(self, call: Call) -> tuple[Outcome, Tx]:
        now = self._clock.now() if call.at is None else call.at
        tx = Tx(self.picture, now=now, actor=call.actor, request_id=call.request_id, ids=call.ids, new_id=self._new_id)
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


def effects(tx: Tx) -> dict[str, Any]:
    """What a dry run would have written to the history: the journal and the movements, table by table."""
    return {"dry_run": True, "effects": {t.name: [row._asdict() for row in rows] for t, rows in tx.history()}}
