"""`orderwell` whose clock runs fast, so that what takes hours happens while a test looks on; else the very same.

    FAST_CLOCK_RATE=900 FAST_CLOCK_START=1764064800000000 python -m tests.crash.fast_clock serve --database …

It counts from a fixed moment, so it shows the same time in all processes, and goes on after a restart.
"""

import os
import time

from orderwell.kit.clock import RealClock


class FastClock:
    """`start`, in microseconds since 1970, is when it agreed with other clocks."""

    def __init__(self, rate: int, start: int) -> None:
        self.rate, self.start = rate, start

    def now(self) -> int:
        return self.start + (time.time_ns() // 1000 - self.start) * self.rate

    @property
    def environment(self) -> dict[str, str]:
        return {"FAST_CLOCK_RATE": str(self.rate), "FAST_CLOCK_START": str(self.start)}


if "FAST_CLOCK_RATE" in os.environ:  # also in processes that a server spawns: they import this module
    _clock = FastClock(int(os.environ["FAST_CLOCK_RATE"]), int(os.environ["FAST_CLOCK_START"]))
    RealClock.now = lambda _: _clock.now()  # type: ignore[method-assign]

if __name__ == "__main__":
    from orderwell.cli.main import main

    main()
