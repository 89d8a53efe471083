"""Getting into the portal: by mail alone, the same answer to everybody, tried only so often; and out again."""

import re

import pytest

from orderwell.flows.keep_portal import DisablePortalAccount, RevokeOrderLink
from orderwell.kit.writer import Call
from orderwell.web.portal import throttle
from tests.web.conftest import Browser, forms_in, text_of
from tests.web.portal.conftest import PortalShop


def ask(browser: Browser, email: str) -> str:
    answered = browser.submit("/portal/sign-in", "/portal/sign-in", email=email)
    assert answered.status_code == 303, text_of(answered.text)
    return str(answered.headers["location"])


def settle(shop: PortalShop) -> None:
    """The request for a link is not waited for; whatever is asked after it comes after it."""
    from orderwell.flows.keep_portal import RequestSignIn

    shop.app.writer.call(Call(RequestSignIn("nobody@example.net")))


def test_the_link_shows_a_button_and_the_post_behind_it_signs_in(shop: PortalShop) -> None:
    browser = shop.browser(None)
    ask(browser, "Anna@Example.com")
    settle(shop)
    [link] = shop.mailed()
    for _ in range(2):  # mail programs look at links
        assert browser.get(link).status_code == 200
    assert shop.rows("SELECT COUNT(*) FROM portal_sessions") == [(0,)]
    done = browser.submit(link, link)
    assert (done.status_code, done.headers["location"]) == (303, "/portal")
    cookie = done.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "Hello, Anna" in text_of(browser.get("/portal").text)
    again = Browser(shop.site)
    refused = again.submit(link, link)
    assert refused.status_code == 401
    assert "This link opens nothing" in text_of(refused.text)
    assert again.get("/portal").headers["location"] == "/portal/sign-in"


def test_everybody_gets_the_same_answer(shop: PortalShop) -> None:
    shop.do(DisablePortalAccount(shop.accounts["ruben"]["id"]))
    said = set()
    for email in ("anna@example.com", "nobody@example.com", "ruben@example.com"):
        browser = Browser(shop.site)
        where = ask(browser, email)
        said.add((re.sub(r"\d+", "", where), re.sub(r'value="[^"]*"|since=\d+', "", browser.get(where).text)))
    assert len(said) == 1
    settle(shop)
    assert len(shop.mailed()) == 1


def test_links_are_asked_for_only_so_often(shop: PortalShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "PER_NETWORK_ADDRESS", 25)
    browser = shop.browser(None)
    for known in ("anna@example.com", "nobody@example.com"):  # whether anybody has it or not
        for _ in range(throttle.PER_ADDRESS):
            ask(browser, known)
        refused = browser.submit("/portal/sign-in", "/portal/sign-in", email=known.upper())
        assert refused.status_code == 429, refused.text
        assert "Too many links" in text_of(refused.text)
    for n in range(3):
        ask(browser, f"somebody{n}@example.com")
    refused = browser.submit("/portal/sign-in", "/portal/sign-in", email="somebody-else@example.com")
    assert refused.status_code == 429
    shop.days_pass(1)
    ask(browser, "anna@example.com")


def test_what_is_no_address_is_said_so(shop: PortalShop) -> None:
    for text in ("", "anna", "a@b@c", "<b>@x", "x" * 400 + "@example.com", "a\n@example.com"):
        assert shop.browser(None).submit("/portal/sign-in", "/portal/sign-in", email=text).status_code == 422


def test_signing_out_ends_the_session(shop: PortalShop) -> None:
    anna = shop.buyer("anna")
    token = anna.http.cookies["orderwell_portal"]
    done = anna.submit("/portal/account", "/portal/sign-out")
    assert done.headers["location"] == "/portal/sign-in"
    again = Browser(shop.site)
    again.http.cookies.set("orderwell_portal", token)
    assert again.get("/portal").status_code == 303
    assert shop.rows("SELECT COUNT(*) FROM portal_sessions WHERE ended_at IS NULL") == [(0,)]


def test_shut_out_is_out_within_a_second(shop: PortalShop) -> None:
    anna = shop.buyer("anna")
    assert anna.get("/portal").status_code == 200
    shop.do(DisablePortalAccount(shop.accounts["anna"]["id"]))
    shop.site.face.cache["portal_sessions"].forget_all()  # as a second does
    assert anna.get("/portal").status_code == 303


def test_a_session_ends_by_itself(shop: PortalShop) -> None:
    anna = shop.buyer("anna")
    sessions = shop.site.face.cache
    for _ in range(4):
        shop.days_pass(20)
        assert anna.get("/portal").status_code == 200
        sessions["portal_sessions"].write_uses()
        sessions["portal_sessions"].forget_all()
    shop.days_pass(11)  # 91 days in all
    assert anna.get("/portal").status_code == 303
    idle = shop.buyer("anna")
    shop.days_pass(31)
    assert idle.get("/portal").status_code == 303


