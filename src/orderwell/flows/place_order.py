"""Placing an order: priced, promised from stock or awaited, and written down. Or refused, and nothing happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..business import actions as business
from ..business.model import ONLY, Business
from ..business.store import BUSINESS
from ..catalog import actions as catalog
from ..catalog.model import Sku
from ..catalog.store import PRICES, RATES_OF, SKU_BY_CODE
from ..channels import actions as channels
from ..channels.model import Channel
from ..channels.store import CHANNEL_BY_CODE
from ..customers import actions as customers
from ..customers.model import Address, Customer
from ..customers.store import ADDRESSES
from ..inventory import actions as inventory
from ..inventory.rules import Promise, Want
from ..inventory.store import LOCATIONS_OF_KIND, STOCK_OF, VALUATIONS
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.tables import changed
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..orders.model import NEW, Line, Order
from ..orders.rules import OrderAmounts
from ..orders.store import ORDER_BY_REFERENCE
from ..values.calendar import SECOND, day_of
from ..values.fields import MAX_LINES, Code, Name, Reference, Text
from ..values.ids import show
from .invoice_order import invoice_whole
from .price_lines import DiscountAsk as DiscountAsk
from .price_lines import LineAsk as LineAsk
from .price_lines import new_line, price_lines
from .promise_delivery import choose_delivery, keep_promise

HOUR = 3_600 * SECOND


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
class PlaceOrder:
    """`reference` is the channel's own and unique on it; `customer` an id or the business's own customer number.

    `country` is where the goods go; left out, that of `ship_to`, else of the customer, else the business's own.
    With `delivery` (code of a method) its cost becomes a line of the order, and the day is promised.
    """

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
    country: Text = ""
    draft: bool = False
    delivery: Code | None = None


def needs(ask: PlaceOrder) -> list[tuple[Any, Any]]:
    wanted: list[tuple[Any, Any]] = [(BUSINESS, ONLY), (CHANNEL_BY_CODE, ask.channel), (LOCATIONS_OF_KIND, "stock")]
    wanted += [(SKU_BY_CODE, line.sku) for line in ask.lines]
    if ask.customer is not None:
        wanted.append(customers.wanted(ask.customer))
    return wanted


@flow(PlaceOrder, needs)
def place_order(tx: Tx, ask: PlaceOrder) -> dict[str, Any]:
    """Accept the order, set its stock aside, and tell the world."""
    return shown(*place(tx, ask))


def place(tx: Tx, ask: PlaceOrder, *, ships_too: bool = False) -> tuple[Order, list[Line]]:
    """The order and its lines, written down. With `ships_too` what shipping will want to see is asked for as well."""
    house = business.current(tx)
    channel = channels.open_channel(tx, ask.channel)
    order_id = tx.new_id()
    reference = ask.reference or show("order", order_id)
    skus = catalog.skus_by_code(tx, [line.sku for line in ask.lines])
    _look_ahead(tx, ask, skus, channel, reference, house, ships_too=ships_too)
    orders.refuse_second(tx, channel.id, reference)
    customer = customers.may_order(customers.find(tx, ask.customer)) if ask.customer is not None else None
    today = day_of(tx.now, house.time_zone)
    chosen = None
    if ask.delivery is not None:
        chosen = choose_delivery(tx, ask, house, channel, _country(ask, customer, house), today)
        ask, skus = chosen.ask, catalog.skus_by_code(tx, [line.sku for line in chosen.ask.lines])

    wanted = [skus[line.sku] for line in ask.lines]
    priced, total = price_lines(
        tx, ask.lines, wanted, ask.discount, house, channel, basis=channel.basis, day=today, customer=customer
    )  # fmt: skip
    order = _order(tx, ask, order_id, reference, house, channel, customer, total, today)
    lines = [
        new_line(order_id, n, sku, line, price, amount)
        for n, (sku, line, price, amount) in enumerate(zip(wanted, ask.lines, priced, total.lines, strict=True), 1)
    ]
    if ask.draft:
        orders.write_down(tx, order, lines)
        for line in lines:
            orders.record_units(tx, line, NEW, "open", line.quantity)
        announce(tx, "order.drafted", "order", order_id, reference=reference)
        return order, lines

    promises = promise(tx, lines, wanted, house, order.collect_at)
    lines = place_units(tx, order, lines, promises)
    announce(
        tx, "order.placed", "order", order_id,
        reference=reference, channel=channel.code, gross=order.gross_minor, currency=order.currency,
    )  # fmt: skip
    if chosen is not None:
        keep_promise(tx, order, chosen, promises, house)
    if house.invoice_on == "order":
        lines = invoice_whole(tx, order, lines, today)
    return order, lines


def _look_ahead(
    tx: Tx, ask: PlaceOrder, skus: dict[str, Sku], channel: Channel, reference: str, house: Business, *, ships_too: bool
) -> None:
    """Ask at once for everything that the SKUs lead to."""
    stocked = [] if ask.draft else [sku.id for sku in skus.values() if sku.kind == "stocked"]
    unpriced = [skus[line.sku] for line in ask.lines if line.unit_price is None]
    tx.need_all(
        (ORDER_BY_REFERENCE, [(channel.id, reference)]),
        (STOCK_OF, stocked),
        (VALUATIONS, stocked if ships_too else []),
        (RATES_OF, {sku.tax_class for sku in skus.values()}),
        (PRICES, catalog.price_keys(unpriced, channel.id, house.currency)),
    )


def promise(
    tx: Tx, lines: Sequence[Line], skus: Sequence[Sku], house: Business, collect_at: int | None
) -> list[Promise]:
    """Set stock aside for the stocked lines, as each SKU's backorder rule allows."""
    wants = [
        Want(line.n, sku.id, line.open, 0 if sku.backorder == "no" else line.open)
        for line, sku in zip(lines, skus, strict=True)
        if sku.kind == "stocked"
    ]
    if not wants:
        return []
    names = {sku.id: sku.code for sku in skus}
    caps = {sku.id: sku.backorder_cap for sku in skus if sku.backorder == "capped"}
    return inventory.promise(tx, wants, rule=house.sourcing, names=names, caps=caps, only_at=collect_at)


