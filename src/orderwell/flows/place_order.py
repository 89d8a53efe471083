"""Placing an order: priced, promised from stock or awaited, and written down. Or refused, and nothing happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from annotated_types import Len

from ..business import actions as business
from ..business.model import ONLY, Business
from ..business.store import BUSINESS
from ..catalog import actions as catalog
from ..catalog.model import Sku
from ..catalog.rules import in_smallest_units
from ..catalog.store import PRICES, RATES_OF, SKU_BY_CODE
from ..channels import actions as channels
from ..channels.model import Channel
from ..channels.store import CHANNEL_BY_CODE
from ..customers import actions as customers
from ..customers.model import Address, Customer
from ..customers.store import ADDRESSES
from ..inventory import actions as inventory
from ..inventory.rules import Promise, Want
from ..inventory.store import LOCATIONS_OF_KIND, STOCK_OF
from ..kit.errors import Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..orders.model import NEW, Line, Order
from ..orders.rules import NO_DISCOUNT, Discount, OrderAmounts, Priced, amounts
from ..orders.store import ORDER_BY_REFERENCE
from ..values.calendar import day_of
from ..values.fields import MAX_LINES, Code, Minor, Name, Percent, Quantity, Reference, Text, UnitPrice
from ..values.ids import show
from ..values.money import scaled


@dataclass(frozen=True, slots=True)
class DiscountAsk:
    """Either an amount in minor units or a percentage."""

    amount: Minor | None = None
    percent: Percent | None = None


@dataclass(frozen=True, slots=True)
class AddressAsk:
    name: Name
    street: Text = ""
    postcode: Text = ""
    city: Text = ""
    country: Text = ""
    company: Text = ""
    email: Text = ""
    phone: Text = ""


@dataclass(frozen=True, slots=True)
class LineAsk:
    """`unit_price` is in major units and in the channel's basis; left out, the price list decides."""

    sku: Code
    quantity: Quantity
    unit_price: UnitPrice | None = None
    discount: DiscountAsk | None = None
    description: Text | None = None


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """`reference` is the channel's own and unique on it; `customer` an id or the business's own customer number."""

    channel: Code
    lines: Annotated[list[LineAsk], Len(1, MAX_LINES)]
    reference: Reference | None = None
    customer: Reference | None = None
    discount: DiscountAsk | None = None
    ship_to: AddressAsk | None = None
    bill_to: AddressAsk | None = None
    customer_reference: Text = ""
    payment_method: Text = ""
    collect_at: Code | None = None
    draft: bool = False


def needs(ask: PlaceOrder) -> list[tuple[Any, Any]]:
    wanted: list[tuple[Any, Any]] = [(BUSINESS, ONLY), (CHANNEL_BY_CODE, ask.channel), (LOCATIONS_OF_KIND, "stock")]
    wanted += [(SKU_BY_CODE, line.sku) for line in ask.lines]
    if ask.customer is not None:
        wanted.append(customers.wanted(ask.customer))
    return wanted


@flow(PlaceOrder, needs)
def place_order(tx: Tx, ask: PlaceOrder) -> dict[str, Any]:
    """Accept the order, set its stock aside, and tell the world."""
    house = business.current(tx)
    channel = channels.open_channel(tx, ask.channel)
    order_id = tx.new_id()
    reference = ask.reference or show("order", order_id)
    skus = catalog.skus_by_code(tx, [line.sku for line in ask.lines])
    unpriced = [skus[line.sku] for line in ask.lines if line.unit_price is None]
    tx.need_all(
        (ORDER_BY_REFERENCE, [(channel.id, reference)]),
        (STOCK_OF, [] if ask.draft else {sku.id for sku in skus.values() if sku.kind == "stocked"}),
        (RATES_OF, {sku.tax_class for sku in skus.values()}),
        (PRICES, catalog.price_keys(unpriced, channel.id, house.currency)),
    )
    orders.refuse_second(tx, channel.id, reference)
    customer = customers.may_order(customers.find(tx, ask.customer)) if ask.customer is not None else None
    today = day_of(tx.now, house.time_zone)

    wanted = [skus[line.sku] for line in ask.lines]
    quantities = _quantities(ask.lines, wanted)
    priced = _priced(tx, ask, wanted, quantities, house, channel, today)
    total = amounts(priced, basis=channel.basis, currency=house.currency, discount=_discount(ask.discount))
    order = _order(tx, ask, order_id, reference, house, channel, customer, total, today)
    lines = [
        _line(order_id, n, sku, line, price, amount)
        for n, (sku, line, price, amount) in enumerate(zip(wanted, ask.lines, priced, total.lines, strict=True), 1)
    ]
    if ask.draft:
        orders.write_down(tx, order, lines)
        for line in lines:
            orders.record_units(tx, line, NEW, "open", line.quantity)
        announce(tx, "order.drafted", "order", order_id, reference=reference)
        return shown(order, lines)

    promises = promise(tx, lines, wanted, house, ask.collect_at)
    lines = place_units(tx, order, lines, promises)
    announce(
        tx, "order.placed", "order", order_id,
        reference=reference, channel=channel.code, gross=order.gross_minor, currency=order.currency,
    )  # fmt: skip
    return shown(order, lines)


