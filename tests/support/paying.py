"""A shop with a payment provider: the simulated one on loopback, its notifications kept until a test delivers them.

paying = Paying(shop)
payment = paying.start(order, "redirect")
paying.customer(payment, "pay")
paying.deliver()
"""

import json
from collections.abc import Sequence
from typing import Any

from orderwell.flows.keep_providers import KeepProvider
from orderwell.flows.record_provider_event import as_request
from orderwell.flows.start_payment import StartPayment
from orderwell.payments import queries
from orderwell.payments.provider import notification
from orderwell.payments.simulated import Faults, Server
from orderwell.payments.simulated_state import Charge
from orderwell.values.ids import parse
from orderwell.worker import Worker
from tests.support.shop import Shop

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ACCOUNT = "lamp-and-co"

Notification = tuple[dict[str, str], bytes]


class Paying:
    def __init__(self, shop: Shop, *, seed: int = 0, faults: Faults | None = None) -> None:
        self.shop = shop
        self.notifications: list[Notification] = []
        self.server = Server(account=ACCOUNT, secret=SECRET, seed=seed, faults=faults, deliver=self._keep).start()
        self.books = self.server.simulated.books
        shop.do(KeepProvider("simulated", self.server.url, ACCOUNT))
        self.worker = Worker(shop.app)

    def close(self) -> None:
        self.worker.stop()
        self.server.stop()

    def _keep(self, headers: dict[str, str], body: bytes) -> bool:
        self.notifications.append((headers, body))
        return True

    def start(self, order: str, method: str = "redirect", **more: Any) -> str:
        """Start a payment and let the worker tell the provider; its id."""
        payment = self.shop.do(StartPayment(order, "simulated", method, **more))["id"]  # type: ignore[arg-type]
        self.worker.tick()
        return str(payment)

    def charge(self, payment: str) -> Charge:
        return self.books.find(payment)

    def customer(self, payment: str, choice: str = "pay") -> None:
        """What the customer does on the provider's page. The shop hears of it when something is delivered."""
        self.books.choose(payment, choice)

    def told(self, payment: str) -> list[Notification]:
        """Everything the provider would notify of a payment, signed, in the order it happened."""
        from orderwell.payments.simulated import signed

        charge = self.books.find(payment)
        found = []
        for event in charge.events:
            raw = json.dumps(self.books.notification(charge, event)).encode()
            found.append((signed(SECRET, event["id"], raw), raw))
        return found

    def deliver(self, payment: str, which: Sequence[Notification] | None = None) -> None:
        """Hand notifications in as the face does: all of a payment's, or these, in this order."""
        for headers, body in self.told(payment) if which is None else which:
            self.receive(headers, body)

    def receive(self, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        return dict(self.shop.do(as_request("simulated", notification(body, headers, SECRET))))

    def look(self, payment: str) -> dict[str, Any]:
        with self.shop.app.database.reading() as connection:
            found = queries.payment(connection, parse("payment", payment) or 0)
        assert found is not None
        return found

    def tasks(self) -> list[str]:
        return [kind for (kind,) in self.shop.rows("SELECT kind FROM tasks WHERE status = 'open' ORDER BY id")]

    def paid(self, payment: str) -> tuple[str, int, int, int, int]:
        """Status, authorised, captured, voided, refunded."""
        found = self.look(payment)
        return found["status"], found["authorised"], found["captured"], found["voided"], found["refunded"]

    def minutes_pass(self, minutes: int) -> None:
        self.shop.clock.advance_to(self.shop.clock.now() + minutes * 60_000_000)
