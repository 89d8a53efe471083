"""Nothing of another customer is ever seen or touched (S1, S2): every address of the portal, with ids of another."""

import re
from typing import Any

import pytest

from orderwell.api.operations import Undeclared
from orderwell.flows.keep_portal import LinkOrder
from orderwell.flows.keep_portal_passkeys import KeepPortalPasskey
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.flows.return_goods import AnnounceReturn
from orderwell.flows.start_payment import StartPayment
from orderwell.kit.tables import TABLES
from orderwell.values.ids import show
from orderwell.web.addresses import Act, Form, Page, WebAddress
from orderwell.web.areas import BACK_OFFICE, PORTAL
from orderwell.web.portal.addresses import ADMIN, ANYBODY, BY_LINK, OWNED, SIGNED_IN, PortalAddress, page
from orderwell.web.site import web_addresses
from tests.support.paying import Paying
from tests.web.conftest import Browser
from tests.web.portal.conftest import KADE, PortalShop

OPEN_TO_ALL = {  # reviewed: nothing here tells anything about anybody
    "GET /portal/sign-in", "POST /portal/sign-in", "GET /portal/sign-in/sent", "GET /portal/sign-in/{secret}",
    "POST /portal/sign-in/{secret}", "POST /portal/sign-in/passkey", "POST /portal/language",
}  # fmt: skip
WITH_A_LINK = {"GET /portal/track/{secret}"}
FOR_ADMINS = {
    "POST /portal/people", "POST /portal/people/{portal_account}/disable",
    "POST /portal/people/{portal_account}/enable",
}  # fmt: skip


def named(address: WebAddress) -> str:
    return f"{address.method} {address.path}"


def portal(shop: PortalShop) -> list[WebAddress]:
    return web_addresses(shop.site.operations, PORTAL)


@pytest.fixture
def theirs(shop: PortalShop, paying: Paying) -> dict[str, str]:
    """One of everything, of the hotel."""
    order = shop.bought("hotel", ship_to=KADE, lamp=3)
    shop.ship(order, tracking="3SHOTEL")
    returned = shop.do(AnnounceReturn(order, [UnitsAsk(1, 1)]))  # type: ignore[arg-type]
    payment = shop.do(StartPayment(order, "simulated", "redirect"))
    shop.session_of("noor")
    [(invoice,)] = shop.rows("SELECT id FROM invoices")
    [(session,)] = shop.rows("SELECT MAX(id) FROM portal_sessions")
    passkey = shop.do(KeepPortalPasskey(shop.accounts["noor"]["id"], "credential", "public key", "Noor's laptop"))
    return {
        "order": order, "invoice": show("invoice", invoice), "payment": payment["id"], "return_id": returned["id"],
        "portal_session": show("portal_session", session), "portal_account": shop.accounts["ruben"]["id"],
        "portal_passkey": passkey["id"], "order_link": shop.do(LinkOrder(order, "f" * 64))["id"], "secret": "a" * 40,
    }  # fmt: skip


def filled(address: WebAddress, ids: dict[str, str]) -> str:
    path = address.path
    for name in address.path_fields:
        path = path.replace(f"{{{name}}}", ids[name])
    return path


def ask(browser: Browser, address: WebAddress, ids: dict[str, str]) -> Any:
    if address.method == "GET":
        return browser.get(filled(address, ids))
    at = "/portal/account" if "orderwell_portal" in browser.http.cookies else "/portal/sign-in"
    proof = browser.forms(at)["/portal/language"]
    return browser.send(filled(address, ids), {"_key": proof["_key"], "_proof": proof["_proof"]})


def test_the_addresses_are_for_whom_was_reviewed(shop: PortalShop) -> None:
    addresses = portal(shop)
    for right, expected in ((ANYBODY, OPEN_TO_ALL), (BY_LINK, WITH_A_LINK), (ADMIN, FOR_ADMINS)):
        assert {named(each) for each in addresses if each.right == right} == expected
    assert {each.right for each in addresses} == {ANYBODY, BY_LINK, SIGNED_IN, ADMIN}
    assert all(isinstance(each, PortalAddress) for each in addresses)
    assert len(addresses) > 25


