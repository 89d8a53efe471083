"""Supply during a replay that starts with empty shelves: what is missing is proposed, ordered, received and shipped.

One supplier per first letter of the code, lead time 7 days; each order fills up to what the last 30 days sold. Stock
corrections that find nothing to correct wait until there is, and count as demand until then.
"""

from collections import deque
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ..app import App
from ..flows.keep_suppliers import AddSupplier, SetReorderRule, SetSupplierSku
from ..flows.propose_purchases import OrderProposals, Propose
from ..flows.receive_purchase import ReceivePurchase
from ..flows.ship_order import ShipOrder
from ..kit.events import EVENTS
from ..kit.writer import Call
from ..orders.store import ALLOCATIONS
from ..purchasing.store import PURCHASE_LINES, PURCHASE_ORDERS, SUPPLIERS
from ..values.calendar import add_days
from ..values.ids import show
from .house import LOCATION, Item, is_service, unit_cost
from .read import Document
from .sending import Sender

LEAD_DAYS, WINDOW_DAYS = 7, 30
SLACK = 5  # a rule is set anew when demand has changed by more than a fifth
SHIPPED_AT_ONCE = 200


def supplier_of(code: str) -> str:
    return f"supplier-{code[0].upper()}"


class Supply:
    """Watches what is sold, and keeps the shelves as the rule says, once every morning."""

    def __init__(self, app: App, sender: Sender, items: dict[str, Item]) -> None:
        self._app, self._sender, self._items = app, sender, items
        self._sold: deque[tuple[str, dict[str, int]]] = deque()  # day, units by code
        self._window: dict[str, int] = {}
        self._rules: dict[str, int] = {}
        self._waiting: list[Call] = []  # corrections that found too little
        self._pending: dict[str, int] = {}
        self._seen_event = 0

    def set_up(self, at: int) -> None:
        codes = [code for code in self._items if not is_service(code)]
        have = self._column(sa.select(SUPPLIERS.c.reference))
        names = sorted({supplier_of(code) for code in codes} - set(have))
        asks: list[Any] = [
            AddSupplier(name, f"Supplier {name[-1]}", lead_time_days=LEAD_DAYS, terms_days=30) for name in names
        ]
        asks += [
            SetSupplierSku(supplier_of(code), code, unit_cost(self._items[code]).quantize(Decimal("0.0001")))
            for code in codes
        ]
        self._sender.send([self._sender.call(ask, at, "set-up") for ask in asks])
        if self._column(
            sa.select(PURCHASE_ORDERS.c.id).limit(1)
        ):  # an earlier replay may have been stopped before shipping
            self._ship(self._column(sa.select(ALLOCATIONS.c.order_id).where(ALLOCATIONS.c.promised > 0).distinct()), at)

    def sold(self, document: Document, day: str) -> None:
        """Demand of a day, whether the document was sent now or before."""
        if document.kind != "sale":
            return
        if not self._sold or self._sold[-1][0] != day:
            self._sold.append((day, {}))
        today = self._sold[-1][1]
        for row in document.rows:
            if row.quantity > 0 and not is_service(row.code):
                today[row.code] = today.get(row.code, 0) + row.quantity
                self._window[row.code] = self._window.get(row.code, 0) + row.quantity

    def must_wait(self, correction: Call) -> None:
        self._waiting.append(correction)
        for line in correction.ask.lines:
            self._pending[line.sku] = self._pending.get(line.sku, 0) - int(line.quantity)

    def morning(self, day: str, at: int) -> None:
        """Receive what is due, ship what waited for it, correct what could not be, and order what is missing."""
        lines = PURCHASE_LINES.c
        due = self._column(
            sa.select(PURCHASE_ORDERS.c.id)
            .where(PURCHASE_ORDERS.c.expected_on <= day)
            .where(
                sa.select(lines.purchase_order_id)
                .where(lines.purchase_order_id == PURCHASE_ORDERS.c.id)
                .where(lines.received + lines.cancelled < lines.quantity)
                .exists()
            )
            .order_by(PURCHASE_ORDERS.c.id)
        )
        self._sender.send(
            [self._sender.call(ReceivePurchase(show("purchase_order", each)), at, "receipt") for each in due]
        )
        self._ship(self._arrived(), at)
        self._correct(at)
        self._set_rules(day, at)
        self._sender.send([self._sender.call(Propose(), at, "replenishment")])
        order = OrderProposals(expected_on=add_days(day, LEAD_DAYS))
        self._sender.send([self._sender.call(order, at, "replenishment")])

    def settled(self) -> bool:
        """Whether nobody waits for anything any more."""
        awaited = sa.select(ALLOCATIONS.c.order_id).where(ALLOCATIONS.c.awaited > 0).limit(1)
        return not self._waiting and not self._column(awaited)

    def give_up(self) -> list[Call]:
        """Corrections that never found their units."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def _set_rules(self, day: str, at: int) -> None:
        while self._sold and self._sold[0][0] < add_days(day, -WINDOW_DAYS):
            for code, units in self._sold.popleft()[1].items():
                self._window[code] -= units
        changed = []
        for code, sold in self._window.items():
            target = sold + self._pending.get(code, 0)
            before = self._rules.get(code)
            if before is None or abs(target - before) * SLACK > before or code in self._pending:
                self._rules[code] = target
                changed.append(SetReorderRule(code, LOCATION, Decimal(target), Decimal(target), supplier_of(code)))
        for code, units in self._pending.items():
            if code not in self._window:
                changed.append(SetReorderRule(code, LOCATION, Decimal(units), Decimal(units), supplier_of(code)))
                self._rules[code] = units
        self._sender.send([self._sender.call(ask, at, "reorder-rule") for ask in changed])

    def _correct(self, at: int) -> None:
        waiting, self._waiting, self._pending = self._waiting, [], {}
        for call in waiting:
            call.at = max(at, call.at or at)
        for call in self._sender.send(waiting, may_wait=True):
            self.must_wait(call)

    def _arrived(self) -> list[int]:
        """Orders that stock arrived for since this was asked last."""
        found = self._rows(
            sa.select(EVENTS.c.id, EVENTS.c.subject_id)
            .where(EVENTS.c.id > self._seen_event)
            .where(EVENTS.c.type == "order.stock_arrived")
            .order_by(EVENTS.c.id)
        )
        if found:
            self._seen_event = found[-1][0]
        return list(dict.fromkeys(order for _, order in found))

    def _ship(self, orders: list[int], at: int) -> None:
        for start in range(0, len(orders), SHIPPED_AT_ONCE):
            some = orders[start : start + SHIPPED_AT_ONCE]
            calls = [self._sender.call(ShipOrder(show("order", each)), at, "shipment") for each in some]
            self._sender.send(calls, ignore=("nothing_ready",))

    def _column(self, query: sa.Select[Any]) -> list[Any]:
        return [row[0] for row in self._rows(query)]

    def _rows(self, query: sa.Select[Any]) -> list[Any]:
        with self._app.database.reading() as connection:
            return list(connection.execute(query))
