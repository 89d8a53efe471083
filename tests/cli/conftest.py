"""Commands run as they are typed, in this process (quick), or as a program of their own where signals matter."""

import contextlib
import io
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import httpx2
import pytest

from orderwell.app import open_app
from orderwell.cli.errors import translated
from orderwell.cli.main import app
from orderwell.flows.adjust_stock import AdjustLine, AdjustStock

PROGRAM = [sys.executable, "-c", "from orderwell.cli.main import main; main()"]


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("orders", "list", "--json")` → exit code, standard out, standard error."""

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["orderwell", *words])
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
            code = translated(lambda: app(list(words), standalone_mode=False))
        return Said(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def house(run: Run, database_url: str) -> str:
    """A database with a business, a channel, a location, a tax rate and five lamps; its URL."""
    at = ("--database", database_url)
    for words in (
        ["init", "--name", "Lamp & Co", "--mode", "test"],
        ["channels", "add", "--code", "web", "--name", "Web shop"],
        ["locations", "add", "--code", "main", "--name", "Main street"],
        ["tax-rates", "set", "--tax-class", "standard", "--rate", "21"],
        ["skus", "add", "--code", "lamp", "--name", "Lamp", "--price", "49.95"],
    ):
        said = run(*words, *at)
        assert said.code == 0, said.err
    shop = open_app(database_url)
    shop.writer.ask(AdjustStock("main", "opening", [AdjustLine("lamp", Decimal(5), cost=10_000)]))
    shop.close()
    return database_url


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Serving(NamedTuple):
    process: subprocess.Popen[str]
    url: str
    announced: str

    def end(self, number: int) -> tuple[int, str]:
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=20)
        return self.process.returncode, err


@contextlib.contextmanager
def serving(*words: str, lines: int = 1) -> Iterator[Serving]:
    """`orderwell serve` as a program of its own, once it has said `lines` lines and answers."""
    port = free_port()
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--port", str(port), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        announced = "".join(process.stdout.readline() for _ in range(lines))
        assert announced.strip(), process.communicate(timeout=10)[1]
        url = f"http://127.0.0.1:{port}"
        wait_for(url)
        yield Serving(process, url, announced)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(url: str) -> None:
    for _ in range(200):
        with contextlib.suppress(httpx2.TransportError):
            if httpx2.get(f"{url}/health/ready").status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"{url} does not answer")
