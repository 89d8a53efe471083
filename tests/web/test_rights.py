"""Deny by default, for people too: every page and form asks who it is and what they may (S1, S10)."""

from collections import defaultdict
from typing import Any

import pytest

from orderwell.access.model import BUILT_IN, RIGHTS
from orderwell.api.operations import Verb
from orderwell.web.addresses import ANYBODY, PERSON, Act, Form, Stream, WebAddress
from orderwell.web.pages.order_bulk import ACTS
from orderwell.web.site import web_addresses
from tests.web.conftest import Browser, WebShop

OPEN_TO_ALL = {  # reviewed: nothing here tells anything about the business but its name
    "GET /static/{file}", "GET /sign-in", "POST /sign-in", "GET /sign-in/link", "POST /sign-in/link", "GET /set-up",
    "POST /set-up", "GET /invitation", "POST /invitation",
    "GET /sign-in/code", "POST /sign-in/code", "POST /sign-in/passkey",
    "GET /till/{till}/unlock", "POST /till/{till}/unlock",
}  # fmt: skip
FOR_ANY_PERSON = {  # each shows or changes only what is the person's own, or asks for more by itself
    "GET /", "GET /live", "GET /palette", "GET /account", "POST /account/prefer", "POST /account/password",
    "POST /account/sessions/{session}/end", "POST /sign-out",
    "POST /account/second-step", "POST /account/second-step/confirm", "POST /account/second-step/codes",
    "POST /account/second-step/end", "POST /account/passkeys", "POST /account/passkeys/{passkey}/remove",
}  # fmt: skip


ASKS_OTHERWISE = {  # page → why it asks for other rights than the API does for the same request
    "POST /account/sessions/{session}/end": "only one's own sessions, which takes no right; the API ends anybody's",
    "POST /till/{till}/sell": "also the right to stand at a till; a program that sells stands at none",
}


def named(address: WebAddress) -> str:
    return f"{address.method} {address.path}"


def filled(address: WebAddress) -> str:
    path = address.path
    for name in address.path_fields:
        path = path.replace(f"{{{name}}}", "ord_0000000000001")
    return path


def ask(browser: Browser, address: WebAddress) -> Any:
    if address.method == "GET":
        return browser.get(filled(address))
    return browser.send(filled(address), {})


def test_the_addresses_open_to_all_are_those_that_were_reviewed(shop: WebShop) -> None:
    addresses = web_addresses(shop.site.operations)
    assert {named(each) for each in addresses if each.right == ANYBODY} == OPEN_TO_ALL
    assert {named(each) for each in addresses if each.right == PERSON} == FOR_ANY_PERSON


def test_nobody_gets_in_without_signing_in(shop: WebShop) -> None:
    strangers = (shop.browser(None), Browser(shop.site, "a" * 43))
    for address in web_addresses(shop.site.operations):
        if address.right == ANYBODY:
            continue
        for stranger in strangers:
            answered = ask(stranger, address)
            assert answered.status_code == 303, named(address)
            assert answered.headers["location"].startswith("/sign-in"), named(address)
            assert answered.content == b""


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_each_role_sees_exactly_what_its_rights_say(shop: WebShop) -> None:
    checked = 0
    for role, rights in BUILT_IN.items():
        browser = shop.browser(role)
        for address in web_addresses(shop.site.operations):
            if address.right not in RIGHTS or isinstance(address, Stream):
                continue
            status = ask(browser, address).status_code
            if set(address.rights) <= rights:
                assert status in ((200, 404) if address.method == "GET" else (403,)), (role, named(address))
            else:
                assert status == 403, (role, named(address))
            checked += 1
    assert checked > 50


def test_the_same_act_asks_for_the_same_rights_on_a_page_and_over_the_api(shop: WebShop) -> None:
    asked_by_api: dict[type, set[frozenset[str]]] = defaultdict(set)
    for operation in shop.site.operations:
        if isinstance(operation, Verb):
            asked_by_api[operation.ask].add(frozenset(operation.rights))
    asked = [
        (named(each), each.ask, each.rights) for each in web_addresses(shop.site.operations) if isinstance(each, Form)
    ]
    asked += [(f"POST /bulk/orders/{word}", type(bulk.ask("", "")), (bulk.right,)) for word, bulk in ACTS.items()]
    shared = [each for each in asked if each[1] in asked_by_api]
    otherwise = {name for name, ask, rights in shared if frozenset(rights) not in asked_by_api[ask]}
    assert otherwise == set(ASKS_OTHERWISE)
    assert len(shared) > 100


def test_what_may_be_refused_is_refused_before_anything_is_looked_at(shop: WebShop) -> None:
    """A form without its proof does nothing, whoever sends it."""
    browser = shop.browser("owner")
    for address in web_addresses(shop.site.operations):
        if isinstance(address, Form | Act):
            answered = browser.send(filled(address), {"_key": "0" * 32, "_proof": "0" * 64})
            assert answered.status_code == 403, named(address)
            assert "page of ours" in answered.text


def test_the_navigation_shows_what_the_rights_allow(shop: WebShop) -> None:
    assert 'href="/orders"' in shop.browser("warehouse").get("/").text
    from orderwell.flows.keep_access import DefineRole

    shop.do(DefineRole("nothing", "Nothing", []))
    assert 'href="/orders"' not in shop.browser("nothing").get("/").text


def test_a_person_of_one_role_gives_away_no_rights_of_another(shop: WebShop) -> None:
    from orderwell.access.actions import MoreThanYours
    from orderwell.flows.keep_access import AddPerson

    with pytest.raises(MoreThanYours):
        shop.do(AddPerson("A friend", "friend@example.com", ["owner"]), actor=shop.person("warehouse"))
    with pytest.raises(MoreThanYours):
        shop.do(AddPerson("A friend", "friend@example.com", ["owner"]), actor="per_0000000000001")
    assert shop.do(AddPerson("A friend", "friend@example.com", ["owner"]), actor=shop.person("owner"))
