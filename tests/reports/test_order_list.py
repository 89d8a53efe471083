"""The list of orders: what each filter finds is what the rows say of themselves, in every state a shop gets into."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.engine import Connection

from orderwell.app import open_app
from orderwell.demo.making import SMALL, make_demo
from orderwell.kit.clock import TestClock
from orderwell.kit.database import Database
from orderwell.migrations import migrate
from orderwell.reports import order_list
from orderwell.reports.order_list import GOODS, MONEY, WAITING, Wanted, listed, newer
from orderwell.values.calendar import instant

EVERYTHING = 1_000
NOW = instant(datetime(2026, 11, 25, 11, 20, tzinfo=ZoneInfo("Europe/Amsterdam")))


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """The small demonstration: a few weeks of trade."""
    database = Database(database_url)
    migrate(database)
    clock = TestClock(0)
    app = open_app(database_url, clock=clock)
    make_demo(app, clock, NOW, SMALL)
    app.close()
    with database.reading() as connection:
        yield connection
    database.close()


def ids(connection: Connection, **wanted: str) -> list[str]:
    return [each["id"] for each in listed(connection, Wanted(**wanted), limit=EVERYTHING)["data"]]


def test_what_is_asked_for_is_what_the_rows_say(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(order_list, "FIRST", 5)  # so that a few hundred orders take several portions
        patch.setattr(order_list, "MOST", 20)
        each_state_finds_the_orders_that_are_in_it(connection)
    filters_go_together_and_pages_follow_each_other(connection)
    words_lead_to_orders_by_all_that_is_known_of_them(connection)


def each_state_finds_the_orders_that_are_in_it(connection: Connection) -> None:
    every = listed(connection, Wanted(), limit=EVERYTHING)["data"]
    assert len(every) > 100
    for word in GOODS:
        assert ids(connection, goods=word) == [each["id"] for each in every if each["goods"] == word], word
    for word in MONEY:
        assert ids(connection, money=word) == [each["id"] for each in every if each["money"] == word], word
    states = {each["money"] for each in every}
    assert {"unpaid", "on_account", "paid", "settled", "partly_refunded"} <= states, states
    waiting = set(ids(connection, goods=WAITING))
    assert {each["id"] for each in every if each["goods"] in ("ready", "picked", "packed", "backordered")} <= waiting
    gone = {"draft", "cancelled", "returned", "delivered", "shipped"}
    assert not [each for each in every if each["goods"] in gone and each["id"] in waiting]


def filters_go_together_and_pages_follow_each_other(connection: Connection) -> None:
    every = listed(connection, Wanted(money="paid"), limit=EVERYTHING)["data"]
    paid = [each for each in every if each["channel"] == "web"]
    first = listed(connection, Wanted(money="paid", channel="web"), limit=3)
    second = listed(connection, Wanted(money="paid", channel="web"), limit=3, cursor=first["next_cursor"])
    assert [each["id"] for each in first["data"] + second["data"]] == [each["id"] for each in paid[:6]]
    assert newer(connection, Wanted(money="paid", channel="web"), paid[4]["id"]) == 4
    assert newer(connection, Wanted(money="paid"), "no id") == 0


def words_lead_to_orders_by_all_that_is_known_of_them(connection: Connection) -> None:
    every = listed(connection, Wanted(), limit=EVERYTHING)["data"]
    named = next(each for each in every if each["customer"].count(" ") == 1)
    first, last = named["customer"].split()
    theirs = [each["id"] for each in every if first in each["customer"] and last in each["customer"]]
    assert ids(connection, search=f"{last} {first.upper()}") == theirs
    assert ids(connection, search=named["id"]) == [named["id"]]
    assert named["id"] in ids(connection, search=named["reference"].lower())
    assert ids(connection, search=f"{first} nothing-like-it") == []
