"""Keeping the catalogue: channels, locations, tax rates, products, SKUs, barcodes, prices."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Len

from ..business import actions as business
from ..business.model import ONLY
from ..business.store import BUSINESS
from ..catalog import actions as catalog
from ..catalog.model import EVERY_CHANNEL, Barcode, PackUnit, Price, Product, Sku, TaxRate
from ..catalog.rules import in_smallest_units
from ..catalog.store import (
    BARCODES,
    PACK_UNITS,
    PRICES,
    PRODUCT_BY_CODE,
    PRODUCTS,
    RATES_OF,
    SKU_BY_CODE,
    SKUS,
    TAX_RATES,
)
from ..channels import actions as channels
from ..channels.model import Channel
from ..channels.store import CHANNEL_BY_CODE, CHANNELS
from ..inventory.model import Location
from ..inventory.store import LOCATION_BY_CODE, LOCATIONS, LOCATIONS_OF_KIND
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..values.calendar import is_day
from ..values.fields import Code, Currency, Day, Name, Reference, Text, UnitPrice
from ..values.ids import show
from ..values.money import price_text, scaled


class CodeTaken(Conflict):
    code = "code_taken"
    title = "This code is in use"


@dataclass(frozen=True, slots=True)
class AddChannel:
    code: Code
    name: Name
    kind: Literal["web", "till", "phone", "marketplace", "edi", "api"] = "web"
    basis: Literal["net", "gross"] | None = None


@flow(AddChannel)
def add_channel(tx: Tx, ask: AddChannel) -> dict[str, Any]:
    house = business.current(tx)
    if tx.one(CHANNEL_BY_CODE, ask.code) is not None:
        raise CodeTaken(Sentence("There is a channel {code!r} already.", code=ask.code))
    channel = tx.add(CHANNELS, Channel(tx.new_id(), 1, ask.code, ask.name, ask.kind, ask.basis or house.basis, "open"))
    announce(tx, "channel.added", "channel", channel.id, code=ask.code, kind=ask.kind)
    return shown_channel(channel)


def shown_channel(channel: Channel) -> dict[str, Any]:
    return {"object": "channel", **channel._asdict(), "id": show("channel", channel.id)}


@dataclass(frozen=True, slots=True)
class AddLocation:
    code: Code
    name: Name
    priority: int = 0


@flow(AddLocation)
def add_location(tx: Tx, ask: AddLocation) -> dict[str, Any]:
    if tx.one(LOCATION_BY_CODE, ask.code) is not None:
        raise CodeTaken(Sentence("There is a location {code!r} already.", code=ask.code))
    tx.rows(LOCATIONS_OF_KIND, "stock")
    location = tx.add(LOCATIONS, Location(tx.new_id(), 1, ask.code, ask.name, "stock", ask.priority, "open"))
    announce(tx, "location.added", "location", location.id, code=ask.code)
    return {"object": "location", **location._asdict(), "id": show("location", location.id)}


@dataclass(frozen=True, slots=True)
class SetTaxRate:
    """`rate` in percent, at most two decimals; in force from a day on."""

    tax_class: Code
    rate: Annotated[Decimal, Ge(Decimal(0)), Le(Decimal(100))]
    valid_from: Day = "2000-01-01"


@flow(SetTaxRate)
def set_tax_rate(tx: Tx, ask: SetTaxRate) -> dict[str, Any]:
    rate_bp = scaled(ask.rate, 2)
    if rate_bp is None:
        raise Invalid.at("/rate", "A tax rate has at most two decimals.")
    if not is_day(ask.valid_from):
        raise Invalid.at(
            "/valid_from", Sentence("{text!r} is no day, such as 2026-01-31.", text=ask.valid_from), "not_a_day"
        )
    row = TaxRate(ask.tax_class, ask.valid_from, rate_bp)
    if any(rate.valid_from == ask.valid_from for rate in tx.rows(RATES_OF, ask.tax_class)):
        raise CodeTaken(
            Sentence(
                "Tax class {tax_class!r} has a rate from {day} already.", tax_class=ask.tax_class, day=ask.valid_from
            )
        )
    tx.add(TAX_RATES, row)
    announce(tx, "tax_rate.set", "tax_rate", 0, tax_class=ask.tax_class, rate_bp=rate_bp, valid_from=ask.valid_from)
    return {"object": "tax_rate", "tax_class": ask.tax_class, "rate": str(ask.rate), "valid_from": ask.valid_from}


@dataclass(frozen=True, slots=True)
class AddProduct:
    code: Code
    name: Name
    description: Text = ""


@flow(AddProduct)
def add_product(tx: Tx, ask: AddProduct) -> dict[str, Any]:
    if tx.one(PRODUCT_BY_CODE, ask.code) is not None:
        raise CodeTaken(Sentence("There is a product {code!r} already.", code=ask.code))
    product = tx.add(PRODUCTS, Product(tx.new_id(), 1, ask.code, ask.name, ask.description, "active"))
    announce(tx, "product.added", "product", product.id, code=ask.code)
    return {"object": "product", **product._asdict(), "id": show("product", product.id)}


@dataclass(frozen=True, slots=True)
class PackAsk:
    """One of this pack is numerator/denominator units: 12/1 for a box of twelve."""

    name: Code
    numerator: Annotated[int, Gt(0), Le(10**6)]
    denominator: Annotated[int, Gt(0), Le(10**6)] = 1


@dataclass(frozen=True, slots=True)
class BarcodeAsk:
    code: Code
    numerator: Annotated[int, Gt(0), Le(10**6)] = 1
    denominator: Annotated[int, Gt(0), Le(10**6)] = 1


@dataclass(frozen=True, slots=True)
class AddSku:
    """`price` in major units holds for every channel; `backorder_cap` in units, with `backorder` 'capped'."""

    code: Code
    name: Text
    kind: Literal["stocked", "service"] = "stocked"
    product: Code | None = None
    unit: Code = "piece"
    unit_decimals: Annotated[int, Ge(0), Le(3)] = 0
    tax_class: Code = "standard"
    revenue: Literal["goods", "delivery", "manual", "voucher", "other"] = "goods"
    backorder: Literal["no", "yes", "capped"] = "no"
    backorder_cap: Annotated[Decimal, Ge(Decimal(0)), Le(Decimal("1e9"))] = Decimal(0)
    price: UnitPrice | None = None
    barcodes: Annotated[list[BarcodeAsk], Len(0, 100)] = field(default_factory=list)
    packs: Annotated[list[PackAsk], Len(0, 100)] = field(default_factory=list)


def needs_to_add(ask: AddSku) -> list[tuple[Any, Any]]:
    wanted: list[tuple[Any, Any]] = [(BUSINESS, ONLY), (SKU_BY_CODE, ask.code)]
    wanted += [(BARCODES, each.code) for each in ask.barcodes]
    return wanted if ask.product is None else [*wanted, (PRODUCT_BY_CODE, ask.product)]


@flow(AddSku, needs_to_add)
def add_sku(tx: Tx, ask: AddSku) -> dict[str, Any]:
    """A thing that can be sold, with its barcodes, packs and price."""
    house = business.current(tx)
    if tx.one(SKU_BY_CODE, ask.code) is not None:
        raise CodeTaken(Sentence("There is a SKU {code!r} already.", code=ask.code))
    tx.need(BARCODES, [each.code for each in ask.barcodes])
    product = tx.one(PRODUCT_BY_CODE, ask.product) if ask.product is not None else None
    if ask.product is not None and product is None:
        raise Invalid.at("/product", Sentence("There is no product {name!r}.", name=ask.product), "unknown_product")
    sku = Sku(
        tx.new_id(), 1, ask.code, product.id if product else None, ask.name, ask.kind, ask.unit, ask.unit_decimals,
        ask.tax_class, ask.revenue, ask.backorder, 0, "active",
    )  # fmt: skip
    sku = tx.add(SKUS, sku._replace(backorder_cap=in_smallest_units(ask.backorder_cap, sku)))
    for n, each in enumerate(ask.barcodes):
        if tx.get(BARCODES, each.code) is not None:
            raise Invalid.at(
                f"/barcodes/{n}/code", Sentence("Barcode {code!r} is on another SKU.", code=each.code), "barcode_taken"
            )
        tx.add(BARCODES, Barcode(each.code, sku.id, each.numerator, each.denominator))
    if len({pack.name for pack in ask.packs}) < len(ask.packs):
        raise Invalid.at("/packs", "Two packs have the same name.", "named_twice")
    for pack in ask.packs:
        tx.add(PACK_UNITS, PackUnit(sku.id, pack.name, pack.numerator, pack.denominator))
    if ask.price is not None:
        _set_price(tx, sku, EVERY_CHANNEL, house.currency, ask.price, house.basis)
    announce(tx, "sku.added", "sku", sku.id, code=ask.code, kind=ask.kind)
    return shown_sku(sku)


def shown_sku(sku: Sku) -> dict[str, Any]:
    product = show("product", sku.product_id) if sku.product_id is not None else None
    return {"object": "sku", **sku._asdict(), "id": show("sku", sku.id), "product_id": product}


@dataclass(frozen=True, slots=True)
class SetPrice:
    """`price` in major units; without a channel it holds wherever a channel has no price of its own."""

    sku: Reference
    price: UnitPrice
    channel: Code | None = None
    currency: Currency | None = None
    basis: Literal["net", "gross"] | None = None


@flow(SetPrice)
def set_price(tx: Tx, ask: SetPrice) -> dict[str, Any]:
    house = business.current(tx)
    sku = catalog.skus_by_code(tx, [ask.sku])[ask.sku]
    channel = channels.open_channel(tx, ask.channel) if ask.channel is not None else None
    currency, basis = ask.currency or house.currency, ask.basis or (channel.basis if channel else house.basis)
    price = _set_price(tx, sku, channel.id if channel else EVERY_CHANNEL, currency, ask.price, basis)
    announce(tx, "price.set", "sku", sku.id, channel=ask.channel, price_e4=price.price_e4, currency=currency)
    return {
        "object": "price", "sku": show("sku", sku.id), "channel": ask.channel, "currency": currency, "basis": basis,
        "price": price_text(price.price_e4),
    }  # fmt: skip


def _set_price(tx: Tx, sku: Sku, channel_id: int, currency: str, price: Decimal, basis: str) -> Price:
    price_e4 = scaled(price, 4)
    if price_e4 is None:
        raise Invalid.at("/price", "Unit prices have at most four decimals.")
    row = Price(sku.id, channel_id, currency, price_e4, basis)
    if tx.get(PRICES, (sku.id, channel_id, currency)) is None:
        return tx.add(PRICES, row)
    return tx.put(PRICES, row)
