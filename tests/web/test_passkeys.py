"""Passkeys, with an authenticator made of software: what it signs opens the door once, and nothing else does (S14)."""

import hashlib
import json
import struct
from base64 import urlsafe_b64encode
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from orderwell.flows.keep_access import AddPerson, DisablePerson
from orderwell.flows.keep_second_step import ConfirmAuthenticator, OfferAuthenticator
from orderwell.flows.sign_in import SetPassword
from orderwell.values.ids import show
from orderwell.web.passwords import HASHER
from tests.web.conftest import Browser, WebShop, text_of

PASSWORD = "kettle river pencil moss"
EMAIL = "olga@example.com"
ORIGIN, HOST = "http://testserver", "testserver"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def told(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


class Device:
    """Keeps a key pair and signs what a page asks, as a browser would hand it over."""

    def __init__(self, *, counts: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(str(id(self)).encode()).digest()
        self.signs, self.counts = 0, counts

    def _data(self, host: str, flags: int) -> bytes:
        self.signs += self.counts
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.signs)

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        said = {"type": kind, "challenge": told(challenge.encode()), "origin": origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def made(self, challenge: str, *, host: str = HOST, origin: str = ORIGIN) -> str:
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        data = self._data(host, PRESENT | VERIFIED | ATTESTED)
        data += bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(public)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", challenge, origin)
        return self._answer({"attestationObject": told(attestation), "clientDataJSON": told(client)})

    def signed(
        self, challenge: str, *, host: str = HOST, origin: str = ORIGIN, flags: int = PRESENT | VERIFIED,
        kind: str = "webauthn.get",
    ) -> str:  # fmt: skip
        data, client = self._data(host, flags), self._client(kind, challenge, origin)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"authenticatorData": data, "clientDataJSON": client, "signature": signature}
        return self._answer({name: told(value) for name, value in response.items()})

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps({"id": told(self.id), "rawId": told(self.id), "type": "public-key", "response": response})


def keep(browser: Browser, device: Device, **typed: str) -> Any:
    action = "/account/passkeys"
    fields = browser.forms("/account")[action]
    answer = device.made(fields["_proof"])
    return browser.send(action, {**fields, "passkey_name": "Laptop", "password": PASSWORD, "answer": answer, **typed})


def opened(browser: Browser, device: Device, **odd: Any) -> Any:
    action = "/sign-in/passkey"
    fields = browser.forms("/sign-in")[action]
    return browser.send(action, {**fields, "answer": device.signed(fields["_proof"], **odd)})


@pytest.fixture
def olga(shop: WebShop) -> Browser:
    shop.do(AddPerson("Olga", EMAIL, ["owner"]))
    shop.do(SetPassword(EMAIL, HASHER.hash(PASSWORD)))
    browser = shop.browser(None)
    browser.submit("/sign-in", "/sign-in", email=EMAIL, password=PASSWORD)
    return browser


@pytest.fixture
def device(olga: Browser) -> Device:
    made = Device()
    answered = keep(olga, made)
    assert answered.status_code == 303, text_of(answered.text)
    return made


def test_a_passkey_signs_in_and_is_listed(shop: WebShop, olga: Browser, device: Device) -> None:
    browser = shop.browser(None)
    done = opened(browser, device)
    assert (done.status_code, done.headers["location"]) == (303, "/"), text_of(done.text)
    assert browser.get("/orders").status_code == 200
    shown = text_of(olga.get("/account").text)
    assert "Laptop used" in shown


def test_it_is_both_steps_in_one(shop: WebShop, olga: Browser, device: Device) -> None:
    shop.do(OfferAuthenticator(EMAIL, "A" * 32))
    shop.do(ConfirmAuthenticator(EMAIL, 1, ["0" * 64]))
    browser = shop.browser(None)
    assert opened(browser, device).headers["location"] == "/"


def test_nothing_signed_counts_twice(shop: WebShop, device: Device) -> None:
    browser = shop.browser(None)
    action = "/sign-in/passkey"
    fields = browser.forms("/sign-in")[action]
    answer = {**fields, "answer": device.signed(fields["_proof"])}
    before = dict(browser.http.cookies)
    assert browser.send(action, answer).status_code == 303
    again = shop.browser(None)
    again.http.cookies.update(before)
    assert again.send(action, answer).status_code == 403
    still = Device(counts=False)
    still.key, still.id = device.key, device.id
    assert again.send(action, {**fields, "answer": still.signed(fields["_proof"])}).status_code == 403


def test_a_copy_of_it_is_found_out(shop: WebShop, device: Device) -> None:
    copy = Device()
    copy.key, copy.id, copy.signs = device.key, device.id, device.signs
    assert opened(shop.browser(None), device).status_code == 303
    refused = opened(shop.browser(None), copy)
    assert refused.status_code == 403
    assert "This passkey opens nothing here" in refused.text


@pytest.mark.parametrize(
    "odd",
    [
        {"origin": "https://evil.example.com"}, {"host": "evil.example.com"}, {"origin": "http://testserver.evil.com"},
        {"flags": PRESENT}, {"flags": 0}, {"kind": "webauthn.create"},
    ],
)  # fmt: skip
def test_what_was_signed_for_others_or_without_the_person_opens_nothing(
    shop: WebShop, device: Device, odd: dict[str, Any]
) -> None:
    browser = shop.browser(None)
    assert opened(browser, device, **odd).status_code == 403
    assert browser.get("/orders").status_code == 303


def test_a_signature_of_another_page_or_key_opens_nothing(shop: WebShop, olga: Browser, device: Device) -> None:
    browser = shop.browser(None)
    fields = browser.forms("/sign-in")["/sign-in/passkey"]
    other = shop.browser(None).forms("/sign-in")["/sign-in/passkey"]
    forged = Device()
    forged.id = device.id
    for answer in (
        device.signed(other["_proof"]), forged.signed(fields["_proof"]), Device().signed(fields["_proof"]), "", "{}",
        "[]", "null", '{"id": 1}', "x" * 30_000, device.signed(fields["_proof"])[:-40],
    ):  # fmt: skip
        refused = browser.send("/sign-in/passkey", {**fields, "answer": answer})
        assert refused.status_code == 403, answer[:80]
    assert browser.get("/orders").status_code == 303


def test_who_is_shut_out_and_what_was_removed_opens_nothing(shop: WebShop, olga: Browser, device: Device) -> None:
    action = next(each for each in olga.forms("/account") if each.endswith("/remove"))
    other = shop.browser("owner")
    shown = other.forms("/account")["/account/prefer"]
    proof = {name: value for name, value in shown.items() if name.startswith("_")}
    assert other.send(action, proof).status_code == 404
    second = Device()
    assert keep(olga, second).status_code == 303
    assert olga.submit("/account", action).status_code == 303
    assert opened(shop.browser(None), device).status_code == 403
    assert opened(shop.browser(None), second).status_code == 303
    [[number]] = shop.rows(f"SELECT id FROM people WHERE email = '{EMAIL}'")
    shop.do(DisablePerson(show("person", number)))
    assert opened(shop.browser(None), second).status_code == 403


def test_keeping_one_needs_the_password_and_a_browser_that_made_it(shop: WebShop, olga: Browser) -> None:
    device = Device()
    assert keep(olga, device, password="wrong").status_code == 401
    for answer in ("", "{}", "x", Device().made("another page")):
        assert keep(olga, device, answer=answer).status_code == 422
    fields = olga.forms("/account")["/account/passkeys"]
    foreign = device.made(fields["_proof"], origin="https://evil.example.com")
    assert keep(olga, device, answer=foreign).status_code == 422
    assert shop.rows("SELECT * FROM passkeys") == []
    assert keep(olga, device).status_code == 303
    assert keep(olga, device).status_code == 409


def test_a_device_that_does_not_count_is_taken_too(shop: WebShop, olga: Browser) -> None:
    device = Device(counts=False)
    assert keep(olga, device).status_code == 303
    for _ in range(2):
        assert opened(shop.browser(None), device).status_code == 303
