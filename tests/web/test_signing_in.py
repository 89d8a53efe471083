"""Signing in as people do it: what is said, what is set, and how often it may be tried (S9, S11, S12, S13)."""

from typing import Any

import pytest

from orderwell.access.rules import hash_of_token, new_token
from orderwell.flows.keep_access import AddPerson, DisablePerson
from orderwell.flows.sign_in import MakeLink, SetPassword
from orderwell.settings import Settings
from orderwell.web.passwords import HASHER, PER_ACCOUNT
from tests.web.conftest import Browser, WebShop, text_of

PASSWORD = "kettle river pencil moss"
HOUR = 3_600_000_000


@pytest.fixture
def olga(shop: WebShop) -> str:
    shop.do(AddPerson("Olga", "olga@example.com", ["owner"]))
    shop.do(SetPassword("olga@example.com", HASHER.hash(PASSWORD)))
    return "olga@example.com"


def sign_in(browser: Browser, email: str, password: str) -> Any:
    return browser.submit("/sign-in", "/sign-in", email=email, password=password)


def test_a_password_opens_the_page_that_was_asked_for(shop: WebShop, olga: str) -> None:
    browser = shop.browser(None)
    asked = browser.get("/orders?goods=ready")
    assert asked.status_code == 303
    before = browser.forms(asked.headers["location"])["/sign-in"]
    answered = browser.send("/sign-in", {**before, "email": olga, "password": PASSWORD})
    assert (answered.status_code, answered.headers["location"]) == (303, "/orders?goods=ready")
    assert browser.get("/orders?goods=ready").status_code == 200
    cookies = answered.headers.get_list("set-cookie")
    assert len(cookies) >= 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Path=/" in cookie


def test_nobody_is_sent_to_another_house(shop: WebShop, olga: str) -> None:
    for then in ("https://evil.example.com", "//evil.example.com", "/\\evil.example.com", "javascript:x", "/a\r\nb"):
        browser = shop.browser(None)
        fields = {**browser.forms("/sign-in")["/sign-in"], "email": olga, "password": PASSWORD, "then": then}
        assert browser.send("/sign-in", fields).headers["location"] == "/"


def test_over_https_the_cookie_belongs_to_this_host_alone(database_url: str) -> None:
    shop = WebShop(database_url, Settings(public_url="https://shop.example.com"))
    shop.do(AddPerson("Olga", "olga@example.com", ["owner"]))
    shop.do(SetPassword("olga@example.com", HASHER.hash(PASSWORD)))
    browser = Browser(shop.site)
    opened = browser.get("/sign-in")
    (before,) = opened.headers.get_list("set-cookie")
    assert before.startswith("__Host-orderwell_before=")
    assert "Secure" in before
    shop.close()


def test_whatever_is_wrong_the_answer_is_the_same(shop: WebShop, olga: str) -> None:
    shop.do(AddPerson("Max", "max@example.com", ["owner"]))  # has no password
    shop.do(AddPerson("Gone", "gone@example.com", ["warehouse"]))
    shop.do(SetPassword("gone@example.com", HASHER.hash(PASSWORD)))
    shop.do(DisablePerson("gone@example.com"))
    said = set()
    for email, password in (
        (olga, "wrong"), ("nobody@example.com", PASSWORD), ("max@example.com", PASSWORD),
        ("gone@example.com", PASSWORD), (olga, ""), ("", ""), ("'; DROP TABLE people; --", "x" * 5_000),
    ):  # fmt: skip
        answered = sign_in(shop.browser(None), email, password)
        assert answered.status_code == 401
        text = text_of(answered.text).replace(email, "")
        said.add(text[: text.index("Number of this request")] if "Number" in text else text)
        assert "x" * 100 not in answered.text
    assert len(said) == 1


def test_guessing_is_stopped_and_the_owner_still_gets_in_with_a_browser_that_is_known(shop: WebShop, olga: str) -> None:
    known = shop.browser(None)
    assert sign_in(known, olga, PASSWORD).status_code == 303
    known.http.cookies.delete("orderwell")
    stranger = shop.browser(None)
    answers = [sign_in(stranger, olga, f"guess {n}").status_code for n in range(PER_ACCOUNT + 3)]
    assert answers == [401] * PER_ACCOUNT + [429] * 3
    assert sign_in(shop.browser(None), olga, PASSWORD).status_code == 429
    assert sign_in(known, olga, PASSWORD).status_code == 303
    shop.clock.advance_to(shop.clock.now() + HOUR)
    assert sign_in(shop.browser(None), olga, PASSWORD).status_code == 303


