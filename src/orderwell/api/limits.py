"""How often a key may ask: a bucket of requests per key that fills steadily, so that none crowds out the others."""

import time
from collections.abc import Callable
from math import ceil

from ..kit.sentences import Sentence
from ..settings import Settings
from .errors import TooManyRequests


class Limits:
    """A bucket is remembered as the moment it will be full again: one number a key, a fraction of a microsecond a call.

    The buckets are this process's own: several processes let through as many times as much.
    """

    def __init__(self, settings: Settings, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._per_second, self._burst = settings.requests_per_second, settings.request_burst
        self._step = 1 / self._per_second
        self._most = self._burst * self._step
        self._full_at: dict[int, float] = {}

    def take(self, key_id: int) -> None:
        """One request out of the key's bucket. Raises TooManyRequests, which takes nothing out."""
        now = self._now()
        full_at = max(now, self._full_at.get(key_id, 0.0)) + self._step
        if full_at - now > self._most + 1e-9:
            wait = ceil(full_at - now - self._most)
            detail = Sentence(
                "A key may ask {per_second} times a second, {burst} at once; wait {wait} s.",
                per_second=self._per_second, burst=self._burst, wait=wait,
            )  # fmt: skip
            raise TooManyRequests(detail, retry_after=wait)
        self._full_at[key_id] = full_at
