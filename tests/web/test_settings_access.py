"""People, roles and keys as an owner keeps them: what works, what is refused, what is shown once (S1, S16, S17)."""

import re
from typing import Any

import pytest

from orderwell.access.model import BUILT_IN
from orderwell.access.queries import holder_of
from orderwell.access.rules import hash_of_key
from orderwell.flows.keep_access import AddPerson, DefineRole
from orderwell.flows.sign_in import SetPassword
from orderwell.values.ids import show
from orderwell.web.passwords import HASHER
from tests.web.conftest import Browser, WebShop, forms_in, text_of

PASSWORD, OTHER = "kettle river pencil moss", "basalt heron window tram"
PEOPLE = "/settings/people"


def invite(browser: Browser, **typed: str) -> Any:
    return browser.submit(PEOPLE, f"{PEOPLE}/invite", **{"name": "Noor Bakker", "email": "noor@example.com", **typed})


def link_in(answered: Any) -> str:
    found = re.search(r"/invitation\?token=[\w-]+", answered.text)
    assert found is not None, text_of(answered.text)
    return found[0]


def accept(shop: WebShop, path: str, password: str = PASSWORD) -> Any:
    return shop.browser(None).submit(path, "/invitation", password=password)


def sign_in(shop: WebShop, email: str, password: str) -> Any:
    return shop.browser(None).submit("/sign-in", "/sign-in", email=email, password=password)


def one_person(shop: WebShop, role: str = "warehouse") -> str:
    added: str = shop.do(AddPerson("Noor Bakker", "noor@example.com", [role]))["id"]
    return added


# -- invitations


def test_somebody_is_invited_and_chooses_a_password(shop: WebShop) -> None:
    owner = shop.browser("owner")
    answered = invite(owner, roles__3="warehouse")
    assert answered.status_code == 200
    assert answered.headers["cache-control"] == "no-store"
    path = link_in(answered)
    opened = shop.browser(None)
    assert "noor@example.com" in opened.get(path).text
    assert accept(shop, path, "short").status_code == 422
    done = accept(shop, path)
    assert (done.status_code, done.headers["location"]) == (303, "/sign-in")
    assert sign_in(shop, "noor@example.com", PASSWORD).status_code == 303
    assert accept_again(shop, path) == 403
    shown = text_of(owner.get(PEOPLE).text)
    assert "Noor Bakker noor@example.com Warehouse With a password" in shown


def accept_again(shop: WebShop, path: str) -> int:
    """Whoever kept the page open after the link was used."""
    browser = shop.browser(None)
    fields = browser.forms("/set-up?token=x") or browser.forms("/sign-in")
    key = {name: value for form in fields.values() for name, value in form.items() if name.startswith("_")}
    token = path.partition("=")[2]
    return int(browser.send("/invitation", {**key, "token": token, "password": OTHER}).status_code)


def test_the_link_is_shown_once(shop: WebShop) -> None:
    owner = shop.browser("owner")
    fields = {**owner.forms(PEOPLE)[f"{PEOPLE}/invite"], "name": "Noor", "email": "noor@example.com"}
    first = owner.send(f"{PEOPLE}/invite", fields)
    second = owner.send(f"{PEOPLE}/invite", fields)
    token = link_in(first).partition("=")[2]
    assert second.status_code == 409
    assert "/invitation?token=" not in second.text
    (person,) = shop.rows("SELECT id FROM people WHERE email = 'noor@example.com'")
    assert token not in owner.get(f"{PEOPLE}/{show('person', person[0])}").text
    for table in ("sign_in_links", "events", "idempotency", "event_notes"):
        assert token not in str(shop.rows(f"SELECT * FROM {table}")), table


def test_an_invitation_ends_after_an_hour(shop: WebShop) -> None:
    path = link_in(invite(shop.browser("owner")))
    shop.clock.advance_to(shop.clock.now() + 3_600_000_000)
    assert "its time is over" in shop.browser(None).get(path).text