def test_many_accounts_are_not_tried_from_one_address(shop: WebShop, olga: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("orderwell.web.passwords.PER_ADDRESS", 5)
    answers = [sign_in(shop.browser(None), f"person{n}@example.com", "guess").status_code for n in range(7)]
    assert answers == [401] * 5 + [429] * 2


def test_a_session_ends_when_it_is_not_used_and_in_any_case_after_a_day(shop: WebShop) -> None:
    idle, busy = shop.browser("owner"), shop.browser("warehouse")
    for _ in range(3):
        shop.clock.advance_to(shop.clock.now() + 7 * HOUR)
        assert busy.get("/orders").status_code == 200
    assert idle.get("/orders").status_code == 303
    shop.clock.advance_to(shop.clock.now() + 4 * HOUR)
    assert busy.get("/orders").status_code == 303


def test_the_use_of_a_session_is_written_down_now_and_then(shop: WebShop) -> None:
    browser = shop.browser("owner")
    shop.clock.advance_to(shop.clock.now() + 7 * HOUR)
    assert browser.get("/").status_code == 200
    sessions = shop.site.face.cache["site"].sessions
    sessions.write_uses()
    sessions.write_uses()
    sessions._remembered.clear()
    shop.clock.advance_to(shop.clock.now() + 7 * HOUR)
    assert browser.get("/").status_code == 200
    assert len(shop.rows("SELECT * FROM session_uses")) == 1


def test_signing_out_ends_the_session_for_good(shop: WebShop) -> None:
    browser = shop.browser("owner")
    token = browser.http.cookies["orderwell"]
    assert browser.submit("/", "/sign-out").headers["location"] == "/sign-in"
    assert Browser(shop.site, token).get("/orders").status_code == 303


def test_a_session_is_ended_from_another_browser(shop: WebShop) -> None:
    mine, other = shop.browser("owner"), shop.browser("owner")
    assert other.get("/").status_code == 200
    actions = [action for action in mine.forms("/account") if action.endswith("/end")]
    assert len(actions) == 1
    assert mine.submit("/account", actions[0]).status_code == 303
    shop.site.face.cache["site"].sessions._remembered.clear()  # as after a second
    assert other.get("/").status_code == 303
    assert mine.get("/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(shop: WebShop) -> None:
    mine, other = shop.browser("warehouse"), shop.browser("owner")
    (id_,) = shop.rows("SELECT MAX(id) FROM sessions")[0]
    from orderwell.values.ids import show

    key = mine.forms("/account")["/account/prefer"]
    key = {name: value for name, value in key.items() if name.startswith("_")}
    answered = mine.send(f"/account/sessions/{show('session', id_)}/end", key)
    assert answered.status_code == 404
    assert other.get("/").status_code == 200


def test_a_new_password_needs_the_old_one_and_a_good_one(shop: WebShop, olga: str) -> None:
    browser = shop.browser(None)
    sign_in(browser, olga, PASSWORD)
    action = "/account/password"
    assert browser.submit("/account", action, password="wrong", new_password="x7#kP2mq9Lr4tW8vB").status_code == 401
    weak = browser.submit("/account", action, password=PASSWORD, new_password="password12345678")
    assert weak.status_code == 422
    assert "Take words that have nothing to do with you" in weak.text
    assert PASSWORD not in weak.text
    done = browser.submit("/account", action, password=PASSWORD, new_password="x7#kP2mq9Lr4tW8vB")
    assert done.status_code == 303
    assert sign_in(shop.browser(None), olga, PASSWORD).status_code == 401
    assert sign_in(shop.browser(None), olga, "x7#kP2mq9Lr4tW8vB").status_code == 303


def test_the_first_run_is_set_up_with_the_link(shop: WebShop) -> None:
    link = new_token()
    shop.do(MakeLink("set_up", hash_of_token(link)))
    browser = shop.browser(None)
    path = f"/set-up?token={link}"
    assert "Whoever started the server" in browser.get("/sign-in").text
    weak = browser.submit(path, "/set-up", name="Olga", email="olga@example.com", password="short")
    assert weak.status_code == 422
    done = browser.submit(path, "/set-up", name="Olga", email="olga@example.com", password=PASSWORD)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert "Olga" in browser.get("/").text
    assert "/set-up" not in shop.browser(None).get(path).text.replace("set-up?token", "")
    assert sign_in(shop.browser(None), "olga@example.com", PASSWORD).status_code == 303


def test_a_link_is_not_used_up_by_looking_at_it(shop: WebShop) -> None:
    link, person = new_token(), shop.person("owner")
    shop.do(MakeLink("sign_in", hash_of_token(link), person))
    before = shop.rows("SELECT COUNT(*) FROM events")
    browser = shop.browser(None)
    for _ in range(3):
        assert browser.get(f"/sign-in/link?token={link}").status_code == 200
    assert shop.rows("SELECT COUNT(*) FROM events") == before
    assert browser.submit(f"/sign-in/link?token={link}", "/sign-in/link").headers["location"] == "/"
    assert browser.get("/orders").status_code == 200
    assert "used already" in shop.browser(None).get(f"/sign-in/link?token={link}").text


def test_what_a_proxy_says_counts_only_where_it_is_trusted() -> None:
    from starlette.requests import Request

    from orderwell.web.sessions import network_address

    scope = {"type": "http", "client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", b"6.6.6.6, 192.0.2.7")]}

    class Face:
        settings = Settings()

    assert network_address(Face, Request(scope)) == "10.0.0.1"  # type: ignore[arg-type]
    Face.settings = Settings(trusted_proxies="10.0.0.1")
    assert network_address(Face, Request(scope)) == "192.0.2.7"  # type: ignore[arg-type]
