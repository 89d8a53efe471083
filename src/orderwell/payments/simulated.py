"""A payment provider to try things with: a process of its own on loopback, with faults that a seed decides.

    python -m orderwell.payments.simulated --port 9001 --seed 1 --notify http://127.0.0.1:8000/… --secret-env NAME

It loses answers after it has done what was asked, fails before it has, and notifies late, twice, out of order or not
at all. Anybody who reaches its port may use it: it listens on loopback only and moves no money.
"""

import argparse
import heapq
import json
import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

import httpx2
from standardwebhooks import Webhook

from ..values.money import decimal_text
from .simulated_state import CHOICES, DONE, Books, Charge, Refusal

MAX_BODY_BYTES = 64_000
WAIT = httpx2.Timeout(5, connect=1)
TRIES = 5  # of a notification that is not accepted

Deliver = Callable[[dict[str, str], bytes], bool]


@dataclass(frozen=True, slots=True)
class Faults:
    """How often in a hundred something goes wrong."""

    lose_answer: int = 0
    fail_first: int = 0
    lose_notification: int = 0
    double_notification: int = 0
    late_notification: int = 0
    late_ms: int = 2_000  # at most


class Simulated:
    """The provider: its books, its faults, and the notifications it still has to send."""

    def __init__(self, books: Books, secret: str, seed: int, faults: Faults, deliver: Deliver) -> None:
        self.books, self.faults = books, faults
        self._secret, self._deliver = secret, deliver
        self._rng = random.Random(seed)
        self.lock = threading.Lock()  # one thing at a time: same seed and same requests give the same faults
        self._told: dict[str, int] = {}
        self._waiting: list[tuple[int, int, str, dict[str, Any], int]] = []
        self._count = 0
        self._wake = threading.Condition()
        self._stopping = False

    def chance(self, percent: int) -> bool:
        return self._rng.randrange(100) < percent

    def settle(self, charge: Charge) -> None:
        """Queue notifications for what happened to a payment since it was last looked at."""
        first = self._told.get(charge.id, 0)
        for event in charge.events[first:]:
            if self.chance(self.faults.lose_notification):
                continue
            for _ in range(2 if self.chance(self.faults.double_notification) else 1):
                late = self.chance(self.faults.late_notification)
                delay = self._rng.randrange(self.faults.late_ms) if late else 0
                self._queue(delay, event["id"], self.books.notification(charge, event))
        self._told[charge.id] = len(charge.events)

    def restore(self, books: Books) -> None:
        """Go on with the books of before; what they say was told already."""
        self.books = books
        self._told = {charge.id: len(charge.events) for charge in books.charges.values()}

    def _queue(self, delay_ms: int, id_: str, body: dict[str, Any], tries: int = 0) -> None:
        with self._wake:
            self._count += 1
            heapq.heappush(self._waiting, (now_ms() + delay_ms, self._count, id_, body, tries))
            self._wake.notify()

    def notify(self) -> None:
        """Send notifications as they fall due, until stopped. Runs on a thread of its own."""
        while True:
            with self._wake:
                while not self._stopping and (not self._waiting or self._waiting[0][0] > now_ms()):
                    wait_ms = self._waiting[0][0] - now_ms() if self._waiting else None
                    self._wake.wait(None if wait_ms is None else max(1, wait_ms) / 1000)
                if self._stopping:
                    return
                _, _, id_, body, tries = heapq.heappop(self._waiting)
            raw = json.dumps(body).encode()
            if not self._deliver(signed(self._secret, id_, raw), raw) and tries < TRIES:
                self._queue(200 * 2**tries, id_, body, tries + 1)

    def stop(self) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify()


def now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def signed(secret: str, id_: str, raw: bytes, at: datetime | None = None) -> dict[str, str]:
    """Headers after Standard Webhooks."""
    moment = at or datetime.now(UTC)
    return {
        "content-type": "application/json", "webhook-id": id_, "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(id_, moment, raw.decode()),
    }  # fmt: skip


