"""A shop behind its API: in process for most tests, on a real socket where threads and connections matter."""

import asyncio
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from orderwell.access.rules import new_key
from orderwell.api.asgi import Api, create_app
from orderwell.flows.keep_access import CreateApiKey
from orderwell.settings import Settings
from tests.support.answers import of_response
from tests.support.shop import Shop

_numbers = itertools.count(1)


class Client:
    """Speaks to the API with one key; every POST gets a fresh Idempotency-Key unless one is given.

    What it is answered is held against the description.
    """

    def __init__(self, http: Any, key: str | None) -> None:
        self.http, self.key = http, key

    def headers(self, **more: str) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {**({"authorization": f"Bearer {self.key}"} if self.key else {}), **named}

    def get(self, path: str, **params: Any) -> Any:
        path = f"/api/v1{path}"
        return of_response("GET", path, self.http.get(path, params=params, headers=self.headers()))

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        key = key or f"test-{next(_numbers)}"
        sent, named = {} if body is None else body, self.headers(idempotency_key=key, **headers)
        path = f"/api/v1{path}"
        return of_response("POST", path, self.http.post(path, json=sent, headers=named))

    def order(self, *, sku: str = "lamp", quantity: int = 1, **more: Any) -> Any:
        body = {"channel": "web", "lines": [{"sku": sku, "quantity": str(quantity)}]}
        return self.post("/orders", body, **more)


class ApiShop(Shop):
    """A shop whose writer runs, with its API."""

    def __init__(self, url: str, settings: Settings | None = None) -> None:
        super().__init__(url)
        self.api: Api = create_app(self.app, settings)
        self.app.writer.start()
        self.http = TestClient(self.api, raise_server_exceptions=False)
        self.owner = self.client(role="owner")

    def client(self, http: Any = None, **key: Any) -> Client:
        return Client(http or self.http, self.key(**key))

    def key(self, **key: Any) -> str:
        made = new_key("test")
        self.do(CreateApiKey("A key", made.hash, made.hint, **key))
        return made.secret


@pytest.fixture
def shop(database_url: str) -> Iterator[ApiShop]:
    shop = ApiShop(database_url)
    yield shop
    shop.close()


@pytest.fixture
def live(shop: ApiShop) -> Iterator[httpx2.Client]:
    """The shop's API on a socket of its own, served by the HTTP server we ship."""
    from granian.server.embed import Server

    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(shop.api, port=port, interface="asgi", log_enabled=False, websockets=False, http="1")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve()), daemon=True)
    thread.start()
    limits = httpx2.Limits(max_connections=100)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=30) as http:
        _until_it_answers(http)
        yield http
    loop.call_soon_threadsafe(server.stop)
    thread.join(10)
    assert not thread.is_alive()
    loop.close()


def _until_it_answers(http: httpx2.Client) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            http.get("/health/live")
            return
        except httpx2.TransportError:
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.02)
