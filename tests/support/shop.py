"""A small shop for tests: a real database, the real writer, and words a shopkeeper would use.

shop = Shop(database_url)
shop.sku("lamp", price="49.95", stock=5)
order = shop.order(lamp=2)
shop.ship(order)
assert shop.journal() == "..."
"""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from orderwell import schema
from orderwell.api.versions import VERSIONED
from orderwell.app import App, open_app
from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.cancel_order import CancelOrder
from orderwell.flows.keep_catalog import AddChannel, AddLocation, AddSku, SetTaxRate
from orderwell.flows.keep_customers import AddCustomer
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.set_up import SetUpBusiness
from orderwell.flows.ship_order import ShipOrder
from orderwell.kit.clock import TestClock
from orderwell.kit.database import Database
from orderwell.ledger.store import JOURNAL
from orderwell.migrations import migrate
from orderwell.values.calendar import DAY
from orderwell.values.ids import parse
from orderwell.values.money import decimal_text
from orderwell.verify.proof import verify
from tests.support.answers import of_ask

MONDAY = 1_767_600_000_000_000  # 2026-01-05T08:00:00Z, nine o'clock in Amsterdam


class Shop:
    """Opens on Monday 5 January 2026 with channels web and till, location main, 21 % and 9 % VAT.

    `served`: made by the migrations, which is what a server of its own insists on, and takes longer.
    """

    def __init__(self, url: str, *, served: bool = False, **business: Any) -> None:
        database = Database(url)
        (migrate if served else schema.create)(database)
        database.close()
        self.clock = TestClock(MONDAY)
        self.app: App = open_app(url, clock=self.clock)
        house = {
            "name": "Lamp & Co",
            "currency": "EUR",
            "time_zone": "Europe/Amsterdam",
            "country": "NL",
            "mode": "test",
        }
        self.do(SetUpBusiness(**{**house, **business}))
        self.do(SetTaxRate("standard", Decimal(21)))
        self.do(SetTaxRate("reduced", Decimal(9)))
        self.do(AddChannel("web", "Web shop"))
        self.do(AddChannel("till", "Till", kind="till"))
        self.do(AddLocation("main", "Main street"))

    def do(self, ask: Any, **more: Any) -> Any:
        """Have it done; the answer is what the API's description says it is."""
        answer = of_ask(ask, self.app.writer.ask(ask, **more))
        self._has_its_version(answer)
        return answer

    def _has_its_version(self, answer: dict[str, Any]) -> None:
        """What is told of something says the version it has now: whoever acts on it next is not refused for nothing."""
        table = next((table for kind, table in VERSIONED.values() if kind == answer.get("object")), None)
        if table is None or "version" not in answer:  # of what has an address, the description asks for it
            return
        number = parse(answer["object"], answer["id"])
        [[now]] = self.rows(f"SELECT version FROM {table.name} WHERE id = {number}")
        assert answer["version"] == now, f"{answer['object']} is told at version {answer['version']} and is at {now}"

    def close(self) -> None:
        self.app.close()

    def days_pass(self, days: int) -> None:
        self.clock.advance_to(self.clock.now() + days * DAY)

    def sku(
        self, code: str, *, price: str | None = "10.00", stock: int = 0, cost: int = 500, **more: Any
    ) -> dict[str, Any]:
        """A SKU, with `stock` pieces on the shelf at main that cost `cost` cents each."""
        sku = self.do(AddSku(code, code.capitalize(), price=None if price is None else Decimal(price), **more))
        if stock:
            self.stock(code, stock, cost=cost)
        return sku

    def stock(self, code: str, units: int, *, at: str = "main", cost: int = 500) -> None:
        self.do(AdjustStock(at, "opening", [AdjustLine(code, Decimal(units), cost=units * cost)]))

    def customer(self, reference: str, **more: Any) -> dict[str, Any]:
        return self.do(AddCustomer(**{"name": reference.capitalize(), "reference": reference, **more}))

    def order(
        self, *, channel: str = "web", reference: str | None = None, customer: str | None = None, **wants: int
    ) -> str:
        """Place an order for so many of each SKU; its id."""
        lines = [LineAsk(code, Decimal(quantity)) for code, quantity in wants.items()]
        return self.do(PlaceOrder(channel, lines, reference=reference, customer=customer))["id"]

    def ship(self, order: str, **more: Any) -> dict[str, Any]:
        return self.do(ShipOrder(order, **more))

    def cancel(self, order: str, **wants: int) -> dict[str, Any]:
        """Cancel all of an order, or so many units of lines: `line1=2`."""
        lines = [UnitsAsk(int(line.removeprefix("line")), Decimal(units)) for line, units in wants.items()]
        return self.do(CancelOrder(order, lines=lines or None))

    # -- looking

    def prove(self) -> None:
        """The three laws hold, as far as the history alone can tell."""
        breaks = verify(self.app.database).breaks
        assert not breaks, breaks

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.app.database.reading() as connection:
            return [tuple(row) for row in connection.execute(sa.text(sql), values)]

    def stock_of(self, code: str, at: str = "main") -> dict[str, int]:
        found = self.rows(
            "SELECT s.on_hand, s.promised, s.awaited, s.incoming FROM stock s JOIN skus k ON k.id = s.sku_id"
            " JOIN locations l ON l.id = s.location_id WHERE k.code = :code AND l.code = :at",
            code=code, at=at,
        )  # fmt: skip
        on_hand, promised, awaited, incoming = found[0] if found else (0, 0, 0, 0)
        return {
            "on_hand": on_hand, "promised": promised, "available": on_hand - promised, "awaited": awaited,
            "incoming": incoming,
        }  # fmt: skip

    def units(self, order: str) -> dict[str, int]:
        """Units of an order by place, all lines together."""
        from orderwell.orders.model import PLACES
        from orderwell.values.ids import parse

        sums = ", ".join(f"COALESCE(SUM({place}), 0)" for place in PLACES)
        row = self.rows(f"SELECT {sums} FROM order_lines WHERE order_id = :id", id=parse("order", order))[0]
        return {place: int(units) for place, units in zip(PLACES, row, strict=True) if units}

    def journal(self, *, template: str | None = None) -> str:
        """The journal as text, a transfer a line: what it is, debit, credit, amount."""
        with self.app.database.reading() as connection:
            query = sa.select(JOURNAL.sa).order_by(JOURNAL.c.event_id, JOURNAL.c.n)
            rows = connection.execute(query if template is None else query.where(JOURNAL.c.template == template)).all()
        return "\n".join(
            f"{row.template}: {row.debit} <- {row.credit} {decimal_text(row.amount_minor, row.currency)}"
            for row in rows
        )

    def balance(self, account: str) -> int:
        """Debit less credit of an account, in minor units."""
        sql = (
            "SELECT COALESCE(SUM(CASE WHEN debit = :a THEN amount_minor ELSE -amount_minor END), 0)"
            " FROM journal WHERE debit = :a OR credit = :a"
        )
        return int(self.rows(sql, a=account)[0][0])