def test_another_customer_finds_nothing_of_it(shop: PortalShop, theirs: dict[str, str]) -> None:
    """The same answer as for what there is not, byte for byte, from every address that names something."""
    shop.do(_admin(shop))
    anna = shop.buyer("anna")
    before = _state(shop)
    nothing = {
        name: show("invoice" if name == "invoice" else OWNED[name], 1_234_567) if name in OWNED else "b" * 40
        for name in theirs
    }
    checked = 0
    for address in portal(shop):
        if not set(address.path_fields) & OWNED.keys():
            continue
        found, missing = ask(anna, address, theirs), ask(anna, address, nothing)
        assert found.status_code == 404, named(address)
        assert _bare(found.text, theirs) == _bare(missing.text, nothing), named(address)
        checked += 1
    assert checked >= 14
    assert _state(shop) == before


def _admin(shop: PortalShop) -> Any:
    from orderwell.flows.keep_portal import ChangePortalAccount

    return ChangePortalAccount(shop.accounts["anna"]["id"], role="admin")


def _bare(html: str, ids: dict[str, str]) -> str:
    for each in ids.values():
        html = html.replace(each, "…")
    return re.sub(r'value="[^"]*"|req_\w+', "", html)


def _state(shop: PortalShop) -> list[Any]:
    return [
        shop.rows("SELECT COUNT(*), MAX(version) FROM orders"),
        shop.rows("SELECT COUNT(*), MAX(version) FROM returns"),
        shop.rows("SELECT COUNT(*) FROM payments"),
        shop.rows("SELECT COUNT(*) FROM order_links WHERE revoked_at IS NULL"),
        shop.rows("SELECT id, status FROM portal_accounts ORDER BY id"),
        shop.rows("SELECT COUNT(*) FROM portal_sessions WHERE ended_at IS NOT NULL"),
        shop.rows("SELECT COUNT(*) FROM portal_passkeys WHERE ended_at IS NOT NULL"),
    ]


def test_no_page_of_another_customer_holds_any_of_it(shop: PortalShop, theirs: dict[str, str]) -> None:
    anna = shop.buyer("anna")
    shop.bought()
    for address in portal(shop):
        if isinstance(address, Page) and not address.path_fields:
            for query in ("", f"?q={theirs['order']}", "?q=Lamp", f"?cursor={theirs['order']}", "?show=open"):
                shown = anna.get(address.path + query)
                for canary in ("Havenkade", "Noor", "Ruben", "3SHOTEL", *theirs.values()):
                    if canary not in query:
                        assert canary not in shown.text.replace(f"q={theirs['order']}", ""), (named(address), canary)


def test_their_own_people_see_it_and_each_other(shop: PortalShop, theirs: dict[str, str]) -> None:
    for name in ("noor", "ruben"):
        buyer = shop.buyer(name)
        for address in portal(shop):
            if isinstance(address, Page) and set(address.path_fields) & OWNED.keys():
                assert ask(buyer, address, theirs).status_code == 200, (name, named(address))
    ruben = shop.buyer("ruben")
    for address in portal(shop):
        if set(address.path_fields) & {"portal_session", "portal_passkey"}:  # a colleague's are not theirs
            assert ask(ruben, address, theirs).status_code == 404, named(address)


def test_drafts_are_not_shown_to_anybody(shop: PortalShop) -> None:
    from decimal import Decimal

    from orderwell.flows.place_order import LineAsk, PlaceOrder

    draft = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], customer="anna", draft=True))["id"]
    anna = shop.buyer("anna")
    assert draft not in anna.get("/portal/orders").text
    assert anna.get(f"/portal/orders/{draft}").status_code == 404


def test_documents_of_who_was_merged_are_found(shop: PortalShop) -> None:
    from orderwell.flows.merge_customers import MergeCustomer

    shop.customer("anna-too")
    order = shop.bought("anna-too")
    anna = shop.buyer("anna")
    assert anna.get(f"/portal/orders/{order}").status_code == 404
    shop.do(MergeCustomer("anna-too", "anna"))
    assert anna.get(f"/portal/orders/{order}").status_code == 200
    assert anna.submit(f"/portal/orders/{order}", f"/portal/orders/{order}/again").status_code == 303


