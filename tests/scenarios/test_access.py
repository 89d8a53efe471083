"""Who may do what: people come and go, roles change, keys are made and taken away; all of it is in the audit trail."""

import json

import pytest

from orderwell.access.actions import LastOwner, MoreThanYours
from orderwell.access.queries import holder_of
from orderwell.access.rules import new_key
from orderwell.flows.keep_access import (
    AddPerson,
    CreateApiKey,
    DefineRole,
    DisablePerson,
    EnablePerson,
    KeyRevoked,
    RevokeApiKey,
    SetRole,
)
from orderwell.flows.keep_catalog import CodeTaken
from orderwell.flows.sign_in import MakeLink
from orderwell.kit.errors import Invalid, NotFound
from tests.support.shop import Shop


def rights(shop: Shop, key_hash: str) -> frozenset[str] | None:
    with shop.app.database.reading() as connection:
        holder = holder_of(connection, key_hash)
    return holder.rights if holder is not None else None


def test_a_person_gets_roles_and_their_key_may_do_what_they_may(shop: Shop) -> None:
    noor = shop.do(AddPerson("Noor", "noor@example.com", ["warehouse"]))
    key = new_key("test")
    shop.do(CreateApiKey("Noor's scanner", key.hash, key.hint, person="noor@example.com"))
    assert "stock:adjust" in (rights(shop, key.hash) or ())
    shop.do(SetRole(noor["id"], ["accounting"]))
    assert "stock:adjust" not in (rights(shop, key.hash) or ())
    assert "ledger:read" in (rights(shop, key.hash) or ())
    shop.do(SetRole(noor["id"], []))
    assert rights(shop, key.hash) == frozenset()
    shop.do(DisablePerson(noor["id"]))
    assert rights(shop, key.hash) is None


def test_scopes_narrow_what_a_role_gives(shop: Shop) -> None:
    key = new_key("test")
    shop.do(CreateApiKey("Label printer", key.hash, key.hint, ["shipping:read", "ledger:lock"], role="warehouse"))
    assert rights(shop, key.hash) == {"shipping:read"}


def test_two_keys_hold_while_one_replaces_the_other(shop: Shop) -> None:
    old, new = new_key("test"), new_key("test")
    first = shop.do(CreateApiKey("Web shop", old.hash, old.hint, ["orders:write"]))
    shop.do(CreateApiKey("Web shop 2027", new.hash, new.hint, ["orders:write"]))
    assert rights(shop, old.hash) == rights(shop, new.hash) == {"orders:write"}
    shop.do(RevokeApiKey(first["id"]))
    assert rights(shop, old.hash) is None
    assert rights(shop, new.hash) == {"orders:write"}
    with pytest.raises(KeyRevoked):
        shop.do(RevokeApiKey(first["id"]))


def test_a_role_of_ones_own_can_be_said_anew(shop: Shop) -> None:
    shop.do(DefineRole("buyer", "Buyer", ["purchasing:read", "purchasing:write"]))
    key = new_key("test")
    shop.do(CreateApiKey("Buying tool", key.hash, key.hint, role="buyer"))
    assert rights(shop, key.hash) == {"purchasing:read", "purchasing:write", "purchasing:receive"}  # comes with it
    changed = shop.do(DefineRole("buyer", "Buyer", ["purchasing:read", "stock:read"]))
    assert changed["rights"] == ["purchasing:read", "stock:read"]
    assert rights(shop, key.hash) == {"purchasing:read", "stock:read"}


def test_receiving_comes_with_ordering_and_is_given_without_it(shop: Shop) -> None:
    orders, receives = new_key("test"), new_key("test")
    shop.do(CreateApiKey("Buying tool", orders.hash, orders.hint, ["purchasing:write"]))
    shop.do(CreateApiKey("Scanner", receives.hash, receives.hint, ["purchasing:receive"]))
    assert rights(shop, orders.hash) == {"purchasing:write", "purchasing:receive"}
    assert rights(shop, receives.hash) == {"purchasing:receive"}


def test_the_last_owner_stays(shop: Shop) -> None:
    anna = shop.do(AddPerson("Anna", "anna@example.com", ["owner"]))
    for leave in (SetRole(anna["id"], ["management"]), DisablePerson(anna["id"])):
        with pytest.raises(LastOwner):
            shop.do(leave)
    shop.do(AddPerson("Bram", "bram@example.com", ["owner"]))
    assert shop.do(SetRole(anna["id"], ["management"]))["roles"] == ["management"]


def test_what_does_not_exist_is_refused_by_name(shop: Shop) -> None:
    shop.do(AddPerson("Anna", "anna@example.com"))
    key = new_key("test")
    for ask, refusal in (
        (AddPerson("Other Anna", "anna@example.com"), CodeTaken),
        (AddPerson("Nobody", "no address"), Invalid),
        (SetRole("anna@example.com", ["wizard"]), Invalid),
        (SetRole("nobody@example.com", []), Invalid),
        (DefineRole("owner", "Owner", []), CodeTaken),
        (DefineRole("mine", "Mine", ["fly"]), Invalid),
        (CreateApiKey("May nothing", key.hash, key.hint), Invalid),
        (CreateApiKey("Gone", key.hash, key.hint, ["orders:read"], expires_at=1), Invalid),
        (RevokeApiKey("key_0000000000001"), NotFound),
    ):
        with pytest.raises(refusal):
            shop.do(ask)
    assert shop.rows("SELECT count(*) FROM api_keys") == [(0,)]


def test_the_audit_trail_says_what_changed_and_holds_no_secret_and_no_name(shop: Shop) -> None:
    noor = shop.do(AddPerson("Noor Bakker", "noor@example.com", ["warehouse"]))
    shop.do(SetRole(noor["id"], ["accounting"]))
    key = new_key("test")
    shop.do(CreateApiKey("Books", key.hash, key.hint, person=noor["id"]))
    told = shop.rows("SELECT type, data FROM events WHERE subject IN ('person', 'api_key') ORDER BY id")
    assert [type_ for type_, _ in told] == ["person.added", "person.roles_set", "api_key.created"]
    assert json.loads(told[1][1]) == {"before": ["warehouse"], "after": ["accounting"]}
    for secret in ("Noor", "example.com", key.secret, key.hash):
        assert all(secret not in data for _, data in told)


def test_who_was_shut_out_comes_back_with_the_roles_they_had(shop: Shop) -> None:
    noor = shop.do(AddPerson("Noor", "noor@example.com", ["warehouse"]))
    shop.do(DisablePerson(noor["id"]))
    told = shop.do(EnablePerson(noor["id"]))
    assert (told["status"], told["roles"]) == ("active", ["warehouse"])


def test_nobody_lets_in_or_invites_who_may_do_more_than_they(shop: Shop) -> None:
    shop.do(DefineRole("clerk", "Clerk", ["access:manage"]))
    clerk = shop.do(AddPerson("Kim", "kim@example.com", ["clerk"]))["id"]
    shop.do(AddPerson("Olga", "olga@example.com", ["owner"]))
    boss = shop.do(AddPerson("Piet", "piet@example.com", ["owner"]))["id"]
    shop.do(DisablePerson(boss))
    with pytest.raises(MoreThanYours):
        shop.do(EnablePerson(boss), actor=clerk)
    with pytest.raises(MoreThanYours):
        shop.do(MakeLink("invite", "0" * 64, "olga@example.com"), actor=clerk)
    assert shop.do(MakeLink("invite", "1" * 64, clerk), actor=clerk)["purpose"] == "invite"
