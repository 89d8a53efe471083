"""The demonstration business: sixty days of a shop, through the same requests as real ones, each at its own time.

The same on every machine: chance is seeded, only the days are counted back from today.
"""

import heapq
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..app import App
from ..flows.adjust_stock import AdjustLine, AdjustStock
from ..flows.cancel_order import CancelOrder
from ..flows.deliver_parcel import DeliverParcel
from ..flows.keep_catalog import AddChannel, AddLocation, AddProduct, AddSku, SetTaxRate
from ..flows.keep_customers import AddCustomer
from ..flows.ordered_units import UnitsAsk
from ..flows.pack_parcel import PackOrder
from ..flows.pick_order import PickOrder
from ..flows.place_order import AddressAsk, LineAsk, PlaceOrder
from ..flows.receive_payment import ReceivePayment
from ..flows.return_goods import AnnounceReturn, InspectedUnits, InspectReturn, ReceiveReturn
from ..flows.set_up import SetUpBusiness
from ..flows.ship_order import ShipOrder
from ..kit.errors import Conflict, Denied
from ..kit.writer import Call
from ..values.calendar import DAY
from .demo_goods import CUSTOMERS, GOODS, PRODUCTS, SERVICES
from .errors import say
from .opening import database_at, opened
from .setting_up import business_of, in_production, migrated

DAYS = 60
ORDERS = 200
HOUR = DAY // 24


def prepare_demo(url: str, schema: str | None) -> None:
    """A demonstration business in this database, unless it holds one. Refused where it is meant in earnest."""
    if in_production():
        raise Denied("ORDERWELL_MODE says production: no demonstration data is made here. Leave out --demo.")
    with database_at(url, schema, create=True) as database:
        migrated(database, quiet=True)
    with opened(url, schema) as app:
        business = business_of(app)
        if business is None:
            say("Making a demonstration business; this takes a few seconds.")
            Demo(app).make()
        elif business.mode == "production":
            raise Denied(f"{business.name} is in production: --demo is not for it. Leave it out.")


