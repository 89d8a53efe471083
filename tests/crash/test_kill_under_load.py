"""kill -9 at a random moment under load, again and again: nothing acknowledged is lost, nothing is done twice."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from orderwell.kit.database import Database
from orderwell.verify.proof import verify
from tests.crash.clients import CLIENTS, Journal
from tests.kit.asks import furnish

ROOT = Path(__file__).parents[2]
KILLS = pytest.param(20, id="20_times"), pytest.param(200, id="200_times", marks=pytest.mark.prove)


def start(url: str, folder: Path, seed: int, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.crash.clients", url, str(folder), str(seed), *more]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def verified(url: str) -> list[Any]:
    database = Database(url)
    try:
        return verify(database).breaks
    finally:
        database.close()


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kills", KILLS)
def test_nothing_acknowledged_is_lost_and_nothing_done_twice(database_url: str, tmp_path: Path, kills: int) -> None:
    furnish(database_url)
    folder = tmp_path / "journals"
    folder.mkdir()
    chance = random.Random(kills)
    for n in range(kills):
        process = start(database_url, folder, n)
        time.sleep(chance.uniform(0.02, 0.5))
        assert process.poll() is None
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
        assert verified(database_url) == []
    last = start(database_url, folder, kills, "finish")
    assert last.wait(60) == 0
    last.stdout.close()  # type: ignore[union-attr]
    assert verified(database_url) == []
    compare(database_url, [Journal(folder / f"c{n}.jsonl") for n in range(CLIENTS)])


def compare(url: str, journals: list[Journal]) -> None:
    """What clients were told against what is there: each effect once, and no effect that nobody was told of."""
    told: Counter[str] = Counter()
    wanted: dict[str, list[str]] = {"place": [], "ship": [], "cancel": [], "find": []}
    numbers: list[str] = []
    for journal in journals:
        assert journal.unanswered == []
        for key, answer in journal.answers.items():
            told[answer["told"]] += 1
            intent = journal.intents[key]
            if answer["told"] == intent["verb"]:
                wanted[intent["verb"]].append(intent.get("order", key))
            if answer["told"] == "ship":
                numbers.append(answer["answer"]["invoice"])
    shop = Looking(url)
    assert shop.column("SELECT reference FROM orders") == sorted(wanted["place"])
    assert shop.of_type("order.shipped") == sorted(wanted["ship"])
    assert shop.of_type("order.cancelled") == sorted(wanted["cancel"])
    notes = "SELECT note FROM adjustments WHERE note <> ''"
    assert shop.column(notes) == sorted(wanted["find"])
    assert sorted(numbers) == [f"INV-{n:06d}" for n in range(1, len(numbers) + 1)]
    assert shop.column("SELECT key FROM idempotency WHERE caller = 'client'") == sorted(
        key for journal in journals for key, each in journal.answers.items() if each["told"] in wanted
    )
    assert told["place"] > 20, f"too little happened to say anything: {told}"
    shop.close()


class Looking:
    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def column(self, sql: str) -> list[str]:
        with self._database.reading() as connection:
            return sorted(row[0] for row in connection.exec_driver_sql(sql))

    def of_type(self, type_: str) -> list[str]:
        return self.column(
            f"SELECT o.reference FROM events e JOIN orders o ON o.id = e.subject_id WHERE e.type = '{type_}'"
        )

    def close(self) -> None:
        self._database.close()
