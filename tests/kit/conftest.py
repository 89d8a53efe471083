"""The kit's tests work on copies of one furnished shop, on each engine."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from orderwell.app import App, open_app
from orderwell.kit.clock import TestClock
from tests.kit.asks import furnish
from tests.support.shop import MONDAY

Copies = Callable[[], AbstractContextManager[App]]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture(scope="module")
def copy_of_shop(
    engine_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Copies]:
    """`with copy_of_shop() as app:` a shop of its own each time, on a Monday that does not end."""
    folder = tmp_path_factory.mktemp("kit")
    server = request.getfixturevalue("postgres_server") if engine_kind == "postgres" else None
    original = server.create_database() if server else f"sqlite:///{folder / 'shop.db'}"
    furnish(original)
    made = 0

    @contextmanager
    def copy() -> Iterator[App]:
        nonlocal made
        made += 1
        if server is None:
            url = f"sqlite:///{folder / str(made)}.db"
            shutil.copy(folder / "shop.db", folder / f"{made}.db")
        else:
            name = original.rpartition("/")[2]
            server.execute(f'CREATE DATABASE "{name}_{made}" TEMPLATE "{name}"')
            url = server.url(f"{name}_{made}")
        app = open_app(url, clock=TestClock(MONDAY))
        try:
            yield app
        finally:
            app.close()
            if server is not None:
                server.drop_database(url)

    yield copy
    if server is not None:
        server.drop_database(original)
