"""The clock, injected: real, or one that stands still until it is advanced (a test clock is a feature)."""

import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> int:
        """Microseconds since 1970 UTC."""


class RealClock:
    def now(self) -> int:
        return time.time_ns() // 1000


class TestClock:
    """Stands at an instant; only ever goes forward. Raises ValueError when asked to go back."""

    __test__ = False

    def __init__(self, frozen_us: int) -> None:
        self._now = frozen_us

    def now(self) -> int:
        return self._now

    def advance_to(self, instant_us: int) -> None:
        if instant_us < self._now:
            raise ValueError("a test clock only goes forward")
        self._now = instant_us