def promise(
    tx: Tx, lines: Sequence[Line], skus: Sequence[Sku], house: Business, collect_at: str | None
) -> list[Promise]:
    """Set stock aside for the stocked lines, as each SKU's backorder rule allows."""
    wants = [
        Want(line.n, sku.id, line.quantity, _may_await(sku, line.quantity))
        for line, sku in zip(lines, skus, strict=True)
        if sku.kind == "stocked"
    ]
    if not wants:
        return []
    only_at = inventory.location(tx, collect_at, pointer="/collect_at").id if collect_at is not None else None
    return inventory.promise(tx, wants, rule=house.sourcing, names={sku.id: sku.code for sku in skus}, only_at=only_at)


def place_units(tx: Tx, order: Order, lines: Sequence[Line], promises: Sequence[Promise]) -> list[Line]:
    """Write a new order down with its units where the promises put them."""
    promised: dict[int, int] = {}
    awaited: dict[int, int] = {}
    for made in promises:
        promised[made.line] = promised.get(made.line, 0) + made.promised
        awaited[made.line] = awaited.get(made.line, 0) + made.awaited
    placed = []
    for line in lines:
        if line.kind == "stocked":
            line = line._replace(open=0, promised=promised[line.n], awaited=awaited[line.n])
        placed.append(line)
    orders.write_down(tx, order, placed)
    by_number = {line.n: line for line in placed}
    for line in placed:
        if line.open:
            orders.record_units(tx, line, NEW, "open", line.open)
    for made in promises:
        line = by_number[made.line]
        if made.promised:
            orders.record_units(tx, line, NEW, "promised", made.promised, made.location_id)
        if made.awaited:
            orders.record_units(tx, line, NEW, "awaited", made.awaited, made.location_id)
        orders.allocate_line(tx, line, made.location_id, promised=made.promised, awaited=made.awaited)
    return placed


def _may_await(sku: Sku, quantity: int) -> int:
    if sku.backorder == "no":
        return 0
    return quantity if sku.backorder == "yes" else min(quantity, sku.backorder_cap)


def _quantities(lines: Sequence[LineAsk], skus: Sequence[Sku]) -> list[int]:
    return [in_smallest_units(line.quantity, sku) for line, sku in zip(lines, skus, strict=True)]


def _discount(ask: DiscountAsk | None) -> Discount:
    if ask is None:
        return NO_DISCOUNT
    if (ask.amount is None) == (ask.percent is None):
        raise Invalid.at("/discount", "A discount is either an amount or a percentage.", "one_of")
    return Discount(minor=ask.amount or 0, percent=ask.percent or Decimal(0))


def _priced(
    tx: Tx, ask: PlaceOrder, skus: Sequence[Sku], quantities: Sequence[int], house: Business, channel: Channel, day: str
) -> list[Priced]:
    rates = catalog.tax_rates(tx, {sku.tax_class for sku in skus}, day)
    unpriced = [sku for sku, line in zip(skus, ask.lines, strict=True) if line.unit_price is None]
    listed = (
        catalog.prices(tx, unpriced, channel_id=channel.id, currency=house.currency, basis=channel.basis, rates=rates)
        if unpriced
        else {}
    )
    priced = []
    for n, (sku, line, quantity) in enumerate(zip(skus, ask.lines, quantities, strict=True)):
        if line.unit_price is None:
            price = listed[sku.id]
        else:
            sent = scaled(line.unit_price, 4)
            if sent is None:
                raise Invalid.at(f"/lines/{n}/unit_price", "Unit prices have at most four decimals.")
            price = sent
        priced.append(Priced(quantity, sku.unit_decimals, price, rates[sku.tax_class], _discount(line.discount)))
    return priced


def _order(
    tx: Tx, ask: PlaceOrder, order_id: int, reference: str, house: Business, channel: Channel,
    customer: Customer | None, total: OrderAmounts, today: str,
) -> Order:  # fmt: skip
    net, tax = sum(line.net_minor for line in total.lines), sum(line.tax_minor for line in total.lines)
    method = ask.payment_method or (customer.payment_method if customer else "")
    terms = customer.terms_days if customer else 0
    collect_at = inventory.location(tx, ask.collect_at, pointer="/collect_at").id if ask.collect_at else None
    expires = None
    if house.unpaid_expires_hours and not ask.draft and terms == 0:
        expires = tx.now + house.unpaid_expires_hours * 3_600_000_000
    ship_to = _address(tx, ask.ship_to, customer)
    return Order(
        order_id, 1, channel.id, reference, customer.id if customer else None,
        "draft" if ask.draft else "placed", house.currency, channel.basis,
        tx.now, None if ask.draft else tx.now, None if ask.draft else today, expires,
        net, tax, net + tax, total.discount_minor,
        ship_to, _address(tx, ask.bill_to, customer) or ship_to,
        ask.customer_reference, method, terms, collect_at,
    )  # fmt: skip


def _address(tx: Tx, ask: AddressAsk | None, customer: Customer | None) -> int | None:
    if ask is None:
        return None
    address = Address(
        tx.new_id(), customer.id if customer else None, ask.name, ask.company, ask.street, ask.postcode, ask.city,
        ask.country, ask.email, ask.phone,
    )  # fmt: skip
    return tx.add(ADDRESSES, address).id


def _line(order_id: int, n: int, sku: Sku, ask: LineAsk, price: Priced, amount: Any) -> Line:
    """A line with all its units open."""
    return Line(
        order_id, n, sku.id, sku.kind, sku.name if ask.description is None else ask.description,
        price.quantity, price.unit_decimals, price.price_e4, amount.discount_minor, amount.net_minor, amount.tax_minor,
        price.rate_bp, sku.revenue, 0, 0,
        price.quantity, 0, 0, 0, 0, 0, 0, 0, 0,
    )  # fmt: skip