def place_units(tx: Tx, order: Order, lines: Sequence[Line], promises: Sequence[Promise]) -> list[Line]:
    """Write a new order down with its units where the promises put them: one promise at most a line and location."""
    promised: dict[int, int] = {}
    awaited: dict[int, int] = {}
    for made in promises:
        promised[made.line] = promised.get(made.line, 0) + made.promised
        awaited[made.line] = awaited.get(made.line, 0) + made.awaited
    placed = []
    for line in lines:
        if line.kind == "stocked":
            line = changed(line, open=0, promised=promised[line.n], awaited=awaited[line.n])
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
        orders.allocate_new(tx, line, made.location_id, promised=made.promised, awaited=made.awaited)
    return placed


def _order(
    tx: Tx, ask: PlaceOrder, order_id: int, reference: str, house: Business, channel: Channel,
    customer: Customer | None, total: OrderAmounts, today: str,
) -> Order:  # fmt: skip
    net, tax = sum(line.net_minor for line in total.lines), sum(line.tax_minor for line in total.lines)
    method = ask.payment_method or (customer.payment_method if customer else "")
    terms = customer.terms_days if customer else 0
    collect_at = inventory.location(tx, ask.collect_at, pointer="/collect_at").id if ask.collect_at else None
    expires = None if ask.draft else expiry(tx, house, terms)
    ship_to = write_address(tx, ask.ship_to, customer).id if ask.ship_to is not None else None
    bill_to = write_address(tx, ask.bill_to, customer).id if ask.bill_to is not None else ship_to
    return Order(
        order_id, 1, channel.id, reference, customer.id if customer else None,
        "draft" if ask.draft else "placed", house.currency, channel.basis,
        tx.now, None if ask.draft else tx.now, None if ask.draft else today, expires,
        net, tax, net + tax, total.discount_minor,
        ship_to, bill_to,
        ask.customer_reference, method, terms, collect_at,
        _country(ask, customer, house),
    )  # fmt: skip


def _country(ask: PlaceOrder, customer: Customer | None, house: Business) -> str:
    """Where the goods go."""
    country = ask.country or (ask.ship_to.country if ask.ship_to else "") or (customer.country if customer else "")
    return country or house.country


def expiry(tx: Tx, house: Business, terms_days: int) -> int | None:
    """When an order placed now is cancelled unless it is paid; never for who pays on terms."""
    if not house.unpaid_expires_hours or terms_days:
        return None
    return tx.now + house.unpaid_expires_hours * HOUR


def write_address(tx: Tx, ask: AddressAsk, customer: Customer | None) -> Address:
    address = Address(
        tx.new_id(), customer.id if customer else None, ask.name, ask.company, ask.street, ask.postcode, ask.city,
        ask.country, ask.email, ask.phone,
    )  # fmt: skip
    return tx.add(ADDRESSES, address)
