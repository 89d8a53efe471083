"""Jobs: added with a request, done after it, in order, again after a failure; one schedule starts one job."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from orderwell.flows.keep_tasks import NotDead, RetryJob
from orderwell.kit import jobs, schedules
from orderwell.kit.clock import TestClock
from orderwell.kit.errors import Conflict
from orderwell.kit.events import announce
from orderwell.kit.jobs import DELAYS, GiveUp, NotNow, Runner, Unreachable, Work, handler, later
from orderwell.kit.picture import Tx
from orderwell.kit.writer import Call, flow
from orderwell.worker import Worker
from tests.support.shop import Shop

done: list[str] = []
trouble: dict[str, Any] = {}


class NotToday(Conflict):
    code = "test_not_today"
    title = "For a test"


@dataclass(frozen=True, slots=True)
class LeaveWork:
    """Words to be said later, one after the other for each subject."""

    words: list[str]
    subject: int = 1
    queue: str = "speaker"
    refuse: str = ""


@flow(LeaveWork)
def leave_work(tx: Tx, ask: LeaveWork) -> dict[str, Any]:
    for word in ask.words:
        later(tx, "speaker.say", {"word": word}, subject_id=ask.subject, queue=ask.queue, in_order=ask.subject)
    announce(tx, "test.left_work", "test", ask.subject)
    if ask.refuse:
        raise NotToday(ask.refuse)
    return {}


@handler("speaker.say")
def say(work: Work) -> None:
    word = work.payload["word"]
    wrong = trouble.get(word)
    if isinstance(wrong, Exception):
        raise wrong
    if wrong is not None:
        wrong.wait(10)
    done.append(word)


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    done.clear()
    trouble.clear()
    shop = Shop(database_url)
    yield shop
    shop.close()


def runner(shop: Shop, **more: Any) -> Runner:
    return Runner(shop.app.database, shop.app.writer, shop.clock, name="test", **more)


def seconds_pass(shop: Shop, seconds: int) -> None:
    shop.clock.advance_to(shop.clock.now() + seconds * 1_000_000)


def states(shop: Shop) -> list[tuple[str, int]]:
    return shop.rows("SELECT status, attempts FROM jobs ORDER BY id")  # type: ignore[return-value]


def test_a_job_is_there_when_its_request_succeeded_and_not_otherwise(shop: Shop) -> None:
    with pytest.raises(NotToday):
        shop.do(LeaveWork(["no"], refuse="not today"))
    shop.app.writer.run([Call(LeaveWork(["no"]), dry_run=True)])
    assert runner(shop).tick() == 0
    shop.do(LeaveWork(["yes"]))
    assert runner(shop).tick() == 1
    assert done == ["yes"]
    assert states(shop) == [("done", 1)]


def test_jobs_of_one_subject_keep_their_order_and_wait_for_the_one_that_failed(shop: Shop) -> None:
    trouble["b"] = RuntimeError("not yet")
    shop.do(LeaveWork(["a", "b", "c"], subject=1))
    shop.do(LeaveWork(["x"], subject=2))
    runner(shop).tick()
    assert done == ["a", "x"]
    trouble.clear()
    seconds_pass(shop, 3)
    runner(shop).tick()
    assert done == ["a", "x", "b", "c"]


def test_a_job_is_tried_again_ever_later_and_then_given_up_and_can_be_retried(shop: Shop) -> None:
    trouble["a"] = RuntimeError("broken")
    shop.do(LeaveWork(["a"]))
    waits = []
    for _ in DELAYS:
        assert runner(shop).tick() == 1
        [(run_at,)] = shop.rows("SELECT run_at FROM jobs")
        waits.append((run_at - shop.clock.now()) / 1_000_000)
        shop.clock.advance_to(run_at)
    assert all(delay <= wait <= delay * 1.1 for delay, wait in zip(DELAYS, waits, strict=True))
    assert runner(shop).tick() == 1
    assert shop.rows("SELECT status, last_error FROM jobs") == [("dead", "RuntimeError: broken")]
    with shop.app.database.reading() as connection:
        [dead] = jobs.listed(connection, status="dead")["data"]
    assert dead["attempts"] == len(DELAYS) + 1

    trouble.clear()
    shop.do(RetryJob(dead["id"]))
    assert runner(shop).tick() == 1
    assert done == ["a"]
    with pytest.raises(NotDead):
        shop.do(RetryJob(dead["id"]))


def test_a_handler_may_give_up_at_once_or_ask_for_patience(shop: Shop) -> None:
    trouble.update(a=GiveUp("no such thing"), b=NotNow(600))
    shop.do(LeaveWork(["a"], subject=1))
    shop.do(LeaveWork(["b"], subject=2))
    runner(shop).tick()
    assert states(shop) == [("dead", 1), ("waiting", 0)]
    trouble.clear()
    seconds_pass(shop, 599)
    assert runner(shop).tick() == 0
    seconds_pass(shop, 1)
    assert runner(shop).tick() == 1


def test_a_queue_rests_after_five_failures_in_a_row_and_others_go_on(shop: Shop) -> None:
    for n in range(8):
        trouble[f"x{n}"] = Unreachable("nobody there")
        shop.do(LeaveWork([f"x{n}"], subject=n, queue="dead"))
    shop.do(LeaveWork(["a"], subject=9, queue="alive"))
    one = runner(shop)
    one.tick()
    assert sum(attempts for status, attempts in states(shop) if status == "waiting") == 5
    assert done == ["a"]
    trouble.clear()
    seconds_pass(shop, 31)
    one.tick()
    assert {status for status, _ in states(shop)} == {"done"}


def test_a_leased_job_is_nobody_elses_until_the_lease_is_over(shop: Shop) -> None:
    wall = TestClock(1_000_000)
    shop.do(LeaveWork(["a"]))
    first, second = runner(shop, wall=wall), runner(shop, wall=wall)
    [taken] = first.claim(5)
    assert second.claim(5) == []
    shop.days_pass(1)  # the shop's own clock does not end leases
    assert second.claim(5) == []
    wall.advance_to(1_000_000 + 61_000_000)
    [again] = second.claim(5)
    second.finish([second.run(again)])
    first.finish([first.run(taken)])  # it comes too late to say anything
    assert states(shop) == [("done", 2)]
    assert done == ["a", "a"]  # at least once


def test_a_job_whose_process_dies_every_time_is_given_up(shop: Shop) -> None:
    wall = TestClock(1_000_000)
    shop.do(LeaveWork(["a"]))
    one = runner(shop, wall=wall)
    for _ in range(len(DELAYS) + 1):
        assert len(one.claim(1)) == 1  # and then nothing: as if killed
        wall.advance_to(wall.now() + 61_000_000)
    assert one.tick() == 1
    assert states(shop) == [("dead", len(DELAYS) + 2)]
    assert done == []


def test_handlers_run_as_jobs_only(shop: Shop) -> None:
    shop.do(LeaveWork(["a"]))
    [job] = runner(shop).claim(1)
    with pytest.raises(RuntimeError, match="runs as a job only"):
        say(Work(job, {"word": "a"}, shop.app.database, shop.app.writer, shop.clock, None))
    assert done == []


def test_many_runners_share_the_work_and_do_it_once(shop: Shop) -> None:
    for subject in range(30):
        shop.do(LeaveWork([f"{subject}-{n}" for n in range(2)], subject=subject))
    threads = [threading.Thread(target=runner(shop).tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    runner(shop).tick()
    assert sorted(done) == sorted(f"{subject}-{n}" for subject in range(30) for n in range(2))
    for subject in range(30):
        assert done.index(f"{subject}-0") < done.index(f"{subject}-1")


def test_a_partner_that_hangs_holds_up_its_own_queue_only(shop: Shop) -> None:
    hang = threading.Event()
    for n in range(6):
        trouble[f"h{n}"] = hang
        shop.do(LeaveWork([f"h{n}"], subject=n, queue="hangs"))
    for n in range(10):
        shop.do(LeaveWork([f"ok{n}"], subject=100 + n, queue="fine"))
    worker = Worker(shop.app)
    worker.start()
    until(lambda: sum(word.startswith("ok") for word in done) == 10)
    assert not any(word.startswith("h") for word in done)
    hang.set()
    until(lambda: len(done) == 16)
    worker.stop()
    assert {status for status, _ in states(shop)} == {"done"}


def until(condition: Any) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


# -- schedules


@pytest.fixture
def hourly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "RECURRING", {"speaker.say": schedules.Recurring("speaker.say", 3_600, "")})


@pytest.mark.usefixtures("hourly")
def test_a_schedule_starts_one_job_each_time_however_many_look(shop: Shop) -> None:
    def look() -> int:
        return schedules.start_due(shop.app.database, shop.clock.now(), shop.app.ids.next, "Europe/Amsterdam")

    assert look() == 0
    seconds_pass(shop, 3_600)
    started: list[int] = []
    threads = [threading.Thread(target=lambda: started.append(look())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(started) == 1
    shop.days_pass(2)
    assert look() == 0  # the last one has not been done
    for job in (one := runner(shop)).claim(5):
        one.finish([jobs.Ended(job, "done", job.run_at, "", 1)])
    seconds_pass(shop, 3_600)
    assert look() == 1
    assert shop.rows("SELECT COUNT(*) FROM jobs") == [(2,)]


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2026-01-05T08:00:00", "2026-01-06T01:30:00"),  # half past two in winter is half past one UTC
        ("2026-01-05T01:29:59", "2026-01-05T01:30:00"),
        ("2026-07-05T00:29:59", "2026-07-05T00:30:00"),  # in summer half past midnight
        ("2026-03-29T00:00:00", "2026-03-29T01:30:00"),  # that night has no half past two
        ("2026-10-25T00:00:00", "2026-10-25T00:30:00"),  # that one has two: the first
    ],
)
def test_a_daily_job_keeps_the_time_on_the_wall(after: str, due: str) -> None:
    from datetime import UTC, datetime

    from orderwell.values.calendar import instant, moment

    nightly = schedules.Recurring("x", 0, "02:30")
    start = instant(datetime.fromisoformat(after).replace(tzinfo=UTC))
    found = schedules.next_time(nightly, start, "Europe/Amsterdam")
    assert moment(found).replace(tzinfo=None).isoformat() == due


def test_what_is_done_is_cleared_away_and_what_is_dead_stays(shop: Shop) -> None:
    trouble["b"] = GiveUp("no")
    shop.do(LeaveWork(["a", "b"]))
    runner(shop).tick()
    assert jobs.clear_done(shop.app.database, shop.clock.now()) == 0
    shop.days_pass(8)
    assert jobs.clear_done(shop.app.database, shop.clock.now()) == 1
    assert [status for status, _ in states(shop)] == ["dead"]


def test_each_night_what_was_kept_long_enough_is_cleared_away(shop: Shop) -> None:
    worker = Worker(shop.app)
    worker.tick()
    shop.app.writer.run([Call(LeaveWork(["a"]), key="k", input_hash="h")])
    for _ in range(32):
        worker.tick()
        shop.days_pass(1)
    worker.tick()
    assert shop.rows("SELECT COUNT(*) FROM jobs WHERE kind = 'speaker.say'") == [(0,)]
    assert shop.rows("SELECT COUNT(*) FROM idempotency") == [(0,)]
