"""Somebody else's server that webhooks are sent to: keeps what came, and answers as it is told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from standardwebhooks.webhooks import Webhook


class Received(NamedTuple):
    id: str
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """`with Receiver() as receiver:`; `answers` holds (status, headers) for the next calls, then 204."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.default = 204
        self.hangs = threading.Event()
        self.hangs.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {key.lower(): value for key, value in self.headers.items()}
                receiver.received.append(Received(headers["webhook-id"], self.path, headers, body))
                receiver.hangs.wait(20)
                status, more = receiver.answers.pop(0) if receiver.answers else (receiver.default, {})
                self.send_response(status)
                for key, value in more.items():
                    self.send_header(key, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> "Receiver":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hangs.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def verified(self, secret: str) -> list[dict[str, object]]:
        """Everything that came, checked by the reference implementation."""
        return [Webhook(secret).verify(each.body, each.headers) for each in self.received]

    @property
    def types(self) -> list[str]:
        import json

        return [json.loads(each.body)["type"] for each in self.received]
