"""The simulated provider as it is run: a process on loopback that a shop and a customer talk to over HTTP."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx2
import pytest

from orderwell.payments.provider import Declined, HttpPort, Told, Unreachable, notification
from orderwell.payments.simulated_state import Books, Refusal

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Ear(BaseHTTPRequestHandler):
    """Hears notifications, and takes them at the second try only."""

    heard: list[Told]
    tries: list[int]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.tries.append(1)
        if len(self.tries) > 1:
            self.heard.append(notification(body, dict(self.headers), SECRET))
        self.send_response(204 if len(self.tries) > 1 else 503)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def ear() -> Iterator[Any]:
    face = type("BoundEar", (Ear,), {"heard": [], "tries": []})
    server = HTTPServer(("127.0.0.1", 0), face)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
def test_a_payment_from_start_to_refund_over_http(ear: HTTPServer) -> None:
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "orderwell.payments.simulated", "--port", str(port), "--account", "us",
            "--notify", f"http://127.0.0.1:{ear.server_address[1]}/", "--secret-env", "ORDERWELL_TEST_SECRET",
        ],
        env={**os.environ, "ORDERWELL_TEST_SECRET": SECRET},
    )  # fmt: skip
    try:
        with httpx2.Client(trust_env=False) as http:
            talk(HttpPort(f"http://127.0.0.1:{port}", "us", http), http)
        until(lambda: len(ear.RequestHandlerClass.heard) == 3)  # type: ignore[attr-defined]
        told = sorted(each.events[0] for each in ear.RequestHandlerClass.heard)  # type: ignore[attr-defined]
        assert [each.type for each in told] == ["opened", "captured", "refunded"]
    finally:
        process.terminate()
        process.wait()


def talk(port: HttpPort, http: httpx2.Client) -> None:
    until(lambda: answers(port))
    told = start(port)
    assert start(port) == told
    page = http.get(told.checkout_url).text
    assert "12.50 EUR for &lt;pay_1&gt;" in page
    assert http.post(told.checkout_url, data={"choice": "pay"}).status_code == 303
    again = port.instruct("<pay_1>", "refund", "rfd_1", 250, "EUR")
    assert port.instruct("<pay_1>", "refund", "rfd_1", 250, "EUR") == again
    assert [each.type for each in again.events] == ["opened", "captured", "refunded"]
    with pytest.raises(Declined, match="1001 of refunds, 1000 possible"):
        port.instruct("<pay_1>", "refund", "rfd_2", 1_001, "EUR")
    with pytest.raises(Declined, match="something else before"):
        port.instruct("<pay_1>", "refund", "rfd_1", 251, "EUR")
    assert port.look("pay_2") is None


def start(port: HttpPort) -> Told:
    return port.start(
        "<pay_1>", method="redirect", amount_minor=1_250, currency="EUR", return_url="http://127.0.0.1:1/thanks",
        provider_reference="",
    )  # fmt: skip


def answers(port: HttpPort) -> bool:
    try:
        return port.look("nothing") is None
    except Unreachable:
        return False


def until(condition: Any) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.mark.parametrize(
    "body",
    [
        {"account": "them", "merchant_reference": "a", "method": "card", "amount": 1, "currency": "EUR"},
        {"account": "us", "merchant_reference": "a", "method": "gold", "amount": 1, "currency": "EUR"},
        {"account": "us", "merchant_reference": "a", "method": "card", "amount": 0, "currency": "EUR"},
        {"account": "us", "merchant_reference": "begun", "method": "card", "amount": 2, "currency": "EUR"},
        {"account": "us", "merchant_reference": "a", "id": "sp_9", "method": "card", "amount": 1, "currency": "EUR"},
    ],
)
def test_what_the_provider_does_not_take(body: dict[str, Any]) -> None:
    books = Books("us", "")
    books.begin("begun", "card", 1, "EUR")
    with pytest.raises(Refusal):
        books.start(json.loads(json.dumps(body)))
    assert len(books.charges) == 1
