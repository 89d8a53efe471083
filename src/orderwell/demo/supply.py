"""Supply in the demonstration: what is missing is proposed, ordered, received, billed and paid; shops are filled up."""

from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa

from ..catalog.store import SKUS
from ..flows.adjust_stock import AdjustLine, AdjustStock
from ..flows.count_stock import CountLine, CountStock
from ..flows.pay_supplier import PaySupplier
from ..flows.place_purchase import CancelPurchase, ExpectPurchase
from ..flows.propose_purchases import OrderProposals, Propose
from ..flows.purchased_lines import Purchased
from ..flows.receive_purchase import ReceivePurchase
from ..flows.supplier_invoice import BookSupplierInvoice
from ..flows.transfer_stock import ReceiveTransfer, TransferLineAsk, TransferStock
from ..inventory.store import LOCATIONS, STOCK
from ..values.calendar import DAY, SECOND, day_of, day_starts
from .agenda import Agenda
from .house import SHOPS, WAREHOUSE, ZONE, House

MINUTE, HOUR = 60 * SECOND, 3_600 * SECOND
VAT_PERCENT = 21


class Supply:
    def __init__(self, agenda: Agenda, house: House) -> None:
        self._agenda, self._house, self._chance = agenda, house, house.chance
        self._bills = 0

    def morning(self, start: int, weekday: int, day: int) -> None:
        """What the buyer and the warehouse begin their day with; weeks begin on Monday, 0."""
        buyer = self._house.actor("purchasing")
        if weekday in (0, 3):
            self._agenda.plan(start + 8 * HOUR, Propose(), buyer)
            self._agenda.plan(start + 8 * HOUR + 12 * MINUTE, OrderProposals(), buyer, self._ordered)
        if weekday in (1, 4):
            for shop in SHOPS:
                self._fill(start + 7 * HOUR, shop)
        if day % 30 == 17:
            self._count(start + 18 * HOUR, self._chance.choice(SHOPS))
        if day % 9 == 4:
            broken = AdjustLine(self._chance.choice(self._house.goods).code, Decimal(-1))
            ask = AdjustStock(WAREHOUSE, "damaged", [broken], note="fell off the trolley")
            self._agenda.plan(start + 14 * HOUR, ask, self._house.actor("warehouse"))

    # -- from suppliers

    def _ordered(self, told: dict[str, Any], at: int) -> None:
        for purchase in told["data"]:
            fate = self._chance.choices(["whole", "parts", "rest never comes"], [80, 16, 4])[0]
            due = day_starts(purchase["expected_on"], ZONE)
            late = self._chance.choices([0, 1, 3, 8], [68, 16, 11, 5])[0]
            if late > 3:
                named = ExpectPurchase(purchase["id"], day_of(due + late * DAY, ZONE))
                self._agenda.plan(due - DAY, named, self._house.actor("purchasing"))
            comes = due + late * DAY + self._chance.randrange(8 * HOUR, 13 * HOUR)
            lines = [line for line in purchase["lines"] if Decimal(line["quantity"]) > 1]
            if fate == "whole" or len(lines) < 2:
                self._receive(comes, purchase, None)
                continue
            some = [
                Purchased(line["sku_code"], Decimal(line["quantity"]) // 2 + 1) for line in lines[: len(lines) // 2 + 1]
            ]
            self._receive(comes, purchase, some)
            if fate == "parts":
                self._receive(comes + self._chance.randint(3, 9) * DAY, purchase, None)
            else:
                ask = CancelPurchase(purchase["id"], reason="the supplier has no more of it")
                self._agenda.plan(comes + 6 * DAY, ask, self._house.actor("purchasing"))

    def _receive(self, at: int, purchase: dict[str, Any], lines: list[Purchased] | None) -> None:
        note = f"DN-{self._chance.randrange(10**5):05d}"
        ask = ReceivePurchase(purchase["id"], lines, delivery_note=note)
        self._agenda.plan(at, ask, self._house.actor("warehouse"), partial(self._received, purchase))

    def _received(self, purchase: dict[str, Any], told: dict[str, Any], at: int) -> None:
        """The bill follows some days later; now and then it says a little more than was agreed."""
        self._bills += 1
        cost = told["cost"]
        net = cost + (self._chance.randint(50, 900) if self._chance.randrange(100) < 4 else 0)
        codes = {line["sku"]: line["sku_code"] for line in purchase["lines"]}
        came = [Purchased(codes[line["sku"]], Decimal(line["quantity"])) for line in told["lines"]]
        bill = BookSupplierInvoice(
            purchase["id"], f"F{26_000 + self._bills}", net=net, tax=net * VAT_PERCENT // 100, lines=came
        )  # fmt: skip
        later = at + self._chance.randint(1, 5) * DAY
        self._agenda.plan(later, bill, self._house.actor("accounting"), self._billed)

    def _billed(self, told: dict[str, Any], at: int) -> None:
        pay = PaySupplier(told["supplier"], told["gross"], [told["id"]], reference=told["reference"])
        due = day_starts(told["due_on"], ZONE) + 10 * HOUR
        self._agenda.plan(due - self._chance.randint(0, 3) * DAY, pay, self._house.actor("accounting"))

    # -- between shelves

    def _shelves(self, place: str) -> dict[str, tuple[int, int]]:
        """On hand and promised of each SKU at a location."""
        query = (
            sa.select(SKUS.c.code, STOCK.c.on_hand, STOCK.c.promised)
            .join(STOCK.sa, STOCK.c.sku_id == SKUS.c.id)
            .join(LOCATIONS.sa, LOCATIONS.c.id == STOCK.c.location_id)
            .where(LOCATIONS.c.code == place)
        )
        with self._agenda.app.database.reading() as connection:
            return {code: (on_hand, promised) for code, on_hand, promised in connection.execute(query)}

    def _fill(self, at: int, shop: str) -> None:
        """The van takes to a shop what it has too little of, as far as the warehouse can spare it."""
        there, spare = self._shelves(shop), self._shelves(WAREHOUSE)
        lines = []
        for n in self._house.in_shops:
            code, level = self._house.goods[n].code, self._house.shop_level(n)
            on_hand, promised = there.get(code, (0, 0))
            in_warehouse, taken = spare.get(code, (0, 0))
            missing = min(level - (on_hand - promised), (in_warehouse - taken) // 2)
            if on_hand - promised <= level // 3 and missing > 0:
                lines.append(TransferLineAsk(code, Decimal(missing)))
        if lines:
            packer, seller = self._house.actor("warehouse"), self._house.actor("shop_floor")
            self._agenda.plan(
                at, TransferStock(WAREHOUSE, shop, lines), packer,
                lambda told, at: self._agenda.plan(at + 26 * HOUR, ReceiveTransfer(told["id"]), seller),
                refused=lambda _code, _at: None,
            )  # fmt: skip

    def _count(self, at: int, shop: str) -> None:
        """Fifteen SKUs are counted; of two there is one less than there should be."""
        there = [(code, on_hand, promised) for code, (on_hand, promised) in sorted(self._shelves(shop).items())]
        some = self._chance.sample(there, min(15, len(there)))
        lines = [
            CountLine(code, Decimal(max(promised, on_hand - (1 if n < 2 else 0))))
            for n, (code, on_hand, promised) in enumerate(some)
        ]
        ask = CountStock(shop, lines, note="monthly count")
        self._agenda.plan(at, ask, self._house.actor("shop_floor"))
