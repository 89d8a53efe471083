"""Retry is safe everywhere: same key, same answer, one effect (R6)."""

from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from orderwell.api.operations import Verb
from tests.api.conftest import ApiShop, Client

AT_ONCE = 50


def test_the_same_order_sent_twice_gets_the_same_bytes_and_is_one_order(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    first = shop.owner.order(key="k1")
    again = shop.owner.order(key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert shop.stock_of("lamp")["promised"] == 1


def test_another_body_or_address_under_the_same_key_is_refused(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    shop.owner.order(key="k1")
    for refused in (shop.owner.order(key="k1", quantity=2), shop.owner.post("/products", {}, key="k2")):
        assert refused.status_code == 422
    assert shop.owner.order(key="k1", quantity=2).json()["code"] == "idempotency_key_reused"
    assert shop.owner.post("/sales", {}, key="k1").status_code == 422


def test_a_refusal_leaves_the_key_free(shop: ApiShop) -> None:
    shop.sku("lamp", stock=0)
    assert shop.owner.order(key="k1").status_code == 409
    shop.stock("lamp", 1)
    assert shop.owner.order(key="k1").status_code == 201


def test_keys_of_two_callers_do_not_meet(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    other = shop.client(scopes=["orders:write"])
    one, two = shop.owner.order(key="k1"), other.order(key="k1")
    assert one.json()["id"] != two.json()["id"]


def test_rights_come_before_what_was_answered_once(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    assert shop.owner.order(key="k1").status_code == 201
    reader = Client(shop.http, shop.key(scopes=["orders:read"]))
    assert reader.order(key="k1").status_code == 403


def test_every_verb_needs_a_key_of_its_own(shop: ApiShop) -> None:
    checked = 0
    for operation in shop.api.operations:
        if not (isinstance(operation, Verb) or getattr(operation, "keyed", False)):
            continue
        if isinstance(operation, Verb) and operation.asks:  # it changes nothing
            continue
        path = operation.path
        for name in operation.path_fields:
            path = path.replace(f"{{{name}}}", "ord_0000000000001")
        refused = shop.http.post(path, json=dict(operation.example), headers=shop.owner.headers())
        assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_missing"), path
        checked += 1
    assert checked > 40


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "with space", "zoë"])
def test_a_key_is_short_and_visible(shop: ApiShop, key: str) -> None:
    sent = {b"authorization": f"Bearer {shop.owner.key}".encode(), b"idempotency-key": key.encode("latin-1")}
    refused = shop.http.post("/api/v1/orders", json={}, headers=list(sent.items()))
    assert refused.status_code == 400
    assert refused.json()["code"] in ("idempotency_key_unfit", "idempotency_key_missing")


def rounds(shop: ApiShop, live: httpx2.Client, times: int) -> None:
    shop.sku("lamp", stock=1000)
    owner = shop.client(live, role="owner")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for n in range(times):
            answers = list(pool.map(lambda _, n=n: owner.order(key=f"round-{n}"), range(AT_ONCE)))
            assert {answer.status_code for answer in answers} == {201}
            assert len({answer.content for answer in answers}) == 1
            assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
            assert owner.order(key=f"round-{n}", quantity=2).status_code == 422
    assert shop.rows("SELECT count(*) FROM orders") == [(times,)]
    assert shop.stock_of("lamp")["promised"] == times


def test_fifty_at_once_with_one_key_have_one_effect(shop: ApiShop, live: httpx2.Client) -> None:
    rounds(shop, live, 3)


@pytest.mark.prove
def test_fifty_at_once_with_one_key_have_one_effect_twenty_times(shop: ApiShop, live: httpx2.Client) -> None:
    rounds(shop, live, 20)
