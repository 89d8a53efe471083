"""A packed parcel leaves: its units are on their way, invoiced, and off the shelf."""

from dataclasses import dataclass
from typing import Any

from ..business import actions as business
from ..inventory import actions as inventory
from ..invoicing import actions as invoicing
from ..invoicing.store import COUNTERS
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..ledger.store import BOOKS
from ..orders import actions as orders
from ..orders.answers import shown
from ..shipping import actions as shipping
from ..values.fields import Reference, Text
from .send_goods import book_shipment, send_services, take_off_shelf


@dataclass(frozen=True, slots=True)
class ShipParcel:
    """Left out, `carrier` and `tracking` stay as they were when it was packed or its label made."""

    parcel: Reference
    carrier: Text | None = None
    tracking: Text | None = None


def needs(ask: ShipParcel) -> list[tuple[Any, Any]]:
    return [(BOOKS, 1), (COUNTERS, "INV")]


@flow(ShipParcel, needs)
def ship_parcel(tx: Tx, ask: ShipParcel) -> dict[str, Any]:
    """Hand a packed parcel to the carrier; postage and the like go with the first parcel of an order."""
    parcel = shipping.find(tx, ask.parcel)
    order = orders.placed(orders.find(tx, parcel.order_id))
    lines = {line.n: line for line in orders.lines_of(tx, order.id)}
    contents = shipping.contents(tx, parcel.id)
    inventory.need(tx, {lines[n].sku_id for n in contents})
    shipping.check(parcel, "shipped")
    costs = take_off_shelf(tx, lines, parcel.id, parcel.location_id, contents)
    shipping.send(
        tx, parcel, costs,
        carrier=parcel.carrier if ask.carrier is None else ask.carrier,
        tracking=parcel.tracking if ask.tracking is None else ask.tracking,
    )  # fmt: skip
    for n, units in contents.items():
        lines[n] = lines[n]._replace(packed=lines[n].packed - units, shipped=lines[n].shipped + units)
        orders.record_units(tx, lines[n], "packed", "shipped", units, parcel.location_id)
    services = send_services(tx, lines)
    invoice = book_shipment(tx, order, lines, sorted({*contents, *services}), sum(costs.values()), business.today(tx))
    units = sum(contents.values()) + sum(services.values())
    announce(tx, "order.shipped", "order", order.id, parcels=[ask.parcel], units=units)
    return {
        **shown(orders.find(tx, order.id), list(lines.values())),
        "parcels": [ask.parcel],
        "invoice": invoicing.shown_number(invoice) if invoice else None,
    }
