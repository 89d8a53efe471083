"""What becomes of a parcel on its way: delivered, not delivered, lost, or back with us."""

from dataclasses import dataclass
from typing import Any

from ..business import actions as business
from ..inventory import actions as inventory
from ..inventory.model import CUSTOMER
from ..kit.events import announce
from ..kit.notes import keep_note
from ..kit.picture import Tx
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..orders import actions as orders
from ..orders.model import Line
from ..shipping import actions as shipping
from ..shipping.answers import shown_parcel
from ..shipping.model import Parcel
from ..values.fields import Reference, Text
from ..values.money import part_of


@dataclass(frozen=True, slots=True)
class DeliverParcel:
    parcel: Reference


@dataclass(frozen=True, slots=True)
class FailDelivery:
    """Nobody was there, or the address was wrong: it is tried again, or the parcel comes back."""

    parcel: Reference
    reason: Text = ""


@dataclass(frozen=True, slots=True)
class LoseParcel:
    """The carrier cannot find it. It may still turn up."""

    parcel: Reference


@dataclass(frozen=True, slots=True)
class ParcelCameBack:
    """A parcel that could not be delivered is on our shelf again, with all that was in it."""

    parcel: Reference


@flow(DeliverParcel)
def deliver_parcel(tx: Tx, ask: DeliverParcel) -> dict[str, Any]:
    return deliver(tx, shipping.find(tx, ask.parcel), ask.parcel)


def deliver(tx: Tx, parcel: Parcel, name: str) -> dict[str, Any]:
    """The customer has it."""
    parcel = shipping.move(tx, parcel, "delivered", delivered_at=tx.now)
    contents = shipping.contents(tx, parcel.id)
    for line in orders.lines_of(tx, parcel.order_id):
        units = min(contents.get(line.n, 0), line.shipped)  # some may have been taken back on the way
        if units:
            orders.move_units(tx, line, "shipped", "delivered", units)
    _deliver_services(tx, parcel.order_id)
    announce(tx, "order.delivered", "order", parcel.order_id, parcel=name, units=sum(contents.values()))
    return shown_parcel(parcel, contents)


def _deliver_services(tx: Tx, order_id: int) -> None:
    """Postage and the like lie in no parcel: they have arrived when no goods are on their way any more."""
    lines = orders.lines_of(tx, order_id)
    if not any(line.shipped for line in lines if line.kind == "stocked"):
        for line in lines:
            if line.kind == "service" and line.shipped:
                orders.move_units(tx, line, "shipped", "delivered", line.shipped)


@flow(FailDelivery)
def fail_delivery(tx: Tx, ask: FailDelivery) -> dict[str, Any]:
    parcel = shipping.move(tx, shipping.find(tx, ask.parcel), "failed")
    announce(tx, "order.delivery_failed", "order", parcel.order_id, parcel=ask.parcel)
    keep_note(tx, ask.reason)
    return shown_parcel(parcel, shipping.contents(tx, parcel.id))


@flow(LoseParcel)
def lose_parcel(tx: Tx, ask: LoseParcel) -> dict[str, Any]:
    parcel = shipping.move(tx, shipping.find(tx, ask.parcel), "lost")
    announce(tx, "order.parcel_lost", "order", parcel.order_id, parcel=ask.parcel)
    return shown_parcel(parcel, shipping.contents(tx, parcel.id))


@flow(ParcelCameBack)
def parcel_came_back(tx: Tx, ask: ParcelCameBack) -> dict[str, Any]:
    """Goods lie on the shelf again at what they cost when they left, still set aside for their order.

    The units become promised, not returned: nobody has taken the order back. It can be sent once more, without a
    second invoice, or be cancelled, which credits what was invoiced. Units that were taken back while they were on
    their way are not the order's any more: whoever took them back says where they lie.
    """
    parcel = shipping.move(tx, shipping.find(tx, ask.parcel), "came_back")
    order = orders.find(tx, parcel.order_id)
    lines = {line.n: line for line in orders.lines_of(tx, order.id)}
    held = shipping.lines_in(tx, parcel.id)
    inventory.need(tx, {lines[row.line].sku_id for row in held})
    worth = 0
    for row in held:
        units = min(row.quantity, lines[row.line].shipped)
        if units:
            cost = part_of(row.cost_minor, before=0, after=units, whole=row.quantity)
            _set_aside_again(tx, lines[row.line], parcel, units, cost)
            worth += cost
    ledger.post(
        tx, "goods_back", templates.goods_back(cost_minor=worth),
        day=business.today(tx), currency=order.currency, document="parcel", document_id=parcel.id,
    )  # fmt: skip
    announce(tx, "order.parcel_came_back", "order", order.id, parcel=ask.parcel)
    return shown_parcel(parcel, shipping.contents(tx, parcel.id))


def _set_aside_again(tx: Tx, line: Line, parcel: Parcel, units: int, cost: int) -> None:
    at = parcel.location_id
    orders.allocate_line(
        tx, orders.move_units(tx, line, "shipped", "promised", units, location_id=at), at, promised=units
    )
    inventory.receive(
        tx, sku_id=line.sku_id, location_id=at, quantity=units, cost_minor=cost, source_id=CUSTOMER,
        reason="came_back", document_id=parcel.id,
    )  # fmt: skip
    inventory.set_aside(tx, sku_id=line.sku_id, location_id=at, quantity=units)
