"""A server process with eight clients of its own, for the test that runs two of them on one database.

Prints how often each answer was given.
"""

import json
import random
import sys
import threading
from collections import Counter
from decimal import Decimal

from orderwell.app import open_app
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.ship_order import ShipOrder
from orderwell.kit.clock import TestClock
from orderwell.kit.log import log
from orderwell.kit.writer import Call
from tests.kit.asks import call
from tests.kit.poison import Poison
from tests.support.shop import MONDAY

CLIENTS, ROUNDS = 8, 40


def main(url: str, seed: int) -> None:
    log.quiet = True
    app = open_app(url, clock=TestClock(MONDAY))
    app.writer.start()
    told: Counter[str] = Counter()
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
        if chance.random() < 0.02:
            told["poison"] += 1
            told[writer.call(Call(Poison())).refusal.code] += 1
            continue
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