def test_nobody_gets_in_without_signing_in(shop: PortalShop, theirs: dict[str, str]) -> None:
    strangers = [Browser(shop.site), Browser(shop.site, shop.session("owner"))]
    for address in portal(shop):
        if address.right in (ANYBODY, BY_LINK):
            continue
        for stranger in strangers:
            answered = stranger.get(filled(address, theirs)) if address.method == "GET" else stranger.send(
                filled(address, theirs), {}
            )  # fmt: skip
            assert (answered.status_code, answered.headers["location"]) == (303, "/portal/sign-in"), named(address)
            assert answered.content == b""


def test_buyers_get_nowhere_in_the_back_office(shop: PortalShop) -> None:
    anna = shop.buyer("anna")
    for address in web_addresses(shop.site.operations, BACK_OFFICE):
        if address.right == ANYBODY:
            continue
        path = re.sub(r"\{\w+\}", "ord_0000000000001", address.path)
        answered = anna.get(path) if address.method == "GET" else anna.send(path, {})
        assert answered.headers["location"].startswith("/sign-in"), named(address)


def test_forms_of_others_are_refused(shop: PortalShop, theirs: dict[str, str]) -> None:
    noor = shop.buyer("noor")
    proof = noor.forms("/portal/account")["/portal/language"]
    foreign = shop.buyer("ruben").forms("/portal/account")["/portal/language"]
    for address in portal(shop):
        if not isinstance(address, Form | Act):
            continue
        path = filled(address, theirs)
        for fields, headers in (
            ({}, {}), (foreign, {}), ({**proof, "_proof": "0" * 64}, {}), (proof, {"origin": "https://evil.example"}),
            (proof, {"sec_fetch_site": "cross-site"}),
        ):  # fmt: skip
            sent = {name: fields[name] for name in ("_key", "_proof") if name in fields}
            assert noor.send(path, sent, **headers).status_code == 403, named(address)


def test_pages_change_nothing_and_hold_nothing_that_runs(shop: PortalShop, theirs: dict[str, str]) -> None:
    from tests.web.test_headers import RUNS_INSIDE

    noor = shop.buyer("noor")
    before = _all_rows(shop)
    for address in portal(shop):
        if not isinstance(address, Page):
            continue
        shown = noor.get(filled(address, theirs))
        policy = shown.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert shown.headers["cache-control"] == "no-store"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert "max-age=" in shown.headers["strict-transport-security"]
        assert not RUNS_INSIDE.search(shown.text), named(address)
        scripts = set(re.findall(r'<script src="/static/(\w+)', shown.text))
        allowed = {"early", "passkeys"} if address.path in ("/portal/account", "/portal/sign-in") else {"early"}
        assert scripts == allowed, named(address)
    assert _all_rows(shop) == before


def _all_rows(shop: PortalShop) -> dict[str, Any]:
    return {name: sorted(map(str, shop.rows(f"SELECT * FROM {name}"))) for name in TABLES}


def test_nonsense_is_refused_and_markup_is_only_text(shop: PortalShop, theirs: dict[str, str]) -> None:
    noor = shop.buyer("noor")
    markup = '"><script>alert(1)</script>' + "é" * 150
    assert noor.submit("/portal/account", "/portal/account/name", name=markup).status_code == 303
    noor.http.get("/portal")  # what was told is told
    assert "<script>alert" not in noor.get("/portal").text
    assert noor.submit("/portal/account", "/portal/account/name", name="x" * 300).status_code == 422
    for path in ("/portal/orders?cursor=nonsense", "/portal/invoices?cursor=%00", "/portal/shop?skip=-1",
                 "/portal/shop?skip=99999999999", "/portal/basket?address=x"):  # fmt: skip
        assert noor.get(path).status_code in (200, 422), path


def test_an_address_that_says_not_who_may_ask_stops_the_start() -> None:
    def look(visit: Any) -> dict[str, Any]:
        return {}

    for path, right in (
        ("/portal/x", ""), ("/portal/x", "orders:read"), ("/x", SIGNED_IN), ("/portal/x/{customer}", SIGNED_IN),
        ("/portal/x/{order}", BY_LINK),
    ):  # fmt: skip
        with pytest.raises(Undeclared):
            page(path, look, right=right, template="home.html")
    from orderwell.web.addresses import page as back_office_page

    with pytest.raises(Undeclared):
        back_office_page("/portal/x", look, right="orders:read", template="home/home.html")
