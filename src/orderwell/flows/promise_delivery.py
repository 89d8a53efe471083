"""Delivery as customers choose it: what it costs, when it arrives, and the promise that is kept with the order."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from ..business.model import Business
from ..catalog import actions as catalog
from ..catalog.model import Sku
from ..catalog.rules import price_in_basis
from ..catalog.store import SKUS
from ..channels.model import Channel
from ..customers import actions as customers
from ..delivery import actions as delivery
from ..delivery.model import DeliveryPromise, Method, Zone
from ..delivery.rules import NotDelivered, dates, is_free, zone_for
from ..delivery.store import DISPATCH
from ..inventory.rules import Promise
from ..inventory.store import LOCATIONS
from ..kit.errors import Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..orders.model import Order
from ..values.calendar import minute_of
from ..values.ids import show
from ..values.money import line_amount
from .goods_ready import Ready, ready_days
from .price_lines import DiscountAsk, LineAsk, price_lines

if TYPE_CHECKING:
    from .place_order import PlaceOrder


class Chosen(NamedTuple):
    """The order as it is placed, with its cost of delivery as a line; and what decides on the day."""

    ask: "PlaceOrder"
    method: Method
    zone: Zone
    cost_minor: int


class Days(NamedTuple):
    """When all of it is sent and delivered, None where nobody knows; and by which rule."""

    dispatch_on: str | None
    deliver_on: str | None
    rule: str


def choose_delivery(tx: Tx, ask: "PlaceOrder", house: Business, channel: Channel, country: str, today: str) -> Chosen:
    """Add the cost of the method that was chosen to the lines. Raises NotDelivered.

    A discount on the order is one on its goods: it is turned into its amount before the cost comes in.
    """
    assert ask.delivery is not None
    if ask.draft or ask.collect_at is not None:
        why = Sentence("A draft promises no day yet") if ask.draft else Sentence("The customer fetches this order")
        raise Invalid.at("/delivery", Sentence("{why}; leave the method of delivery out.", why=why))
    method = delivery.open_method(tx, ask.delivery)
    zone = zone_of(tx, method, country, ask.ship_to.postcode if ask.ship_to else "")
    if zone is None:
        raise NotDelivered(
            Sentence("{method} does not deliver to that address; ask for the options there are.", method=method.name)
        )
    goods, off = goods_amount(tx, ask.lines, ask.discount, house, channel, today, ask.customer)
    sku = billed_as(tx, method)
    price_e4 = cost_e4(tx, zone, sku, goods, basis=channel.basis, today=today)
    lines = [*ask.lines, LineAsk(sku.code, Decimal(1), Decimal(price_e4).scaleb(-4))]
    discount = DiscountAsk(amount=off) if ask.discount is not None else None
    return Chosen(replace(ask, lines=lines, discount=discount), method, zone, in_minor(price_e4, sku, house))


def keep_promise(tx: Tx, order: Order, chosen: Chosen, promises: Sequence[Promise], house: Business) -> None:
    """Write down what the customer is told now: which day, at which cost, by which rule."""
    today = order.placed_on
    assert today is not None, "only an order that is placed promises a day"
    ready = ready_days(tx, promises, today, placed=True)
    days = days_of(tx, ready, chosen.method, chosen.zone, house, today)
    delivery.write_promise(
        tx,
        DeliveryPromise(
            order.id, tx.cause, chosen.method.id, tx.now, days.dispatch_on, days.deliver_on, chosen.cost_minor,
            days.rule,
        ),
    )  # fmt: skip
    announce(
        tx, "order.delivery_promised", "order", order.id, method=chosen.method.code, deliver_on=days.deliver_on,
        dispatch_on=days.dispatch_on, cost=chosen.cost_minor,
    )  # fmt: skip


def zone_of(tx: Tx, method: Method, country: str, postcode: str) -> Zone | None:
    return zone_for(delivery.zones_of(tx, method.id), country=country.upper(), postcode=postcode)


def billed_as(tx: Tx, method: Method) -> Sku:
    sku = tx.get(SKUS, method.sku_id)
    assert sku is not None, "a method is billed as a SKU that is there"
    return sku


def goods_amount(
    tx: Tx, lines: Sequence[LineAsk], discount: DiscountAsk | None, house: Business, channel: Channel, today: str,
    customer_name: str | None,
) -> tuple[int, int]:  # fmt: skip
    """What the goods amount to in the channel's basis after all discounts, and the order's own discount."""
    customer = customers.find(tx, customer_name) if customer_name is not None else None
    found = catalog.skus_by_code(tx, [line.sku for line in lines])
    skus = [found[line.sku] for line in lines]
    _, total = price_lines(
        tx, lines, skus, discount, house, channel, basis=channel.basis, day=today, customer=customer
    )  # fmt: skip
    net = sum(line.net_minor for line in total.lines)
    tax = sum(line.tax_minor for line in total.lines)
    return net if channel.basis == "net" else net + tax, total.discount_minor


def cost_e4(tx: Tx, zone: Zone, sku: Sku, goods_minor: int, *, basis: str, today: str) -> int:
    """What delivery costs, as a unit price in the basis asked for."""
    if is_free(zone, goods_minor):
        return 0
    rate = catalog.tax_rates(tx, [sku.tax_class], today)[sku.tax_class]
    return price_in_basis(zone.price_e4, from_basis=zone.basis, to_basis=basis, rate_bp=rate)


def in_minor(price_e4: int, sku: Sku, house: Business) -> int:
    return line_amount(10**sku.unit_decimals, price_e4, unit_decimals=sku.unit_decimals, currency=house.currency)


def days_of(tx: Tx, ready: Sequence[Ready], method: Method, zone: Zone, house: Business, today: str) -> Days:
    """The day on which the last of it arrives: what is at several locations, or awaited, goes when it is ready."""
    closed, minute = delivery.closed_days(tx), minute_of(tx.now, house.time_zone)
    tx.need_all((DISPATCH, {each.location_id for each in ready}), (LOCATIONS, {each.location_id for each in ready}))
    latest: Days | None = None
    for each in ready:
        dispatch = delivery.dispatch_of(tx, each.location_id)
        found = None
        if each.on is not None:
            found = dates(
                ready_on=each.on, minute=minute, today=today, dispatch=dispatch, method=method,
                lead_days=zone.lead_days, closed=closed,
            )  # fmt: skip
        place = tx.get(LOCATIONS, each.location_id)
        assert place is not None, "goods are promised at a location that is there"
        rule = _rule(each, place.code, dispatch.cut_off, zone)
        if found is None:
            return Days(None, None, rule)
        if latest is None or (latest.deliver_on or "") < found.deliver_on:
            latest = Days(found.dispatch_on, found.deliver_on, rule)
    return latest or Days(today, today, "nothing is sent")


def _rule(ready: Ready, location: str, cut_off: str, zone: Zone) -> str:
    where = f"{zone.country} {zone.postcode_from}-{zone.postcode_to}" if zone.postcode_from else zone.country
    known = f"ready {ready.on} ({ready.how})" if ready.on else f"awaited, {ready.how}"
    return f"line {ready.line} at {location}: {known}, cut-off {cut_off}, zone {where}, {zone.lead_days} delivery days"


def shown_days(days: Days) -> dict[str, str | None]:
    return days._asdict()


def shown_ready(ready: Sequence[Ready]) -> list[dict[str, object]]:
    """When goods of each line are ready, at which location, and how that is known."""
    return [
        {"line": each.line, "location": show("location", each.location_id), "ready_on": each.on, "how": each.how}
        for each in ready
    ]
