"""The server that other tests trust must itself be trustworthy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.support.postgres import PostgresServer, PostgresUnavailable, find_binaries

pytestmark = [pytest.mark.needs_postgres, pytest.mark.slow]


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with PostgresServer(shared_buffers="16MB", max_connections=20) as server:
        yield server


def test_what_was_committed_survives_kill9_and_what_was_not_does_not(server: PostgresServer) -> None:
    url = server.create_database("shop")
    with closing(psycopg.connect(url, autocommit=True)) as safe, closing(psycopg.connect(url)) as unsafe:
        safe.execute("CREATE TABLE promise (n int)")
        safe.execute("INSERT INTO promise VALUES (1)")
        unsafe.execute("INSERT INTO promise VALUES (2)")
        backends = psutil.Process(server.pid).children()
        server.kill9()
    assert not server.running
    assert len(backends) > 2
    assert not any(_runs(backend.pid) for backend in backends)
    assert (server.data / "postmaster.pid").exists(), "recovery must cope with the pid file, as in life"

    server.start()

    assert server.url("shop") == url
    assert server.execute("SELECT n FROM promise", "shop") == [(1,)]


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_restart_keeps_port_and_data_although_a_client_is_connected(server: PostgresServer, mode: str) -> None:
    url = server.create_database("shop")
    with psycopg.connect(url):
        server.restart(mode)  # type: ignore[arg-type]
    assert server.url("shop") == url
    assert server.execute("SELECT 1", "shop") == [(1,)]


def test_it_is_utf8_in_byte_order_and_in_utc(server: PostgresServer) -> None:
    assert server.execute("SHOW server_encoding") == [("UTF8",)]
    assert server.execute("SHOW timezone") == [("UTC",)]
    assert server.execute("SHOW fsync") == [("on",)]
    assert server.execute("SELECT 'Z' < 'a', upper('é')") == [(True, "É")]


def test_a_database_can_be_dropped_under_a_connected_client(server: PostgresServer) -> None:
    url = server.create_database()
    with psycopg.connect(url):
        server.drop_database(url)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_closing_leaves_nothing_behind() -> None:
    server = PostgresServer(durable=False, shared_buffers="16MB").start()
    home, pid = server.home, server.pid
    server.close()
    server.close()
    assert not home.exists()
    assert not psutil.pid_exists(pid)


def test_nothing_is_left_when_the_program_that_made_it_is_killed() -> None:
    program = (
        "import time; from tests.support.postgres import PostgresServer\n"
        "server = PostgresServer(durable=False, shared_buffers='16MB').start()\n"
        "print(server.home, server.pid, flush=True); time.sleep(60)\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=root) as maker:
        assert maker.stdout
        home, pid = maker.stdout.readline().split()
        os.kill(maker.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while Path(home).exists() or _runs(int(pid)):
        assert time.monotonic() < deadline, "the server outlived its maker"
        time.sleep(0.05)


def test_the_server_from_the_package_works_too() -> None:
    with PostgresServer(binaries="embedded", durable=False, shared_buffers="16MB") as server:
        assert server.embedded
        assert server.execute("SELECT upper('é')", server.create_database().rpartition("/")[2]) == [("É",)]


def test_a_missing_server_is_said_loudly(tmp_path: Path) -> None:
    with pytest.raises(PostgresUnavailable, match="No PostgreSQL server programs found"):
        find_binaries(str(tmp_path))


def test_a_server_that_cannot_start_says_why() -> None:
    server = PostgresServer(settings={"wal_level": "nonsense"})
    with pytest.raises(PostgresUnavailable, match="nonsense"):
        server.start()
    assert not server.running