class Face(BaseHTTPRequestHandler):
    """Its API, as `payments.provider.HttpPort` speaks it, and a checkout page for the customer."""

    protocol_version = "HTTP/1.1"
    provider: Simulated  # set on the subclass that a server is made with

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(min(length, MAX_BODY_BYTES))
        provider = self.provider
        with provider.lock:
            provider.books.calls += 1
            page = self.path.startswith("/checkout/")
            fails = not page and provider.chance(provider.faults.fail_first)
            loses = not page and provider.chance(provider.faults.lose_answer)
            if fails:
                return self._answer(503, {"detail": "try again"})
            try:
                charge = self._do(raw)
                answer = provider.books.shown(charge)
                provider.settle(charge)
            except Refusal as refusal:
                return self._answer(refusal.status, {"detail": refusal.detail})
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                return self._answer(422, {"detail": f"not understood: {error!r}"})
        if loses:  # it is done, and nobody hears of it
            self.close_connection = True
            return None
        if page and charge.return_url:
            return self._go_to(charge.return_url)
        return self._answer(200, answer)

    def do_GET(self) -> None:
        with self.provider.lock:
            try:
                charge = self.provider.books.find(unquote(self.path).rpartition("/")[2])
                answer = self.provider.books.shown(charge)
            except Refusal as refusal:
                return self._answer(refusal.status, {"detail": refusal.detail})
        if self.path.startswith("/checkout/"):
            return self._page(charge)
        return self._answer(200, answer)

    def _do(self, raw: bytes) -> Charge:
        books, parts = self.provider.books, unquote(self.path).strip("/").split("/")
        match parts:
            case ["payments"]:
                return books.start(json.loads(raw))
            case ["payments", name, verb] if verb in DONE:
                operation = self.headers.get("idempotency-key") or f"dashboard-{books.calls}"
                return books.operate(name, verb, operation, int(json.loads(raw)["amount"]))
            case ["payments", name, "cancel"]:  # what is paid stays paid
                return books.choose(name, "cancel")
            case ["checkout", name]:
                return books.choose(name, parse_qs(raw.decode()).get("choice", [""])[0])
        raise Refusal(404, "no such address")

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(body).encode())

    def _page(self, charge: Charge) -> None:
        amount = decimal_text(charge.amount, charge.currency)
        buttons = "".join(f'<button name="choice" value="{each}">{each}</button> ' for each in CHOICES)
        text = (
            f"<!doctype html><title>Simulated payment</title><h1>{escape(charge.method)}</h1>"
            f"<p>{escape(amount)} {escape(charge.currency)} for {escape(charge.merchant_reference)}:"
            f' {escape(charge.state)}</p><form method="post">{buttons}</form>'
        )
        self._send(200, "text/html; charset=utf-8", text.encode())

    def _go_to(self, url: str) -> None:
        self.send_response(303)
        self.send_header("location", url)
        self.send_header("content-length", "0")
        self.end_headers()

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: it is run by tests and demonstrations."""


class Server:
    """The provider behind its HTTP face, on loopback. Port 0 takes a free one."""

    def __init__(
        self, *, account: str, secret: str, port: int = 0, seed: int = 0, faults: Faults | None = None, deliver: Deliver
    ) -> None:
        face = type("BoundFace", (Face,), {})
        self._http = ThreadingHTTPServer(("127.0.0.1", port), face)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.simulated = Simulated(Books(account, self.url), secret, seed, faults or Faults(), deliver)
        face.provider = self.simulated  # type: ignore[attr-defined]
        self._threads = [
            threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 1 / 20}, daemon=True),
            threading.Thread(target=self.simulated.notify, daemon=True),
        ]

    def start(self) -> "Server":
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        self.simulated.stop()
        self._http.shutdown()
        self._http.server_close()
        for thread in self._threads:
            thread.join()


def post_to(url: str) -> Deliver:
    def deliver(headers: dict[str, str], body: bytes) -> bool:
        try:
            return bool(httpx2.post(url, content=body, headers=headers, timeout=WAIT, trust_env=False).is_success)
        except httpx2.HTTPError:
            return False

    return deliver


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m orderwell.payments.simulated", description="A simulated provider.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--notify", required=True, help="where notifications go")
    parser.add_argument("--secret-env", required=True, help="environment variable with the signing secret")
    parser.add_argument("--account", default="demo")
    parser.add_argument("--seed", type=int, default=0)
    for name in ("lose-answer", "fail-first", "lose-notification", "double-notification", "late-notification"):
        parser.add_argument(f"--{name}", type=int, default=0, metavar="PERCENT")
    parser.add_argument("--late-ms", type=int, default=2_000)
    asked = parser.parse_args(arguments)
    secret = os.environ.get(asked.secret_env)
    if not secret:
        parser.error(f"{asked.secret_env} is not set")
    faults = Faults(
        asked.lose_answer, asked.fail_first, asked.lose_notification, asked.double_notification,
        asked.late_notification, asked.late_ms,
    )  # fmt: skip
    server = Server(
        account=asked.account, secret=secret, port=asked.port, seed=asked.seed, faults=faults,
        deliver=post_to(asked.notify),
    ).start()  # fmt: skip
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main()
