"""Programs that tests start and kill: `orderwell serve` above all, with everything it started."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import psutil

ROOT = Path(__file__).parents[2]
ORDERWELL = (str(Path(sys.executable).with_name("orderwell")),)
HANGS_AFTER_SECONDS = 60


class Server:
    """`orderwell serve` on a database, which can be killed at any moment and started again at the same port."""

    def __init__(
        self,
        database_url: str,
        log: Path,
        *,
        workers: int = 1,
        program: tuple[str, ...] = ORDERWELL,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [
            *program, "serve", "--database", database_url, "--port", str(self.port), "--workers", str(workers),
        ]  # fmt: skip
        self._log, self._environment = log, {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Returns when it answers that it is ready; how many seconds that took."""
        began = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, cwd=ROOT, env=self._environment, start_new_session=True
            )
        while not self._ready():
            assert self._process.poll() is None, f"the server did not start:\n{self._log.read_text()[-3000:]}"
            assert time.monotonic() - began < HANGS_AFTER_SECONDS, "the server does not get ready"
            time.sleep(0.02)
        return time.monotonic() - began

    def _ready(self) -> bool:
        with contextlib.suppress(httpx2.TransportError):
            return httpx2.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        return False

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill9(self) -> None:
        """All its processes at once, without a word."""
        assert self._process is not None
        assert self.running, f"the server ended by itself:\n{self._log.read_text()[-3000:]}"
        kill_family(self._process)

    def stop(self) -> None:
        """As an operator does: it finishes what is under way. Fails where it does not end well."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(HANGS_AFTER_SECONDS) == 0, self._log.read_text()[-3000:]

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        if self.running:
            self.kill9()


def kill_family(process: "subprocess.Popen[Any]") -> None:
    """A process and all that descend from it die at once; returns when all of them are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGSTOP)  # no new child between the look and the blow
    children = psutil.Process(process.pid).children(recursive=True)
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    process.kill()
    process.wait()
    deadline = time.monotonic() + HANGS_AFTER_SECONDS
    while any(_alive(child) for child in children):
        assert time.monotonic() < deadline, "killed processes are still there"
        time.sleep(0.01)


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    """Below the range from which systems hand out ports to clients, so that it is still free after a restart."""
    while True:
        port = random.randint(20_000, 31_999)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
