"""The whole year, as evidence: `make prove`, with the data set named by ORDERWELL_REPLAY_CSV and …_EXPECTED."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orderwell.app import App
from orderwell.replay.run import replay, summary
from orderwell.verify.proof import verify
from tests.replay.figures import differences, load
from tests.replay.test_days import opened as opened

NAMED = {"csv": "ORDERWELL_REPLAY_CSV", "expected": "ORDERWELL_REPLAY_EXPECTED"}


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_the_year_of_a_real_shop_to_the_cent(opened: Callable[[], App]) -> None:
    missing = [name for name in NAMED.values() if name not in os.environ]
    assert not missing, f"name the data set's files in {', '.join(missing)}; see docs/guide/replay.md"
    expected = load(Path(os.environ[NAMED["expected"]]))
    app = opened()
    told = summary(app, replay(app, Path(os.environ[NAMED["csv"]])))
    with app.database.reading() as connection:
        assert differences(connection, expected) == []
    assert told["refusals"] == {}
    assert told["documents"] == expected["file"]["documents"]
    assert told["zero_value_documents"] == expected["totals"]["zero_value_documents"]
    report = verify(app.database)
    assert report.clean, report.breaks
