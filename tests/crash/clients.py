"""A process with eight clients that keep journals, as careful callers do: what they will ask, then what they were told.

    python -m tests.crash.clients DATABASE_URL FOLDER SEED [finish]

Each client first asks again, with the same key, what it got no answer to. With `finish` that is all it does.
"""

import json
import os
import random
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from orderwell.app import App, open_app
from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.cancel_order import CancelOrder
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.ship_order import ShipOrder
from orderwell.kit.idempotency import hash_of_request
from orderwell.kit.log import log
from orderwell.kit.writer import Call

CLIENTS = 8
SKUS = ("apple", "bread", "cider")


class Journal:
    """A file of one client: every line is on the disk before the next thing happens."""

    def __init__(self, path: Path) -> None:
        self.intents: dict[str, Any] = {}
        self.answers: dict[str, Any] = {}
        for line in path.read_text().splitlines() if path.exists() else ():
            kept = json.loads(line)
            (self.answers if "told" in kept else self.intents)[kept["key"]] = kept
        self._path = path

    @cached_property
    def _file(self) -> TextIO:
        return self._path.open("a")

    @property
    def unanswered(self) -> list[Any]:
        return [each for key, each in self.intents.items() if key not in self.answers]

    def intend(self, intent: dict[str, Any]) -> None:
        self._keep(intent)
        self.intents[intent["key"]] = intent

    def told(self, key: str, told: str, answer: Any) -> None:
        self._keep({"key": key, "told": told, "answer": answer})
        self.answers[key] = {"key": key, "told": told, "answer": answer}

    def _keep(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def ask_of(intent: dict[str, Any]) -> Any:
    if intent["verb"] == "place":
        lines = [LineAsk(sku, Decimal(quantity)) for sku, quantity in intent["lines"].items()]
        return PlaceOrder("web", lines, reference=intent["key"])
    if intent["verb"] == "find":
        return AdjustStock("main", "found", [AdjustLine(intent["sku"], Decimal(5))], note=intent["key"])
    return (ShipOrder if intent["verb"] == "ship" else CancelOrder)(intent["order"], "web")


def intents(chance: random.Random, journal: Journal, name: str) -> Iterator[dict[str, Any]]:
    """Mostly orders; some of those that came through are shipped or cancelled later, some goods are found."""
    placed = [key for key, each in journal.answers.items() if journal.intents[key]["verb"] == "place" == each["told"]]
    n = len(journal.intents)
    while True:
        n += 1
        key, luck = f"{name}-{n}", chance.random()
        if luck < 0.5 or not placed:
            lines = {sku: chance.randint(1, 3) for sku in chance.sample(SKUS, chance.randint(1, 3))}
            yield {"key": key, "verb": "place", "lines": lines}
            placed.append(key)
        elif luck < 0.9:
            verb = "ship" if luck < 0.75 else "cancel"
            yield {"key": key, "verb": verb, "order": placed.pop(chance.randrange(len(placed)))}
        else:
            yield {"key": key, "verb": "find", "sku": chance.choice(SKUS)}


def ask(app: App, journal: Journal, intent: dict[str, Any]) -> None:
    request = ask_of(intent)
    call = Call(request, actor="client", key=intent["key"], input_hash=hash_of_request(request))
    outcome = app.writer.call(call)
    if outcome.refusal is not None:
        assert not outcome.refusal.retryable, outcome.refusal
        journal.told(intent["key"], outcome.refusal.code, None)
    else:
        journal.told(intent["key"], intent["verb"], json.loads(outcome.body or b"null"))


def client(app: App, path: Path, seed: int, *, finish: bool) -> None:
    journal = Journal(path)
    for intent in journal.unanswered:
        ask(app, journal, intent)
    if finish:
        return
    for intent in intents(random.Random(f"{seed}/{path.name}"), journal, path.stem):
        journal.intend(intent)
        ask(app, journal, intent)


def main(url: str, folder: str, seed: int, *, finish: bool) -> None:
    log.quiet = True
    app = open_app(url)
    app.writer.start()
    threads = [
        threading.Thread(target=client, args=(app, Path(folder) / f"c{n}.jsonl", seed), kwargs={"finish": finish})
        for n in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    for thread in threads:
        thread.join()
    app.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), finish="finish" in sys.argv[4:])
