"""The shop that is measured: one channel, one location, many SKUs with more stock than any run can sell."""

import json
import subprocess
from dataclasses import dataclass, field
from decimal import Decimal

import sqlalchemy as sa

from orderwell.app import open_app
from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.keep_catalog import AddChannel, AddLocation, AddSku, SetTaxRate
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.kit.database import Database
from orderwell.kit.writer import Call

from .processes import COMMAND

SKUS = 2_000
PLENTY = 1_000_000_000
HOT = "hot"  # the SKU everyone wants
FEW, LIMITED = "few", 1_000  # a SKU with so many units


@dataclass(slots=True)
class Shop:
    url: str
    key: str = field(repr=False)

    @property
    def engine(self) -> str:
        return self.url.partition(":")[0].replace("postgresql", "postgres")

    def one(self, sql: str, **values: object) -> tuple[int, ...]:
        """The first row of a query."""
        database = Database(self.url)
        try:
            with database.reading() as connection:
                row = connection.execute(sa.text(sql), values).one()
            return tuple(int(value or 0) for value in row)
        finally:
            database.close()

    def orders(self) -> int:
        return self.one("SELECT count(*) FROM orders")[0]

    def prove(self) -> None:
        """What is set aside is what was sold, and never more than there is."""
        sold, allocated, promised = self.one(
            "SELECT (SELECT sum(quantity) FROM order_lines), (SELECT sum(promised) FROM allocations),"
            " (SELECT sum(promised) FROM stock)"
        )
        assert sold == allocated == promised, f"sold {sold}, allocated {allocated}, promised {promised}"
        assert self.one("SELECT count(*) FROM stock WHERE promised > on_hand") == (0,), "more promised than there is"


def open_shop(url: str, *, skus: int = SKUS) -> Shop:
    """A new business in an empty database, and a key to order with."""
    made = subprocess.run(
        [COMMAND, "init", "--database", url, "--mode", "test", "--json", "--quiet"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    codes = [HOT, FEW, *(f"sku-{n}" for n in range(1, skus + 1))]
    app = open_app(url)
    try:
        ask = app.writer.ask
        ask(SetTaxRate("standard", Decimal(21)))
        ask(AddChannel("web", "Web shop"))
        ask(AddLocation("main", "Main street"))
        add = [Call(AddSku(code, f"Article {code}", price=Decimal("12.95"))) for code in codes]
        for outcome in app.writer.run(add):
            outcome.value()
        stock(app, {**dict.fromkeys(codes, PLENTY), FEW: LIMITED})
    finally:
        app.close()
    return Shop(url, json.loads(made.stdout)["api_key"])


def stock(app, units: dict[str, int]) -> None:  # type: ignore[no-untyped-def]
    listed = [AdjustLine(code, Decimal(number), cost=number) for code, number in units.items()]
    for start in range(0, len(listed), 500):
        app.writer.ask(AdjustStock("main", "opening", listed[start : start + 500]))


def some_order(n: object, *codes: str) -> PlaceOrder:
    return PlaceOrder("web", [LineAsk(code, Decimal(1)) for code in codes], reference=f"order-{n}")
