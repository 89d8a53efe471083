"""Signing in with a second step, setting it up and losing it (S14)."""

import re
from typing import Any

import pytest

from orderwell.access.rules import hash_of_token
from orderwell.access.second_step import STEP_SECONDS, code_at
from orderwell.flows.keep_access import AddPerson, DefineRole
from orderwell.flows.sign_in import SecondStepMissing, SetPassword, StartSession
from orderwell.web.passwords import HASHER, PER_ACCOUNT
from orderwell.worker import Worker
from tests.web.conftest import Browser, WebShop, text_of

PASSWORD = "kettle river pencil moss"
EMAIL = "olga@example.com"
MINE = "/account/second-step"
STEP = STEP_SECONDS * 1_000_000


class Olga:
    """An owner with an app, the browser she set it up with, and her codes to recover with."""

    def __init__(self, shop: WebShop) -> None:
        self.shop = shop
        self.id: str = shop.do(AddPerson("Olga", EMAIL, ["owner"]))["id"]
        shop.do(SetPassword(EMAIL, HASHER.hash(PASSWORD)))
        self.browser = shop.browser(None)
        assert password(self.browser).headers["location"] == "/"
        shown = self.browser.submit("/account", MINE, password=PASSWORD)
        assert shown.status_code == 200, text_of(shown.text)
        assert '<path d="M' in shown.text
        found = re.search(r'<code class="secret" tabindex="0">([A-Z2-7 ]+)</code>', shown.text)
        assert found is not None
        self.secret = found[1].replace(" ", "")
        done = self.browser.submit("/account", f"{MINE}/confirm", code=self.code())
        assert done.status_code == 200, text_of(done.text)
        self.codes = re.findall(r"<li><code>([a-z0-9-]{14})</code>", done.text)
        self.shop.clock.advance_to(self.shop.clock.now() + STEP)

    def code(self) -> str:
        return code_at(self.secret, self.shop.clock.now() // STEP)


@pytest.fixture
def olga(shop: WebShop) -> Olga:
    return Olga(shop)


def password(browser: Browser) -> Any:
    return browser.submit("/sign-in", "/sign-in", email=EMAIL, password=PASSWORD)


def code(browser: Browser, text: str) -> Any:
    return browser.submit("/sign-in/code", "/sign-in/code", code=text)


def test_a_password_alone_opens_nothing_and_with_the_code_all(shop: WebShop, olga: Olga) -> None:
    browser = shop.browser(None)
    answered = password(browser)
    assert (answered.status_code, answered.headers["location"]) == (303, "/sign-in/code")
    assert browser.get("/orders").status_code == 303
    assert code(browser, "000000").status_code == 403
    assert browser.get("/orders").status_code == 303
    done = code(browser, olga.code())
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert browser.get("/orders").status_code == 200


def test_the_page_that_was_asked_for_is_still_found_behind_two_steps(shop: WebShop, olga: Olga) -> None:
    browser = shop.browser(None)
    fields = browser.forms(browser.get("/orders?goods=ready").headers["location"])["/sign-in"]
    path = browser.send("/sign-in", {**fields, "email": EMAIL, "password": PASSWORD}).headers["location"]
    done = browser.submit(path, "/sign-in/code", code=olga.code())
    assert done.headers["location"] == "/orders?goods=ready"


def test_no_code_is_taken_twice(shop: WebShop, olga: Olga) -> None:
    first, second = shop.browser(None), shop.browser(None)
    password(first), password(second)
    used = olga.code()
    assert code(first, used).status_code == 303
    assert code(second, used).status_code == 403
    shop.clock.advance_to(shop.clock.now() + STEP)
    assert code(second, used).status_code == 403  # one step old, and still used
    assert code(second, olga.code()).status_code == 303


def test_the_code_that_switched_it_on_does_not_sign_in(shop: WebShop) -> None:
    olga = Olga(shop)
    browser = shop.browser(None)
    password(browser)
    before = code_at(olga.secret, shop.clock.now() // STEP - 1)
    assert code(browser, before).status_code == 403


def test_codes_to_recover_with_work_once_each(shop: WebShop, olga: Olga) -> None:
    assert len(olga.codes) == 10
    for expected in (303, 403):
        browser = shop.browser(None)
        password(browser)
        assert code(browser, olga.codes[0].upper()).status_code == expected
    assert "9 codes to recover with are left." in text_of(olga.browser.get("/account").text)
    renewed = olga.browser.submit("/account", f"{MINE}/codes", password=PASSWORD)
    fresh = re.findall(r"<li><code>([a-z0-9-]{14})</code>", renewed.text)
    assert len(fresh) == 10
    browser = shop.browser(None)
    password(browser)
    assert code(browser, olga.codes[1]).status_code == 403
    assert code(browser, fresh[1]).status_code == 303


def test_codes_are_guessed_only_so_often(shop: WebShop, olga: Olga) -> None:
    browser = shop.browser(None)
    password(browser)
    answers = [code(browser, f"{n:06d}").status_code for n in range(PER_ACCOUNT + 2)]
    assert answers[-2:] == [429, 429]
    assert code(browser, olga.code()).status_code == 429
    shop.clock.advance_to(shop.clock.now() + 3_600_000_000)
    again = shop.browser(None)
    password(again)
    assert code(again, olga.code()).status_code == 303


def test_the_password_holds_for_ten_minutes_and_only_in_its_own_browser(shop: WebShop, olga: Olga) -> None:
    assert code(shop.browser(None), olga.code()).status_code == 403
    browser = shop.browser(None)
    password(browser)
    shop.clock.advance_to(shop.clock.now() + 600_000_000)
    assert code(browser, olga.code()).status_code == 403
    password(browser)
    shop.clock.advance_to(shop.clock.now() + 1)
    shop.do(SetPassword(EMAIL, HASHER.hash("basalt heron window tram")))
    assert code(browser, olga.code()).status_code == 403


def test_no_way_round_it_leads_to_a_session(shop: WebShop, olga: Olga) -> None:
    [[set_at]] = shop.rows("SELECT set_at FROM passwords")
    with pytest.raises(SecondStepMissing):
        shop.do(StartSession(EMAIL, hash_of_token("x"), password_set_at=set_at))


def test_it_is_set_up_and_taken_away_with_the_password(shop: WebShop, olga: Olga) -> None:
    for action in (f"{MINE}/codes", f"{MINE}/end"):
        assert olga.browser.submit("/account", action, password="wrong").status_code == 401
    assert olga.browser.submit("/account", f"{MINE}/end", password=PASSWORD).status_code == 303
    assert shop.rows("SELECT secret, status FROM authenticators") == [("", "ended")]
    assert password(shop.browser(None)).headers["location"] == "/"
    assert olga.browser.submit("/account", MINE, password="wrong").status_code == 401


def test_the_secret_is_shown_once_and_kept_in_its_own_table_only(shop: WebShop, olga: Olga) -> None:
    spaced = " ".join(olga.secret[n : n + 4] for n in range(0, 32, 4))
    for path in ("/account", f"/settings/people/{olga.id}"):
        text = olga.browser.get(path).text
        assert spaced not in text
        assert olga.secret not in text
    for table in ("events", "idempotency", "recovery_codes", "jobs"):
        rows = str(shop.rows(f"SELECT * FROM {table}"))
        assert olga.secret not in rows
        assert not [each for each in olga.codes if each in rows]


def test_who_manages_access_helps_who_lost_the_app_and_nobody_else_does(shop: WebShop, olga: Olga) -> None:
    shop.do(DefineRole("clerk", "Clerk", ["access:manage", "access:read"]))
    page = f"/settings/people/{olga.id}"
    refused = shop.browser("clerk").submit(page, f"{page}/second-step/end")
    assert refused.status_code == 403
    assert shop.browser("owner").submit(page, f"{page}/second-step/end").status_code == 303
    assert password(shop.browser(None)).headers["location"] == "/"


def test_a_wrong_first_code_switches_nothing_on(shop: WebShop) -> None:
    shop.do(AddPerson("Olga", EMAIL, ["owner"]))
    shop.do(SetPassword(EMAIL, HASHER.hash(PASSWORD)))
    browser = shop.browser(None)
    password(browser)
    browser.submit("/account", MINE, password=PASSWORD)
    assert browser.submit("/account", f"{MINE}/confirm", code="000000").status_code == 403
    assert shop.rows("SELECT status FROM authenticators") == [("offered",)]
    assert password(shop.browser(None)).headers["location"] == "/"


def test_what_is_over_is_cleared_away_at_night(shop: WebShop, olga: Olga) -> None:
    worker = Worker(shop.app)
    worker.tick()
    for days, sessions, links in ((2, 1, 0), (100, 0, 0)):
        shop.days_pass(days)
        worker.tick()
        assert len(shop.rows("SELECT * FROM sessions")) == sessions, days
        assert len(shop.rows("SELECT * FROM sign_in_links")) == links, days
    assert shop.rows("SELECT * FROM session_uses") == []
