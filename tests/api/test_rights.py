"""Deny by default: every address asks who it is and what they may, and says what it asks for (S1, S17)."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from orderwell.access.model import BUILT_IN, INCLUDED, RIGHTS
from orderwell.access.queries import Holder, holder_of
from orderwell.access.rules import new_key
from orderwell.api import asgi
from orderwell.api.asgi import create_app
from orderwell.api.operations import ANY_KEY, OPEN, Operation, Plain, Undeclared
from orderwell.flows.keep_access import DefineRole, RevokeApiKey
from tests.api.conftest import ApiShop, Client

OPEN_TO_ALL = {  # reviewed: nothing here tells anything about the business
    "GET /api/v1/openapi.json", "GET /docs", "GET /docs/errors", "GET /docs/static/{file}", "GET /health/live",
    "GET /health/ready", "POST /api/v1/providers/{provider}/notifications",
}  # fmt: skip
FOR_ANY_KEY = {"POST /api/v1/batches"}  # asks for the right of each operation inside


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def ask(client: Client, operation: Operation) -> Any:
    path = operation.path
    for name in operation.path_fields:
        path = path.replace(f"{{{name}}}", "ord_0000000000001")
    return client.http.request(
        operation.method, path, headers=client.headers(), json={} if "POST" in named(operation) else None
    )


def test_the_addresses_open_to_all_are_those_that_were_reviewed(shop: ApiShop) -> None:
    assert {named(each) for each in shop.api.operations if each.right == OPEN} == OPEN_TO_ALL
    assert {named(each) for each in shop.api.operations if each.right == ANY_KEY} == FOR_ANY_KEY


def test_every_address_refuses_who_has_no_key_or_lacks_the_right(shop: ApiShop) -> None:
    nobody = Client(shop.http, None)
    stranger = Client(shop.http, "ow_test_" + "a" * 38)
    checked = 0
    for operation in shop.api.operations:
        if operation.right == OPEN:
            continue
        assert ask(nobody, operation).status_code == 401, named(operation)
        assert ask(stranger, operation).status_code == 401, named(operation)
        if operation.right == ANY_KEY:
            continue
        without = {operation.right, *(right for right, more in INCLUDED.items() if operation.right in more)}
        others = shop.client(scopes=sorted(set(RIGHTS) - without))
        refused = ask(others, operation)
        assert (refused.status_code, refused.json()["code"]) == (403, "denied"), named(operation)
        assert refused.json()["facts"] == {"lacking": [operation.right]}
        only = shop.client(scopes=list(operation.rights))
        assert ask(only, operation).status_code not in (401, 403, 500), named(operation)
        checked += 1
    assert checked > 60


def test_each_role_gets_exactly_what_its_rights_say(shop: ApiShop) -> None:
    for role, rights in BUILT_IN.items():
        client = shop.client(role=role)
        for operation in shop.api.operations:
            if operation.right in RIGHTS and operation.method == "GET":
                answered = ask(client, operation).status_code
                assert (answered == 403) == (operation.right not in rights), (role, named(operation))


def test_a_route_that_declares_nothing_stops_the_start(shop: ApiShop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(face: Any, request: Any, caller: Any) -> Any:
        raise AssertionError("never reached")

    with pytest.raises(Undeclared, match="no right 'anything'"):
        Plain(method="GET", path="/x", right="anything", name="x", summary="", run=run)
    twice = Plain(method="GET", path="/docs", right=OPEN, name="x", summary="", run=run)
    with pytest.raises(Undeclared, match="declared twice"):
        create_app(shop.app, more=[twice])
    ours = asgi.routes_of
    monkeypatch.setattr(asgi, "routes_of", lambda face: [*ours(face), Route("/by-hand", lambda request: None)])
    with pytest.raises(Undeclared, match="/by-hand"):
        create_app(shop.app)


def test_a_revoked_key_is_dead_within_a_second(shop: ApiShop, monkeypatch: pytest.MonkeyPatch) -> None:
    client = shop.client(scopes=["orders:read"])
    key = shop.owner.get("/api_keys", limit=1).json()["data"][0]
    assert client.get("/orders").status_code == 200
    shop.do(RevokeApiKey(key["id"]))
    later = time.monotonic() + 1.0
    monkeypatch.setattr("orderwell.api.remembered.time.monotonic", lambda: later)
    assert client.get("/orders").status_code == 401


def test_those_who_come_at_once_wait_for_one_look_at_their_key(
    shop: ApiShop, live: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []

    def slowly(connection: Any, key_hash: str) -> Holder | None:
        looked.append(key_hash)
        time.sleep(0.3)
        return holder_of(connection, key_hash)

    monkeypatch.setattr("orderwell.api.keys.holder_of", slowly)
    client, stranger = shop.client(live, scopes=["orders:read"]), Client(live, new_key("test").secret)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda each: each.get("/orders").status_code, [client, stranger] * 10))
    assert answers == [200, 401] * 10
    assert len(looked) == 2


def test_a_look_that_takes_long_lets_nobody_in_who_came_a_second_after_it_began(
    shop: ApiShop, live: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, revoked = threading.Event(), threading.Event()

    def stuck(connection: Any, key_hash: str) -> Holder | None:
        found = holder_of(connection, key_hash)
        began.set()
        revoked.wait(10)
        return found

    client = shop.client(live, scopes=["orders:read"])
    key = shop.owner.get("/api_keys", limit=1).json()["data"][0]
    monkeypatch.setattr("orderwell.api.keys.holder_of", stuck)
    with ThreadPoolExecutor(2) as pool:
        early = pool.submit(client.get, "/orders")
        assert began.wait(10)
        shop.do(RevokeApiKey(key["id"]))
        time.sleep(1.1)
        late = pool.submit(client.get, "/orders")
        time.sleep(0.2)
        revoked.set()
        assert early.result().status_code == 200  # it came before the key was revoked
        assert late.result().status_code == 401


def test_a_look_that_failed_is_not_remembered(shop: ApiShop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: Any, key_hash: str) -> Holder | None:
        raise RuntimeError("the database is gone")

    client = shop.client(scopes=["orders:read"])
    with monkeypatch.context() as patched:
        patched.setattr("orderwell.api.keys.holder_of", broken)
        assert client.get("/orders").status_code == 500
    assert client.get("/orders").status_code == 200


def test_a_key_expires_on_the_business_clock(shop: ApiShop) -> None:
    made = shop.owner.post(
        "/api_keys", {"name": "For a day", "scopes": ["orders:read"], "expires_at": "2026-01-06T08:00:00Z"}
    )
    client = Client(shop.http, made.json()["secret"])
    assert client.get("/orders").status_code == 200
    shop.days_pass(1)
    assert client.get("/orders").status_code == 401


def test_a_key_is_shown_once_and_kept_nowhere(shop: ApiShop) -> None:
    body = {"name": "Web shop", "scopes": ["orders:read"]}
    first = shop.owner.post("/api_keys", body, key="make-key")
    again = shop.owner.post("/api_keys", body, key="make-key")
    secret = first.json()["secret"]
    assert secret.startswith("ow_test_")
    assert again.status_code == 201
    assert again.headers["idempotent-replayed"] == "true"
    assert "secret" not in again.json()
    assert again.json()["id"] == first.json()["id"]
    for table in ("api_keys", "idempotency", "events"):
        assert secret not in str(shop.rows(f"SELECT * FROM {table}"))


def test_nobody_gives_away_more_than_they_have(shop: ApiShop) -> None:
    manager = shop.client(scopes=["access:manage", "orders:read"])
    fine = manager.post("/api_keys", {"name": "Reader", "scopes": ["orders:read"]})
    assert fine.status_code == 201
    for path, body in (
        ("/api_keys", {"name": "Too much", "scopes": ["payments:refund"]}),
        ("/api_keys", {"name": "Too much", "role": "owner"}),
        ("/people", {"name": "A friend", "email": "a@example.com", "roles": ["owner"]}),
        ("/roles", {"code": "mine", "name": "Mine", "rights": ["ledger:lock"]}),
    ):
        refused = manager.post(path, body)
        assert (refused.status_code, refused.json()["code"]) == (403, "more_than_yours"), path


def test_a_changed_role_holds_at_once_for_its_keys(shop: ApiShop) -> None:
    shop.do(DefineRole("reader", "Reader", ["orders:read"]))
    client = shop.client(role="reader")
    assert client.get("/orders").status_code == 200
    shop.do(DefineRole("reader", "Reader", ["customers:read"]))
    shop.api.face.keys._remembered.clear()  # as after a second
    assert client.get("/orders").status_code == 403
    assert client.get("/customers").status_code == 200


def test_nothing_a_proxy_might_say_is_believed(shop: ApiShop) -> None:
    nobody = Client(shop.http, None)
    told = {
        "x-forwarded-for": "127.0.0.1", "x-forwarded-host": "evil.example.com", "forwarded": "for=127.0.0.1",
        "x-user": "owner", "x-original-url": "/health/live", "host": "evil.example.com",
    }  # fmt: skip
    refused = nobody.http.get("/api/v1/orders", headers=told)
    assert refused.status_code == 401
    assert "evil" not in refused.text + str(refused.headers)
