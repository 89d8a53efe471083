"""Changing where an order goes, as long as nobody has taken goods of it off the shelf."""

from dataclasses import dataclass, replace
from typing import Any

from ..customers import actions as customers
from ..customers.model import Address
from ..customers.store import ADDRESSES
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.model import Line, Order
from ..orders.store import ORDERS
from ..values.fields import Code, Reference
from ..values.ids import show
from .ordered_units import named_order
from .place_order import AddressAsk, write_address

STILL_HERE = ("open", "awaited", "promised", "cancelled")  # where units may be, for their address to change


class TooLateForAddress(Conflict):
    code = "too_late_for_address"
    title = "Goods of this order are picked, packed or sent already"


class OtherCountry(Conflict):
    code = "other_country"
    title = "An order keeps the country it goes to"


@dataclass(frozen=True, slots=True)
class ChangeAddress:
    """The whole address from now on. `country` left out is the one the order goes to; it stays that."""

    order: Reference
    ship_to: AddressAsk
    channel: Code | None = None


@flow(ChangeAddress)
def change_address(tx: Tx, ask: ChangeAddress) -> dict[str, Any]:
    """Send an order elsewhere. What was promised and what delivery costs stay as they are."""
    order = named_order(tx, ask.order, ask.channel)
    _may_change(order, orders.lines_of(tx, order.id))
    if ask.ship_to.country.upper() not in ("", order.country.upper()):
        raise OtherCountry(
            Sentence(
                "Order {order!r} goes to {country}: tax and delivery rest on it. Cancel it and place a new one.",
                order=order.reference,
                country=order.country,
            )
        )
    before = tx.get(ADDRESSES, order.ship_to) if order.ship_to is not None else None
    customer = customers.kept_under(tx, order.customer_id) if order.customer_id is not None else None
    after = write_address(tx, replace(ask.ship_to, country=order.country), customer)
    tx.put(ORDERS, order._replace(ship_to=after.id))
    announce(
        tx, "order.address_changed", "order", order.id, address=show("address", after.id),
        before=show("address", before.id) if before is not None else None,
    )  # fmt: skip
    return {
        "object": "order_address",
        "order": show("order", order.id),
        "version": orders.find(tx, order.id).version,
        "ship_to": _shown(after),
        "before": _shown(before) if before is not None else None,
    }


def _may_change(order: Order, lines: list[Line]) -> None:
    """Raises TooLateForAddress, Invalid."""
    if order.collect_at is not None:
        raise Invalid.at("/order", "The customer fetches this order; it goes nowhere.", "is_collected")
    if order.status == "cancelled":
        raise TooLateForAddress(Sentence("Order {order!r} is cancelled.", order=order.reference))
    gone = sum(line.quantity - sum(getattr(line, place) for place in STILL_HERE) for line in lines)
    if gone:
        raise TooLateForAddress(
            Sentence(
                "Goods of order {order!r} have left the shelf. Put them back first, or tell the carrier.",
                order=order.reference,
            )
        )


def _shown(address: Address) -> dict[str, str]:
    return {name: value for name, value in address._asdict().items() if name not in ("id", "customer_id")}
