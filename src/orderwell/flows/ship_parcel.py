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
from ..shipping.model import Parcel
from ..values.fields import Reference, Text
from ..values.ids import show
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
    return send_parcel(tx, shipping.find(tx, ask.parcel), carrier=ask.carrier, tracking=ask.tracking)


def send_parcel(
    tx: Tx, parcel: Parcel, *, carrier: str | None = None, tracking: str | None = None
) -> dict[str, Any]:  # fmt: skip
    order = orders.placed(orders.find(tx, parcel.order_id))
    lines = {line.n: line for line in orders.lines_of(tx, order.id)}
    contents = shipping.contents(tx, parcel.id)
    inventory.need_to_go(tx, {(lines[n].sku_id, parcel.location_id) for n in contents})
    shipping.check(parcel, "shipped")
    costs = take_off_shelf(tx, lines, parcel.id, parcel.location_id, contents)
    shipping.send(
        tx, parcel, costs,
        carrier=parcel.carrier if carrier is None else carrier,
        tracking=parcel.tracking if tracking is None else tracking,
    )  # fmt: skip
    for n, units in contents.items():
        lines[n] = lines[n]._replace(packed=lines[n].packed - units, shipped=lines[n].shipped + units)
        orders.record_units(tx, lines[n], "packed", "shipped", units, parcel.location_id)
    services = send_services(tx, lines)
    invoice = book_shipment(tx, order, lines, sorted({*contents, *services}), sum(costs.values()), business.today(tx))
    units = sum(contents.values()) + sum(services.values())
    name = show("parcel", parcel.id)
    announce(tx, "order.shipped", "order", order.id, parcels=[name], units=units)
    return {
        **shown(orders.find(tx, order.id), list(lines.values())),
        "parcels": [name],
        "invoice": invoicing.shown_number(invoice) if invoice else None,
    }
