"""What somebody who means ill tries at the portal: faults, fields, links, spellings, a second session, the other house.

S1 to S4, S8 to S11, S13, S29 and S30; the ids of another customer are in test_whose.py.
"""

import json
import re
from typing import Any

import pytest

from orderwell.access.rules import new_key
from orderwell.flows.keep_access import CreateApiKey
from orderwell.flows.keep_notes import AddOrderNote
from orderwell.flows.pick_order import PickOrder
from orderwell.kit.tables import TABLES
from orderwell.settings import Settings
from orderwell.values.ids import show
from orderwell.web.addresses import Act, Page, Stream, WebAddress
from orderwell.web.areas import PORTAL
from orderwell.web.portal import throttle
from orderwell.web.portal.addresses import PortalForm
from orderwell.web.site import web_addresses
from tests.web.conftest import Browser, forms_in, text_of
from tests.web.portal.conftest import KADE, PortalShop
from tests.web.portal.test_signing_in import ask, settle
from tests.web.test_safety import SECRET, tells_nothing


def portal(shop: PortalShop) -> list[WebAddress]:
    return web_addresses(shop.site.operations, PORTAL)


@pytest.fixture
def mine(shop: PortalShop) -> dict[str, str]:
    """One of everything that noor, the hotel's admin, may name."""
    order = shop.bought("hotel", ship_to=KADE, lamp=3)
    shop.ship(order)
    [(invoice,)] = shop.rows("SELECT id FROM invoices")
    return {
        "order": order, "invoice": show("invoice", invoice), "payment": show("payment", 1), "secret": "a" * 40,
        "return_id": show("return", 1), "portal_session": show("portal_session", 1),
        "order_link": show("order_link", 1), "portal_passkey": show("portal_passkey", 1),
        "portal_account": shop.accounts["ruben"]["id"],
    }  # fmt: skip


def filled(address: WebAddress, ids: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], address.path)


def proof_of(browser: Browser, at: str = "/portal/account") -> dict[str, str]:
    form = browser.forms(at)["/portal/language"]
    return {name: form[name] for name in ("_key", "_proof")}


