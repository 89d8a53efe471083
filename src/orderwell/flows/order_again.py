"""The same once more: what was ordered before, at today's prices, delivered as it was then where that is possible."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ..catalog.model import Sku
from ..catalog.store import SKUS
from ..channels.store import CHANNELS
from ..customers import actions as customers
from ..customers.store import ADDRESSES
from ..delivery import actions as delivery
from ..delivery.rules import NotDelivered
from ..delivery.store import METHODS, PROMISES
from ..inventory.store import LOCATIONS
from ..kit.errors import Conflict, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..orders.model import Line, Order
from ..values.fields import Code, Reference
from ..values.ids import show
from .delivery_options import AskDeliveryOptions, ask_delivery_options
from .ordered_units import named_order
from .place_order import AddressAsk, LineAsk, PlaceOrder, place


class NothingSoldStill(Conflict):
    code = "nothing_sold_still"
    title = "Nothing of this order is sold any more"


@dataclass(frozen=True, slots=True)
class OrderAgain:
    """`order` is an id, or with `channel` its own reference. The new one is placed on `place_on`, left out on the same
    channel, as `reference`.

    Goods that are no longer sold are left out, and named in `left_out`; services such as delivery are charged anew.
    """

    order: Reference
    channel: Code | None = None
    place_on: Code | None = None
    reference: Reference | None = None


@flow(OrderAgain)
def order_again(tx: Tx, ask: OrderAgain) -> dict[str, Any]:
    """Place an order like an earlier one."""
    before = named_order(tx, ask.order, ask.channel)
    if before.status == "draft":
        raise NotFound(Sentence("Order {order!r} is a draft; confirm it instead.", order=before.reference))
    lines = [line for line in orders.lines_of(tx, before.id) if line.kind == "stocked"]
    tx.need(SKUS, {line.sku_id for line in lines})
    skus = {line.sku_id: sku for line in lines if (sku := tx.get(SKUS, line.sku_id)) is not None}
    again = _wanted([line for line in lines if skus[line.sku_id].status == "active"], skus)
    if not again:
        raise NothingSoldStill(Sentence("Nothing of order {order!r} is sold any more.", order=before.reference))
    order, placed = place(tx, _like(tx, ask, before, again))
    return {**shown(order, placed), "left_out": sorted({s.code for s in skus.values() if s.status != "active"})}


def _wanted(lines: Sequence[Line], skus: dict[int, Sku]) -> list[LineAsk]:
    """Each SKU once, in the order it was first named."""
    wanted: dict[int, int] = {}
    for line in lines:
        wanted[line.sku_id] = wanted.get(line.sku_id, 0) + line.quantity
    return [
        LineAsk(skus[sku].code, Decimal(units).scaleb(-skus[sku].unit_decimals)) for sku, units in wanted.items()
    ]  # fmt: skip


def _like(tx: Tx, ask: OrderAgain, before: Order, lines: list[LineAsk]) -> PlaceOrder:
    """The new order: for the same customer, to the same address, on terms as they are now."""
    customer = customers.kept_under(tx, before.customer_id) if before.customer_id is not None else None
    channel = tx.get(CHANNELS, before.channel_id)
    assert channel is not None, "an order has a channel"
    fetched = tx.get(LOCATIONS, before.collect_at) if before.collect_at is not None else None
    like = PlaceOrder(
        ask.place_on or channel.code, lines, reference=ask.reference,
        customer=show("customer", customer.id) if customer is not None else None,
        ship_to=_address(tx, before.ship_to), bill_to=_address(tx, before.bill_to),
        collect_at=fetched.code if fetched is not None else None, country=before.country,
    )  # fmt: skip
    if fetched is not None:
        return like
    return replace(like, delivery=_way(tx, before, like))


def _way(tx: Tx, before: Order, like: PlaceOrder) -> str | None:
    """As it was delivered then, else in the cheapest way; None where the house names none. Raises NotDelivered."""
    asked = AskDeliveryOptions(
        like.channel, like.lines, country=before.country, customer=like.customer,
        postcode=like.ship_to.postcode if like.ship_to else "",
    )  # fmt: skip
    options = ask_delivery_options(tx, asked)["data"]
    if not options:
        if delivery.open_methods(tx):
            raise NotDelivered("None of our ways of delivery goes to the address of that order any more.")
        return None
    promised = tx.get(PROMISES, before.id)
    method = tx.get(METHODS, promised.method_id) if promised is not None else None
    codes = [each["delivery"] for each in sorted(options, key=lambda each: (each["cost"], each["delivery"]))]
    return method.code if method is not None and method.code in codes else codes[0]


def _address(tx: Tx, address_id: int | None) -> AddressAsk | None:
    there = tx.get(ADDRESSES, address_id) if address_id is not None else None
    if there is None:
        return None
    return AddressAsk(
        there.name, there.street, there.postcode, there.city, there.country, there.company, there.email, there.phone
    )
