"""Setting the demonstration business up: the house, its people, what it sells, and what lies on the shelves."""

import random
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

from ..app import App
from ..flows.adjust_stock import AdjustLine, AdjustStock
from ..flows.keep_access import AddPerson
from ..flows.keep_catalog import AddChannel, AddLocation, AddProduct, AddSku, BarcodeAsk, SetTaxRate
from ..flows.keep_customers import AddCustomer
from ..flows.keep_drawer import KeepTill
from ..flows.keep_letterhead import KeepLetterhead
from ..flows.keep_suppliers import AddSupplier, SetReorderRule, SetSupplierSku
from ..flows.set_up import SetUpBusiness
from ..kit.writer import Call
from . import goods, people
from .provider import found_at

NAME = "Lumen & Huis"
ZONE = "Europe/Amsterdam"
LETTERHEAD = KeepLetterhead(
    "Lumen & Huis B.V.", "Galvanistraat 12", "6716 AE", "Ede", vat_number="NL000099998B57",
    registration_number="00000000", bank_account="NL00 DEMO 0123 4567 89", email="hallo@lumen-en-huis.example",
    phone="+31 318 555 010",
)  # fmt: skip
MAKING = "demo/making"  # the request that begins a demonstration business
WAREHOUSE, SHOPS = "warehouse", ("utrecht", "arnhem")
LOCATIONS = [
    ("warehouse", "Warehouse Ede", 1), ("utrecht", "Shop Utrecht", 2), ("arnhem", "Shop Arnhem", 3),
]  # fmt: skip
CHANNELS = [
    ("web", "Web shop", "web"), ("till-utrecht", "Till Utrecht", "till"), ("till-arnhem", "Till Arnhem", "till"),
    ("phone", "Phone", "phone"), ("marktplein", "Marktplein marketplace", "marketplace"),
]  # fmt: skip
MARKETPLACE = "C1000"  # pays for what is sold there
SHOP_PRICE_LIMIT = Decimal(100)  # what costs more lies in the warehouse only
STEEPNESS = 0.75  # of how much better the best sold are sold


