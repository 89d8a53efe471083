"""Settings and ways in, as people see and use them: invited, signed in with an app and with a passkey."""

import re
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page

from orderwell.access.model import BUILT_IN
from orderwell.access.second_step import STEP_SECONDS, code_at
from tests.web.browser.conftest import House, Opened, Watched, axe
from tests.web.browser.pictures import picture

SETTINGS = {
    "/settings": "business:read", "/settings/channels": "business:read", "/settings/locations": "business:read",
    "/settings/delivery": "business:read", "/settings/carriers": "business:read", "/settings/tax": "business:read",
    "/settings/tills": "tills:read", "/settings/people": "access:read", "/settings/roles": "access:read",
    "/settings/roles/warehouse": "access:read", "/settings/api_keys": "access:read",
    "/settings/webhook_endpoints": "webhooks:manage", "/settings/jobs": "tasks:read", "/settings/audit": "events:read",
    "/settings/health": "business:read", "/account": "business:read",
}  # fmt: skip
PASSWORD = "kettle river pencil moss"


@pytest.mark.parametrize(
    ("role", "theme"), [("owner", "light"), ("owner", "dark"), ("accounting", "dark"), ("warehouse", "light")]
)
def test_nothing_keeps_anybody_out(opened: Opened, role: str, theme: str) -> None:
    page = opened("/", role=role, theme=theme)
    for path, right in SETTINGS.items():
        if right in BUILT_IN[role]:
            page.go(path)
            assert axe(page) == [], (role, theme, path)


@pytest.mark.parametrize(("width", "language"), [(1366, "en"), (390, "nl"), (320, "nl")])
def test_pages_fit_the_screen_and_speak_the_language(opened: Opened, width: int, language: str) -> None:
    page = opened("/", width=width, language=language)
    for path in SETTINGS:
        page.go(path)
        over = page.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (path, over)
        page.check()


def fill(page: Watched, label: str, text: str) -> None:
    """The last one that can be seen: that of what was opened just now."""
    page.page.get_by_label(label, exact=True).locator("visible=true").last.fill(text)


class Noor(NamedTuple):
    page: Watched
    email: str


@pytest.fixture
def noor(opened: Opened, house: House) -> Noor:
    """Somebody who was invited by the owner, and has chosen a password and signed in with it."""
    owner = opened("/settings/people")
    owner.click("summary:has-text('Invite somebody')")
    email = f"noor{(house.app.ids.next() >> 22) % 100_000}@example.com"  # another a millisecond later
    fill(owner, "Name", "Noor Bakker")
    fill(owner, "E-mail address", email)
    owner.page.get_by_label("Warehouse", exact=True).check()
    owner.click("button:has-text('Make the link')")
    link = owner.page.locator(".secret").inner_text()
    owner.counted.within(clicks=2)
    page = opened(re.sub(r"^https?://[^/]+", "", link), role=None)
    assert axe(page) == []
    fill(page, "Password", PASSWORD)
    page.press("Enter")
    page.page.wait_for_url("**/sign-in")
    sign_in(page, email)
    page.see("Noor Bakker")
    return Noor(page, email)


def sign_in(page: Watched, email: str) -> None:
    fill(page, "E-mail address", email)
    fill(page, "Password", PASSWORD)
    page.press("Enter")


def test_an_app_is_set_up_and_asked_for(noor: Noor, opened: Opened) -> None:
    page, email = noor
    page.go("/account")
    page.click("summary:has-text('Set an app up')")
    fill(page, "Password now", PASSWORD)
    page.click("button:has-text('Show the code')")
    box = page.page.locator("svg.qr").bounding_box()
    assert box is not None
    assert box["width"] > 150
    assert axe(page) == []
    secret = page.page.locator(".secret").inner_text().replace(" ", "")
    fill(page, "Code of your app", code(secret, page))
    page.click("button:has-text('Switch it on')")
    picture(page, "account-codes")
    codes = page.page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    assert axe(page) == []
    other = opened("/sign-in", role=None)
    sign_in(other, email)
    other.see("Code of your app")
    assert axe(other) == []
    other.type(codes[0])
    other.press("Enter")
    other.see("Noor Bakker")


def code(secret: str, page: Watched) -> str:
    return code_at(secret, page.house.app.clock.now() // (STEP_SECONDS * 1_000_000))


def authenticator(page: Page) -> Any:
    """A virtual one, as a laptop has it built in."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def test_a_passkey_signs_in_with_one_click(noor: Noor) -> None:
    page = noor.page
    session = authenticator(page.page)
    page.go("/account")
    page.click("summary:has-text('Add a passkey')")
    fill(page, "What I call it", "My laptop")
    fill(page, "Password now", PASSWORD)
    page.click("button:has-text('Add it')")
    page.see("My laptop")
    assert axe(page) == []
    page.click("button:has-text('Sign out')")
    page.page.wait_for_url("**/sign-in")
    page.counted.clicks = page.counted.keys = 0
    page.click("button:has-text('Sign in with a passkey')")
    page.see("Noor Bakker")
    page.counted.within(clicks=1)
    assert session is not None


def test_what_another_does_is_seen_without_a_reload(opened: Opened, house: House) -> None:
    from orderwell.flows.keep_access import AddPerson

    page = opened("/settings/people")
    page.listening()
    picture(page, "settings-people")
    name = f"Sara {house.app.ids.next()}"
    house.app.writer.ask(AddPerson(name, f"{name.replace(' ', '-')}@example.com", []))
    page.see(name)


def test_without_scripts_a_role_is_given(opened: Opened, house: House) -> None:
    from orderwell.flows.keep_access import AddPerson

    made = house.app.writer.ask(AddPerson("Jo", f"jo-{house.app.ids.next()}@example.com", []))
    page = opened(f"/settings/people/{made['id']}", scripts=False)
    page.page.get_by_label("Purchasing", exact=True).check()
    page.click("form[action$='/roles'] button")
    page.see("The roles are set.")
    assert page.page.get_by_label("Purchasing", exact=True).is_checked()


def test_a_link_on_another_site_still_opens_what_it_names(opened: Opened, house: House) -> None:
    """The session's cookie is not sent along with it; the page that it finds loads itself, and that brings it."""
    page = opened("/account")
    strict = {"name": "orderwell", "value": house.session("owner"), "url": house.url, "sameSite": "Strict"}
    page.page.context.add_cookies([strict])
    page.page.goto(f'data:text/html,<a href="{house.url}/settings/people">who works there</a>')
    asked: list[str] = []
    page.page.on("request", lambda each: asked.append(each.url))
    page.click("a")
    page.page.locator("th:has-text('Olga van den Berg')").wait_for()
    assert [each for each in asked if each.endswith("/settings/people")] == [f"{house.url}/settings/people"] * 2
