"""Following what happens: in the terminal, and forwarded to a URL."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.cli.conftest import Run

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_events_are_told_a_line_each_in_order_and_from_where_one_was(run: Run, house: str) -> None:
    run("orders", "place", "--channel", "web", "--line", "lamp=1", "--database", house)
    tail = ("events", "tail", "--no-follow", "--database", house)
    everything = [json.loads(line) for line in run(*tail, "--after", "0").out.splitlines()]
    assert everything[0]["type"] == "business.set_up"
    assert everything[-1]["type"] == "order.placed"
    last = [json.loads(line) for line in run(*tail).out.splitlines()]
    assert last == everything[-10:]
    placed = [json.loads(line) for line in run(*tail, "--after", "0", "--type", "order.*").out.splitlines()]
    assert [each["type"] for each in placed] == ["order.placed"]


class Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.heard.append((body, dict(self.headers)))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Hook)
    server.heard = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_listen_forwards_events_signed_like_webhooks(
    run: Run, house: str, hook: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERWELL_WEBHOOK_SECRET", SECRET)
    order = run("orders", "place", "--channel", "web", "--line", "lamp=1", "--database", house, "--json").json["id"]
    url = f"http://127.0.0.1:{hook.server_port}/hooks"
    words = ("listen", "--forward-to", url, "--type", "order.*", "--after", "0", "--no-follow", "--database", house)
    said = run(*words)
    assert said.code == 0
    assert [json.loads(line)["answer"] for line in said.out.splitlines()] == ["204"]
    ((body, headers),) = hook.heard  # type: ignore[attr-defined]
    heard = Webhook(SECRET).verify(body, {name.lower(): value for name, value in headers.items()})
    assert (heard["type"], heard["data"]["id"]) == ("order.placed", order)
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(SECRET).verify(body + " ", {name.lower(): value for name, value in headers.items()})


def test_a_url_that_does_not_answer_is_told_and_does_not_stop_it(run: Run, house: str) -> None:
    words = ("listen", "--forward-to", "http://127.0.0.1:9/", "--after", "0", "--no-follow", "--database", house)
    said = run(*words)
    assert said.code == 0
    assert all("no answer" in json.loads(line)["answer"] for line in said.out.splitlines())
