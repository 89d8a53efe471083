"""Retry is safe everywhere: same key, same answer, one effect (R6)."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
import sqlalchemy as sa

from orderwell.api.operations import Operation, Verb
from orderwell.kit.idempotency import ANSWERS, Answer, hash_of
from tests.api.conftest import ApiShop, Client

AT_ONCE = 50
ROUNDS = pytest.param(20, id="20_rounds"), pytest.param(200, id="200_rounds", marks=pytest.mark.prove)

# Addresses that change something and take no key, and why a retry is safe all the same.
WITHOUT_KEY = {
    "provider_notification": "signed, and known by the provider's own id of what it tells",
    "advance_test_clock": "names the time to go to: going there twice is going there once",
    "set_pin": "a PIN that is set twice is set once",
    "verify_pin": "each try counts, so none is answered from memory",
    "ask_delivery_options": "a question: it changes nothing",
}


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


def test_every_address_that_changes_something_needs_a_key(shop: ApiShop) -> None:
    """Generated from the router: a new address is either here, or named above with the reason."""
    without = set()
    for operation in unsafe(shop):
        path, body = address_of(operation), dict(getattr(operation, "example", {}))
        refused = shop.http.post(path, json=body, headers=shop.owner.headers())
        if operation.name in WITHOUT_KEY:
            without.add(operation.name)
            assert refused.json().get("code") != "idempotency_key_missing", path
        else:
            assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_missing"), path
    assert without == WITHOUT_KEY.keys()


def test_at_every_address_a_key_gives_back_what_it_gave_and_to_its_caller_only(shop: ApiShop) -> None:
    """As if it had succeeded before: what it answered then is kept under its key, for these bytes at this address."""
    other = shop.client(role="owner")
    me = actor(shop, shop.owner)
    verbs = [each for each in unsafe(shop) if isinstance(each, Verb) and not each.asks]
    with shop.app.database.changing() as connection:
        for verb in verbs:
            input_hash = hash_of(f"POST {address_of(verb)}", json.dumps(dict(verb.example)).encode())
            kept = Answer(me, verb.name, input_hash, f'{{"kept": "{verb.name}"}}', "", shop.clock.now())
            connection.execute(sa.insert(ANSWERS.sa).values(kept._asdict()))

    def send(client: Client, verb: Verb, body: str) -> httpx2.Response:
        headers = client.headers(idempotency_key=verb.name, content_type="application/json")
        return client.http.post(address_of(verb), content=body, headers=headers)

    for verb in verbs:
        body = json.dumps(dict(verb.example))
        again = send(shop.owner, verb, body)
        assert (again.status_code, again.text) == (verb.status, f'{{"kept": "{verb.name}"}}'), verb.path
        assert again.headers["idempotent-replayed"] == "true"
        refused = send(shop.owner, verb, f"{body} ")
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused"), verb.path
        theirs = send(other, verb, body)
        assert "idempotent-replayed" not in theirs.headers, verb.path
        assert theirs.text != again.text
    others = {each.name for each in unsafe(shop)} - {each.name for each in verbs} - WITHOUT_KEY.keys()
    assert others == {"run_batch"}, "tested by themselves: a batch in test_many_at_once"


def unsafe(shop: ApiShop) -> list[Operation]:
    found = [each for each in shop.api.operations if each.method not in ("GET", "HEAD", "OPTIONS")]
    assert {each.method for each in found} == {"POST"}, "a method that these tests do not send"
    return found


def address_of(operation: Operation) -> str:
    path = operation.path
    for name in operation.path_fields:
        path = path.replace(f"{{{name}}}", "ord_0000000000001")
    return path


def actor(shop: ApiShop, client: Client) -> str:
    """Under which name the key of this client is written down."""
    assert client.post("/channels", {"code": "own", "name": "Own"}, request_id="who-am-i").status_code == 201
    return str(shop.rows("SELECT actor FROM events WHERE request_id = 'who-am-i'")[0][0])


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "with space", "zoë"])
def test_a_key_is_short_and_visible(shop: ApiShop, key: str) -> None:
    sent = {b"authorization": f"Bearer {shop.owner.key}".encode(), b"idempotency-key": key.encode("latin-1")}
    refused = shop.http.post("/api/v1/orders", json={}, headers=list(sent.items()))
    assert refused.status_code == 400
    assert refused.json()["code"] in ("idempotency_key_unfit", "idempotency_key_missing")


@pytest.mark.slow
@pytest.mark.parametrize("rounds", ROUNDS)
def test_fifty_at_once_with_one_key_have_one_effect(shop: ApiShop, live: httpx2.Client, rounds: int) -> None:
    shop.sku("lamp", stock=2 * rounds)
    owner, other = shop.client(live, role="owner"), shop.client(live, role="owner")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for n in range(rounds):
            answers = list(pool.map(lambda _, n=n: owner.order(key=f"round-{n}"), range(AT_ONCE)))
            assert {answer.status_code for answer in answers} == {201}
            assert len({answer.content for answer in answers}) == 1
            assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
            assert owner.order(key=f"round-{n}", quantity=2).status_code == 422
            theirs = other.order(key=f"round-{n}")
            assert theirs.status_code == 201
            assert theirs.json()["id"] != answers[0].json()["id"]
    assert shop.rows("SELECT count(*) FROM orders") == [(2 * rounds,)]
    assert shop.stock_of("lamp")["promised"] == 2 * rounds
