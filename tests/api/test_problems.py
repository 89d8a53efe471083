"""Refusals over HTTP: problem documents, every field at once, limits, and nothing of our insides (S4, S26, S29)."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

import orderwell
from orderwell.api import errors
from orderwell.api.errors import FIELD_CODES, status_of
from orderwell.api.operations import OPEN, Plain
from orderwell.kit.errors import CODES, Overloaded
from orderwell.settings import Settings
from tests.api.conftest import ApiShop

SOURCES = Path(orderwell.__file__).parent
MEMBERS = {"type", "title", "status", "detail", "instance", "code", "request_id", "retryable", "errors"}


def send(shop: ApiShop, body: bytes, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {**shop.owner.headers(idempotency_key="raw"), "content-type": "application/json", **named}
    return shop.http.post("/api/v1/orders", content=body, headers=sent)


def test_a_problem_names_every_field_that_is_wrong(shop: ApiShop) -> None:
    body = {"channel": 1, "colour": "red", "lines": [{"sku": "lamp", "quantity": "0"}, {"quantity": "x", "a/b": 1}]}
    refused = shop.owner.post("/orders", body, request_id="my-request-1")
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["request-id"] == "my-request-1"
    problem = refused.json()
    assert set(problem) == MEMBERS
    assert (problem["code"], problem["instance"], problem["request_id"]) == (
        "invalid",
        "/api/v1/orders",
        "my-request-1",
    )
    assert {(each["pointer"], each["code"]) for each in problem["errors"]} == {
        ("/channel", "wrong_type"), ("/colour", "unknown_field"), ("/lines/0/quantity", "out_of_range"),
        ("/lines/1/sku", "missing"), ("/lines/1/quantity", "wrong_type"), ("/lines/1/a~1b", "unknown_field"),
    }  # fmt: skip


def test_fields_that_callers_may_not_set_are_refused_not_ignored(shop: ApiShop) -> None:
    for field in ("role", "total", "price", "status", "paid", "id", "version", "net_minor", "placed_at", "customer_id"):
        body = {"channel": "web", "lines": [{"sku": "lamp", "quantity": "1"}], field: "x"}
        assert shop.owner.post("/orders", body).json()["errors"][0]["code"] == "unknown_field", field
        assert shop.owner.post("/customers", {"name": "A", "id": "x"}).status_code == 422


def test_an_id_in_the_address_of_another_kind_is_not_found(shop: ApiShop) -> None:
    lamp = shop.sku("lamp", stock=1)
    for path in (
        f"/orders/{lamp['id']}",
        "/orders/ord_0000000000001",
        "/orders/nonsense",
        "/customers/%00",
        "/nothing",
    ):
        refused = shop.owner.get(path)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found"), path
    refused = shop.owner.post(f"/orders/{lamp['id']}/cancel")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    refused = shop.owner.post("/customers/nobody/set_off")
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b'{"channel": NaN}', "not_json"),
        (b'{"channel": "\\ud800"}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "invalid"),
        (b'"text"', "invalid"),
        (b'{"channel":"web","lines":[' + b"1," * 400_000 + b"1]}", "invalid"),
        (b'{"channel":"we\\u0000b","lines":[]}', "invalid"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "invalid"),
        (b'{"channel":"web","lines":[{"sku":"a","quantity":1e400}]}', "invalid"),
        (b'{"channel":"web","lines":[{"sku":"a","quantity":"1","unit_price":"0.00000000000000000000000000001"}]}',
         "invalid"),
        (b'{"x":' + b"9" * 4000 + b"}", "invalid"),
        (b'{"x":' + b"9" * 5000 + b"}", "not_json"),
    ],
)  # fmt: skip
def test_hostile_bodies_are_refused_by_name(shop: ApiShop, body: bytes, code: str) -> None:
    refused = send(shop, body)
    assert (refused.status_code, refused.json()["code"]) == (400 if code == "not_json" else 422, code)


def test_a_body_that_is_too_large_is_not_read(shop: ApiShop) -> None:
    large = b" " * (1024 * 1024 + 1)
    assert send(shop, large).status_code == 413
    chunks = (b" " * 65536 for _ in range(17))  # without a content-length
    headers = {**shop.owner.headers(idempotency_key="raw"), "content-type": "application/json"}
    assert shop.http.post("/api/v1/orders", content=chunks, headers=headers).json()["code"] == "too_large"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_only_json_in_utf8_is_read(shop: ApiShop, kind: str) -> None:
    refused = send(shop, b"{}", content_type=kind)
    assert (refused.status_code, refused.json()["code"]) == (415, "wrong_media_type")


def test_limits_of_lists_and_expansion(shop: ApiShop) -> None:
    lamp = shop.sku("lamp", stock=1)
    order = shop.order(lamp=1)
    for params in ({"limit": 10**9}, {"limit": 0}, {"limit": "x"}, {"cursor": lamp["id"]}, {"colour": "red"},
                   {"status": "a\0b"}, {"customer": order}, {"limit": ["1", "2"]}):  # fmt: skip
        assert shop.owner.get("/orders", **params).status_code == 422, params
    for expand in ("a.b.c.d.e", "lines", "lines.sku.product", "password"):
        refused = shop.owner.get(f"/orders/{order}", **{"expand[]": expand})
        assert refused.status_code == 422, expand


def test_an_unknown_method_says_which_there_are(shop: ApiShop) -> None:
    refused = shop.http.delete("/api/v1/orders", headers=shop.owner.headers())
    assert (refused.status_code, refused.json()["code"]) == (405, "method_not_allowed")
    assert refused.headers["allow"] == "GET, HEAD, POST"


def test_whoever_saw_an_older_version_is_refused(shop: ApiShop) -> None:
    shop.sku("lamp", stock=2)
    placed = shop.owner.order()
    order, seen = placed.json()["id"], placed.headers["etag"]
    assert shop.owner.get(f"/orders/{order}").headers["etag"] == seen
    shop.ship(order)
    refused = shop.owner.post(f"/orders/{order}/cancel", if_match=seen)
    assert (refused.status_code, refused.json()["code"]) == (412, "stale")
    now = shop.owner.get(f"/orders/{order}").headers["etag"]
    refused = shop.owner.post(f"/orders/{order}/cancel", if_match=now)
    assert refused.status_code == 409  # the version fits; what has left cannot be cancelled
    assert shop.owner.post("/orders", if_match=now).status_code == 422


def test_a_dry_run_shows_what_would_be_written_and_writes_nothing(shop: ApiShop) -> None:
    shop.sku("lamp", stock=2)
    order = shop.owner.order().json()["id"]
    events = shop.rows("SELECT count(*) FROM events")
    shown = shop.owner.post(f"/orders/{order}/ship?dry_run=true").json()
    assert shown["dry_run"] is True
    assert [row["template"] for row in shown["effects"]["journal"]] == ["invoice", "invoice", "cost_of_goods"]
    assert shop.rows("SELECT count(*) FROM events") == events
    assert shop.owner.post(f"/orders/{order}/ship?dry_run=maybe").status_code == 422


def test_a_fault_of_ours_shows_nothing_of_our_insides(shop: ApiShop, capsys: pytest.CaptureFixture[str]) -> None:
    async def run(face: Any, request: Any, caller: Any) -> Response:
        raise RuntimeError("SELECT secret FROM /srv/orderwell version 1.2.3")

    from starlette.testclient import TestClient

    from orderwell.api.asgi import create_app

    crash = Plain(method="GET", path="/crash", right=OPEN, name="crash", summary="", run=run)
    http = TestClient(create_app(shop.app, more=[crash]), raise_server_exceptions=False)
    refused = http.get("/crash", headers={"request-id": "look-for-me"})
    assert (refused.status_code, refused.json()["code"]) == (500, "internal")
    assert refused.json()["request_id"] == "look-for-me"
    assert not re.search("SELECT|Traceback|RuntimeError|/srv|1.2.3", refused.text + str(refused.headers))
    logged = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (logged["what"], logged["request_id"]) == ("request.crashed", "look-for-me")


def test_every_answer_carries_the_security_headers(shop: ApiShop) -> None:
    for path in ("/docs", "/docs/errors", "/docs/static/docs.js", "/api/v1/orders", "/nothing", "/health/live"):
        headers = shop.http.get(path).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert part in policy, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert int(headers["strict-transport-security"].split(";")[0].removeprefix("max-age=")) >= 31_536_000
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["request-id"]


def test_what_may_be_tried_again_says_when() -> None:
    problem = errors.document(Overloaded("Busy."), instance="/x", request_id="r", docs_url="https://shop.example")
    answer = errors.answer(problem)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert problem["type"] == "https://shop.example/docs/errors#overloaded"


def test_every_code_has_a_status_and_stands_on_the_page(shop: ApiShop) -> None:
    page = shop.http.get("/docs/errors").text
    for code, refused in CODES.items():
        assert 400 <= status_of(refused) <= 503
        assert f'id="{code}"' in page
    for code in FIELD_CODES:
        assert f'id="field-{code}"' in page


def test_every_field_code_in_the_source_is_documented() -> None:
    found = {code for path in SOURCES.rglob("*.py") for code in field_codes(ast.parse(path.read_text()))}
    assert found - set(FIELD_CODES) == set()


def field_codes(tree: ast.AST) -> set[str]:
    """Codes written as text in `Invalid.at(pointer, detail, code)` and `Problem(pointer, code, detail)`."""
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = {"at": 2, "Problem": 1}.get(name)
        if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
            found.add(node.args[place].value)
    return found


def test_settings_come_from_the_environment() -> None:
    from orderwell.settings import from_environment

    assert from_environment({}) == Settings()
    assert from_environment({"ORDERWELL_READ_THREADS": "3", "ORDERWELL_PUBLIC_URL": "https://a.example/"}) == Settings(
        public_url="https://a.example", read_threads=3
    )
    with pytest.raises(ValueError, match="ORDERWELL_READ_THREADS"):
        from_environment({"ORDERWELL_READ_THREADS": "many"})
