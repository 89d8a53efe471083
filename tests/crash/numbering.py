"""A process in which 64 threads ask for invoices and credit notes, and three in ten give up after a number was drawn.

    python -m tests.crash.numbering DATABASE LIFE

Writes every number it was given to standard out. Goes on until it is killed. Its clock goes on by hours.
"""

import random
import sys
import threading
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderwell.app import App, open_app
from orderwell.flows.issue_credit_note import CreditLine, IssueCreditNote
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.ship_order import ShipOrder
from orderwell.inventory.model import Location
from orderwell.inventory.store import LOCATIONS
from orderwell.invoicing import actions as invoicing
from orderwell.kit.clock import TestClock
from orderwell.kit.errors import Conflict
from orderwell.kit.events import announce
from orderwell.kit.log import log
from orderwell.kit.picture import Tx
from orderwell.kit.writer import Call, flow
from orderwell.values.calendar import DAY
from tests.support.shop import MONDAY

CLIENTS = 64
HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class TakeNumberAndGiveUp:
    series: str
    poison: bool  # it is the database that refuses, and with this all that is written in the same transaction


@flow(TakeNumberAndGiveUp)
def take_number_and_give_up(tx: Tx, ask: TakeNumberAndGiveUp) -> dict[str, Any]:
    invoicing.next_number(tx, ask.series)
    if not ask.poison:
        raise Conflict("Changed my mind.")
    id_ = tx.new_id()
    tx.add(LOCATIONS, Location(id_, 1, f"burnt-{id_}", "x", "stock", 0, "burning"))
    announce(tx, "location.added", "location", id_)
    return {}


class Given:
    """Numbers that were acknowledged, for whoever reads along."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def tell(self, number: str) -> None:
        with self._lock:
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


class Hours:
    """Time passes, now and then, while others are at it."""

    def __init__(self, clock: TestClock) -> None:
        self._lock, self._clock = threading.Lock(), clock

    def pass_by(self) -> None:
        with self._lock:
            self._clock.advance_to(self._clock.now() + HOUR)


def client(app: App, given: Given, hours: Hours, chance: random.Random) -> None:
    while True:
        luck = chance.random()
        if luck < 0.3:
            ask = TakeNumberAndGiveUp(chance.choice(["INV", "CRN"]), poison=luck < 0.03)
            assert app.writer.call(Call(ask)).refusal is not None
        elif luck < 0.35:
            app.writer.ask(PlaceOrder("web", [LineAsk("postage", Decimal(1))], draft=True))  # takes no number
        elif luck < 0.55:
            given.tell(
                app.writer.ask(IssueCreditNote([CreditLine("postage", Decimal(1), unit_price=Decimal(5))]))["number"]
            )
        else:
            order = app.writer.ask(PlaceOrder("web", [LineAsk("postage", Decimal(1))]))["id"]
            given.tell(app.writer.ask(ShipOrder(order))["invoice"])
        if chance.random() < 0.2:
            hours.pass_by()


def main(url: str, life: int) -> None:
    log.quiet = True
    clock = TestClock(MONDAY + 30 * life * DAY)
    app = open_app(url, clock=clock)
    app.writer.start()
    given, hours = Given(), Hours(clock)
    for n in range(CLIENTS):
        threading.Thread(target=client, args=(app, given, hours, random.Random(f"{life}/{n}"))).start()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
