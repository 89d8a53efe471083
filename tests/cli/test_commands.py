"""What every command keeps to: exit codes, data on standard out and nothing else there, help on one screen."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from orderwell.api.operations import Read, Verb
from orderwell.api.routes import CAPABILITIES
from orderwell.cli import main
from orderwell.cli.errors import exit_code
from orderwell.cli.resources import FOR_GOOD, RESOURCES, operations
from orderwell.kit.errors import CODES
from tests.cli.conftest import PROGRAM, Run


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_each_kind_of_failure_has_its_exit_code(run: Run, house: str, tmp_path: Path) -> None:
    at = ("--database", house)
    assert run("orders", "list", *at).code == 0
    assert run("orders", "list", "--nonsense", *at).code == 2
    assert run("orders", "place", *at).code == 2
    assert run("orders", "show", "ord_0000000000001", *at).code == 3
    assert run("orders", "list", "--database", f"sqlite:///{tmp_path}/nothing.db").code == 3
    assert run("init", *at).code == 5
    assert run("orders", "list", "--server", "http://127.0.0.1:9").code == 4  # no key: nobody was asked
    assert run("orders", "place", "--channel", "web", "--line", "lamp=6", *at).code == 5


def test_every_refusal_there_is_has_an_exit_code_of_the_table() -> None:
    assert {exit_code(each("…")) for each in CODES.values()} <= {1, 2, 3, 4, 5, 6}
    assert [code for code, each in CODES.items() if exit_code(each("…")) == 1] == ["internal"]
    assert {code for code, each in CODES.items() if exit_code(each("…")) == 6} == {
        code for code, each in CODES.items() if each.retryable
    }


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_server_that_is_not_there_may_be_tried_again_under_the_same_key(
    run: Run, house: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERWELL_API_KEY", "ow_test_none")
    said = run("post", "/orders", "-d", "{}", "--server", "http://127.0.0.1:9")
    assert said.code == 6
    assert said.out == ""
    assert "orderwell post /orders -d '{}' --server http://127.0.0.1:9 --key " in said.err


def test_what_is_wrong_with_the_input_is_told_at_once_and_by_field(run: Run, house: str) -> None:
    said = run("skus", "add", "--price", "cheap", "--unit-decimals", "9", "--database", house, "--json")
    assert said.code == 2
    assert said.out == ""
    told = json.loads(said.err)
    assert {each["pointer"] for each in told["errors"]} == {"/code", "/name", "/price", "/unit_decimals"}


def test_an_order_is_placed_shown_and_listed(run: Run, house: str) -> None:
    at = ("--database", house, "--json")
    placed = run("orders", "place", "--channel", "web", "--line", "lamp=2", "--reference", "w-1", *at).json
    assert placed["object"] == "order"
    shown = run("orders", "show", placed["id"], *at).json
    assert (shown["reference"], shown["gross"]) == ("w-1", 9990)
    assert [each["id"] for each in run("orders", "list", "--reference", "w-1", *at).json["data"]] == [placed["id"]]


def test_a_key_makes_a_command_safe_to_repeat(run: Run, house: str) -> None:
    words = ("orders", "place", "--channel", "web", "--line", "lamp=1", "--key", "k-1", "--database", house, "--json")
    first, second = run(*words), run(*words)
    assert first.json == second.json
    assert len(run("orders", "list", "--database", house, "--json").json["data"]) == 1
    other = run("orders", "place", "--channel", "web", "--line", "lamp=2", "--key", "k-1", "--database", house)
    assert other.code == 5


def test_a_dry_run_shows_the_movements_and_makes_none(run: Run, house: str) -> None:
    said = run("orders", "place", "--channel", "web", "--line", "lamp=1", "--dry-run", "--database", house, "--json")
    assert said.json["dry_run"] is True
    assert said.json["effects"]["unit_moves"]
    assert run("orders", "list", "--database", house, "--json").json["data"] == []


def test_a_request_comes_from_a_file_and_options_win_over_it(run: Run, house: str, tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text('{"channel": "web", "reference": "from file", "lines": [{"sku": "lamp", "quantity": "1"}]}')
    words = ("orders", "place", "--input", str(file), "--reference", "typed", "--database", house, "--json")
    assert run(*words).json["reference"] == "typed"
    file.write_text("{")
    assert run(*words).code == 2


def test_a_new_api_key_shows_its_secret_once(run: Run, house: str) -> None:
    words = ("api-keys", "create", "--name", "shop", "--scope", "orders:read", "--key", "k", "--database", house)
    assert run(*words, "--json").json["secret"].startswith("ow_test_")
    assert "secret" not in run(*words, "--json").json


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_while_a_server_writes_the_file_commands_say_whom_to_ask(run: Run, house: str) -> None:
    from orderwell.app import open_app

    busy = open_app(house)
    try:
        said = run("channels", "add", "--code", "fair", "--name", "Fair", "--database", house)
    finally:
        busy.close()
    assert said.code == 6
    assert "--server" in said.err
    assert "--key " in said.err


def test_everything_the_api_does_is_a_command_and_listed_in_the_help() -> None:
    assert sorted({resource for resource, _ in operations()}) == RESOURCES
    exposed = {each.name for module in CAPABILITIES for each in module.operations() if isinstance(each, Verb | Read)}
    assert exposed - {each.name for each in operations().values()} == {"list_events"}
    for resource in RESOURCES:  # what is loaded for one resource alone is all there is of it
        all_of_it = {name for name in operations() if name[0] == resource}
        assert {name for name in operations(resource) if name[0] == resource} == all_of_it


def every_command() -> list[tuple[str, ...]]:
    single = [
        (name,) for name, place, _ in main.COMMANDS if place.partition(":")[2] not in ("events", "export", "demo")
    ]
    return [("events", "tail"), ("demo", "remove"), ("export", "journal"), *single, *operations()]


def test_help_fits_on_a_screen_and_has_two_examples(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert len(run("--help").out.splitlines()) <= 45
    for words in every_command():
        said = run(*words, "--help")
        lines = said.out.splitlines()
        assert said.code == 0, words
        assert len(lines) <= 45, words
        command = " ".join(("orderwell", *words))
        assert sum(line.strip().startswith(command) for line in lines) == 2, (words, said.out)


def test_help_is_there_at_once_because_nothing_else_is_imported() -> None:
    heavy = "('sqlalchemy', 'pydantic', 'fastapi', 'starlette', 'httpx2', 'granian', 'rich', 'alembic')"
    code = (
        "import sys; sys.argv = ['orderwell', '--help']\n"
        "from orderwell.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    started = time.perf_counter()
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stderr.strip() == "[]"
    assert time.perf_counter() - started < 3  # 0.1 s on a quiet machine; imports are what the list above is for


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_without_a_terminal_nothing_is_asked_and_nothing_is_coloured(house: str) -> None:
    environment = {**os.environ, "NO_COLOR": "1"}
    said = subprocess.run(
        [*PROGRAM, "delete", "/webhook_endpoints/x"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False, env=environment,
    )  # fmt: skip
    assert said.returncode == 2
    assert "--yes" in said.stderr
    listed = subprocess.run([*PROGRAM, "skus", "list", "--database", house], capture_output=True, text=True, check=True)
    assert "\x1b" not in listed.stdout
    assert json.loads(listed.stdout)["data"][0]["code"] == "lamp"


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_what_nothing_brings_back_needs_a_yes(run: Run, house: str) -> None:
    at = ("--database", house)
    made = run("api-keys", "create", "--name", "Web shop", "--scope", "orders:read", *at).json["id"]
    for words in ((), ("--no-input",)):
        said = run("api-keys", "revoke", made, *at, *words)
        assert (said.code, said.out) == (2, "")
        assert made in said.err
        assert "--yes" in said.err
    assert run("api-keys", "show", made, *at).json["revoked_at"] is None
    assert run("api-keys", "revoke", made, *at, "--dry-run").json["dry_run"] is True
    assert run("api-keys", "revoke", made, *at, "--yes").json["revoked_at"] is not None


def test_every_verb_that_destroys_needs_a_yes() -> None:
    words = ("disable_person", "erase_", "remove_", "revoke_")
    named = {each.name for each in operations().values() if each.method == "POST" and each.name.startswith(words)}
    assert named == FOR_GOOD


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_an_answer_that_never_came_is_tried_again_under_the_same_key(
    run: Run, house: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERWELL_API_KEY", "ow_test_none")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hanging_up = threading.Thread(target=lambda: silent.accept()[0].close())
        hanging_up.start()
        said = run("orders", "place", "--channel", "web", "--line", "lamp=1", "--server", f"http://127.0.0.1:{port}")
        hanging_up.join(10)
    assert (said.code, said.out) == (6, "")
    assert f"orderwell orders place --channel web --line lamp=1 --server http://127.0.0.1:{port} --key " in said.err


def test_an_interrupted_command_says_how_to_go_on(run: Run, house: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("orderwell.cli.doors.AtDatabase.perform", interrupted)
    said = run("channels", "add", "--code", "fair", "--name", "Fair", "--database", house)
    assert said.code == 130
    assert "--key " in said.err
