"""What was asked for, line by line, as priced lines of an order: the same for new orders and for drafts that change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ..business.model import Business
from ..catalog import actions as catalog
from ..catalog.model import Sku
from ..catalog.rules import agreed_price, in_smallest_units, price_in_basis
from ..channels.model import Channel
from ..customers.model import Customer
from ..kit.errors import Invalid
from ..kit.picture import Tx
from ..orders.model import Line
from ..orders.rules import NO_DISCOUNT, Amounts, Discount, OrderAmounts, Priced, amounts
from ..values.fields import Code, Minor, Percent, Quantity, Text, UnitPrice
from ..values.money import scaled


@dataclass(frozen=True, slots=True)
class DiscountAsk:
    """Either an amount in minor units or a percentage."""

    amount: Minor | None = None
    percent: Percent | None = None


@dataclass(frozen=True, slots=True)
class LineAsk:
    """`unit_price` is in major units and in the channel's basis; left out, the price list decides."""

    sku: Code
    quantity: Quantity
    unit_price: UnitPrice | None = None
    discount: DiscountAsk | None = None
    description: Text | None = None


def price_lines(
    tx: Tx, asks: Sequence[LineAsk], skus: Sequence[Sku], discount: DiscountAsk | None, house: Business,
    channel: Channel, *, basis: str, day: str, customer: Customer | None,
) -> tuple[list[Priced], OrderAmounts]:  # fmt: skip
    """Each line as it is priced on a day, and what the order amounts to. `skus` are those of the lines, in order.

    A price agreed with the customer comes before the channel's, and that before the one for every channel.
    """
    rates = catalog.tax_rates(tx, {sku.tax_class for sku in skus}, day)
    if customer is not None and customer.prices == "own":
        asks = _agreed(tx, asks, skus, house, customer, basis=basis, day=day, rates=rates)
    unpriced = [sku for sku, ask in zip(skus, asks, strict=True) if ask.unit_price is None]
    listed = (
        catalog.prices(tx, unpriced, channel_id=channel.id, currency=house.currency, basis=basis, rates=rates)
        if unpriced
        else {}
    )
    priced = []
    for n, (sku, ask) in enumerate(zip(skus, asks, strict=True)):
        quantity = in_smallest_units(ask.quantity, sku)
        if ask.unit_price is None:
            price = listed[sku.id]
        else:
            sent = scaled(ask.unit_price, 4)
            if sent is None:
                raise Invalid.at(f"/lines/{n}/unit_price", "Unit prices have at most four decimals.")
            price = sent
        off = _discount(ask.discount, f"/lines/{n}/discount")
        priced.append(Priced(quantity, sku.unit_decimals, price, rates[sku.tax_class], off))
    return priced, amounts(priced, basis=basis, currency=house.currency, discount=_discount(discount, "/discount"))


def _agreed(
    tx: Tx, asks: Sequence[LineAsk], skus: Sequence[Sku], house: Business, customer: Customer, *, basis: str, day: str,
    rates: dict[str, int],
) -> list[LineAsk]:  # fmt: skip
    """The lines, with the price that was agreed with the customer where there is one and none was sent."""
    there = catalog.agreed_prices(tx, customer.id, skus)
    found = []
    for sku, ask in zip(skus, asks, strict=True):
        if ask.unit_price is None:
            quantity = in_smallest_units(ask.quantity, sku)
            price = agreed_price(there[sku.id], quantity=quantity, currency=house.currency, day=day)
            if price is not None:
                rate = rates[sku.tax_class]
                e4 = price_in_basis(price.price_e4, from_basis=price.basis, to_basis=basis, rate_bp=rate)
                ask = replace(ask, unit_price=Decimal(e4).scaleb(-4))
        found.append(ask)
    return found


def new_line(order_id: int, n: int, sku: Sku, ask: LineAsk, price: Priced, amount: Amounts) -> Line:
    """A line with all its units open."""
    return Line(
        order_id, n, sku.id, sku.kind, sku.name if ask.description is None else ask.description,
        price.quantity, price.unit_decimals, price.price_e4, amount.discount_minor, amount.net_minor, amount.tax_minor,
        price.rate_bp, sku.revenue, 0, 0,
        price.quantity, 0, 0, 0, 0, 0, 0, 0, 0,
    )  # fmt: skip


def _discount(ask: DiscountAsk | None, pointer: str) -> Discount:
    if ask is None:
        return NO_DISCOUNT
    if (ask.amount is None) == (ask.percent is None):
        raise Invalid.at(pointer, "A discount is either an amount or a percentage.", "one_of")
    return Discount(minor=ask.amount or 0, percent=ask.percent or Decimal(0))
