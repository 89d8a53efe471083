"""The PIN of a till over HTTP: set by oneself or who manages access, throttled when wrong, audited, told nobody."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from orderwell.flows.keep_access import AddPerson, DisablePerson
from tests.api.conftest import ApiShop, Client

PIN, WRONG = {"pin": "470318"}, {"pin": "999111"}


@pytest.fixture
def noor(shop: ApiShop) -> str:
    return str(shop.do(AddPerson("Noor", "noor@example.com", ["shop_floor"]))["id"])


def try_pin(client: Client, person: str, body: Any) -> str:
    answer = client.post(f"/people/{person}/verify_pin", body)
    return "right" if answer.status_code == 200 else str(answer.json()["code"])


def test_a_pin_is_set_tried_and_taken_away(shop: ApiShop, noor: str) -> None:
    clerk = shop.client(person=noor)
    assert try_pin(clerk, noor, PIN) == "no_pin"
    assert clerk.post(f"/people/{noor}/set_pin", PIN).json()["status"] == "set"
    assert try_pin(clerk, noor, PIN) == "right"
    assert try_pin(clerk, noor, WRONG) == "wrong_pin"
    clerk.post(f"/people/{noor}/set_pin", WRONG)
    assert try_pin(clerk, noor, PIN) == "wrong_pin"
    assert clerk.post(f"/people/{noor}/remove_pin").json()["status"] == "removed"
    assert try_pin(clerk, noor, WRONG) == "no_pin"
    assert clerk.post("/people/nobody/verify_pin", PIN).status_code == 404
    shop.owner.post(f"/people/{noor}/set_pin", PIN)
    shop.do(DisablePerson(noor))
    assert try_pin(shop.owner, noor, PIN) == "person_disabled"


def test_nobody_sets_the_pin_of_another_but_who_manages_access(shop: ApiShop, noor: str) -> None:
    bram = shop.do(AddPerson("Bram", "bram@example.com", ["shop_floor"]))["id"]
    for other in (shop.client(person=bram), shop.client(scopes=["tills:use"])):
        for verb, body in (("set_pin", PIN), ("remove_pin", None)):
            refused = other.post(f"/people/{noor}/{verb}", body)
            assert (refused.status_code, refused.json()["code"]) == (403, "pin_of_another")
    assert shop.owner.post(f"/people/{noor}/set_pin", PIN).status_code == 200
    assert shop.owner.post(f"/people/{noor}/set_pin", {"pin": "1234"}).json()["errors"][0]["code"] == "too_simple"


def test_wrong_tries_slow_down_and_are_in_the_audit_trail(shop: ApiShop, noor: str) -> None:
    shop.owner.post(f"/people/{noor}/set_pin", PIN)
    assert [try_pin(shop.owner, noor, WRONG) for _ in range(6)] == ["wrong_pin"] * 5 + ["pin_throttled"]
    assert try_pin(shop.owner, noor, PIN) == "pin_throttled"  # the right one has to wait as well
    shop.clock.advance_to(shop.clock.now() + 60_000_000)
    assert try_pin(shop.owner, noor, PIN) == "right"
    assert [try_pin(shop.owner, noor, WRONG) for _ in range(5)] == ["wrong_pin"] * 5
    refused = shop.rows("SELECT count(*) FROM events WHERE type = 'person.pin_refused'")
    assert refused == [(10,)]
    for _ in range(15):
        shop.clock.advance_to(shop.clock.now() + 3_600_000_000)
        assert try_pin(shop.owner, noor, WRONG) == "wrong_pin"
    shop.days_pass(30)
    assert "set a new one" in shop.owner.post(f"/people/{noor}/verify_pin", PIN).json()["detail"]
    shop.owner.post(f"/people/{noor}/set_pin", PIN)
    assert try_pin(shop.owner, noor, PIN) == "right"


def test_many_tries_at_once_get_no_further(shop: ApiShop, live: httpx2.Client, noor: str) -> None:
    owner = shop.client(live, role="owner")
    owner.post(f"/people/{noor}/set_pin", PIN)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda n: try_pin(owner, noor, {"pin": f"88{n:04}"}), range(12)))
    assert sorted(answers) == ["pin_throttled"] * 7 + ["wrong_pin"] * 5


def test_neither_pin_nor_hash_is_told_or_left_behind(shop: ApiShop, noor: str) -> None:
    answers = [shop.owner.post(f"/people/{noor}/{verb}", PIN).text for verb in ("set_pin", "verify_pin")]
    answers += [shop.owner.get(f"/people/{noor}").text, shop.owner.get("/people").text]
    hash_ = shop.rows("SELECT hash FROM person_pins")[0][0]
    kept = [str(shop.rows(f"SELECT * FROM {table}")) for table in ("events", "idempotency", "jobs")]
    for text in (*answers, *kept):
        assert PIN["pin"] not in text
        assert hash_ not in text