def test_a_new_link_is_a_new_password_and_ends_what_was_open(shop: WebShop) -> None:
    person = one_person(shop)
    shop.do(SetPassword(person, HASHER.hash(PASSWORD)))
    signed_in = shop.browser(None)
    signed_in.submit("/sign-in", "/sign-in", email="noor@example.com", password=PASSWORD)
    owner, page = shop.browser("owner"), f"{PEOPLE}/{person}"
    first, second = (link_in(owner.submit(page, f"{page}/link")) for _ in range(2))
    shop.clock.advance_to(shop.clock.now() + 1)
    assert accept(shop, second, OTHER).status_code == 303
    assert accept(shop, first, PASSWORD).status_code == 403  # made before the password that holds now
    assert sign_in(shop, "noor@example.com", PASSWORD).status_code == 401
    assert sign_in(shop, "noor@example.com", OTHER).status_code == 303
    shop.site.face.cache["site"].sessions._remembered.clear()  # as after a second
    assert signed_in.get("/account").status_code == 303


def test_who_manages_access_makes_no_link_into_an_account_that_may_do_more(shop: WebShop) -> None:
    shop.do(DefineRole("clerk", "Clerk", ["access:manage", "access:read"]))
    clerk, owner = shop.browser("clerk"), shop.person("owner")
    page = f"{PEOPLE}/{owner}"
    refused = clerk.submit(page, f"{page}/link")
    assert refused.status_code == 403
    assert "/invitation?token=" not in refused.text
    assert invite(clerk, roles__0="owner").status_code == 403
    assert shop.rows("SELECT * FROM people WHERE email = 'noor@example.com'") == []


# -- roles and rights


def test_roles_are_ticked_and_a_stale_form_is_refused(shop: WebShop) -> None:
    person = one_person(shop)
    owner, page = shop.browser("owner"), f"{PEOPLE}/{person}"
    stale = owner.forms(page)[f"{page}/roles"]
    assert owner.submit(page, f"{page}/roles", roles__5="accounting").status_code == 303
    assert shop.rows("SELECT role FROM person_roles WHERE status = 'held' AND role IN ('warehouse', 'accounting')") in (
        [("accounting",)], [("warehouse",), ("accounting",)], [("accounting",), ("warehouse",)],
    )  # fmt: skip
    again = owner.send(f"{page}/roles", {**stale, "roles.0": "owner"})
    assert again.status_code == 412
    assert "Since you opened this" in again.text


def test_nothing_ticked_takes_all_roles_away(shop: WebShop) -> None:
    person = one_person(shop)
    owner, page = shop.browser("owner"), f"{PEOPLE}/{person}"
    fields = {name: value for name, value in owner.forms(page)[f"{page}/roles"].items() if name.startswith("_")}
    assert owner.send(f"{page}/roles", fields).status_code == 303
    assert shop.rows("SELECT * FROM person_roles WHERE role = 'warehouse' AND status = 'held'") == []


def test_the_last_owner_cannot_be_shut_out_and_others_can_and_come_back(shop: WebShop) -> None:
    owner, person = shop.browser("owner"), one_person(shop)
    mine = f"{PEOPLE}/{shop.person('owner')}"
    refused = owner.submit(mine, f"{mine}/disable")
    assert refused.status_code == 409
    assert "only owner" in refused.text
    page = f"{PEOPLE}/{person}"
    done = owner.submit(page, f"{page}/disable")
    assert done.status_code == 303
    assert f"{page}/enable" in forms_in(owner.get(page).text)
    assert owner.submit(page, f"{page}/enable").status_code == 303
    assert shop.rows("SELECT status FROM people WHERE email = 'noor@example.com'") == [("active",)]


def test_who_is_shut_out_is_out_everywhere(shop: WebShop) -> None:
    other = shop.browser("warehouse")
    assert other.get("/orders").status_code == 200
    page = f"{PEOPLE}/{shop.person('warehouse')}"
    assert shop.browser("owner").submit(page, f"{page}/disable").status_code == 303
    shop.site.face.cache["site"].sessions._remembered.clear()  # as after a second
    assert other.get("/orders").status_code == 303


