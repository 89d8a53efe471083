"""What becomes of an order in the demonstration: most are paid, sent and delivered; every kind of trouble happens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa

from ..flows.cancel_order import CancelOrder
from ..flows.confirm_order import ConfirmOrder
from ..flows.deliver_parcel import DeliverParcel, FailDelivery, LoseParcel, ParcelCameBack
from ..flows.issue_credit_note import CreditLine, IssueCreditNote, Trace
from ..flows.ordered_units import UnitsAsk, named_order
from ..flows.pack_parcel import PackOrder
from ..flows.pick_order import PickOrder
from ..flows.place_order import AddressAsk, LineAsk, PlaceOrder
from ..flows.receive_payment import ReceivePayment
from ..flows.record_provider_event import RecordProviderEvents
from ..flows.refund_payment import RefundOrder
from ..flows.return_goods import AnnounceReturn, InspectedUnits, InspectReturn, ReceiveReturn
from ..flows.sell_at_till import Sell
from ..flows.ship_order import ShipOrder
from ..flows.ship_parcel import ShipParcel
from ..flows.start_payment import StartPayment
from ..kit.errors import Conflict
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..orders.store import ALLOCATIONS, ORDERS
from ..values.calendar import DAY, SECOND, moment
from ..values.ids import show
from .agenda import Agenda
from .goods import PRICES
from .house import MARKETPLACE, SHOPS, WAREHOUSE, House
from .people import Customer
from .provider import PROVIDER, SimulatedProvider

MINUTE, HOUR = 60 * SECOND, 3_600 * SECOND
CHANNELS = ["web", "till-utrecht", "till-arnhem", "phone", "marktplein"]
SHARES = [52, 17, 12, 9, 10]
CARRIERS = [("PostNL", 70), ("DHL", 22), ("Fietskoerier", 8)]
REASONS = [
    "does not suit the room",
    "wrong colour",
    "smaller than expected",
    "arrived damaged",
    "two ordered, one kept",
]
JUST_IN = 12  # orders
NOT_PAID = 3  # of the web shop's latest
COINS = (500, 1_000, 2_000, 5_000, 10_000, 20_000)


GONE = ("not_placed", "order_cancelled")  # nothing comes of such an order any more


class NotPaid(Conflict):
    code = "not_paid"
    title = "The packer sees that nobody has paid"


@dataclass(frozen=True, slots=True)
class Sold:
    """An order as the people around it know it."""

    channel: str
    reference: str
    lines: Sequence[LineAsk]
    gross: int  # minor units
    customer: Customer | None
    id: str = ""

    def exists(self, tx: Tx) -> None:
        """Raises NotFound for an order that was refused: then nobody pays for it either."""
        named_order(tx, self.reference, self.channel)


class Trade:
    def __init__(self, agenda: Agenda, house: House, provider: SimulatedProvider) -> None:
        self._agenda, self._house, self._provider = agenda, house, provider
        self._chance = house.chance
        self._numbers = dict.fromkeys(CHANNELS, 0)
        self._cart = {"web": [5, 4, 2, 1], "phone": [2, 3, 3, 2], "marktplein": [8, 2, 1, 0]}

    # -- orders

    def order(self, day_start: int, hours: Callable[[str], int], newest: bool) -> None:
        """Somebody wants something on this day."""
        channel = self._chance.choices(CHANNELS, SHARES)[0]
        at = day_start + hours(channel)
        if channel.startswith("till-"):
            return self._sell(at, channel)
        company = (channel == "phone" and self._percent(55)) or (channel == "web" and self._percent(5))
        customer = self._buyer(company) if channel != "marktplein" else None
        if company and self._percent(15):
            return self.project(at)
        lines = self._wanted(channel, customer, range(len(self._house.goods)))
        self._place(at, channel, lines, customer, newest)

    def project(self, at: int) -> None:
        """A business furnishes a house: more than lies on any shelf, so some of it has to be awaited."""
        awaited = [each for each in self._house.goods if each.backorder == "yes"]
        lines = [LineAsk(each.code, Decimal(self._chance.randint(6, 12))) for each in self._chance.sample(awaited, 2)]
        self._place(at, "phone", [*lines, LineAsk("assembly", Decimal(2))], self._buyer(company=True), newest=False)

    def _place(
        self, at: int, channel: str, lines: Sequence[LineAsk], customer: Customer | None, newest: bool,
        pays: bool = True,
    ) -> None:  # fmt: skip
        company = customer is not None and customer.kind == "company"
        sold = self._sold(channel, lines, customer)
        draft = channel == "phone" and self._percent(25)
        to = customer or self._buyer(company=False)
        ask = PlaceOrder(
            channel, list(lines), reference=sold.reference, customer=customer.reference if customer else MARKETPLACE,
            ship_to=AddressAsk(to.name, to.street, to.postcode, to.city, to.country), draft=draft,
            customer_reference=f"PO {self._chance.randrange(20_000, 60_000)}" if company and self._percent(40) else "",
        )  # fmt: skip
        actor = self._house.actor("customer_service") if channel == "phone" else f"channel:{channel}"
        self._agenda.plan(at, ask, actor, lambda told, _: self._placed(told, sold, at, draft=draft))
        if pays and not draft and customer is not None and not customer.terms_days:
            self._pay(at, sold, newest)

    def _buyer(self, company: bool) -> Customer:
        """Some come back again and again."""
        among = self._house.companies if company else self._house.persons
        return among[int(len(among) * self._chance.random() ** 1.7)]

    def _wanted(self, channel: str, customer: Customer | None, among: Sequence[int]) -> list[LineAsk]:
        house, company = self._house, customer is not None and customer.kind == "company"
        count = self._chance.choices([1, 2, 3, 5], self._cart.get(channel, [5, 3, 1, 0]))[0]
        chosen: dict[int, int] = {}
        for _ in range(count):
            n = self._chance.choices(among, [house.weights[n] for n in among])[0]
            most = 8 if company else 3 if house.goods[n].price < 20 else 1
            chosen[n] = self._chance.randint(1, most)
        lines = [LineAsk(house.goods[n].code, Decimal(units)) for n, units in chosen.items()]
        if channel not in ("marktplein", "till"):
            abroad = customer is not None and customer.country != "NL"
            lines.append(LineAsk("postage-eu" if abroad else "postage", Decimal(1)))
            if self._percent(6):
                lines.append(LineAsk("gift-wrap", Decimal(1)))
        return lines

    def _sold(self, channel: str, lines: Sequence[LineAsk], customer: Customer | None) -> Sold:
        self._numbers[channel] += 1
        letter = {"web": "W", "phone": "P", "marktplein": "MP-"}.get(channel, "K")
        prices = {each.code: each.price for each in self._house.goods} | PRICES
        gross = sum(int(prices[line.sku] * 100) * int(line.quantity) for line in lines)
        return Sold(channel, f"{letter}{10_000 + self._numbers[channel]}", lines, gross, customer)

    def _sell(self, at: int, channel: str) -> None:
        shop = channel.removeprefix("till-")
        lines = self._wanted("till", None, self._house.in_shops)
        sold = self._sold(channel, lines, None)
        cash = self._percent(28)
        note = next((coin for coin in COINS if coin >= sold.gross + 2), None)
        member = self._percent(25)
        ask = Sell(
            channel, list(lines), shop, "cash" if cash else "pin", tendered=note if cash else None,
            reference=f"{shop[0].upper()}{sold.reference}",
            customer=self._buyer(company=False).reference if member else None,
        )  # fmt: skip
        self._agenda.plan(at, ask, self._house.actor("shop_floor"), lambda told, at: self._over_the_counter(told, at))

    def _over_the_counter(self, told: dict[str, Any], at: int) -> None:
        if self._percent(4):
            self._plan_return(at, told["id"], [UnitsAsk(1, Decimal(1))], shop=self._chance.choice(SHOPS))

    # -- money

    def _pay(self, at: int, sold: Sold, newest: bool) -> None:
        """A consumer pays at the provider, by bank transfer, or not at all."""
        kind = self._chance.choices(["redirect", "card", "bank", "abandoned"], [76, 11, 9, 4])[0]
        if kind == "bank":
            later = at + self._chance.randrange(20 * HOUR, 70 * HOUR)
            paid = ReceivePayment(
                "bank_transfer", order=sold.reference, channel=sold.channel, reference=f"{sold.reference} {sold.gross}"
            )
            self._agenda.plan(later, paid, self._house.actor("accounting"), check=sold.exists)
            if self._percent(9):  # they change their mind, and their bank does not
                cancel = CancelOrder(sold.reference, channel=sold.channel, reason="not needed after all")
                self._agenda.plan(at + 9 * HOUR, cancel, self._house.actor("customer_service"))
                after = replace(paid, amount=sold.gross)
                self._agenda.plan(at + 30 * HOUR, after, self._house.actor("accounting"), check=sold.exists)
            return
        choice = self._chance.choice(["cancel", "fail", "expire"]) if kind == "abandoned" else "pay"
        method = "redirect" if kind == "abandoned" else kind
        charge = self._provider.paid(sold.reference, method, sold.gross, choice)
        start = StartPayment(
            sold.reference, PROVIDER, method, channel=sold.channel, provider_reference=charge.id  # type: ignore[arg-type]
        )  # fmt: skip
        self._agenda.plan(at + 20 * SECOND, start, f"channel:{sold.channel}")
        told = self._provider.notification(charge)
        moment_ = at + self._chance.randrange(40, 240) * SECOND
        if self._percent(1) and kind == "redirect":
            self._agenda.plan(moment_, _misread(told), f"provider:{PROVIDER}", check=sold.exists)
            moment_ += 20 * HOUR if not newest else MINUTE
        self._agenda.plan(moment_, told, f"provider:{PROVIDER}", check=sold.exists)

    def _on_account(self, at: int, sold: Sold, terms: int) -> None:
        """Businesses pay when it is due, more or less. Every now and then one does not agree, or cannot."""
        kind = self._chance.choices(["due", "late", "very late", "less", "never"], [70, 15, 8, 4, 3])[0]
        if sold.customer is None:
            kind = "due"
        if kind == "never":
            return
        days = terms + {"due": self._chance.randint(-4, 2), "late": self._chance.randint(4, 24)}.get(kind, 45)
        paid = ReceivePayment("bank_transfer", order=sold.id, reference=f"{sold.reference}")
        if kind == "less":
            paid = replace(paid, amount=sold.gross * self._chance.choice([70, 85, 99]) // 100)
            self._agenda.plan(at + (days - 20) * DAY, self._goodwill(sold), self._house.actor("customer_service"))
        self._agenda.plan(at + days * DAY, paid, self._house.actor("accounting"))

    def _goodwill(self, sold: Sold) -> IssueCreditNote:
        line = sold.lines[0]
        return IssueCreditNote(
            [CreditLine(line.sku, Decimal(1), unit_price=Decimal(5), description="Goodwill: scratches, disputed")],
            customer=sold.customer.reference if sold.customer else None, reason="complaint about the quality",
        )  # fmt: skip

    # -- goods

    def _placed(self, told: dict[str, Any], sold: Sold, at: int, *, draft: bool) -> None:
        sold = replace(sold, id=told["id"])
        if draft:
            return self._drafted(at, sold)
        desk = self._house.actor("customer_service")
        if self._percent(3):
            self._agenda.plan(at + 3 * HOUR, CancelOrder(sold.id, reason="ordered by mistake"), desk)
            return self._agenda.plan(at + 5 * HOUR, RefundOrder(sold.id, reason="cancelled"), desk)
        if len(sold.lines) > 2 and self._percent(3):
            self._agenda.plan(at + HOUR, CancelOrder(sold.id, lines=[UnitsAsk(1, Decimal(1))]), desk)
            self._agenda.plan(at + 3 * HOUR, RefundOrder(sold.id, reason="one line less"), desk)
        self._fulfil(at, sold)

    def _drafted(self, at: int, sold: Sold) -> None:
        """A quotation: taken up after some days, or not; some are still being thought about."""
        fate = self._chance.choices(["confirm", "cancel", "wait"], [50, 15, 35])[0]
        later = at + self._chance.randint(1, 4) * DAY
        desk = self._house.actor("customer_service")
        if fate == "confirm":
            self._agenda.plan(later, ConfirmOrder(sold.id), desk, lambda _, at: self._fulfil(at, sold))
        else:
            days = 0 if fate == "cancel" else 21
            self._agenda.plan(later + days * DAY, CancelOrder(sold.id, reason="quotation not taken up"), desk)

    def _fulfil(self, at: int, sold: Sold) -> None:
        slot = self._working(at, 0, 14) if self._hour(at) < 13 else self._working(at, 1, 9)
        if self._percent(5):
            slot = self._working(at, self._chance.randint(3, 6), 10)  # it was overlooked
        packer = self._house.actor("warehouse")
        if self._percent(30):
            self._agenda.plan(slot, PickOrder(sold.id, location=WAREHOUSE), packer)
            pack = PackOrder(sold.id, carrier=self._carrier(), tracking=self._tracking())
            self._agenda.plan(
                slot + 40 * MINUTE, pack, packer, lambda told, at: self._packed(told, at, sold),
                refused=lambda code, at: self._again(code, at, sold), check=partial(_secured, sold),
            )  # fmt: skip
        else:
            self._ship(slot + self._chance.randrange(2 * HOUR), sold, packer)

    def _ship(self, at: int, sold: Sold, packer: str, tries: int = 0) -> None:
        ask = ShipOrder(sold.id, carrier=self._carrier(), tracking=self._tracking())
        self._agenda.plan(
            at, ask, packer, lambda told, at: self._shipped(told, at, sold, tries),
            refused=lambda code, at: self._again(code, at, sold, tries), check=partial(_secured, sold),
        )  # fmt: skip

    def _again(self, code: str, at: int, sold: Sold, tries: int = 0) -> None:
        """Nothing was there to be sent, or nobody had paid: looked at again every other day, for some weeks."""
        if tries < 12 and code not in GONE:
            self._ship(self._working(at, 2, 11), sold, self._house.actor("warehouse"), tries + 1)

    def _packed(self, told: dict[str, Any], at: int, sold: Sold) -> None:
        for parcel in told["parcels"]:
            self._agenda.plan(
                at + 2 * HOUR, ShipParcel(parcel), self._house.actor("warehouse"),
                lambda told, at: self._shipped(told, at, sold, 0),
            )  # fmt: skip

    def _shipped(self, told: dict[str, Any], at: int, sold: Sold, tries: int) -> None:
        for parcel in told["parcels"]:
            self._travel(parcel, at, sold)
        places = {place for line in told["lines"] for place in line["units"]}
        if "packed" in places:
            return  # another parcel of it leaves in a moment
        if places & {"awaited", "promised", "picked"}:
            return self._again("", at, sold, tries)
        terms = 14 if sold.customer is None else sold.customer.terms_days
        if terms:
            self._on_account(at, sold, terms)
        if sold.customer is not None and self._percent(5):
            self._plan_return(at + 3 * DAY, sold.id, [UnitsAsk(1, Decimal(1))])

    def _travel(self, parcel: str, at: int, sold: Sold) -> None:
        fate = self._chance.choices(["fine", "slow", "missed", "lost", "back"], [880, 85, 24, 4, 7])[0]
        carrier, arrives = "carrier:postnl", self._arrival(at, 5 if fate == "slow" else 1)
        if fate == "lost":
            self._agenda.plan(at + 6 * DAY, LoseParcel(parcel), carrier)
            return self._lost(at + 8 * DAY, sold)
        if fate in ("missed", "back"):
            self._agenda.plan(arrives, FailDelivery(parcel, reason="nobody at home"), carrier)
            arrives = self._arrival(arrives, 1)
        if fate == "back":
            self._agenda.plan(arrives + 2 * DAY, ParcelCameBack(parcel), self._house.actor("warehouse"))
            return self._agenda.plan(
                arrives + 3 * DAY, ShipOrder(sold.id, carrier="DHL", tracking=self._tracking()),
                self._house.actor("warehouse"), lambda told, at: self._travel(told["parcels"][0], at, sold),
            )  # fmt: skip
        self._agenda.plan(arrives, DeliverParcel(parcel), carrier)

    def _lost(self, at: int, sold: Sold) -> None:
        """What never came is credited and paid back."""
        line = sold.lines[0]
        credit = CreditLine(line.sku, line.quantity, traces=[Trace(sold.id, 1)])
        desk = self._house.actor("customer_service")
        note = IssueCreditNote([credit], reason="lost on the way")
        self._agenda.plan(
            at, note, desk,
            lambda _, at: self._agenda.plan(at + HOUR, RefundOrder(sold.id, reason="lost on the way"), desk),
        )  # fmt: skip

    def _plan_return(self, at: int, order: str, lines: list[UnitsAsk], shop: str = "") -> None:
        """Announced, sent back, looked at, paid back. The newest are somewhere on that way."""
        when = self._working(at, self._chance.randint(2, 12), 11)
        desk, packer = self._house.actor("customer_service"), self._house.actor("warehouse")
        damaged = self._percent(18)
        inspected = InspectedUnits(lines[0].line, Decimal(1), "scrap" if damaged else "restock")

        def announced(told: dict[str, Any], at: int) -> None:
            come = at + HOUR if shop else self._working(at, self._chance.randint(2, 6), 10)
            self._agenda.plan(come, ReceiveReturn(told["id"]), packer, partial(received, told["id"]))

        def received(returned: str, _: Any, at: int) -> None:
            ask = InspectReturn(returned, shop or WAREHOUSE, [inspected])
            self._agenda.plan(self._working(at, 1, 13), ask, packer, back)

        def back(_: Any, at: int) -> None:
            self._agenda.plan(self._working(at, 1, 15), RefundOrder(order, reason="return"), desk)

        self._agenda.plan(when, AnnounceReturn(order, lines, reason=self._chance.choice(REASONS)), desk, announced)

    def just_in(self, now: int) -> None:
        """The latest: the marketplace's, for there is always something to pick, and some that nobody has paid yet."""
        for n in range(JUST_IN):
            lines = self._wanted("marktplein", None, range(len(self._house.goods)))
            self._place(now - (JUST_IN - n) * 4 * MINUTE, "marktplein", lines, None, newest=True)
        for n in range(NOT_PAID):
            customer = self._buyer(company=False)
            lines = self._wanted("web", customer, range(len(self._house.goods)))
            self._place(now - (NOT_PAID - n) * HOUR, "web", lines, customer, newest=True, pays=False)

    def begin_work(self) -> None:
        """The packers have begun with what is ready: one order is picked, one packed, the others wait."""
        query = (
            sa.select(ORDERS.c.id)
            .join(ALLOCATIONS.sa, ALLOCATIONS.c.order_id == ORDERS.c.id)
            .where(ORDERS.c.status == "placed", ORDERS.c.expires_at.is_(None), ALLOCATIONS.c.promised > 0)
        )
        with self._agenda.app.database.reading() as connection:
            ready = list(connection.execute(query.distinct().order_by(ORDERS.c.id).limit(2)).scalars())
        packer = self._house.actor("warehouse")
        for order, act in zip(ready, (PickOrder, PackOrder), strict=False):
            self._agenda.plan(0, act(show("order", order)), packer)

    # -- when, and by whom

    def _percent(self, percent: int) -> bool:
        return self._chance.randrange(100) < percent

    def _carrier(self) -> str:
        return self._chance.choices([name for name, _ in CARRIERS], [share for _, share in CARRIERS])[0]

    def _tracking(self) -> str:
        return f"3SLUMEN{self._chance.randrange(10**8):08d}"

    def _hour(self, at: int) -> int:
        return moment(at).hour + 1

    def _working(self, at: int, days: int, hour: int) -> int:
        """This hour, so many days later; nobody packs or delivers on a Sunday."""
        start = (at // DAY + days) * DAY
        if moment(start).weekday() == 6:
            start += DAY
        return start + (hour - 1) * HOUR + self._chance.randrange(50 * MINUTE)

    def _arrival(self, at: int, days: int) -> int:
        return self._working(at, days, 10) + self._chance.randrange(7 * HOUR)


def _secured(sold: Sold, tx: Tx) -> None:
    """Goods of a consumer leave when they are paid for."""
    if named_order(tx, sold.id, None).expires_at is not None:
        raise NotPaid(Sentence("Order {order!r} is not paid yet.", order=sold.reference))


def _misread(told: RecordProviderEvents) -> RecordProviderEvents:
    """The provider tells of a wrong amount first, as happens."""
    last = told.events[-1]
    return replace(told, events=[replace(last, id=f"{last.id}x", amount=last.amount - 100)])
