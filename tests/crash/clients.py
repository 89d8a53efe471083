"""Clients of the API that keep journals, as careful callers do: what they will ask, then what they were told.

Each asks again, with the same key, what it got no answer to; then it goes on until nobody answers.
"""

import json
import os
import random
import threading
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

import httpx2

from orderwell.app import open_app
from tests.support.shop import Shop

CLIENTS = 8
SKUS = ("apple", "bread", "cider")
EVENTS = {  # what is asked → the event that tells it was done
    "place": "order.placed",
    "pay": "payment.received",
    "find": "stock.adjusted",
    "ship": "order.shipped",
    "refund": "payment.refunded",
    "cancel": "order.cancelled",
}
TRIES = 20  # of a request that is told to come back


class Journal:
    """A file of one client: every line is on the disk before the next thing happens."""

    def __init__(self, path: Path) -> None:
        self.intents: dict[str, Any] = {}
        self.answers: dict[str, Any] = {}
        for line in path.read_text().splitlines() if path.exists() else ():
            kept = json.loads(line)
            (self.answers if "status" in kept else self.intents)[kept["key"]] = kept
        self._path = path

    @cached_property
    def _file(self) -> TextIO:
        return self._path.open("a")

    @property
    def unanswered(self) -> list[Any]:
        return [each for key, each in self.intents.items() if key not in self.answers]

    @property
    def done(self) -> list[Any]:
        """What was asked and acknowledged."""
        return [self.intents[key] for key, told in self.answers.items() if told["status"] < 300]

    def intend(self, intent: dict[str, Any]) -> None:
        self._keep(intent)
        self.intents[intent["key"]] = intent

    def told(self, key: str, status: int, answer: Any) -> None:
        told = {"key": key, "status": status, "answer": answer}
        self._keep(told)
        self.answers[key] = told

    def _keep(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


class Crowd:
    """Eight clients at once, each a thread with a connection and a journal of its own."""

    def __init__(self, url: str, folder: Path, secret: str, seed: int, *, finish: bool = False) -> None:
        self.answers = 0
        self._threads = []
        for n in range(CLIENTS):
            client = Client(url, folder / f"c{n}.jsonl", secret, self._answered)
            self._threads.append(threading.Thread(target=client.work, args=(seed, finish), name=f"client {n}"))
        self.failures: list[str] = []
        self._answers = threading.Condition()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait_for_answers(self, count: int) -> None:
        with self._answers:
            assert self._answers.wait_for(lambda: self.answers >= count or self.failures, 60), "nobody is answered"

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "a client hangs"
        assert not self.failures, self.failures

    def _answered(self, failure: str | None) -> None:
        with self._answers:
            self.answers += 1
            if failure is not None:
                self.failures.append(failure)
            self._answers.notify()


class Client:
    def __init__(self, url: str, path: Path, secret: str, answered: Callable[[str | None], None]) -> None:
        self._path, self._url, self._answered = path, url, answered
        self._headers = {"authorization": f"Bearer {secret}"}

    def work(self, seed: int, finish: bool) -> None:
        journal = Journal(self._path)
        try:
            with httpx2.Client(base_url=f"{self._url}/api/v1", headers=self._headers, timeout=30) as http:
                for intent in journal.unanswered:
                    self._ask(http, journal, intent)
                if finish:
                    return
                for intent in intents(random.Random(f"{seed}/{self._path.name}"), journal, self._path.stem):
                    journal.intend(intent)
                    self._ask(http, journal, intent)
        except httpx2.TransportError:
            pass  # nobody is there any more; what was not answered is asked again when somebody is
        except Exception as error:
            self._answered(repr(error))
        finally:
            journal.close()

    def _ask(self, http: httpx2.Client, journal: Journal, intent: dict[str, Any]) -> None:
        """Ask until told what became of it; the request's id is its key, so that its events can be found."""
        headers = {"idempotency-key": intent["key"], "request-id": intent["key"]}
        for _ in range(TRIES):
            answer = http.post(intent["path"], json=intent["body"], headers=headers)
            if answer.status_code not in (503, 429):
                break
        if answer.status_code >= 500:
            raise AssertionError(f"{intent}: {answer.status_code} {answer.text}")
        journal.told(intent["key"], answer.status_code, answer.json())
        self._answered(None)


def intents(chance: random.Random, journal: Journal, name: str) -> Iterator[dict[str, Any]]:
    """Mostly orders; some of those that came through are paid, shipped or cancelled, some money goes back, some goods
    are found, which are set aside for orders that wait for them."""
    n = len(journal.intents)
    while True:
        n += 1
        yield {"key": f"{name}-{n}", **one(chance, journal, f"{name}-{n}")}


def one(chance: random.Random, journal: Journal, key: str) -> dict[str, Any]:
    orders, unpaid, payments = known(journal)
    luck = chance.random()
    if luck < 0.4 or not orders:
        lines = [{"sku": sku, "quantity": str(chance.randint(1, 3))} for sku in chance.sample(SKUS, 2)]
        named = {"reference": key} if chance.random() < 0.5 else {}  # without one the key alone stands against doubles
        return {"verb": "place", "path": "/orders", "body": {"channel": "web", "lines": lines, **named}}
    if luck < 0.5:
        body = {"location": "main", "reason": "found", "lines": [{"sku": chance.choice(SKUS), "quantity": "5"}]}
        return {"verb": "find", "path": "/stock/adjustments", "body": {**body, "note": key}}
    if luck < 0.65 and unpaid:
        body = {"method": "bank_transfer", "order": chance.choice(unpaid), "reference": key}
        return {"verb": "pay", "path": "/payments", "body": body}
    if luck < 0.75 and payments:
        return {"verb": "refund", "path": f"/payments/{chance.choice(payments)}/refund", "body": {"amount": 50}}
    verb = "ship" if luck < 0.9 else "cancel"
    return {"verb": verb, "path": f"/orders/{chance.choice(orders)}/{verb}", "body": {}}


def known(journal: Journal) -> tuple[list[str], list[str], list[str]]:
    """Orders that are still here, those of them that nobody paid, and payments: as far as a client was told."""
    orders: dict[str, bool] = {}
    payments = []
    for intent in journal.done:
        answer = journal.answers[intent["key"]]["answer"]
        if intent["verb"] == "place":
            orders[answer["id"]] = False
        elif intent["verb"] == "pay":
            payments.append(answer["id"])
            if intent["body"]["order"] in orders:
                orders[intent["body"]["order"]] = True
        elif intent["verb"] in ("ship", "cancel"):
            orders.pop(intent["path"].split("/")[2], None)
    return list(orders), [order for order, paid in orders.items() if not paid], payments


def furnish(url: str) -> str:
    """A shop with goods for a while, one of which may be backordered; an API key that may do everything."""
    from orderwell.cli.setting_up import first_key

    shop = Shop(url, served=True)
    shop.sku("apple", price="1.99", stock=600, cost=80)
    shop.sku("bread", price="2.55", stock=20, cost=123, backorder="yes")
    shop.sku("cider", price="7.00", stock=300, cost=333, tax_class="reduced")
    shop.close()
    app = open_app(url)
    secret = first_key(app)
    app.close()
    return secret
