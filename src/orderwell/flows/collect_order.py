"""The customer fetches an order at its collection point: shipped and delivered in one."""

from dataclasses import dataclass
from typing import Any

from ..kit.errors import Conflict
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..shipping import actions as shipping
from ..values.fields import Code, Reference
from .deliver_parcel import deliver
from .ordered_units import NothingReady, named_order, ready_units
from .send_goods import send_services
from .ship_order import ship
from .ship_parcel import send_parcel


class NotForCollection(Conflict):
    code = "not_for_collection"
    title = "The order is not fetched by the customer"


@dataclass(frozen=True, slots=True)
class CollectOrder:
    """All that lies ready at the order's collection point, packed or not."""

    order: Reference
    channel: Code | None = None


@flow(CollectOrder)
def collect_order(tx: Tx, ask: CollectOrder) -> dict[str, Any]:
    """Hand over at the counter, invoice, and call it delivered."""
    order = orders.placed(named_order(tx, ask.order, ask.channel))
    if order.collect_at is None:
        raise NotForCollection(
            Sentence("Order {order!r} is sent to the customer; ship it instead.", order=order.reference)
        )
    packed = [each for each in shipping.of_order(tx, order.id) if each.status == "packed"]
    ready = ready_units(
        None, {}, orders.allocations_of(tx, order.id), order.collect_at, lambda each: each.promised + each.picked
    )
    if not packed and not ready:
        raise NothingReady(
            Sentence("Order {order!r} has nothing that lies ready to be fetched.", order=order.reference)
        )
    sent = [send_parcel(tx, parcel) for parcel in packed]
    if ready:
        lines = {line.n: line for line in orders.lines_of(tx, order.id)}
        sent.append(ship(tx, orders.find(tx, order.id), lines, ready, send_services(tx, lines)).told())
    parcels = [name for each in sent for name in each["parcels"]]
    invoices = [each["invoice"] for each in sent if each["invoice"]]
    for name in parcels:
        deliver(tx, shipping.find(tx, name), name)
    return {
        **shown(orders.find(tx, order.id), orders.lines_of(tx, order.id)),
        "parcels": parcels,
        "invoice": invoices[0] if len(invoices) == 1 else None,
        "invoices": invoices,
    }
