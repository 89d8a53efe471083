"""A demonstration goes when it is told to, and nothing but a demonstration does."""

from pathlib import Path

import pytest

from orderwell.cli.demonstrating import prepare_demo
from orderwell.demo import making
from orderwell.demo.making import Size
from orderwell.kit.database import Database
from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def few_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "SMALL", Size(orders=20, customers=20, days=10))


def test_it_is_removed_after_confirmation_and_can_be_made_anew(run: Run, database_url: str) -> None:
    at = ("--database", database_url)
    prepare_demo(database_url, None, small=True)
    assert run("demo", "remove", *at).code == 2
    assert run("verify", *at).code == 0
    said = run("demo", "remove", *at, "--yes")
    assert said.code == 0, said.err
    assert "will be removed" in said.err
    assert run("verify", *at).code in (3, 5)
    assert run("demo", "remove", *at, "--yes").code in (3, 5)
    prepare_demo(database_url, None, small=True)
    assert run("verify", *at).code == 0


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_of_a_file_nothing_but_the_lock_is_left(run: Run, database_url: str, tmp_path: Path) -> None:
    prepare_demo(database_url, None, small=True)
    assert run("demo", "remove", "--database", database_url, "--yes").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["orderwell.db.lock"]


@pytest.mark.parametrize("engine_kind", ["postgres"], indirect=True)
def test_what_is_not_ours_in_the_schema_stays(run: Run, database_url: str) -> None:
    prepare_demo(database_url, None, small=True)
    database = Database(database_url)
    try:
        with database.changing() as connection:
            connection.exec_driver_sql("CREATE TABLE theirs (n int)")
        assert run("demo", "remove", "--database", database_url, "--yes").code == 0
        with database.reading() as connection:
            left = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            assert [row[0] for row in connection.exec_driver_sql(left)] == ["theirs"]
            ours = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            assert connection.exec_driver_sql(ours).scalar() == 0
    finally:
        database.close()


def test_another_business_is_not_removed(run: Run, house: str) -> None:
    said = run("demo", "remove", "--database", house, "--yes")
    assert said.code == 4
    assert "no demonstration" in said.err
    assert run("skus", "list", "--database", house, "--json").json["data"][0]["code"] == "lamp"


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_business_of_ones_own_is_never_taken_for_a_half_made_one(run: Run, database_url: str) -> None:
    at = ("--database", database_url)
    assert run("init", "--mode", "demo", "--name", "Mine", *at).code == 0
    assert run("channels", "add", "--code", "web", "--name", "Web shop", *at).code == 0
    prepare_demo(database_url, None, small=True)
    assert [each["code"] for each in run("channels", "list", *at, "--json").json["data"]] == ["web"]
