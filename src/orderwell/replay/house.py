"""Setting the business up as the documents need it: what a file leaves out is made up here, and only here.

Currency GBP, time zone Europe/London, VAT outside scope, one location. Goods cost 60 % of the first price seen for
their code (0.01 where there is none). Everything is added once: a replay that starts again finds it there.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ..app import App
from ..business.store import BUSINESS
from ..catalog.store import SKUS
from ..channels.store import CHANNELS
from ..customers.store import CUSTOMERS
from ..flows.adjust_stock import AdjustLine, AdjustmentSent, AdjustStock
from ..flows.keep_catalog import AddChannel, AddLocation, AddSku, CodeTaken, SetTaxRate
from ..flows.keep_customers import AddCustomer
from ..flows.set_up import AlreadySetUp, SetUpBusiness
from ..inventory.store import LOCATIONS
from ..kit.writer import Call
from ..values.money import round_half_away
from .read import Document, Row

CHANNEL, LOCATION, TAX_CLASS = "online-retail", "main", "outside"
TERMS_DAYS = 30
CHUNK = 500  # SKUs or customers a request or batch

SERVICES = {  # codes that nothing lies on a shelf of, and what they earn
    "POST": "delivery",
    "DOT": "delivery",
    "C2": "delivery",
    "M": "manual",
    "m": "manual",
    **dict.fromkeys(("D", "S", "B", "AMAZONFEE", "BANK CHARGES", "CRUK", "PADS"), "other"),
}
COST_SHARE = Decimal("0.6")
COST_UNKNOWN = Decimal("0.01")


def is_service(code: str) -> bool:
    return code in SERVICES or code.startswith("gift_0001_")


def revenue_of(code: str) -> str:
    return SERVICES.get(code, "voucher" if is_service(code) else "goods")


@dataclass(slots=True)
class Item:
    """What the file tells of one code."""

    name: str
    price: Decimal | None  # the first above zero
    peak: int  # the most that is out at any time: the stock with which nothing is oversold


def survey(documents: Iterable[Document]) -> dict[str, Item]:
    """Every code with its first description and price and its peak need, walking the documents in order."""
    items: dict[str, Item] = {}
    out: dict[str, int] = {}
    first_price: dict[str, tuple[int, Decimal]] = {}
    for document in documents:
        for n, row in enumerate(document.rows):
            item = items.get(row.code)
            if item is None:
                item = items[row.code] = Item("", None, 0)
            item.name = item.name or row.description
            if row.price > 0:
                seen = first_price.get(row.code)
                if seen is None or document.first_line + n < seen[0]:
                    first_price[row.code] = (document.first_line + n, row.price)
            if document.kind != "bad_debt":
                gone = out[row.code] = out.get(row.code, 0) + leaves(document, row)
                item.peak = max(item.peak, gone)
    for code, (_, price) in first_price.items():
        items[code].price = price
    return items


def leaves(document: Document, row: Row) -> int:
    """Units that leave the shelf by a row; below zero they come back."""
    if document.kind == "credit_note":
        return min(row.quantity, 0)
    return abs(row.quantity) if document.kind == "sale" else 0


def unit_cost(item: Item) -> Decimal:
    return COST_UNKNOWN if item.price is None else item.price * COST_SHARE


def set_up(app: App, documents: Sequence[Document], items: dict[str, Item], *, opening: bool, terms: bool) -> None:
    """Business, SKUs, customers and, with `opening`, the stock that the documents will take at their peak."""
    at = documents[0].instant
    _once(app, at, SetUpBusiness("Online Retail", "GBP", "Europe/London", "GB", basis="net", mode="test"))
    _once(app, at, SetTaxRate(TAX_CLASS, Decimal(0)))
    _once(app, at, AddChannel(CHANNEL, "Online Retail", kind="api"))
    _once(app, at, AddLocation(LOCATION, "Main warehouse"))
    have = _texts(app, SKUS.c.code)
    _all(
        app, at,
        (
            AddSku(
                code, item.name or code, kind="service" if is_service(code) else "stocked", tax_class=TAX_CLASS,
                revenue=revenue_of(code), backorder="no" if opening else "yes",  # type: ignore[arg-type]
            )
            for code, item in items.items()
            if code not in have
        ),
    )  # fmt: skip
    have = _texts(app, CUSTOMERS.c.reference)
    countries = {d.customer: d.country for d in reversed(documents) if d.customer}
    _all(
        app, at,
        (
            AddCustomer(
                f"Customer {reference}", reference=reference, kind="company", country=country,
                payment_method="bank_transfer", terms_days=TERMS_DAYS if terms else 0,
            )
            for reference, country in sorted(countries.items())
            if reference not in have
        ),
    )  # fmt: skip
    if opening:
        _open_stock(app, at, items)


def _open_stock(app: App, at: int, items: dict[str, Item]) -> None:
    stocked = [(code, item) for code, item in sorted(items.items()) if item.peak > 0 and not is_service(code)]
    for start in range(0, len(stocked), CHUNK):
        lines = [
            AdjustLine(code, Decimal(item.peak), cost=round_half_away(item.peak * unit_cost(item) * 100))
            for code, item in stocked[start : start + CHUNK]
        ]
        fingerprint = zlib.crc32(repr([(line.sku, line.quantity) for line in lines]).encode())
        reference = f"opening-{start // CHUNK + 1}-{fingerprint:08x}"
        _once(app, at, AdjustStock(LOCATION, "opening", lines, channel=CHANNEL, reference=reference))


def _once(app: App, at: int, ask: Any) -> None:
    """Do it unless it was done before."""
    refusal = app.writer.run([Call(ask, actor="replay", request_id="replay/set-up", at=at)])[0].refusal
    if refusal is not None and not isinstance(refusal, AlreadySetUp | CodeTaken | AdjustmentSent):
        raise refusal


def _all(app: App, at: int, asks: Iterable[Any]) -> None:
    for outcome in app.writer.run([Call(ask, actor="replay", request_id="replay/set-up", at=at) for ask in asks]):
        outcome.value()


def _texts(app: App, column: sa.ColumnElement[str]) -> set[str]:
    with app.database.reading() as connection:
        return set(connection.execute(sa.select(column)).scalars())


def place_ids(app: App) -> tuple[int, int]:
    """The channel and the location everything of the replay belongs to."""
    with app.database.reading() as connection:
        channel = connection.execute(sa.select(CHANNELS.c.id).where(CHANNELS.c.code == CHANNEL)).scalar_one()
        location = connection.execute(sa.select(LOCATIONS.c.id).where(LOCATIONS.c.code == LOCATION)).scalar_one()
    return int(channel), int(location)


def time_zone(app: App) -> str:
    with app.database.reading() as connection:
        return str(connection.execute(sa.select(BUSINESS.c.time_zone)).scalar_one())
