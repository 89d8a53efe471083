"""Passkeys of customers: one action signs in, and nothing signed counts twice, elsewhere or for others (S14)."""

from typing import Any

import pytest

from orderwell.flows.keep_portal import DisablePortalAccount
from orderwell.flows.sign_in import SetPassword
from orderwell.web.passwords import HASHER
from tests.web.conftest import Browser, text_of
from tests.web.portal.conftest import PortalShop
from tests.web.test_passkeys import PRESENT, Device


def keep(browser: Browser, device: Device) -> Any:
    fields = browser.forms("/portal/account")["/portal/passkeys"]
    answer = device.made(fields["_proof"])
    return browser.send("/portal/passkeys", {**fields, "passkey_name": "My telephone", "answer": answer})


def opened(browser: Browser, device: Device, **odd: Any) -> Any:
    action = "/portal/sign-in/passkey"
    fields = browser.forms("/portal/sign-in")[action]
    return browser.send(action, {**fields, "answer": device.signed(fields["_proof"], **odd)})


@pytest.fixture
def anna(shop: PortalShop) -> Browser:
    return shop.buyer("anna")


@pytest.fixture
def device(anna: Browser) -> Device:
    made = Device()
    answered = keep(anna, made)
    assert answered.status_code == 303, text_of(answered.text)
    return made


def test_it_signs_in_with_one_action_and_is_listed(shop: PortalShop, anna: Browser, device: Device) -> None:
    assert "My telephone" in anna.get("/portal/account").text
    browser = Browser(shop.site)
    assert opened(browser, device).headers["location"] == "/portal"
    assert "Hello, Anna" in text_of(browser.get("/portal").text)
    assert opened(browser, device).status_code == 303
    [(ended,)] = shop.rows("SELECT COUNT(*) FROM portal_sessions WHERE ended_at IS NOT NULL")
    assert ended == 1  # the one that was in this browser
    shop.prove()


def test_nothing_signed_counts_twice_or_in_another_browser(shop: PortalShop, device: Device) -> None:
    action, browser, thief = "/portal/sign-in/passkey", Browser(shop.site), Browser(shop.site)
    fields = browser.forms("/portal/sign-in")[action]
    sent = {**fields, "answer": device.signed(fields["_proof"])}
    assert thief.send(action, sent).status_code == 403
    theirs = thief.forms("/portal/sign-in")[action]
    assert thief.send(action, {**theirs, "answer": sent["answer"]}).status_code == 401
    assert browser.send(action, sent).status_code == 303
    before = browser.http.cookies["orderwell_portal"]
    again = Browser(shop.site)
    again.http.cookies = browser.http.cookies
    assert again.send(action, sent).status_code in (401, 403)
    assert again.http.cookies["orderwell_portal"] == before


@pytest.mark.parametrize(
    "odd",
    [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"flags": PRESENT}, {"kind": "webauthn.create"}],
    ids=["another origin", "another host", "nobody looked", "made, not asked"],
)
def test_what_was_signed_for_others_opens_nothing(shop: PortalShop, device: Device, odd: dict[str, Any]) -> None:
    refused = opened(Browser(shop.site), device, **odd)
    assert refused.status_code == 401
    assert "This passkey opens nothing here" in text_of(refused.text)
    assert opened(Browser(shop.site), device).status_code == 303


def test_a_copy_of_it_is_found_out(shop: PortalShop, device: Device) -> None:
    assert opened(Browser(shop.site), device).status_code == 303
    device.signs = 0
    assert opened(Browser(shop.site), device).status_code == 401


def test_of_customers_it_opens_no_back_office_and_of_people_no_portal(shop: PortalShop, device: Device) -> None:
    shop.do(SetPassword(shop.person("owner"), HASHER.hash("kettle river pencil moss")))
    browser = Browser(shop.site)
    fields = browser.forms("/sign-in")["/sign-in/passkey"]
    sent = {**fields, "answer": device.signed(fields["_proof"])}
    assert browser.send("/sign-in/passkey", sent).status_code == 403
    assert browser.get("/orders").headers["location"].startswith("/sign-in")
    assert opened(browser, Device()).status_code == 401


def test_one_is_added_only_right_after_signing_in(shop: PortalShop, anna: Browser) -> None:
    """Whoever finds a browser that is signed in does not take the account along for good."""
    fields, device = anna.forms("/portal/account")["/portal/passkeys"], Device()
    shop.clock.advance_to(shop.clock.now() + 15 * 60 * 1_000_000)
    sent = {**fields, "passkey_name": "x", "answer": device.made(fields["_proof"])}
    assert anna.send("/portal/passkeys", sent).status_code == 409
    page = anna.get("/portal/account").text
    assert "sign in again by a mailed link" in text_of(page)
    assert "data-passkey" not in page
    assert shop.rows("SELECT COUNT(*) FROM portal_passkeys") == [(0,)]


def test_what_was_removed_or_shut_out_opens_nothing(shop: PortalShop, anna: Browser, device: Device) -> None:
    from orderwell.values.ids import show

    assert keep(anna, device).status_code == 409  # the same once more
    [(number,)] = shop.rows("SELECT id FROM portal_passkeys")
    end = f"/portal/passkeys/{show('portal_passkey', number)}/end"
    assert anna.submit("/portal/account", end).status_code == 303
    assert opened(Browser(shop.site), device).status_code == 401
    other = Device()
    assert keep(anna, other).status_code == 303
    shop.do(DisablePortalAccount(shop.accounts["anna"]["id"]))
    assert opened(Browser(shop.site), other).status_code == 401
    assert shop.rows("SELECT COUNT(*) FROM portal_passkeys WHERE ended_at IS NULL OR name <> ''") == [(0,)]
    shop.prove()


def test_guessing_is_stopped(shop: PortalShop, device: Device) -> None:
    statuses = [opened(Browser(shop.site), Device()).status_code for _ in range(21)]
    assert statuses == [401] * 20 + [429]
