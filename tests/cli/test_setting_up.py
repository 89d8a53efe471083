"""`init`, `migrate`, `backup`, `restore`, `verify`: the life of a database."""

import os
import sqlite3
import threading
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from orderwell.app import open_app
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.kit.database import Database
from tests.cli.conftest import Run
from tests.support.postgres import PostgresServer


def test_init_makes_a_business_and_shows_a_key_once(run: Run, database_url: str) -> None:
    said = run("init", "--database", database_url, "--name", "Lamp & Co", "--currency", "GBP", "--json")
    assert said.code == 0
    assert said.json["currency"] == "GBP"
    assert said.json["api_key"].startswith("ow_live_")
    assert run("migrate", "--database", database_url).err == "The tables are up to date.\n"
    again = run("init", "--database", database_url)
    assert (again.code, again.out) == (5, "")


def test_init_refuses_what_makes_no_sense_and_leaves_no_business(run: Run, database_url: str) -> None:
    assert run("init", "--database", database_url, "--time-zone", "Mars/Olympus").code == 2
    assert run("init", "--database", database_url, "--currency", "EURO").code == 2
    assert run("init", "--database", database_url).code == 0


def test_a_url_that_is_none_is_a_usage_error(run: Run) -> None:
    assert run("init", "--database", "mysql://localhost/shop").code == 2
    assert run("init", "--database", "not a url").code == 2


@pytest.mark.parametrize("engine_kind", ["postgres"], indirect=True)
def test_two_businesses_live_in_two_schemas_of_one_database(run: Run, database_url: str) -> None:
    for name in ("north", "south"):
        assert run("init", "--database", database_url, "--schema", name, "--name", name.title()).code == 0
    words = ("business", "show", "--database", database_url, "--json")
    assert run(*words, "--schema", "south").json["name"] == "South"
    assert run(*words).code == 5  # there is nothing in `public`


def test_verify_is_clean_and_then_names_what_was_broken(run: Run, house: str) -> None:
    assert run("verify", "--database", house, "--json").json["clean"] is True
    database = Database(house)
    with database.changing() as connection:
        connection.exec_driver_sql("UPDATE stock SET on_hand = on_hand + 1")
    database.close()
    said = run("verify", "--database", house)
    assert said.code == 7
    assert said.out


def order(url: str, reference: str, units: int = 1) -> None:
    app = open_app(url)
    app.writer.ask(PlaceOrder("web", [LineAsk("lamp", Decimal(units))], reference=reference))
    app.close()


def references(run: Run, url: str) -> list[str]:
    return sorted(each["reference"] for each in run("orders", "list", "--database", url, "--json").json["data"])


def test_a_backup_brings_back_the_moment_it_was_made(
    run: Run, house: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if not house.startswith("sqlite"):
        server: PostgresServer = request.getfixturevalue("postgres_server")
        monkeypatch.setenv("PATH", f"{server.binaries}{os.pathsep}{os.environ['PATH']}")
    file = tmp_path / "monday.backup"
    order(house, "before")
    made = run("backup", str(file), "--database", house, "--json")
    assert made.code == 0, made.err
    assert made.json["last_event"].startswith("evt_")
    assert run("backup", str(file), "--database", house).code == 5
    order(house, "after")

    unsure = run("restore", str(file), "--database", house)
    assert unsure.code == 2
    assert references(run, house) == ["after", "before"]
    restored = run("restore", str(file), "--database", house, "--yes", "--json")
    assert restored.code == 0, restored.err
    assert restored.json["last_event"] == made.json["last_event"]
    assert references(run, house) == ["before"]
    assert run("verify", "--database", house).code == 0
    order(house, "afterwards")


def test_what_is_no_backup_changes_nothing(run: Run, house: str, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam")
    assert run("restore", str(file), "--database", house, "--yes").code in (2, 6)
    assert run("restore", str(tmp_path / "none"), "--database", house, "--yes").code == 3
    assert run("verify", "--database", house).code == 0


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_backup_under_load_holds_all_that_was_acknowledged_before(run: Run, house: str, tmp_path: Path) -> None:
    app = open_app(house)
    app.writer.start()
    acknowledged: list[str] = []
    stop = threading.Event()

    def load() -> None:
        for n in range(10_000):
            if stop.is_set():
                return
            app.writer.ask(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], reference=f"r{n}", draft=True))
            acknowledged.append(f"r{n}")

    busy = threading.Thread(target=load)
    busy.start()
    try:
        while len(acknowledged) < 20:
            pass
        before = list(acknowledged)
        made = run("backup", str(tmp_path / "copy.db"), "--database", house)
    finally:
        stop.set()
        busy.join()
        app.close()
    assert made.code == 0, made.err
    copy = f"sqlite:///{tmp_path / 'copy.db'}"
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        kept = {row[0] for row in connection.execute("SELECT reference FROM orders")}
    assert set(before) <= kept
    assert run("verify", "--database", copy).code == 0


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_file_that_a_server_writes_cannot_be_replaced(run: Run, house: str, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    assert run("backup", str(file), "--database", house).code == 0
    busy = open_app(house)
    try:
        assert run("restore", str(file), "--database", house, "--yes").code == 6
    finally:
        busy.close()