def test_a_role_of_ones_own_has_what_is_ticked(shop: WebShop) -> None:
    owner = shop.browser("owner")
    page = "/settings/roles"
    typed = {"name": "Buyer", "code": "buyer", "rights__0": "purchasing:read", "rights__1": "purchasing:write"}
    assert owner.submit(page, page, **typed).status_code == 303
    one = "/settings/roles/buyer"
    assert "Buyer" in owner.get(page).text
    kept = {name: value for name, value in owner.forms(one)[page].items() if not name.startswith("rights.")}
    assert owner.send(page, {**kept, "rights.0": "stock:read"}).status_code == 303
    granted = shop.rows("SELECT right_name FROM role_rights WHERE status = 'granted'")
    assert granted == [("stock:read",)]
    assert owner.send(page, {**kept, "_key": kept["_key"], "rights.0": "no:such"}).status_code in (409, 422)
    taken = owner.submit(page, page, name="Mine", code="owner", rights__0="stock:read")
    assert taken.status_code == 409


def test_the_rights_of_each_role_can_be_read(shop: WebShop) -> None:
    owner = shop.browser("owner")
    for code in BUILT_IN:
        assert owner.get(f"/settings/roles/{code}").status_code == 200
    assert "Change products, SKUs and prices" in owner.get("/settings/roles/owner").text
    assert "Change products, SKUs and prices" not in owner.get("/settings/roles/warehouse").text
    assert owner.get("/settings/roles/nobody").status_code == 404


# -- API keys


def new_key(browser: Browser, **typed: str) -> Any:
    page = "/settings/api_keys"
    return browser.submit(page, f"{page}/new", **{"name": "Web shop", **typed})


def test_a_key_is_shown_once_and_opens_until_it_is_revoked(shop: WebShop) -> None:
    owner = shop.browser("owner")
    answered = new_key(owner, scopes__0="orders:read", scopes__1="orders:write")
    assert answered.status_code == 200
    found = re.search(r"ow_test_[a-z2-7]+", answered.text)
    assert found is not None
    with shop.app.database.reading() as connection:
        holder = holder_of(connection, hash_of_key(found[0]))
    assert holder is not None
    assert holder.rights == {"orders:read", "orders:write"}
    listed = owner.get("/settings/api_keys").text
    assert found[0] not in listed
    assert f"…{found[0][-4:]}" in listed
    for table in ("api_keys", "events", "idempotency"):
        assert found[0] not in str(shop.rows(f"SELECT * FROM {table}"))
    action = next(each for each in forms_in(listed) if each.endswith("/revoke"))
    assert owner.submit("/settings/api_keys", action).status_code == 303
    with shop.app.database.reading() as connection:
        assert holder_of(connection, hash_of_key(found[0])) is None
    assert "Web shop" not in text_of(owner.get("/settings/api_keys").text).partition("No keys")[2]
    assert "Revoked" in owner.get("/settings/api_keys?all=yes").text


def test_a_key_that_may_do_nothing_or_expires_on_no_day_is_refused(shop: WebShop) -> None:
    owner = shop.browser("owner")
    refused = new_key(owner)
    assert refused.status_code == 422
    assert "needs scopes, a role or a person" in refused.text
    assert new_key(owner, role="warehouse", expires_on="soon").status_code == 422
    assert new_key(owner, role="warehouse", expires_on="2025-01-01").status_code == 422
    assert new_key(owner, role="warehouse", expires_on="2026-12-31").status_code == 200
    [[expires_at]] = shop.rows("SELECT expires_at FROM api_keys")
    assert expires_at == 1_798_758_000_000_000  # the end of that day in Amsterdam


def test_nobody_makes_a_key_that_may_do_more_than_they(shop: WebShop) -> None:
    shop.do(DefineRole("clerk", "Clerk", ["access:manage", "access:read"]))
    refused = new_key(shop.browser("clerk"), role="owner")
    assert refused.status_code == 403
    assert "ow_test_" not in refused.text


@pytest.mark.parametrize("path", [PEOPLE, "/settings/roles", "/settings/api_keys"])
def test_who_may_only_look_sees_no_forms(shop: WebShop, path: str) -> None:
    browser = shop.browser("management")
    assert {each for each in forms_in(browser.get(path).text) if each.startswith("/settings")} == set()
    assert shop.browser("warehouse").get(path).status_code == 403