class House:
    """What the months need to know of the house: what sells how well, who buys, who works there."""

    def __init__(self, chance: random.Random, orders: int, customers: int, days: int) -> None:
        self.chance, self.days = chance, days
        self.goods = goods.catalogue()
        ranks = list(range(1, len(self.goods) + 1))
        chance.shuffle(ranks)
        self.weights = [_weight(rank, each) for rank, each in zip(ranks, self.goods, strict=True)]
        self.cumulative = list(accumulate(self.weights))
        self.in_shops = [n for n, each in enumerate(self.goods) if each.price < SHOP_PRICE_LIMIT]
        self.customers = people.customers(chance, customers)
        self.companies = [each for each in self.customers if each.kind == "company"]
        self.persons = [each for each in self.customers if each.kind == "person"]
        self.units_a_day = orders * 3.2 / days  # about: lines an order times units a line
        self.staff: dict[str, list[str]] = {}

    def set_up(self, app: App, at: int) -> None:
        """In a few batches; the first is the one that says a demonstration is being made."""
        house = SetUpBusiness(NAME, "EUR", ZONE, "NL", unpaid_expires_hours=7 * 24, cash_rounding=5, mode="demo")
        app.writer.call(Call(house, actor="demo", request_id=MAKING, at=at)).value()
        _all(app, at, [LETTERHEAD])
        _all(app, at, self._frame())
        staff = _all(app, at, [AddPerson(name, _mail(name), [role]) for name, role in people.STAFF])
        for (_, role), person in zip(people.STAFF, staff, strict=True):
            self.staff.setdefault(role, []).append(person["id"])
        _all(app, at, self._catalogue())
        _all(app, at, [_supplier_sku(each) for each in self.goods])
        _all(app, at, self._rules())
        _all(app, at, [_customer(each) for each in self.customers])
        _all(app, at, self._opening())

    def actor(self, role: str) -> str:
        return self.chance.choice(self.staff[role])

    def daily(self, n: int) -> float:
        """Units of a SKU that a day sells, about."""
        return self.units_a_day * self.weights[n] / self.cumulative[-1]

    def shop_level(self, n: int) -> int:
        """How many of a SKU a shop likes to have."""
        return max(2, min(30, round(self.daily(n) * 8)))

    def _frame(self) -> list[Any]:
        return [
            SetTaxRate("standard", Decimal(21)),
            *(AddChannel(code, name, kind) for code, name, kind in CHANNELS),  # type: ignore[arg-type]
            *(AddLocation(code, name, priority=priority) for code, name, priority in LOCATIONS),
            found_at(),
            *(
                AddSupplier(each.reference, each.name, lead_time_days=each.lead_days, terms_days=each.terms_days)
                for each in goods.SUPPLIERS
            ),
            *(KeepTill(shop, f"Counter {shop.capitalize()}", shop) for shop in SHOPS),
            AddCustomer(
                "Marktplein", reference=MARKETPLACE, kind="company", email="partners@marktplein.example", country="NL",
                locale="nl", payment_method="on_account", terms_days=14,
            ),
        ]  # fmt: skip

    def _catalogue(self) -> list[Any]:
        return [
            *(AddProduct(each.code, each.name, goods.GROUPS[each.group]) for each in goods.PRODUCTS),
            *(
                AddSku(
                    each.code, each.name, product=each.product, price=each.price, barcodes=[BarcodeAsk(each.barcode)],
                    backorder=each.backorder, backorder_cap=Decimal(10 if each.backorder == "capped" else 0),  # type: ignore[arg-type]
                )
                for each in self.goods
            ),
            *(
                AddSku(code, name, kind="service", price=price, revenue=revenue)  # type: ignore[arg-type]
                for code, name, price, revenue in goods.SERVICES
            ),
        ]  # fmt: skip

    def _rules(self) -> list[SetReorderRule]:
        """Enough for the lead time and a margin; of some somebody was too thrifty."""
        lead = {group: each.lead_days for each in goods.SUPPLIERS for group in each.groups}
        rules = []
        for n, each in enumerate(self.goods):
            daily, days = self.daily(n), lead[each.group] + 4
            margin = 0.1 if n % 7 == 3 else 1.5
            point = max(1, round(daily * days * margin))
            rules.append(SetReorderRule(each.code, WAREHOUSE, Decimal(point), Decimal(point + round(daily * 25) + 3)))
        return rules

    def _opening(self) -> list[AdjustStock]:
        shelves: dict[str, list[AdjustLine]] = {WAREHOUSE: [], **{shop: [] for shop in SHOPS}}
        for n, each in enumerate(self.goods):
            shelves[WAREHOUSE].append(_lying(each, round(self.daily(n) * 30) + self.chance.randint(3, 9)))
            if n in self.in_shops:
                for shop in SHOPS:
                    shelves[shop].append(_lying(each, self.shop_level(n)))
        return [AdjustStock(place, "opening", lines) for place, lines in shelves.items()]


def _weight(rank: int, each: goods.Goods) -> float:
    """By Zipf, and cheap things more often than dear ones."""
    return float(rank**-STEEPNESS) * (2 if each.price < 15 else 1 if each.price < 60 else 0.55)


def _lying(each: goods.Goods, units: int) -> AdjustLine:
    return AdjustLine(each.code, Decimal(units), cost=int(each.cost * 100) * units)


def _supplier_sku(each: goods.Goods) -> SetSupplierSku:
    supplier = next(supplier for supplier in goods.SUPPLIERS if each.group in supplier.groups)
    return SetSupplierSku(supplier.reference, each.code, each.cost, lot=Decimal(each.lot), order_code=each.code.upper())


def _customer(each: people.Customer) -> AddCustomer:
    return AddCustomer(
        each.name, reference=each.reference, kind=each.kind, email=each.email, phone=each.phone, country=each.country,  # type: ignore[arg-type]
        locale=each.locale, vat_number=each.vat_number,
        payment_method="on_account" if each.terms_days else "", terms_days=each.terms_days,
    )  # fmt: skip


def _mail(name: str) -> str:
    return f"{people.plain(name).partition('.')[0]}@lumen-en-huis.example"


def _all(app: App, at: int, asks: Sequence[Any]) -> list[Any]:
    calls = [Call(ask, actor="demo", request_id="demo/set-up", at=at) for ask in asks]
    return [outcome.value() for outcome in app.writer.run(calls)]
