"""The payment provider of the demonstration: the simulated one, spoken to by the same jobs, without a network between.

While the months are made, jobs' requests are answered here at once and all of a round share one commit. While people
look, the provider listens on loopback like any other; see `living`.
"""

import json
from typing import Any

import sqlalchemy as sa

from ..app import App
from ..flows.keep_providers import KeepProvider
from ..flows.record_provider_event import RecordProviderEvents, as_request
from ..kit.jobs import Runner
from ..kit.writer import Call, Outcome
from ..payments.provider import told
from ..payments.simulated_state import DONE, Books, Charge, Refusal
from ..payments.store import PAYMENTS, PROVIDER_EVENTS
from ..values.ids import show

PROVIDER, ACCOUNT = "simulated", "lumen-en-huis"
URL = "http://127.0.0.1:1"  # until somebody listens
SECRET_ENV = "ORDERWELL_DEMO_PROVIDER_SECRET"
AT_ONCE = 400  # jobs a round


class Answer:
    """As much of an HTTP answer as `payments.provider.HttpPort` looks at."""

    def __init__(self, status_code: int, body: Any) -> None:
        self.status_code, self._body = status_code, body
        self.headers: dict[str, str] = {}

    def json(self) -> Any:
        return self._body


class InProcess:
    """The provider's API as an HTTP client sees it, answered from its books."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def request(self, method: str, url: str, *, json: Any, headers: dict[str, str]) -> Answer:
        parts = url.removeprefix(URL).strip("/").split("/")
        try:
            match method, parts:
                case "GET", ["payments", name]:
                    charge = self._books.find(name)
                case "POST", ["payments"]:
                    charge = self._books.start(json)
                case "POST", ["payments", name, verb] if verb in DONE:
                    charge = self._books.operate(name, verb, headers["idempotency-key"], json["amount"])
                case _:
                    return Answer(404, {"detail": "no such address"})
        except Refusal as refusal:
            return Answer(refusal.status, {"detail": refusal.detail})
        return Answer(200, self._books.shown(charge))


class Together:
    """Stands where a writer stands, and keeps what jobs ask, so that all of it goes in one batch."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def call(self, call: Call) -> Outcome:
        self.calls.append(call)
        return Outcome({})


def found_at(url: str = URL) -> KeepProvider:
    """The request that says where the provider is."""
    return KeepProvider(PROVIDER, url, ACCOUNT, SECRET_ENV)


class SimulatedProvider:
    """Charges of the months before today, and the jobs that speak of them."""

    def __init__(self, app: App) -> None:
        self._app, self.books = app, Books(ACCOUNT, URL)

    def paid(self, reference: str, method: str, amount_minor: int, choice: str = "pay") -> Charge:
        """A web shop sent its customer to the provider, and this is what the customer did there."""
        charge = self.books.begin(reference, method, amount_minor, "EUR")
        self.books.choose(charge.id, choice)
        return charge

    def notification(self, charge: Charge) -> RecordProviderEvents:
        """All that is known of a charge, as its notifications tell it."""
        return as_request(PROVIDER, told(json.loads(json.dumps(self.books.shown(charge)))))

    def do_jobs(self) -> int:
        """Run what is due; how many jobs that were. They are done once what they asked is committed."""
        together, count = Together(), 0
        runner = Runner(
            self._app.database, together, self._app.clock, name="demo", http=InProcess(self.books),  # type: ignore[arg-type]
            per_queue=AT_ONCE,
        )  # fmt: skip
        while jobs := runner.claim(AT_ONCE):
            ended = [runner.run(job) for job in jobs]
            now = self._app.clock.now()
            for call in together.calls:
                call.at = now
            for outcome in self._app.writer.run(together.calls):
                outcome.value()
            together.calls.clear()
            runner.finish(ended)
            count += len(jobs)
        return count


def restored_books(app: App, url: str) -> Books:
    """The provider's books as we were told of them: it forgets everything when its process ends."""
    books = Books(ACCOUNT, url)
    with app.database.reading() as connection:
        told_of: dict[str, list[dict[str, Any]]] = {}
        ours = sa.select(PROVIDER_EVENTS.sa).where(PROVIDER_EVENTS.c.provider == PROVIDER)
        for event in connection.execute(ours):
            told_of.setdefault(event.provider_reference, []).append(_event(event))
        known = sa.select(PAYMENTS.sa).where(PAYMENTS.c.provider == PROVIDER, PAYMENTS.c.provider_reference != "")
        for row in connection.execute(known):
            books.keep(_charge(row, told_of.get(row.provider_reference, [])))
    return books


def _event(row: Any) -> dict[str, Any]:
    return {
        "id": row.id.removeprefix(f"{PROVIDER}/"), "type": row.type, "amount": row.amount_minor,
        "currency": row.currency, "operation": row.operation,
    }  # fmt: skip


def _charge(row: Any, events: list[dict[str, Any]]) -> Charge:
    paid = max(row.authorised_minor, row.captured_minor)
    return Charge(
        row.provider_reference, show("payment", row.id), row.provider_method, row.currency, row.amount_minor,
        row.return_url, "paid" if paid else "open" if row.outcome == "new" else row.outcome, paid, row.captured_minor,
        row.voided_minor, row.refunded_minor, sorted(events, key=lambda each: int(each["id"].rpartition("-")[2])),
    )  # fmt: skip
