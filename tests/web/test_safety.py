"""What holds for every page and form there is: faults tell nothing, logs keep no secret, markup stays text
(S4, S7, S9, S29, S30)."""

import json
import re
from typing import Any

import pytest

from orderwell.access.second_step import STEP_SECONDS, code_at
from orderwell.flows.keep_access import AddPerson, CreateApiKey, DefineRole
from orderwell.flows.keep_catalog import AddChannel, AddLocation
from orderwell.flows.sign_in import SetPassword
from orderwell.web.addresses import Form, Page
from orderwell.web.passwords import HASHER
from orderwell.web.site import web_addresses
from tests.web.conftest import Browser, WebShop

PASSWORD, OTHER = "kettle river pencil moss", "basalt heron window tram"
SECRET = "SELECT secret FROM /opt/house"
MARKUP = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'", "{{7*7}}", "javascript:alert(1)",
    "</title><svg/onload=alert(1)>", "\u202egnp.exe", "%(num)s %s {0}",
)  # fmt: skip


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "ord_0000000000001", path)


def proof_of(browser: Browser) -> dict[str, str]:
    """A fresh key and its proof."""
    form = browser.forms("/account")["/account/prefer"]
    return {name: form[name] for name in ("_key", "_proof")}


def tells_nothing(answered: Any, where: str) -> None:
    assert answered.status_code == 500, where
    for word in ("secret", "RuntimeError", "Traceback", "orderwell/", "sqlite", "psycopg"):
        assert word not in answered.text, (where, word)
    assert answered.headers["request-id"] in answered.text, where


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_fault_in_any_page_tells_nothing_but_its_number(shop: WebShop) -> None:
    def broken(_: Any) -> Any:
        raise RuntimeError(SECRET)

    browser = shop.browser("owner")
    checked = 0
    for address in web_addresses(shop.site.operations):
        if isinstance(address, Page):
            look = address.look
            object.__setattr__(address, "look", broken)
            tells_nothing(browser.get(filled(address.path)), address.path)
            object.__setattr__(address, "look", look)
            checked += 1
    assert checked > 25


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_fault_in_any_form_tells_nothing_but_its_number(shop: WebShop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError(SECRET)

    browser = shop.browser("owner")
    proofs = [proof_of(browser) for _ in range(3)]
    monkeypatch.setattr("orderwell.web.posting._ask", broken)
    checked = 0
    for address in web_addresses(shop.site.operations):
        if isinstance(address, Form):
            tells_nothing(browser.send(filled(address.path), proofs[checked % 3]), address.path)
            checked += 1
    assert checked > 35


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_no_form_takes_a_field_nobody_asked_for(shop: WebShop) -> None:
    browser = shop.browser("owner")
    odd = dict.fromkeys(("id", "version", "actor", "created_at", "status_", "rights_", "is_owner", "total"), "1")
    before = shop.rows("SELECT COUNT(*) FROM events")
    for address in web_addresses(shop.site.operations):
        if isinstance(address, Form):
            answered = browser.send(filled(address.path), {**proof_of(browser), **odd})
            assert answered.status_code in (404, 409, 422), (address.path, answered.status_code)
    assert shop.rows("SELECT COUNT(*) FROM events") == before


def test_markup_in_names_stays_text(shop: WebShop) -> None:
    for n, text in enumerate(MARKUP):
        name = text.replace("\u202e", "") if not text.isprintable() else text
        person = shop.do(AddPerson(name, f"{n}@example.com", []))["id"]
        shop.do(AddPerson("x", f"{text}@example.com"[:190], []))
        shop.do(DefineRole(f"role-{n}", name, []))
        shop.do(AddChannel(f"channel-{n}", name))
        shop.do(AddLocation(f"location-{n}", name))
        shop.do(CreateApiKey(name, f"{n:064d}", "abcd", ["orders:read"]), actor=shop.person("owner"))
    browser = shop.browser("owner")
    paths = [
        each.path for each in web_addresses(shop.site.operations) if isinstance(each, Page) and "{" not in each.path
    ]
    for path in (*paths, f"/settings/people/{person}", "/settings/roles/role-0"):
        text = browser.get(path).text
        for raw in ("<script>alert", "<img src=x", "<svg/onload", "onerror=alert(1)>", 'href="javascript:', ">49<"):
            assert raw not in text.replace("&lt;", "").replace("&#34;&gt;", ""), (path, raw)


def test_every_cookie_is_kept_from_scripts_and_other_sites(shop: WebShop) -> None:
    shop.do(AddPerson("Olga", "olga@example.com", ["owner"]))
    shop.do(SetPassword("olga@example.com", HASHER.hash(PASSWORD)))
    browser = shop.browser(None)
    said = [
        browser.get("/sign-in"),
        browser.submit("/sign-in", "/sign-in", email="olga@example.com", password=PASSWORD),
    ]
    said += [
        browser.submit("/account", "/account/prefer", name="theme", value="dark"),
        browser.submit("/", "/sign-out"),
    ]
    cookies = [cookie for answered in said for cookie in answered.headers.get_list("set-cookie")]
    assert len({cookie.partition("=")[0] for cookie in cookies}) >= 4
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Domain=" not in cookie


def test_logs_keep_no_secret_and_hold_one_object_a_line(shop: WebShop, capfd: pytest.CaptureFixture[str]) -> None:
    shop.do(AddPerson('Olga\r\n{"forged": 1}', "olga@example.com", ["owner"]))
    shop.do(SetPassword("olga@example.com", HASHER.hash(PASSWORD)))
    browser = shop.browser(None)
    browser.submit("/sign-in", "/sign-in", email="olga@example.com", password="a wrong password here")
    browser.submit("/sign-in", "/sign-in", email="olga@example.com\r\n\x1b[31mforged", password=OTHER)
    browser.submit("/sign-in", "/sign-in", email="olga@example.com", password=PASSWORD)
    secrets = [PASSWORD, OTHER, "a wrong password here", browser.http.cookies["orderwell"]]
    shown = browser.submit("/account", "/account/second-step", password=PASSWORD).text
    secret = re.findall(r'class="secret" tabindex="0">([A-Z2-7 ]+)<', shown)[0]
    code = code_at(secret.replace(" ", ""), shop.clock.now() // (STEP_SECONDS * 1_000_000))
    kept = browser.submit("/account", "/account/second-step/confirm", code=code).text
    secrets += [secret, secret.replace(" ", ""), *re.findall(r"<li><code>([a-z0-9-]{14})</code>", kept)]
    key = browser.submit("/settings/api_keys", "/settings/api_keys/new", name="x", scopes__0="orders:read").text
    secrets += re.findall(r"ow_test_[a-z2-7]+", key)
    people = "/settings/people"
    invited = browser.submit(people, f"{people}/invite", name="Noor", email="noor@example.com").text
    secrets += re.findall(r"invitation\?token=([\w-]+)", invited)
    hooks = "/settings/webhook_endpoints"
    secrets += re.findall(r"whsec_[\w+/=]+", browser.submit(hooks, f"{hooks}/new", url="https://x.example.com").text)
    browser.send("/sign-in/passkey", {**browser.forms("/sign-in")["/sign-in/passkey"], "answer": '{"id": "x"}'})
    assert len(secrets) >= 18
    logged = capfd.readouterr().err
    assert "sign_in.refused" in logged
    for line in logged.splitlines():
        json.loads(line)
    assert not [each for each in secrets if each in logged]


def test_what_opens_doors_is_announced_without_what_opens_them(shop: WebShop) -> None:
    """The audit trail says that it happened, who did it and to whom."""
    owner = shop.browser("owner")
    people = "/settings/people"
    owner.submit(people, f"{people}/invite", name="Noor", email="noor@example.com", roles__3="warehouse")
    owner.submit("/settings/api_keys", "/settings/api_keys/new", name="x", scopes__0="orders:read")
    told = shop.rows(f"SELECT type FROM events WHERE actor = '{shop.person('owner')}' ORDER BY id")
    assert {"person.added", "sign_in_link.made", "api_key.created"} <= {type_ for (type_,) in told}