# -- faults tell nothing (S29)


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_fault_anywhere_tells_nothing_but_its_number(
    shop: PortalShop, mine: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError(SECRET)

    noor = shop.buyer("noor")
    proofs, checked = proof_of(noor), 0
    monkeypatch.setattr("orderwell.web.posting._ask", broken)
    monkeypatch.setattr("orderwell.web.portal.sessions._all_theirs", lambda *_: True)
    for address in portal(shop):
        part = "look" if isinstance(address, Page) else "run" if isinstance(address, Act) else None
        kept = getattr(address, part) if part else None
        if part:
            object.__setattr__(address, part, broken)
        path = filled(address, mine)
        tells_nothing(noor.get(path) if address.method == "GET" else noor.send(path, proofs), path)
        if part:
            object.__setattr__(address, part, kept)
        checked += 1
    assert checked > 30


# -- fields that nobody offered (S4)


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_no_form_takes_a_field_that_it_does_not_show(shop: PortalShop, mine: dict[str, str]) -> None:
    """Every column there is, sent to every form: each alone is refused by name, and nothing has happened."""
    noor = shop.buyer("noor")
    columns = {column for table in TABLES.values() for column in table.columns} | {"price", "is_admin", "paid", "total"}
    before = shop.rows("SELECT COUNT(*) FROM events")
    checked = 0
    for address in portal(shop):
        if not isinstance(address, PortalForm):
            continue
        odd = sorted(columns - address.takes)
        assert len(odd) > 200
        for field in (*odd, *(f"lines.0.{each}" for each in odd if "lines" not in address.takes)):
            with pytest.raises(Exception, match="no such field"):
                address.check({field: "1"})
        answered = noor.send(filled(address, mine), {**proof_of(noor), "customer_id": "1"})
        assert answered.status_code in (404, 422), (address.path, answered.status_code)
        checked += 1
    assert checked > 12
    assert shop.rows("SELECT COUNT(*) FROM events") == before


# -- what a refusal gives away


def test_a_refused_form_tells_a_customer_nothing_of_the_house(shop: PortalShop) -> None:
    """In the back-office a stale form shows what happened since, and who did it. Customers are told to look again."""
    order = shop.bought("hotel", ship_to=KADE)
    shop.do(AddOrderNote(order, "Hotel pays late, watch it"), actor=shop.person("customer_service"))
    shop.do(PickOrder(order), actor=shop.person("warehouse"))
    noor = shop.buyer("noor")
    page = f"/portal/orders/{order}"
    for seen in ("0", "1", "9" * 18):
        sent = {**proof_of(noor), "_version": "1", "_seen": seen, "_back": page}
        for action in (f"{page}/again", f"{page}/undo"):
            answered = noor.send(action, sent)
            assert answered.status_code in (409, 412), (action, answered.status_code)
            for told in ("Warehouse", "Sales", "pays late", "Since you opened", "note"):
                assert told not in text_of(answered.text), (action, told)


def test_a_refused_form_opens_no_page_of_another_and_no_link_uncounted(shop: PortalShop) -> None:
    """The page that a form says it was on is theirs to name: it is looked at with their eyes, and links are counted."""
    theirs = shop.bought("hotel", ship_to=KADE)
    shop.ship(theirs)
    [(invoice,)] = shop.rows("SELECT id FROM invoices")
    anna = shop.buyer("anna")
    for back in (f"/portal/orders/{theirs}", f"/portal/invoices/{show('invoice', invoice)}", "/orders", "/settings"):
        answered = anna.send("/portal/account/name", {**proof_of(anna), "name": "x" * 300, "_back": back})
        assert "Havenkade" not in answered.text
        assert answered.status_code in (404, 422), back
    for n in range(throttle.MISSES_A_MINUTE * 2):
        answered = anna.send(
            "/portal/account/name", {**proof_of(anna), "name": "x" * 300, "_back": f"/portal/track/{n:040d}"}
        )
        assert answered.status_code == 422, "the link was not even looked up"


def test_an_id_spelled_in_another_way_is_no_way_round(shop: PortalShop) -> None:
    noor = shop.buyer("noor")
    me = shop.accounts["noor"]["id"]
    order = shop.bought("hotel", ship_to=KADE)
    for name in (me.lower(), me.upper(), f"{me} ", f"%20{me}", me.replace("_", "%5F"), f"{me}%00"):
        answered = noor.send(f"/portal/people/{name}/disable", proof_of(noor))
        assert answered.status_code in (404, 409), name
    assert noor.get("/portal").status_code == 200
    anna = shop.buyer("anna")
    for name in (order.lower(), order.upper(), f"{order}%00", f"..%2forders%2f{order}", f"{order};x", f"{order}.json"):
        assert anna.get(f"/portal/orders/{name}").status_code == 404, name


# -- people of a company


def test_an_admin_learns_nothing_of_people_elsewhere_and_writes_to_few(shop: PortalShop) -> None:
    """Inviting somebody is the only place where a customer names an address that may be anybody's."""
    noor = shop.buyer("noor")
    told = {}
    for email in ("anna@example.com", "nobody@example.com"):
        answered = noor.submit("/portal/account", "/portal/people", name="X", email=email)
        told[email] = (answered.status_code, text_of(answered.text))
    assert told["nobody@example.com"][0] == 303
    assert told["anna@example.com"][0] == 409
    assert "This address cannot be invited here" in told["anna@example.com"][1]
    assert "signs in" not in told["anna@example.com"][1].replace("Where I am signed in", "")
    own = noor.submit("/portal/account", "/portal/people", name="X", email="ruben@example.com")
    assert own.status_code == 409  # a colleague: they see each other anyway
    statuses = [
        noor.submit("/portal/account", "/portal/people", name="X", email=f"{n}@example.com").status_code
        for n in range(30)
    ]
    assert statuses[-1] == 429
    assert statuses.count(303) <= 20


# -- sessions and cookies (S9, S11)


def test_signing_in_again_ends_the_session_that_was_there(shop: PortalShop) -> None:
    browser = shop.buyer("anna")
    before = session_in(browser)
    [link] = new_link(shop)
    assert browser.submit(link, link).status_code == 303
    assert session_in(browser) != before
    assert browser.get("/portal").status_code == 200
    old = Browser(shop.site)
    old.http.cookies.set("orderwell_portal", before)
    assert old.get("/portal").headers["location"] == "/portal/sign-in"


def session_in(browser: Browser) -> str:
    """The newest: the tests put the first one there by hand, for no host in particular."""
    found = [each for each in browser.http.cookies.jar if each.name == "orderwell_portal"]
    if len(found) > 1:
        browser.http.cookies.delete("orderwell_portal", domain="")
    return str(found[-1].value)


def new_link(shop: PortalShop, asking: Browser | None = None) -> list[str]:
    there = len(shop.mailed())
    ask(asking or Browser(shop.site), "anna@example.com")
    settle(shop)
    return shop.mailed()[there:]


def test_a_session_of_somebody_else_set_by_hand_is_not_taken_over(shop: PortalShop) -> None:
    """An attacker who plants their own cookie in a victim's browser: signing in does not go on with it."""
    victim = Browser(shop.site)
    planted = shop.session_of("ruben")
    victim.http.cookies.set("orderwell_portal", planted)
    [link] = new_link(shop)
    victim.submit(link, link)
    assert session_in(victim) != planted
    assert "Hello, Anna" in text_of(victim.get("/portal").text)


def test_over_https_only_cookies_of_this_host_count(database_url: str) -> None:
    """A neighbour under the same domain can set a plain cookie for all of it, but none with the prefix."""
    shop = PortalShop(database_url, Settings(public_url="https://shop.example")).open_portal()
    try:
        browser = Browser(shop.site)
        browser.http.base_url = browser.http.base_url.copy_with(scheme="https", host="shop.example")
        session = shop.session_of("anna")
        cookies = f"orderwell_portal={session}; orderwell={shop.session('owner')}"
        assert browser.get("/portal", cookie=cookies).headers["location"] == "/portal/sign-in"
        assert browser.get("/orders", cookie=cookies).headers["location"].startswith("/sign-in")
        assert browser.get("/portal", cookie=f"__Host-orderwell_portal={session}").status_code == 200
        [link] = new_link(shop, browser)
        answered = browser.send(link, forms_in(browser.get(link).text)[link], origin="https://shop.example")
        said = answered.headers.get_list("set-cookie")
        assert any(each.startswith("__Host-orderwell_portal=") for each in said)
        for each in said:
            assert each.startswith("__Host-"), each
            for word in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"):
                assert word in each, (word, each)
            assert "Domain=" not in each
    finally:
        shop.close()


# -- one house does not open the other (S1)


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_session_opens_no_program_and_a_key_opens_no_page(shop: PortalShop, mine: dict[str, str]) -> None:
    key = new_key("test")
    shop.do(CreateApiKey("All", key.hash, key.hint, role="owner"))
    cookies = f"orderwell_portal={shop.session_of('noor')}; orderwell={shop.session('owner')}"
    stranger, checked = Browser(shop.site), 0
    for operation in shop.site.operations:
        path = re.sub(r"\{\w+\}", mine["order"], operation.path)
        if isinstance(operation, WebAddress):
            if operation.right not in operation.without_right[:1] and not isinstance(operation, Stream):
                answered = stranger.http.request(
                    operation.method, path, headers={"authorization": f"Bearer {key.secret}"}
                )
                assert answered.status_code in (303, 404), path
                assert answered.status_code == 404 or "sign-in" in answered.headers["location"], path
        elif operation.right != "open":
            answered = stranger.http.request(operation.method, path, headers={"cookie": cookies})
            assert answered.status_code == 401, (operation.method, path, answered.status_code)
        checked += 1
    assert checked > 300


def test_every_answer_carries_its_headers(shop: PortalShop, mine: dict[str, str]) -> None:
    """Pages, redirects, refusals, files: not one without (S8)."""
    noor, stranger = shop.buyer("noor"), Browser(shop.site)
    file = re.findall(r'"(/static/[^"#]+)', stranger.get("/portal/sign-in").text)[0]
    answers = [stranger.get(each) for each in (file, "/portal/nothing", "/portal", "/portal/track/" + "b" * 40)]
    for address in portal(shop):
        path = filled(address, mine)
        answers += [noor.get(path), noor.send(path, {}), noor.http.request("PUT", path), stranger.send(path, {})]
    for answered in answers:
        headers, where = answered.headers, str(answered.request.url)
        assert "unsafe" not in headers["content-security-policy"], where
        for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert part in headers["content-security-policy"], (where, part)
        assert headers["x-content-type-options"] == "nosniff", where
        assert int(re.findall(r"max-age=(\d+)", headers["strict-transport-security"])[0]) >= 31_536_000
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["referrer-policy"] in ("same-origin", "no-referrer")
        assert "/static/" in where or headers["cache-control"] == "no-store", where
    assert {each.status_code for each in answers} >= {200, 303, 403, 404, 405}


# -- logs keep no secret (S30)


def test_logs_and_the_audit_trail_keep_no_secret(shop: PortalShop, capfd: pytest.CaptureFixture[str]) -> None:
    order = shop.bought()
    browser = Browser(shop.site)
    [link] = new_link(shop)
    browser.submit(link, link)
    browser.submit(link, link)  # used up: refused
    followed = browser.submit(f"/portal/orders/{order}", f"/portal/orders/{order}/link").headers["location"]
    Browser(shop.site).get(followed)
    Browser(shop.site).get("/portal/track/" + "c" * 40)
    secrets = [
        link.rpartition("/")[2], followed.rpartition("/")[2], "c" * 40, session_in(browser),
    ]  # fmt: skip
    logged = capfd.readouterr().err
    for line in logged.splitlines():
        json.loads(line)
    kept = logged + json.dumps(shop.rows("SELECT type, data FROM events"), default=str)
    assert not [each for each in secrets if each in kept]
    for table in TABLES.values():  # nor does any table keep one that still opens something
        for row in shop.rows(f"SELECT * FROM {table.name}"):
            assert not [each for each in (secrets[1], secrets[3]) if each in map(str, row)], table.name
