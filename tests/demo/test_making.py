"""The demonstration business as it is made: of every kind of trouble something, and its books add up."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from orderwell.app import App, open_app
from orderwell.cli.demonstrating import prepare_demo
from orderwell.demo import making
from orderwell.demo.goods import PRODUCTS, SERVICES, catalogue, ean13
from orderwell.demo.making import FULL, SMALL, Size, half_made, make_demo
from orderwell.demo.people import customers
from orderwell.kit.clock import TestClock
from orderwell.kit.database import Database
from orderwell.migrations import migrate
from orderwell.values.calendar import DAY, instant
from tests.cli.conftest import Run

WEDNESDAY = instant(datetime(2026, 11, 25, 11, 20, tzinfo=ZoneInfo("Europe/Amsterdam")))


@contextmanager
def made(url: str, size: Size) -> Iterator[App]:
    database = Database(url)
    migrate(database)
    database.close()
    clock = TestClock(0)
    app = open_app(url, clock=clock)
    try:
        make_demo(app, clock, WEDNESDAY, size)
        yield app
    finally:
        app.close()


def number(app: App, sql: str) -> int:
    with app.database.reading() as connection:
        return int(connection.execute(sa.text(sql)).scalar() or 0)


def text(app: App) -> list[tuple[object, ...]]:
    """What a business comes to, without the ids that the wall clock gives."""
    with app.database.reading() as connection:
        return [
            tuple(row)
            for sql in (
                "SELECT reference, status, placed_at, gross_minor FROM orders ORDER BY reference",
                "SELECT debit, credit, posted_on, sum(amount_minor) FROM journal GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            )
            for row in connection.execute(sa.text(sql))
        ]


def test_a_small_one_has_orders_in_every_state_and_its_books_add_up(run: Run, database_url: str) -> None:
    with made(database_url, SMALL) as app:
        for status in ("draft", "placed", "cancelled"):
            assert number(app, f"SELECT count(*) FROM orders WHERE status = '{status}'"), status
        for place in ("promised", "awaited", "picked", "packed", "shipped", "delivered", "returned", "cancelled"):
            assert number(app, f"SELECT sum({place}) FROM order_lines"), place
        assert number(app, "SELECT count(*) FROM orders") > SMALL.orders * 8 // 10
        assert number(app, "SELECT count(*) FROM skus") == len(catalogue()) + len(SERVICES)
        assert number(app, "SELECT count(*) FROM jobs WHERE status <> 'done'") == 0
        assert number(app, f"SELECT count(*) FROM events WHERE at > {WEDNESDAY}") == 0
        assert number(app, "SELECT sum(quantity) FROM bin_stock") > 100
        assert number(app, "SELECT count(*) FROM pick_lines l JOIN pick_lists p ON p.id = l.pick_list_id"
                           " WHERE p.status = 'open' AND l.bin_id IS NOT NULL")  # fmt: skip
        assert number(app, "SELECT count(*) FROM stock s JOIN locations l ON l.id = s.location_id"
                           " WHERE l.layout = 'bins' AND s.on_hand > s.binned")  # fmt: skip
        assert not half_made(app)
    assert run("verify", "--database", database_url, "--json").json["clean"] is True


@pytest.mark.slow
def test_half_a_year_has_late_short_and_disputed_orders_too(run: Run, database_url: str) -> None:
    with made(database_url, FULL) as app:
        assert number(app, "SELECT count(*) FROM orders") > 2_700
        assert number(app, "SELECT count(*) FROM customers") == FULL.customers + 1
        today = "2026-11-25"
        open_invoices = "account = 'receivable' AND document = 'invoice' AND open_minor > 0"
        for what, sql in {
            "overdue": f"SELECT count(*) FROM open_items WHERE {open_invoices} AND due_on < '{today}'",
            "paid in part": f"SELECT count(*) FROM open_items WHERE {open_invoices} AND open_minor < amount_minor",
            "bad debts": "SELECT count(*) FROM debt_adjustments WHERE kind = 'bad_debt'",
            "credit notes": "SELECT count(*) FROM invoices WHERE kind = 'credit_note'",
            "refunds": "SELECT count(*) FROM payment_instructions WHERE kind = 'refund' AND state = 'done'",
            "disputes, old": "SELECT count(*) FROM tasks WHERE status = 'closed'",
            "lost": "SELECT count(*) FROM parcels WHERE status = 'lost'",
            "came back": "SELECT count(*) FROM parcels WHERE status = 'came_back'",
            "partly received": "SELECT count(*) FROM purchase_lines WHERE received > 0 AND received < quantity",
            "to come": "SELECT count(*) FROM purchase_lines WHERE received + cancelled < quantity",
            "unpaid": "SELECT count(*) FROM orders WHERE status = 'placed' AND expires_at IS NOT NULL",
            "expired": "SELECT count(*) FROM events WHERE type = 'order.expired'",
            "waited": "SELECT count(*) FROM events WHERE type = 'order.stock_arrived'",
            "two parcels": "SELECT count(*) - count(DISTINCT order_id) FROM parcels",
        }.items():
            assert number(app, sql), what
    assert run("verify", "--database", database_url, "--json").json["clean"] is True


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_the_same_day_makes_the_same_business(database_url: str, tmp_path: Path) -> None:
    few = Size(orders=60, customers=30, days=20)
    with made(database_url, few) as one, made(f"sqlite:///{tmp_path}/other.db", few) as other:
        assert text(one) == text(other)


def test_one_that_was_killed_half_way_is_made_anew(
    run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Killed(Exception):
        pass

    days: list[int] = []

    def dies(done: int, _whole: int) -> None:
        days.append(done)
        if done == 3:
            raise Killed

    few = Size(orders=40, customers=20, days=12)
    monkeypatch.setattr(making, "SMALL", few)
    monkeypatch.setattr("orderwell.cli.demonstrating._progress", dies)
    with pytest.raises(Killed):
        prepare_demo(database_url, None, small=True)
    monkeypatch.setattr("orderwell.cli.demonstrating._progress", lambda done, _whole: days.append(done))
    prepare_demo(database_url, None, small=True)
    assert "never finished" in capsys.readouterr().err
    assert days == [1, 2, 3, *range(1, few.days + 1)]
    prepare_demo(database_url, None, small=True)
    assert len(days) == 3 + few.days
    assert run("verify", "--database", database_url, "--json").json["clean"] is True


def test_orders_are_spread_over_all_days_and_none_is_lost() -> None:
    days = making._days(WEDNESDAY, FULL)
    spread = making._spread(days, FULL.orders)
    assert sum(spread) == FULL.orders
    assert min(spread) > 0
    assert sum(spread[-30:]) > sum(spread[:30]) * 3 // 2
    assert (making.first_instant(WEDNESDAY, FULL) - WEDNESDAY) // DAY == -FULL.days


def test_barcodes_are_valid_and_in_the_range_that_shops_give_out_themselves() -> None:
    goods = catalogue()
    assert len({each.barcode for each in goods}) == len({each.code for each in goods}) == len(goods) > 140
    assert {each.product for each in goods} == {each.code for each in PRODUCTS}
    assert ean13("400638133393") == "4006381333931"
    for each in goods:
        assert each.barcode.startswith("29")
        assert sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(each.barcode)) % 10 == 0
        assert each.cost < each.price


def test_nobody_can_be_written_to_or_called() -> None:
    made_up = customers(random.Random(1), 600)
    assert len({each.reference for each in made_up}) == len({each.name for each in made_up}) == 600
    for each in made_up:
        assert each.email.endswith((".example", "@example.com", "@example.org", "@example.net")), each.email
    assert {each.country for each in made_up} == {"NL", "BE", "DE", "GB"}
