"""What every test may ask for: a database of its own, on each engine.

    def test_something(database_url: str) -> None:      # runs twice: on SQLite and on PostgreSQL
        ...

A test for one engine only: `@pytest.mark.parametrize("engine_kind", ["postgres"], indirect=True)`.
What was left out of a run, and why, is listed at its end: nothing is missing in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.postgres import PostgresServer

ENGINES = ("sqlite", "postgres")
LEFT_OUT = pytest.StashKey[Counter[str]]()
POSTGRES = pytest.StashKey[str]()
FROM_WORKERS = pytest.StashKey[list[dict[str, Any]]]()


# Databases


@pytest.fixture(params=ENGINES)
def engine_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgres`: the engine that `database_url` is on."""
    kind: str = request.param
    assert kind in ENGINES, f"no such engine: {kind}"
    return kind


@pytest.fixture
def database_url(engine_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh, empty database, gone after the test."""
    if engine_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'orderwell.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """One server for the whole run (one per worker), started when first asked for. Not durable: fast.

    It is shared: a test that stops or kills its server makes its own PostgresServer.
    Where PostgreSQL cannot be had this fails, loudly. To do without it is a decision: --engines sqlite.
    """
    with PostgresServer(durable=False, shared_buffers="64MB") as server:
        request.config.stash[POSTGRES] = f"{server.version} ({'embedded' if server.embedded else 'system'})"
        yield server


# What runs


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("orderwell")
    group.addoption("--engines", default=",".join(ENGINES), help="databases to test on (default: %(default)s)")
    group.addoption("--prove", action="store_true", help="also run the long proofs (marker prove)")


def pytest_configure(config: pytest.Config) -> None:
    unknown = chosen_engines(config) - set(ENGINES)
    if unknown or not chosen_engines(config):
        raise pytest.UsageError(f"--engines takes some of {','.join(ENGINES)}, not {config.getoption('--engines')!r}")
    config.stash[LEFT_OUT] = Counter()
    config.stash[FROM_WORKERS] = []


def chosen_engines(config: pytest.Config) -> set[str]:
    return {name.strip() for name in config.getoption("--engines").split(",") if name.strip()}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    out = [item for item in items if why_left_out(item)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if not why_left_out(item)]


def why_left_out(item: pytest.Item) -> str | None:
    """The reason in the words of the closing list, or None if the test may run."""
    if item.get_closest_marker("prove") and not item.config.getoption("--prove"):
        return "long proofs: run them with `make prove`"
    engine = getattr(item, "callspec", None) and item.callspec.params.get("engine_kind")  # type: ignore[attr-defined]
    if item.get_closest_marker("needs_postgres") or "postgres_server" in getattr(item, "fixturenames", ()):
        engine = "postgres"
    if engine and engine not in chosen_engines(item.config):
        return f"tests on {engine}: --engines is {item.config.getoption('--engines')}"
    return None


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        reason = why_left_out(item)
        if not reason and item.config.getoption("-m"):
            reason = f"not asked for by -m {item.config.getoption('-m')!r}"
        item.config.stash[LEFT_OUT][reason or "not asked for by -k or --deselect"] += 1


# The closing list. With xdist the workers collect, the controller speaks: they send it what they know.


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["orderwell"] = known(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    sent = getattr(node, "workeroutput", {}).get("orderwell")
    if sent:
        node.config.stash[FROM_WORKERS].append(sent)


def known(config: pytest.Config) -> dict[str, Any]:
    return {"left_out": dict(config.stash[LEFT_OUT]), "postgres": config.stash.get(POSTGRES, "")}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("collectonly"):
        return
    reports = config.stash[FROM_WORKERS] or [known(config)]
    left_out: Counter[str] = Counter()
    for report in reports:  # every worker collects the whole, so they say the same: the largest count, not the sum
        left_out |= Counter(report["left_out"])
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        left_out[f"skipped: {reason.removeprefix('Skipped: ')}"] += 1

    servers = sorted({report["postgres"] for report in reports if report["postgres"]})
    terminalreporter.section("what did not run")
    if servers:
        terminalreporter.line(f"PostgreSQL was {', '.join(servers)}.")
    for reason, count in sorted(left_out.items()):
        terminalreporter.line(f"{count:6} {reason}")
    if not left_out:
        terminalreporter.line("Nothing: every test ran.")
