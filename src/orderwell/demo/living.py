"""While people look: customers who order and pay now and then, colleagues who pack and sell; through the same writer.

They never order what is not there, leave work for whoever looks, and stop where a demonstration has grown large.
"""

import random
import threading
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ..access.store import PERSON_ROLES
from ..app import App
from ..business.store import BUSINESS
from ..catalog.store import SKUS
from ..customers.store import CUSTOMERS
from ..flows.cancel_order import CancelOrder
from ..flows.deliver_parcel import DeliverParcel
from ..flows.pack_parcel import PackOrder
from ..flows.place_order import AddressAsk, LineAsk, PlaceOrder
from ..flows.receive_purchase import ReceivePurchase
from ..flows.refund_payment import RefundOrder
from ..flows.sell_at_till import Sell
from ..flows.ship_parcel import ShipParcel
from ..flows.start_payment import StartPayment
from ..inventory.store import LOCATIONS, STOCK
from ..kit.errors import Conflict, Denied, Refused
from ..kit.log import log
from ..kit.writer import Call
from ..orders.store import ALLOCATIONS, ORDERS
from ..payments.simulated import Server, post_to
from ..payments.simulated_state import Refusal
from ..purchasing.store import PURCHASE_LINES, PURCHASE_ORDERS
from ..shipping.store import PARCELS
from ..values.calendar import SECOND, day_of
from ..values.ids import show
from .house import SHOPS, WAREHOUSE, ZONE, House
from .making import FULL, SEED
from .provider import ACCOUNT, PROVIDER, found_at, restored_books

LEAST_SECONDS, MEAN_SECONDS, MOST_SECONDS = 3, 12, 45  # between one act and the next
MOST_ORDERS = 20_000  # of the whole business: then nobody orders any more
FIRST_NUMBER = 20_000  # above what the history has numbered
LEFT_FOR_PEOPLE = 8  # orders to be packed that the simulated packers do not touch
SPARE_UNITS = 2  # what is left of a SKU when nobody orders it any more
ON_THE_WAY_SECONDS = 240  # a parcel's, at least: nobody looks for a whole day


class Provider:
    """The simulated payment provider on loopback, for as long as the server runs."""

    def __init__(self, app: App, server_url: str, secret: str) -> None:
        notify = post_to(f"{server_url}/api/v1/providers/{PROVIDER}/notifications")
        self.server = Server(account=ACCOUNT, secret=secret, seed=SEED, deliver=notify)
        self.server.simulated.restore(restored_books(app, self.server.url))
        self.server.start()
        app.writer.ask(found_at(self.server.url), actor="demo", request_id="demo/provider")

    def choose(self, payment: str, choice: str) -> bool:
        """What a customer does on the provider's page; False while the provider has not heard of the payment."""
        simulated = self.server.simulated
        with simulated.lock:
            try:
                simulated.settle(simulated.books.choose(payment, choice))
            except Refusal:
                return False
        return True

    def stop(self) -> None:
        self.server.stop()


