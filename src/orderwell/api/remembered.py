"""Looking something up once for all who ask within a second: who holds a key, who is behind a session."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from .threads import Threads

T = TypeVar("T")

SECONDS = 1.0  # so long a door may stay open in this process that was shut in the database
MAX_REMEMBERED = 10_000


class Remembered(Generic[T]):
    """Answers as the database had them at most a second ago. Who comes while one is being looked up waits for it."""

    def __init__(self, threads: Threads, look_up: Callable[[str], T]) -> None:
        self._threads, self._look_up = threads, look_up
        self._found: dict[str, tuple[float, Future[T]]] = {}

    async def get(self, key: str) -> T:
        now = time.monotonic()
        until, found = self._found.get(key, (now, None))
        if found is None or until <= now or (found.done() and found.exception() is not None):
            if len(self._found) >= MAX_REMEMBERED:
                self._found.clear()
            found = self._threads.submit(self._look_up, key)
            self._found[key] = (now + SECONDS, found)  # a second from before it was read
        if found.done():
            return found.result()
        return await asyncio.shield(asyncio.wrap_future(found))  # one who goes away takes nothing from the others

    def forget(self, key: str) -> None:
        self._found.pop(key, None)

    def clear(self) -> None:
        self._found.clear()
