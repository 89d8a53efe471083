"""kill -9 in the middle of deliveries: each committed job is delivered, in order; none for a refused request."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from orderwell.kit.database import Database
from tests.support.shop import Shop

REQUESTS = 300
KILLS = 6


@pytest.mark.slow
def test_what_was_committed_is_delivered_whoever_dies(database_url: str, tmp_path: Path) -> None:
    Shop(database_url).close()
    delivered, acknowledged = tmp_path / "delivered", tmp_path / "acknowledged"
    delivered.touch()
    acknowledged.touch()
    rng = random.Random(18)
    for _ in range(KILLS):
        relay = start(database_url, delivered, acknowledged)
        seen = size(delivered)
        until(lambda seen=seen: size(delivered) > seen)  # it is at work
        time.sleep(rng.uniform(0, 0.4))
        relay.send_signal(signal.SIGKILL)
        relay.wait()
    last = start(database_url, delivered, acknowledged)
    until(lambda: len(acknowledged.read_text().splitlines()) == REQUESTS)
    until(lambda: left(database_url) == 0)
    last.send_signal(signal.SIGKILL)
    last.wait()

    lines = [tuple(map(int, line.split())) for line in delivered.read_text().splitlines()]
    once = list(dict.fromkeys(lines))  # a receiver that knows what it has had by its id
    assert len({job for job, _, _ in once}) == len(once)
    sent = [number for number in range(REQUESTS) if number % 3]
    assert sorted(number for _, _, number in once) == sent
    for subject in range(5):
        numbers = [number for _, each, number in once if each == subject]
        assert numbers == sorted(numbers)


def start(url: str, delivered: Path, acknowledged: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.crash.relay", url, str(delivered), str(acknowledged), str(REQUESTS)]
    return subprocess.Popen(command)


def size(path: Path) -> int:
    return path.stat().st_size


def left(url: str) -> int:
    database = Database(url)
    with database.reading() as connection:
        count = connection.execute(
            sa.text("SELECT COUNT(*) FROM jobs WHERE kind = 'relay.deliver' AND status <> 'done'")
        )
        found = int(count.scalar_one())
    database.close()
    return found


def until(condition: object, seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
