"""Starting what is measured, and asking the system what it cost. Everything listens on 127.0.0.1 and ends with us."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

START_SECONDS = 60
STOP_SECONDS = 20
COMMAND = Path(sys.executable).with_name("orderwell")


@dataclass(slots=True)
class Server:
    """A running `orderwell serve`."""

    port: int
    process: psutil.Process

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def memory_mib(self) -> float:
        return self.process.memory_info().rss / 2**20


@contextlib.contextmanager
def serving(database: str, *, workers: int = 1) -> Iterator[Server]:
    port = free_port()
    command = [COMMAND, "serve", "--database", database, "--port", port, "--workers", workers, "--quiet"]
    started = subprocess.Popen([str(word) for word in command], start_new_session=True)
    try:
        _wait_for(port, started)
        yield Server(port, psutil.Process(started.pid))
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
            try:
                started.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(started.pid, signal.SIGKILL)
                started.wait()


def _wait_for(port: int, started: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if started.poll() is not None:
            raise RuntimeError(f"the server ended with {started.returncode} before it answered")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not listen within {START_SECONDS} seconds")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def cpu_seconds(process: psutil.Process) -> float:
    """Of a process and all below it; those that have ended count once their parent has taken note."""
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total
