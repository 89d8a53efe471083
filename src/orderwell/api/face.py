"""What every address works with: the application, the settings, and the two ways to get something done."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from ..app import App
from ..kit.writer import Call, Outcome, Writer
from ..settings import Settings
from .keys import Keys
from .threads import Threads

if TYPE_CHECKING:
    from .operations import Operation


class Waiting:
    """Calls handed to the writer by one event loop. The loop is woken once per batch, not once per call."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._finished: deque[tuple[asyncio.Future[Outcome], Outcome]] = deque()
        self._woken = False

    def submit(self, writer: Writer, call: Call) -> "asyncio.Future[Outcome]":
        """Raises Overloaded or Unavailable when the writer takes no more."""
        future: asyncio.Future[Outcome] = self.loop.create_future()
        call.done = partial(self._finish, future)
        writer.submit(call)
        return future

    def _finish(self, future: "asyncio.Future[Outcome]", outcome: Outcome) -> None:
        """On the writer's thread."""
        self._finished.append((future, outcome))
        if not self._woken:
            self._woken = True
            self.loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        self._woken = False  # before taking: what comes while we take wakes us again
        while self._finished:
            future, outcome = self._finished.popleft()
            if not future.done():
                future.set_result(outcome)


@dataclass
class Face:
    app: App
    settings: Settings
    threads: Threads
    keys: Keys
    operations: "list[Operation]" = field(default_factory=list)
    cache: dict[str, Any] = field(default_factory=dict)  # documents made once: OpenAPI, the page of errors
    on_stop: list[Callable[[], None]] = field(default_factory=list)  # for what would hold the server up
    _waiting: Waiting | None = None

    def stop(self) -> None:
        """The server is about to stop: whoever answers without end, ends."""
        for each in self.on_stop:
            each()

    def submit(self, call: Call) -> "asyncio.Future[Outcome]":
        loop = asyncio.get_running_loop()
        if self._waiting is None or self._waiting.loop is not loop:
            self._waiting = Waiting(loop)
        return self._waiting.submit(self.app.writer, call)
