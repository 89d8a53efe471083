"""Numbers without a gap, whoever asks at once, gives up after having had one, or is killed (R20)."""

import random
import subprocess
import sys
from contextlib import closing
from itertools import islice

import pytest
import sqlalchemy as sa

from orderwell.kit.database import Database
from orderwell.verify.proof import verify
from tests.kit.asks import furnish
from tests.support.laws import assert_laws
from tests.support.processes import ROOT

KILLS = pytest.param(5, id="5_kills"), pytest.param(20, id="20_kills", marks=pytest.mark.prove)
MOST_NUMBERS = 300  # of a life


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kills", KILLS)
def test_64_at_once_of_whom_some_give_up_and_all_are_killed_leave_no_gap(database_url: str, kills: int) -> None:
    furnish(database_url)
    chance = random.Random(kills)
    given: list[str] = []
    for life in range(kills):
        given += live_and_die(database_url, life, chance.randint(20, MOST_NUMBERS))
    with closing(Database(database_url)) as database:
        assert verify(database).breaks == []
        with database.reading() as connection:
            assert_laws(lambda sql: [tuple(row) for row in connection.execute(sa.text(sql))])
            rows = connection.execute(sa.text("SELECT series, number, issued_on FROM invoices")).all()
    assert len(given) == len(set(given)), "a number was given twice"
    assert set(given) <= {f"{series}-{number:06d}" for series, number, _ in rows}, "an acknowledged number is lost"
    for series in ("INV", "CRN"):
        numbers = sorted((number, day) for each, number, day in rows if each == series)
        assert [number for number, _ in numbers] == list(range(1, len(numbers) + 1))
        days = [day for _, day in numbers]
        assert days == sorted(days)
        assert len(set(days)) > kills
    assert {series for series, _, _ in rows} == {"INV", "CRN"}


def live_and_die(url: str, life: int, numbers: int) -> list[str]:
    """The numbers that were acknowledged: so many before the blow, and what got out until it fell."""
    command = [sys.executable, "-m", "tests.crash.numbering", url, str(life)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        given = list(islice(process.stdout, numbers))
        assert len(given) == numbers, "it ended by itself"
        process.kill()
        given += process.stdout.readlines()
    return [line.strip() for line in given if line.endswith("\n")]
