"""A wire between a program and its database that a test may cut at the worst moment."""

import socket
import threading
from typing import Literal

Cut = Literal["before", "at once", "after"]


class Proxy:
    """Passes bytes on, either way. `cut` is for the next words that a client says.

    before: they never arrive. at once: they are passed on and nobody waits for the answer. after: the server has
    answered, and the answer never arrives.
    """

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._lock = threading.Lock()
        self._next: Cut | None = None
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, how: Cut) -> None:
        with self._lock:
            self._next = how

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._server_port))
            for wire in (client, server):
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answers_end_here = threading.Event()
            threading.Thread(target=self._ask, args=(client, server, answers_end_here), daemon=True).start()
            threading.Thread(target=self._answer, args=(server, client, answers_end_here), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket, answers_end_here: threading.Event) -> None:
        while said := _heard(client):
            with self._lock:
                how, self._next = self._next, None
                self.cuts += how is not None
            if how == "before":
                break
            if how is not None:
                answers_end_here.set()
            _say(server, said)
            if how == "at once":
                break
        _end(client, server)

    def _answer(self, server: socket.socket, client: socket.socket, answers_end_here: threading.Event) -> None:
        while said := _heard(server):
            if answers_end_here.is_set():
                break
            _say(client, said)
        _end(client, server)


def _heard(wire: socket.socket) -> bytes:
    try:
        return wire.recv(65536)
    except OSError:
        return b""


def _say(wire: socket.socket, said: bytes) -> None:
    try:
        wire.sendall(said)
    except OSError:
        _end(wire)


def _end(*wires: socket.socket) -> None:
    for wire in wires:
        try:
            wire.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has ended already
        wire.close()
