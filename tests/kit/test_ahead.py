"""The next batch is prepared while the one before it is committed: nobody can tell, whatever becomes of that one."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwell.app import App
from orderwell.kit import faults
from orderwell.kit.batch import Batch
from orderwell.kit.calls import Call, Outcome
from orderwell.verify.proof import verify
from tests.kit.asks import call, keyed, state, told
from tests.kit.conftest import Copies
from tests.kit.poison import Poison
from tests.kit.test_writer import order

pytestmark = pytest.mark.parametrize("engine_kind", ["postgres"], indirect=True, scope="module")
SECONDS = 30  # nothing here takes so long


@pytest.fixture
def app(copy_of_shop: Copies) -> Iterator[App]:
    with copy_of_shop() as app:
        yield app
        assert verify(app.database).breaks == []


@contextmanager
def held(point: str, until: Callable[[], bool], then: Exception | None = None) -> Iterator[None]:
    """The first batch that comes to a point waits there until something is so, and perhaps fails."""
    first = threading.Lock()

    def wait() -> None:
        if first.acquire(blocking=False):
            deadline = time.monotonic() + SECONDS
            while not until():
                assert time.monotonic() < deadline, "the next batch was never prepared"
                time.sleep(0.001)
            if then is not None:
                raise then

    faults.armed[point] = wait
    try:
        yield
    finally:
        faults.armed.clear()


def in_batches(app: App, calls: Sequence[Call], size: int) -> list[Outcome]:
    """All of them wait when the writer starts; it takes `size` at a time."""
    app.writer._max_calls = size
    done = threading.Semaphore(0)
    outcomes: dict[int, Outcome] = {}

    def hear(n: int, outcome: Outcome) -> None:
        assert n not in outcomes, "nobody is answered twice"
        outcomes[n] = outcome
        done.release()

    for n, each in enumerate(calls):
        each.done = lambda outcome, n=n: hear(n, outcome)  # type: ignore[misc]
        app.writer.submit(each)
    app.writer.start()
    for _ in calls:
        assert done.acquire(timeout=SECONDS)
    app.writer.stop()
    return [outcomes[n] for n in range(len(calls))]


def prepared(call: Call) -> Callable[[], bool]:
    """Whether its flow has run, which is not to say that it holds."""
    return lambda: call.outcome is not None


def test_it_sees_what_the_batch_before_did_and_is_answered_after_it(app: App) -> None:
    calls = [call(order(4)), call(order(4)), call(order(4)), call(order(2))]
    last = calls[-1]
    with held("write.before", prepared(last)):
        outcomes = in_batches(app, calls, 2)
    assert [told(each) == "out_of_stock" for each in outcomes] == [False, False, True, False]


def test_a_key_of_the_batch_before_gets_its_answer(app: App) -> None:
    calls = [call(order(), "a"), call(order(), "b"), call(order(), "a"), call(order(3), "b")]
    with held("write.before", prepared(calls[-1])):
        first, _, again, other = in_batches(app, calls, 2)
    assert again.replayed
    assert again.body == first.body
    assert told(other) == "idempotency_key_reused"


def test_a_batch_built_on_one_that_was_not_committed_is_made_anew(app: App) -> None:
    calls = [call(order(6), "a"), call(order(4), "b"), call(order(9), "c"), call(order(1), "d")]
    with held("commit.before", prepared(calls[-1]), then=faults.Injected("cut")):
        outcomes = in_batches(app, calls, 2)
    assert [told(each) for each in outcomes[:2]] == ["outcome_unknown"] * 2
    assert [each.refusal for each in outcomes[2:]] == [None] * 2, "what the first two would have taken is there"


def test_a_batch_built_on_one_of_unknown_outcome_is_made_anew(app: App) -> None:
    calls = [call(order(6), "a"), call(order(4), "b"), call(order(9), "c"), call(order(1), "d")]
    with held("commit.after", prepared(calls[-1]), then=faults.Injected("cut")):
        outcomes = in_batches(app, calls, 2)
    assert [told(each) for each in outcomes] == ["outcome_unknown"] * 2 + ["out_of_stock"] * 2


def test_poison_in_the_batch_before_takes_nobody_along(app: App) -> None:
    calls = [call(order(4)), Call(Poison()), call(order(4)), call(order(2))]
    with held("write.before", prepared(calls[-1])):
        outcomes = in_batches(app, calls, 2)
    assert [each.refusal.code if each.refusal else "" for each in outcomes] == ["", "internal", "", ""]


def test_what_others_changed_meanwhile_is_seen(app: App) -> None:
    """Somebody else's commit comes between: the batch before is run again, and so is the one built on it."""
    calls = [call(order(4)), call(order(4)), call(order(4)), call(order(2))]
    last = calls[-1]

    def taken() -> bool:
        if last.outcome is None:
            return False
        with app.database.changing() as connection:
            connection.exec_driver_sql(
                "UPDATE stock SET version = version + 1 WHERE sku_id = (SELECT id FROM skus WHERE code = 'apple')"
            )
        return True

    lock = Batch.finish

    def finish(self: Batch) -> None:
        if calls[0] in self.calls and not self.came_true:
            deadline = time.monotonic() + SECONDS
            while not taken():
                assert time.monotonic() < deadline
        lock(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Batch, "finish", finish)
        outcomes = in_batches(app, calls, 2)
    assert [told(each) == "out_of_stock" for each in outcomes] == [False, False, True, False]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(keyed, min_size=4, max_size=14), size=st.integers(1, 4))
def test_batches_that_overlap_give_what_single_requests_give(copy_of_shop: Copies, wanted: Any, size: int) -> None:
    with copy_of_shop() as overlapping, copy_of_shop() as alone:
        together = [told(each) for each in in_batches(overlapping, [call(*each) for each in wanted], size)]
        single = [told(alone.writer.run([call(*each)])[0]) for each in wanted]
        assert together == single
        assert state(overlapping.database) == state(alone.database)
        assert verify(overlapping.database).breaks == []
