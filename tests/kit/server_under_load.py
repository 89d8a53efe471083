"""A server process with eight clients of its own, for the test that runs two of them on one database.

Every tenth batch has a poisoned request among the others. Prints how often each answer was given, and what of batches.
"""

import json
import random
import sys
import threading
from collections import Counter, deque
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from orderwell.app import open_app
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.ship_order import ShipOrder
from orderwell.kit.clock import TestClock
from orderwell.kit.log import log
from orderwell.kit.writer import Call, Writer
from tests.kit.asks import call
from tests.kit.poison import Poison
from tests.support.shop import MONDAY

CLIENTS, ROUNDS = 8, 60
EVERY = 10  # batches


class PoisonInEveryTenthBatch:
    """Puts a poisoned request somewhere among those that the writer takes for every tenth batch."""

    def __init__(self, writer: Writer, told: Counter[str], seed: int) -> None:
        self._cut, self._told, self._chance = writer._cut, told, random.Random(seed)
        writer._cut = self.cut  # type: ignore[method-assign]

    def cut(self, waiting: Sequence[Call]) -> list[Call]:
        """On the writer's thread, while nobody can add to the queue."""
        assert isinstance(waiting, deque)
        self._told["batches"] += 1
        if self._told["batches"] % EVERY == 0:
            self._told["neighbours"] += len(waiting)
            waiting.insert(self._chance.randint(0, len(waiting)), Call(Poison(), done=self._answered))
        batch = self._cut(waiting)
        self._told["poisoned_batches"] += any(isinstance(call.ask, Poison) for call in batch)
        return batch

    def _answered(self, outcome: Any) -> None:
        self._told[f"poison_{outcome.refusal.code}"] += 1


def main(url: str, seed: int) -> None:
    log.quiet = True
    app = open_app(url, clock=TestClock(MONDAY))
    told: Counter[str] = Counter()
    PoisonInEveryTenthBatch(app.writer, told, seed)
    app.writer.start()
    threads = [threading.Thread(target=client, args=(app.writer, told, seed, n)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    app.close()
    print(json.dumps(told))


def client(writer, told, seed: int, number: int) -> None:  # type: ignore[no-untyped-def]
    chance = random.Random(100 * seed + number)
    for n in range(ROUNDS):
        codes = chance.sample(["hot", "warm", "cold"], chance.randint(1, 3))
        lines = [LineAsk(code, Decimal(chance.randint(1, 2))) for code in {"hot", *codes}]
        placed = writer.call(call(PlaceOrder("web", lines), f"{seed}-{number}-{n}"))
        if placed.refusal is not None:
            lines = [LineAsk("hot", Decimal(1))]
            placed = writer.call(call(PlaceOrder("web", lines), f"{seed}-{number}-{n}-less"))
        told[placed.refusal.code if placed.refusal else "placed"] += 1
        if placed.refusal is None and chance.random() < 0.5:
            shipped = writer.call(call(ShipOrder(placed.answer["id"])))
            told[shipped.refusal.code if shipped.refusal else "shipped"] += 1


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