class Living:
    """One thread. `act` does one thing that happens in a shop; between two it waits, at most so long."""

    def __init__(self, app: App, provider: Provider, *, chance: random.Random | None = None) -> None:
        with app.database.reading() as connection:
            mode = connection.execute(sa.select(BUSINESS.c.mode)).scalar()
            known = connection.execute(sa.select(sa.func.count()).select_from(CUSTOMERS.sa)).scalar_one()
            roles = connection.execute(sa.select(PERSON_ROLES.c.role, PERSON_ROLES.c.person_id)).all()
        if mode != "demo":
            raise Denied("Simulated customers order in demonstration businesses only.")
        self._app, self._provider = app, provider
        self._chance = chance or random.Random()
        self._house = House(random.Random(SEED), FULL.orders, known - 1, FULL.days)
        self._staff = {role: show("person", person) for role, person in roles}
        self._at_checkout: list[str] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._live, name="demo", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _live(self) -> None:
        while not self._stopping.wait(self._pause()):
            try:
                self.act()
            except Refused as refusal:
                log.warning("demo.refused", code=refusal.code, error=refusal.detail)
            except sa.exc.SQLAlchemyError as error:
                log.warning("demo.no_database", error=str(error))

    def _pause(self) -> float:
        return min(MOST_SECONDS, LEAST_SECONDS + self._chance.expovariate(1 / (MEAN_SECONDS - LEAST_SECONDS)))

    def act(self) -> str:
        """One thing; what it was."""
        if self._at_checkout:
            return self._check_out()
        acts = [self._order, self._sell, self._pack, self._deliver, self._receive, self._change_mind]
        return self._chance.choices(acts, [45, 15, 20, 12, 4, 2])[0]()

    # -- customers

    def _order(self) -> str:
        lines = self._wanted(WAREHOUSE, range(len(self._house.goods)))
        if not lines or self._grown():
            return "nothing"
        customer = self._chance.choice(self._house.persons)
        abroad = customer.country != "NL"
        placed = self._ask(
            PlaceOrder(
                "web", [*lines, LineAsk("postage-eu" if abroad else "postage", Decimal(1))],
                reference=self._number("W"), customer=customer.reference, payment_method="redirect",
                ship_to=AddressAsk(
                    customer.name, customer.street, customer.postcode, customer.city, customer.country
                ),
            ),
            "channel:web",
        )  # fmt: skip
        if placed is None:
            return "nothing"
        payment = self._ask(StartPayment(placed["id"], PROVIDER, "redirect"), "channel:web")
        if payment is not None:
            self._at_checkout.append(payment["id"])
        return "order"

    def _check_out(self) -> str:
        """Most pay; some close the page, and their order expires."""
        choice = self._chance.choices(["pay", "cancel"], [94, 6])[0]
        if self._provider.choose(self._at_checkout[0], choice):
            self._at_checkout.pop(0)
            return choice
        return "waiting"

    def _sell(self) -> str:
        shop = self._chance.choice(SHOPS)
        lines = self._wanted(shop, self._house.in_shops)
        if not lines or self._grown():
            return "nothing"
        sold = self._ask(
            Sell(f"till-{shop}", lines, shop, "pin", reference=self._number(shop[0].upper())),
            self._somebody("shop_floor"),
        )
        return "sale" if sold is not None else "nothing"

    def _change_mind(self) -> str:
        """The newest order that is paid and still here is cancelled, and paid back."""
        query = sa.select(ORDERS.c.id).join(ALLOCATIONS.sa, ALLOCATIONS.c.order_id == ORDERS.c.id)
        query = query.where(ORDERS.c.status == "placed", ORDERS.c.terms_days == 0, ALLOCATIONS.c.promised > 0)
        for order in self._column(query.order_by(ORDERS.c.id.desc()).limit(1)):
            desk = self._somebody("customer_service")
            if self._ask(CancelOrder(show("order", order), reason="changed their mind"), desk) is not None:
                self._ask(RefundOrder(show("order", order), reason="cancelled"), desk)
                return "cancellation"
        return "nothing"

    def _wanted(self, place: str, among: Any) -> list[LineAsk]:
        """One to three things that are there, the popular ones more often."""
        there = self._available(place)
        possible = [n for n in among if there.get(self._house.goods[n].code, 0) > SPARE_UNITS]
        if not possible:
            return []
        weights = [self._house.weights[n] for n in possible]
        chosen = set(self._chance.choices(possible, weights, k=self._chance.choices([1, 2, 3], [6, 3, 1])[0]))
        return [LineAsk(self._house.goods[n].code, Decimal(1)) for n in sorted(chosen)]

    def _available(self, place: str) -> dict[str, int]:
        query = (
            sa.select(SKUS.c.code, STOCK.c.on_hand - STOCK.c.promised)
            .join(STOCK.sa, STOCK.c.sku_id == SKUS.c.id)
            .join(LOCATIONS.sa, LOCATIONS.c.id == STOCK.c.location_id)
            .where(LOCATIONS.c.code == place, SKUS.c.status == "active")
        )
        with self._app.database.reading() as connection:
            return {code: units for code, units in connection.execute(query)}

    def _grown(self) -> bool:
        return self._orders() >= MOST_ORDERS

    def _orders(self) -> int:
        return int(self._column(sa.select(sa.func.count()).select_from(ORDERS.sa))[0])

    def _number(self, letter: str) -> str:
        """The next order's number on its channel, behind those of the history."""
        return f"{letter}{FIRST_NUMBER + self._orders()}"

    # -- colleagues

    def _pack(self) -> str:
        """A packed parcel leaves; else the oldest order that is paid is packed, while enough of them wait."""
        packer = self._somebody("warehouse")
        for parcel in self._column(_parcels("packed")):
            self._ask(ShipParcel(show("parcel", parcel)), packer)
            return "shipment"
        query = (
            sa.select(ORDERS.c.id)
            .join(ALLOCATIONS.sa, ALLOCATIONS.c.order_id == ORDERS.c.id)
            .where(ORDERS.c.status == "placed", ORDERS.c.expires_at.is_(None), ALLOCATIONS.c.promised > 0)
        )
        ready = self._column(query.distinct().order_by(ORDERS.c.id).limit(LEFT_FOR_PEOPLE + 1))
        if len(ready) <= LEFT_FOR_PEOPLE:
            return "nothing"
        tracking = f"3SLUMEN{self._chance.randrange(10**8):08d}"
        self._ask(PackOrder(show("order", ready[0]), carrier="PostNL", tracking=tracking), packer)
        return "packing"

    def _deliver(self) -> str:
        before = self._app.clock.now() - ON_THE_WAY_SECONDS * SECOND
        for parcel in self._column(_parcels("shipped").where(PARCELS.c.shipped_at < before)):
            self._ask(DeliverParcel(show("parcel", parcel)), "carrier:postnl")
            return "delivery"
        return "nothing"

    def _receive(self) -> str:
        """What a supplier was to bring by today comes in."""
        today, line = day_of(self._app.clock.now(), ZONE), PURCHASE_LINES.c
        due = (line.purchase_order_id == PURCHASE_ORDERS.c.id) & (line.received + line.cancelled < line.quantity)
        query = sa.select(PURCHASE_ORDERS.c.id).where(PURCHASE_ORDERS.c.expected_on <= today)
        query = query.where(sa.select(line.n).where(due).exists()).order_by(PURCHASE_ORDERS.c.id).limit(1)
        for purchase in self._column(query):
            self._ask(ReceivePurchase(show("purchase_order", purchase)), self._somebody("warehouse"))
            return "receipt"
        return "nothing"

    # -- asking

    def _somebody(self, role: str) -> str:
        return self._staff.get(role, "demo")

    def _ask(self, ask: Any, actor: str) -> Any:
        """The answer; None where somebody was quicker, as happens in any shop."""
        outcome = self._app.writer.call(Call(ask, actor=actor, request_id="demo/living"))
        if isinstance(outcome.refusal, Conflict):
            return None
        return outcome.value()

    def _column(self, query: sa.Select[Any]) -> list[Any]:
        with self._app.database.reading() as connection:
            return list(connection.execute(query).scalars())


def _parcels(status: str) -> sa.Select[Any]:
    return sa.select(PARCELS.c.id).where(PARCELS.c.status == status).order_by(PARCELS.c.id).limit(1)
