"""Four days of a real shop, replayed: every figure as computed from the rows alone, whatever happens on the way."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from orderwell.app import App, open_app
from orderwell.kit.clock import TestClock
from orderwell.kit.database import Database
from orderwell.migrations import migrate
from orderwell.replay.run import replay, summary
from orderwell.verify.proof import verify
from tests.replay.figures import differences, load

DATA = Path(__file__).parent.parent / "data"
DAYS = DATA / "online_retail_days.csv.gz"
EXPECTED = load(DATA / "online_retail_days.expected.json")
DOCUMENTS = 309


@pytest.fixture
def opened(database_url: str) -> Iterator[Callable[[], App]]:
    """Opens the database as often as a test asks; each time as a new process would."""
    database = Database(database_url)
    migrate(database)
    database.close()
    apps: list[App] = []

    def again() -> App:
        if apps:
            apps[-1].close()
        apps.append(open_app(database_url, clock=TestClock(0)))
        return apps[-1]

    yield again
    if apps:
        apps[-1].close()


def assert_clean(app: App) -> None:
    report = verify(app.database)
    assert report.clean, report.breaks


def rows(app: App, sql: str) -> list[tuple[Any, ...]]:
    with app.database.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql))]


def test_every_figure_is_as_expected(opened: Callable[[], App]) -> None:
    app = opened()
    told = summary(app, replay(app, DAYS))
    with app.database.reading() as connection:
        assert differences(connection, EXPECTED) == []
    assert told["documents"] == told["documents_sent"] == DOCUMENTS
    assert told["zero_value_documents"] == EXPECTED["totals"]["zero_value_documents"]
    assert told["receivable"] == EXPECTED["totals"]["receivable_change"]
    assert told["refusals"] == {}
    json.dumps(told)
    assert rows(app, "SELECT sum(awaited) FROM order_lines") == [(0,)]
    found = rows(app, "SELECT type FROM events WHERE request_id = 'replay/541431' ORDER BY id")
    assert found == [("order.placed",), ("invoice.issued",), ("order.shipped",)]
    assert_clean(app)


@pytest.mark.parametrize("batch", [1, 500])
def test_the_size_of_a_batch_changes_nothing(opened: Callable[[], App], batch: int, tmp_path: Path) -> None:
    app = opened()
    replay(app, DAYS, batch=batch)
    with app.database.reading() as connection:
        assert differences(connection, EXPECTED) == []


def test_stopped_anywhere_it_goes_on_without_a_double_or_a_gap(opened: Callable[[], App]) -> None:
    class Stopped(Exception):
        pass

    def stop_at(documents: int) -> Callable[[int, int], None]:
        def progress(done: int, whole: int) -> None:
            if done >= documents:
                raise Stopped

        return progress

    for documents in (1, 100, 200):
        with pytest.raises(Stopped):
            replay(opened(), DAYS, batch=32, progress=stop_at(documents))
    app = opened()
    told = summary(app, replay(app, DAYS))
    assert 200 <= told["documents_there_before"] < DOCUMENTS
    with app.database.reading() as connection:
        assert differences(connection, EXPECTED) == []
    again = summary(app, replay(app, DAYS))
    assert again["documents_there_before"] == again["documents"] == DOCUMENTS
    assert_clean(app)


def test_with_empty_shelves_everything_is_bought_and_delivered_in_the_end(opened: Callable[[], App]) -> None:
    app = opened()
    told = summary(app, replay(app, DAYS, supply="purchasing"))
    for name in ("invoices", "invoiced", "credit_notes", "credited", "bad_debt", "zero_value_documents"):
        assert told[name] == EXPECTED["totals"][name], name
    assert told["refusals"] == {}
    assert rows(app, "SELECT sum(open), sum(promised), sum(awaited) FROM order_lines") == [(0, 0, 0)]
    ((bought,),) = rows(app, "SELECT count(*) FROM purchase_orders")
    assert bought > 0
    assert_clean(app)


def test_on_terms_what_is_open_at_the_end_is_what_the_items_say(opened: Callable[[], App]) -> None:
    app = opened()
    told = summary(app, replay(app, DAYS, payments="terms"))
    assert told["invoiced"] == EXPECTED["totals"]["invoiced"]
    assert told["refusals"] == {}
    ((paid,),) = rows(app, "SELECT count(*) FROM payments")
    assert paid > 0
    late = "SELECT count(*) FROM open_items WHERE document = 'invoice' AND open_minor > 0 AND due_on < '2011-08-12'"
    assert rows(app, late) == [(0,)]
    guests = "SELECT count(*) FROM open_items WHERE document = 'invoice' AND open_minor > 0 AND party_id IS NULL"
    assert rows(app, guests) == [(0,)]
    ((open_,),) = rows(app, "SELECT sum(open_minor) FROM open_items WHERE account = 'receivable'")
    assert told["receivable"] == f"{int(open_) / 100:.2f}"
    assert_clean(app)
