"""kill -9 of the whole server at a random moment under load, again and again (R1): nothing acknowledged is lost,
nothing is done twice, and what is there is whole."""

import random
import statistics
import time
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from orderwell.kit.database import Database
from orderwell.verify.proof import verify
from tests.crash.clients import CLIENTS, EVENTS, Crowd, Journal, furnish
from tests.support.laws import assert_laws
from tests.support.processes import Server

KILLS = pytest.param(20, id="20_times"), pytest.param(200, id="200_times", marks=pytest.mark.prove)
MOST_ANSWERS = 120  # of a life: after how many the blow falls is drawn anew each time


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kills", KILLS)
def test_nothing_acknowledged_is_lost_and_nothing_done_twice(
    database_url: str, tmp_path: Path, kills: int, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = furnish(database_url)
    folder = tmp_path / "journals"
    folder.mkdir()
    workers = 2 if database_url.startswith("postgres") else 1
    chance = random.Random(kills)
    seconds = []
    with Server(database_url, tmp_path / "log", workers=workers) as server:
        for n in range(kills):
            seconds.append(server.start())
            check(database_url, folder)
            crowd = Crowd(server.url, folder, secret, n)
            crowd.start()
            crowd.wait_for_answers(chance.randint(1, MOST_ANSWERS))
            time.sleep(chance.uniform(0, 0.05))  # a moment of its own, not the one after an answer
            server.kill9()
            crowd.join()
        seconds.append(server.start())
        last = Crowd(server.url, folder, secret, kills, finish=True)
        last.start()
        last.join()
        server.stop()
    told = check(database_url, folder, finished=True)
    assert told.keys() == EVENTS.keys(), f"too little happened to say anything: {told}"
    with capsys.disabled():
        print(
            f"\n{kills} kills: {sum(told.values())} acknowledged {dict(told)}, ready again after"
            f" {statistics.median(seconds):.1f} s in the middle, {max(seconds):.1f} s at most"
        )


def check(url: str, folder: Path, *, finished: bool = False) -> Counter[str]:
    """Everything that must hold at any time, and what clients were told against what is there; how much that was."""
    journals = [Journal(folder / f"c{n}.jsonl") for n in range(CLIENTS)]
    with closing(Database(url)) as database:
        assert verify(database).breaks == []
        with database.reading() as connection:

            def rows(sql: str) -> list[tuple[Any, ...]]:
                return [tuple(row) for row in connection.execute(sa.text(sql))]

            assert_laws(rows)
            told = compare(rows, journals)
    if finished:
        assert not any(journal.unanswered for journal in journals)
    return told


def compare(rows: Any, journals: list[Journal]) -> Counter[str]:
    """Each key had its effect once: those acknowledged surely, those refused never, and nobody else's is there."""
    effects: dict[str, Counter[str]] = defaultdict(Counter)
    for key, type_ in rows("SELECT request_id, type FROM events WHERE actor LIKE 'key%'"):
        effects[key][type_] += 1
    told: Counter[str] = Counter()
    answered: dict[str, list[Any]] = defaultdict(list)
    for journal in journals:
        for key, intent in journal.intents.items():
            answer = journal.answers.get(key)
            found = effects.pop(key, Counter())[EVENTS[intent["verb"]]]
            if answer is None:
                assert found <= 1, f"{intent} was done {found} times"
            else:
                assert found == (answer["status"] < 300), f"{intent} was answered {answer}, and done {found} times"
        for intent in journal.done:
            told[intent["verb"]] += 1
            answered[intent["verb"]].append((intent, journal.answers[intent["key"]]["answer"]))
    assert not effects, f"nobody asked for {dict(effects)}"
    of_rows(rows, answered, open_ones=sum(len(journal.unanswered) for journal in journals))
    return told


def of_rows(rows: Any, answered: dict[str, list[Any]], *, open_ones: int) -> None:
    """The rows behind the events: one each for what was acknowledged, and no more than may be still unanswered."""
    invoices = {f"{series}-{number:06d}" for series, number in rows("SELECT series, number FROM invoices")}
    assert {answer["invoice"] for _, answer in answered["ship"]} <= invoices
    for verb, sql in (
        ("place", "SELECT id FROM orders"),
        ("pay", "SELECT reference FROM payments"),
        ("find", "SELECT note FROM adjustments WHERE note <> ''"),
        ("refund", "SELECT id FROM payment_moves WHERE kind = 'refund'"),
    ):
        found = [row[0] for row in rows(sql)]
        assert len(found) == len(set(found)), f"{verb}: something is there twice"
        assert 0 <= len(found) - len(answered[verb]) <= open_ones, f"{verb}: {len(found)} of {len(answered[verb])}"
    paid = {row[0] for row in rows("SELECT reference FROM payments")}
    assert {intent["key"] for intent, _ in answered["pay"]} <= paid