def test_the_areas_know_nothing_of_each_others_sessions(shop: PortalShop) -> None:
    buyer, owner = shop.session_of("anna"), shop.session("owner")
    crossed = Browser(shop.site, buyer)
    crossed.http.cookies.set("orderwell_portal", owner)
    assert crossed.get("/").headers["location"] == "/sign-in"
    assert crossed.get("/portal").headers["location"] == "/portal/sign-in"
    both = Browser(shop.site, owner)
    both.http.cookies.set("orderwell_portal", buyer)
    fields = both.forms("/portal/account")["/portal/sign-out"]
    assert both.send("/sign-out", fields).status_code == 403  # a proof of one area is none in the other
    assert both.send("/portal/sign-out", both.forms("/account")["/sign-out"]).status_code == 403


# -- one order by its link


def test_one_order_is_followed_without_signing_in(shop: PortalShop) -> None:
    order, other = shop.bought(lamp=2), shop.bought("hotel")
    shop.ship(order, carrier="PostNL", tracking="3SABC")
    anna = shop.buyer("anna")
    made = anna.submit(f"/portal/orders/{order}", f"/portal/orders/{order}/link")
    followed = made.headers["location"]
    stranger = Browser(shop.site)
    shown = stranger.get(followed)
    assert shown.status_code == 200
    for said in ("2 × Lamp", "3SABC", "on its way"):
        assert said in text_of(shown.text), said
    for hidden in ("Anna", "Dorpsstraat", "€", other):
        assert hidden not in shown.text, hidden
    [(link,)] = shop.rows("SELECT id FROM order_links")
    from orderwell.values.ids import show

    shop.do(RevokeOrderLink(show("order_link", link)))
    gone, never = stranger.get(followed), stranger.get("/portal/track/" + "a" * 40)
    assert gone.status_code == never.status_code == 404
    assert _bare(gone.text) == _bare(never.text)


def test_a_link_is_withdrawn_by_who_made_it(shop: PortalShop) -> None:
    order = shop.bought()
    page = f"/portal/orders/{order}"
    anna = shop.buyer("anna")
    first, second = (anna.submit(page, f"{page}/link").headers["location"] for _ in range(2))
    withdraw = [action for action in anna.forms(page) if action.startswith("/portal/links/")]
    assert len(withdraw) == 2
    assert anna.submit(page, withdraw[0]).status_code == 303
    stranger = Browser(shop.site)
    assert [stranger.get(each).status_code for each in (first, second)] == [404, 200]
    assert withdraw[0] not in anna.forms(page)


def _bare(html: str) -> str:
    return re.sub(r'value="[^"]*"|req_\w+', "", html)


def test_a_link_ends_after_thirty_days(shop: PortalShop) -> None:
    order = shop.bought()
    anna = shop.buyer("anna")
    followed = anna.submit(f"/portal/orders/{order}", f"/portal/orders/{order}/link").headers["location"]
    shop.days_pass(31)
    assert Browser(shop.site).get(followed).status_code == 404


def test_secrets_are_tried_only_so_often(shop: PortalShop) -> None:
    browser = shop.browser(None)
    for n in range(throttle.MISSES_A_MINUTE):
        assert browser.get(f"/portal/track/{n:040d}").status_code == 404
    assert browser.get("/portal/track/" + "a" * 40).status_code == 429
    link = "/portal/sign-in/" + "b" * 40
    fields = forms_in(browser.get(link).text)[link]
    assert browser.send(link, fields).status_code == 429
    shop.clock.advance_to(shop.clock.now() + 121_000_000)
    assert browser.get("/portal/track/" + "a" * 40).status_code == 404


def test_only_a_demonstration_shows_what_it_would_have_mailed(shop: PortalShop) -> None:
    browser = shop.browser(None)
    where = ask(browser, "anna@example.com")
    settle(shop)
    shop.work()
    for path in ("/portal/sign-in", where):
        assert "demonstration" not in browser.get(path).text


def test_a_demonstration_does(database_url: str) -> None:
    shop = PortalShop(database_url, mode="demo").open_portal()
    try:
        browser = shop.browser(None)
        assert "Ruben" in text_of(browser.get("/portal/sign-in").text)
        where = ask(browser, "ruben@example.com")
        assert 'http-equiv="refresh"' in browser.get(where).text
        settle(shop)
        shop.work()
        link = re.search(r"/portal/sign-in/[a-z2-7]{40}", browser.get(where).text)
        assert link is not None
        assert browser.submit(link[0], link[0]).headers["location"] == "/portal"
    finally:
        shop.close()