class Demo:
    """Things to do in order of time; doing one may put others on the agenda."""

    def __init__(self, app: App) -> None:
        self.app, self.chance = app, random.Random(20_261_122)
        self.now = app.clock.now()
        self.start = (self.now // DAY - DAYS) * DAY
        self.agenda: list[tuple[int, int, Callable[[int], None]]] = []
        self.counted = 0

    def make(self) -> None:
        self._open_shop()
        for n in range(ORDERS):
            day = n * DAYS // ORDERS
            at = self.start + day * DAY + self.chance.randrange(7 * HOUR, 20 * HOUR)
            self._plan(at, lambda at, n=n: self._order(at, n + 1))  # type: ignore[misc]
        while self.agenda and self.agenda[0][0] < self.now:
            at, _, act = heapq.heappop(self.agenda)
            act(at)

    def _plan(self, at: int, act: Callable[[int], None]) -> None:
        self.counted += 1
        heapq.heappush(self.agenda, (at, self.counted, act))

    def _later(self, at: int, days: float, act: Callable[[int], None]) -> None:
        self._plan(at + int(days * DAY) + self.chance.randrange(HOUR), act)

    def _do(self, ask: Any, at: int) -> Any:
        return self.app.writer.call(Call(ask, actor="demo", request_id=f"demo-{self.counted}-{at}", at=at)).value()

    def _try(self, ask: Any, at: int) -> Any:
        """For what a shop may find to be impossible by now, such as shipping what was cancelled."""
        try:
            return self._do(ask, at)
        except Conflict:
            return None

    # -- the shop

    def _open_shop(self) -> None:
        at = self.start
        self._do(SetUpBusiness("Orderwell demo shop", "EUR", "Europe/Amsterdam", "NL", mode="demo"), at)
        for tax_class, rate in (("standard", 21), ("reduced", 9)):
            self._do(SetTaxRate(tax_class, Decimal(rate)), at)
        for code, name, kind in (("web", "Web shop", "web"), ("till", "Till", "till"), ("phone", "Phone", "phone")):
            self._do(AddChannel(code, name, kind), at)  # type: ignore[arg-type]
        self._do(AddLocation("store", "Store · Winkel", priority=2), at)
        self._do(AddLocation("depot", "Depot · Magazijn", priority=1), at)
        for code, name in PRODUCTS.items():
            self._do(AddProduct(code, name), at)
        for each in GOODS:
            self._do(
                AddSku(
                    each.code, each.name, product=each.product, price=Decimal(each.price), tax_class=each.tax_class,
                    backorder=each.backorder,  # type: ignore[arg-type]
                ),
                at,
            )  # fmt: skip
        for code, name, price, revenue in SERVICES:
            self._do(AddSku(code, name, kind="service", price=Decimal(price), revenue=revenue), at)  # type: ignore[arg-type]
        for place, least, most in (("depot", 40, 90), ("store", 5, 20)):
            self._do(AdjustStock(place, "opening", [self._opening(each, least, most) for each in GOODS]), at)
        for n, (name, kind, country, _) in enumerate(CUSTOMERS, 1):
            self._do(self._customer(n, name, kind, country), at)

    def _opening(self, goods: Any, least: int, most: int) -> AdjustLine:
        units = self.chance.randrange(least, most) if goods.backorder == "no" else 3
        return AdjustLine(goods.code, Decimal(units), cost=units * goods.cost_minor)

    def _customer(self, n: int, name: str, kind: str, country: str) -> AddCustomer:
        company = kind == "company"
        return AddCustomer(
            name, reference=f"C{1000 + n}", kind=kind, email=f"customer{n}@example.com", country=country,  # type: ignore[arg-type]
            locale={"NL": "nl", "BE": "nl", "DE": "de"}.get(country, "en"),
            payment_method="on_account" if company else "bank_transfer", terms_days=(14 + n % 2 * 16) if company else 0,
        )  # fmt: skip

    # -- the days

    def _order(self, at: int, n: int) -> None:
        number = self.chance.randrange(len(CUSTOMERS))
        name, kind, country, city = CUSTOMERS[number]
        channel = self.chance.choices(["web", "phone", "till"], [7, 2, 1])[0]
        goods = self.chance.sample(GOODS, self.chance.choices([1, 2, 3, 5], [4, 4, 2, 1])[0])
        most = 6 if kind == "company" else 2
        lines = [LineAsk(each.code, Decimal(self.chance.randint(1, most))) for each in goods]
        if channel != "till":
            lines.append(LineAsk("postage", Decimal(1)))
        placed = self._try(
            PlaceOrder(
                channel, lines, reference=f"{channel[0].upper()}{n:05d}", customer=f"C{1001 + number}",
                ship_to=AddressAsk(name, f"Dorpsstraat {n % 90 + 1}", "1234 AB", city, country), draft=n % 40 == 0,
            ),
            at,
        )  # fmt: skip
        if placed is not None and n % 40:
            self._continue(at, placed["id"], n, company=kind == "company", till=channel == "till")

    def _continue(self, at: int, order: str, n: int, *, company: bool, till: bool) -> None:
        """What becomes of an order: most are paid, sent and delivered; every kind of trouble happens now and then."""
        if n % 17 == 0:
            return self._later(at, 0.5, lambda at: self._try(CancelOrder(order, reason="changed their mind"), at))
        if n % 13 == 0:
            self._later(at, 0.3, lambda at: self._try(CancelOrder(order, lines=[UnitsAsk(1, Decimal(1))]), at))
        if not company and n % 11:
            method = "pin" if till else "bank_transfer"
            self._later(at, 0.02 if till else 1, lambda at: self._try(ReceivePayment(method, order=order), at))  # type: ignore[arg-type]
        elif company and n % 3:
            self._later(at, 20, lambda at: self._try(ReceivePayment("bank_transfer", order=order), at))
        if n % 19 == 0:
            return self._later(at, 0.8, lambda at: self._try(PickOrder(order), at))
        if n % 23 == 0:
            return self._later(at, 0.9, lambda at: self._try(PackOrder(order, carrier="PostNL"), at))
        patience = 0.05 if till else 1.2 if n < ORDERS - 12 else 4  # the newest are still on their way to the parcel
        return self._later(at, patience, lambda at: self._ship(at, order, n))

    def _ship(self, at: int, order: str, n: int) -> None:
        sent = self._try(ShipOrder(order, carrier="PostNL", tracking=f"3SDEMO{n:07d}"), at)
        for parcel in sent["parcels"] if sent is not None else []:
            if n % 29:
                self._later(at, 1.5, lambda at, parcel=parcel: self._try(DeliverParcel(parcel), at))  # type: ignore[misc]
        if sent is not None and n % 12 == 0:
            self._later(at, 6, lambda at: self._return(at, order))

    def _return(self, at: int, order: str) -> None:
        one = [UnitsAsk(1, Decimal(1))]
        coming = self._try(AnnounceReturn(order, one, reason="does not suit"), at)
        if coming is not None and self._try(ReceiveReturn(coming["id"]), at) is not None:
            self._try(InspectReturn(coming["id"], "depot", [InspectedUnits(1, Decimal(1), "restock")]), at)
