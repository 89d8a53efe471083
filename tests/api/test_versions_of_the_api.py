"""A version of the API is a promise: what it asks for and answers only grows, and every answer says which one it is."""

from copy import deepcopy
from typing import Any

import pytest

from orderwell.access.model import API_VERSIONS
from tests.api.conftest import ApiShop
from tests.support.answers import description_now
from tests.support.contract import breaks, promised

NEWEST = API_VERSIONS[-1]


def test_nothing_that_was_promised_is_taken_back() -> None:
    was, now = promised(), description_now()
    assert was["info"]["version"] == now["info"]["version"], "a new version: keep docs/openapi.json of the old one"
    assert breaks(was, now) == [], "it needs a new version of the API (docs/guide/api.md, Versions)"


def changed(where: list[Any], value: Any = None) -> dict[str, Any]:
    """The description with one place changed, or taken out."""
    told = deepcopy(description_now())
    place: Any = told
    for part in where[:-1]:
        place = place[part]
    if value is None:
        del place[where[-1]]
    else:
        place[where[-1]] = value
    return told


PATHS, SCHEMAS = ["paths"], ["components", "schemas"]
ORDER = [*SCHEMAS, "OrderAnswer"]
PLACE = [*SCHEMAS, "PlaceOrder"]


@pytest.mark.parametrize(
    ("where", "value", "told"),
    [
        ([*PATHS, "/api/v1/skus"], None, "POST /api/v1/skus is gone"),
        ([*PATHS, "/api/v1/orders", "post", "x-right"], "orders:all", "needs orders:all"),
        ([*PATHS, "/api/v1/orders", "post", "responses", "201"], None, "does not answer 201"),
        ([*ORDER, "properties", "gross"], {"type": "string"}, ".gross: string, where it is integer"),
        ([*ORDER, "properties", "reference"], {"anyOf": [{"type": "string"}, {"type": "null"}]}, ".reference: null"),
        ([*ORDER, "properties", "object"], {"const": "sale", "type": "string"}, ".object: ['sale']"),
        ([*ORDER, "required"], ["id"], ".gross: may be missing"),
        ([*PLACE, "properties", "reference"], None, "body.reference: is not known any more"),
        ([*PLACE, "required"], ["channel", "lines", "reference"], "body.reference: may be missing, and is required"),
        ([*PLACE, "properties", "lines", "maxItems"], 10, "body.lines: maxItems"),
        ([*PATHS, "/api/v1/orders", "get", "parameters"], [], "takes no limit any more"),
        (["components", "parameters", "DryRun", "required"], True, "wants dry_run"),
    ],
)
def test_what_would_break_somebody_is_found(where: list[Any], value: Any, told: str) -> None:
    found = breaks(description_now(), changed(where, value))
    assert any(told in each for each in found), found


def test_adding_breaks_nobody() -> None:
    now = deepcopy(description_now())
    schemas = now["components"]["schemas"]
    schemas["OrderAnswer"]["properties"]["mood"] = {"type": "string"}
    schemas["OrderAnswer"]["required"].append("mood")
    schemas["PlaceOrder"]["properties"]["gift"] = {"type": "boolean", "default": False}
    schemas["PlaceOrder"]["properties"]["lines"]["maxItems"] += 1
    now["paths"]["/api/v1/wishes"] = now["paths"]["/api/v1/skus"]
    now["paths"]["/api/v1/orders"]["get"]["parameters"].append({"name": "mood", "in": "query", "schema": {}})
    assert breaks(description_now(), now) == []
    assert breaks(now, description_now()) != []


def test_every_answer_says_which_version_it_is(shop: ApiShop) -> None:
    for answer in (
        shop.owner.get("/orders"),
        shop.owner.get("/nothing"),
        shop.owner.post("/orders", {}),
        shop.http.get("/api/v1/orders"),
        shop.http.get("/health/live"),
    ):
        assert answer.headers["orderwell-version"] == NEWEST
    asked = shop.http.get("/api/v1/orders", headers=shop.owner.headers(orderwell_version=NEWEST))
    assert (asked.status_code, asked.headers["orderwell-version"]) == (200, NEWEST)


def test_a_version_there_is_not_is_refused_by_name(shop: ApiShop) -> None:
    shop.sku("lamp", stock=1)
    refused = shop.owner.order(orderwell_version="2020-01-01")
    assert (refused.status_code, refused.json()["code"]) == (400, "unknown_version")
    assert "'2020-01-01'" in refused.json()["detail"]
    assert NEWEST in refused.json()["detail"]
    assert shop.rows("SELECT COUNT(*) FROM orders") == [(0,)]


def test_a_key_keeps_the_version_it_was_made_under(shop: ApiShop, monkeypatch: pytest.MonkeyPatch) -> None:
    key = shop.owner.post("/api_keys", {"name": "Web shop", "scopes": ["orders:read"]}).json()
    assert key["api_version"] == NEWEST
    both = (*API_VERSIONS, "2030-01-01")
    monkeypatch.setattr("orderwell.api.dated.API_VERSIONS", both)
    monkeypatch.setattr("orderwell.flows.keep_access.API_VERSIONS", both)
    later = shop.client(scopes=["orders:read"])
    assert later.get("/orders").headers["orderwell-version"] == "2030-01-01"
    older = {"authorization": f"Bearer {key['secret']}"}
    assert shop.http.get("/api/v1/orders", headers=older).headers["orderwell-version"] == NEWEST
    newer = shop.http.get("/api/v1/orders", headers={**older, "orderwell-version": "2030-01-01"})
    assert newer.headers["orderwell-version"] == "2030-01-01"
