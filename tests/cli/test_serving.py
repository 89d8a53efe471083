"""`serve` as people run it: it announces itself, answers, stops cleanly, and keeps the data."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tests.cli.conftest import PROGRAM, Run, free_port, serving

ROOT = Path(__file__).parents[2]


def key_in(announced: str) -> str:
    found = re.search(r"ow_(live|test)_\w+", announced)
    assert found, announced
    return found[0]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_stops_cleanly_on_a_signal(house: str, number: int) -> None:
    with serving("--database", house) as server:
        assert "/docs" in server.announced
        assert httpx2.get(f"{server.url}/docs").status_code == 200
        assert httpx2.get(f"{server.url}/api/v1/orders").status_code == 401
        started = time.monotonic()
        code, err = server.end(number)
    assert code == 0
    assert "Traceback" not in err
    assert time.monotonic() - started < 10


@pytest.mark.slow
@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_the_demo_shows_its_first_key_once_and_the_second_start_keeps_the_data(run: Run, database_url: str) -> None:
    with serving("--demo", "--small", "--no-customers", "--database", database_url, lines=4) as server:
        headers = {"authorization": f"Bearer {key_in(server.announced)}"}
        first = httpx2.get(f"{server.url}/api/v1/orders", headers=headers).json()["data"]
        assert len(first) == 20
        assert server.end(signal.SIGINT)[0] == 0
    with serving("--demo", "--no-customers", "--database", database_url) as server:
        assert "ow_" not in server.announced
        assert httpx2.get(f"{server.url}/api/v1/orders", headers=headers).json()["data"] == first
        assert server.end(signal.SIGINT)[0] == 0
    assert run("verify", "--database", database_url).code == 0


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_demonstration_data_is_refused_in_production(
    run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERWELL_MODE", "production")
    assert run("serve", "--demo", "--database", database_url).code == 4
    assert run("init", "--database", database_url).code == 0
    monkeypatch.delenv("ORDERWELL_MODE")
    assert run("serve", "--demo", "--database", database_url).code == 4
    assert run("skus", "list", "--database", database_url, "--json").json["data"] == []


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_what_cannot_be_served_is_refused_with_what_to_do(run: Run, database_url: str, house: str) -> None:
    assert run("serve", "--database", f"{database_url}.none").code == 3
    assert run("serve", "--database", house, "--workers", "2").code == 2
    with serving("--database", house) as server:
        port = server.url.rpartition(":")[2]
        said = run("serve", "--database", house, "--port", port)
        assert said.code == 6  # its file is being written
        assert "another process" in said.err


@pytest.mark.parametrize("engine_kind", ["postgres"], indirect=True)
def test_a_port_that_is_taken_is_refused_by_name(run: Run, house: str) -> None:
    with serving("--database", house) as server:
        said = run("serve", "--database", house, "--port", server.url.rpartition(":")[2])
    assert said.code == 5
    assert "cannot be listened at" in said.err


@pytest.mark.slow
@pytest.mark.parametrize("engine_kind", ["postgres"], indirect=True)
def test_several_processes_serve_one_postgres_and_end_together(house: str) -> None:
    import psutil

    with serving("--database", house, "--workers", "2") as server:
        children = psutil.Process(server.process.pid).children(recursive=True)
        assert httpx2.get(f"{server.url}/health/ready").status_code == 200
        code, err = server.end(signal.SIGTERM)
        assert code == 0, err
        assert "Traceback" not in err
        assert not any(child.is_running() and child.status() != "zombie" for child in children)


@pytest.mark.slow
@pytest.mark.parametrize("engine_kind", ["postgres"], indirect=True)
def test_processes_do_not_outlive_the_one_that_started_them(house: str) -> None:
    import psutil

    with serving("--database", house, "--workers", "2") as server:
        children = psutil.Process(server.process.pid).children(recursive=True)
        server.process.kill()
        _, alive = psutil.wait_procs(children, timeout=15)
        assert alive == []


@pytest.mark.slow
@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_commands_ask_a_running_server(run: Run, house: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = run("api-keys", "create", "--name", "cli", "--role", "owner", "--database", house, "--json")
    file = tmp_path / "key"
    file.write_text(made.json["secret"] + "\n")
    monkeypatch.setenv("ORDERWELL_API_KEY_FILE", str(file))
    with serving("--database", house) as server:
        at = ("--server", server.url, "--json")
        words = ("orders", "place", "--channel", "web", "--line", "lamp=1", "--key", "k", *at)
        placed = run(*words)
        assert placed.code == 0, placed.err
        assert run(*words).json == placed.json
        assert run("orders", "show", placed.json["id"], *at).json["id"] == placed.json["id"]
        assert run("get", f"/orders/{placed.json['id']}", *at).json["id"] == placed.json["id"]
        assert run("get", "/orders/ord_0000000000001", *at).code == 3
        added = run("post", "/channels", "-d", '{"code": "fair", "name": "Trade fair"}', *at)
        assert added.json["code"] == "fair"
        assert run("post", "/channels", "-d", '{"code": "fair", "name": "Again"}', *at).code == 5
        assert run("post", "/channels", "-d", '{"code": 7}', *at).code == 2
        assert run("delete", "/channels/none", "--yes", *at).code in (2, 3)
        monkeypatch.setenv("ORDERWELL_API_KEY", "ow_test_wrong")
        assert run("orders", "list", *at).code == 4


@pytest.mark.slow
def test_make_run_starts_what_the_makefile_says(tmp_path: Path) -> None:
    """The very command of the Makefile, with its variables filled in; of history only as much as this needs."""
    line = re.search(r"@exec \$\(BIN\)/orderwell (serve .*)", (ROOT / "Makefile").read_text())
    assert line
    port = str(free_port())
    words = (
        line[1]
        .replace("$(ARGS)", "--small")
        .replace("$(DATABASE)", f"sqlite:///{tmp_path}/orderwell.db")
        .replace("$(HOST)", "127.0.0.1")
    )
    process = subprocess.Popen(
        [*PROGRAM, *words.replace("$(PORT)", port).split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        out = "".join(process.stdout.readline() for _ in range(4))
        assert httpx2.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=15)
    finally:
        process.kill()
    assert process.returncode == 0
    assert f"http://localhost:{port}/docs" in out
    assert key_in(out)
    assert "Traceback" not in err


def test_the_program_is_there_under_its_name() -> None:
    program = Path(sys.executable).with_name("orderwell")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", said.stdout)
