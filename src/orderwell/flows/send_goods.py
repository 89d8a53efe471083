"""Goods leave: off the shelf, to the customer, on an invoice, into cost of goods sold. The same for every parcel."""

from collections.abc import Iterable, Mapping

from ..inventory import actions as inventory
from ..invoicing.model import Invoice
from ..kit.picture import Tx
from ..kit.tables import changed
from ..ledger import actions as ledger
from ..ledger import templates
from ..orders import actions as orders
from ..orders.model import Line, Order
from ..orders.rules import due_on_invoice
from ..orders.store import LINES
from .capture_payment import capture_for_parcel
from .invoice_order import invoice_units


def take_off_shelf(
    tx: Tx, lines: Mapping[int, Line], parcel_id: int, location_id: int, contents: Mapping[int, int]
) -> dict[int, int]:
    """Units by line leave their shelf in a parcel; what they cost, by line."""
    return {
        n: inventory.issue(
            tx, sku_id=lines[n].sku_id, location_id=location_id, quantity=units, document_id=parcel_id
        )
        for n, units in contents.items()
    }  # fmt: skip


def send_services(tx: Tx, lines: dict[int, Line]) -> dict[int, int]:
    """Postage and the like go with the first parcel that leaves; units by line. The caller puts the lines."""
    gone = {n: line.open for n, line in lines.items() if line.kind == "service" and line.open}
    for n, units in gone.items():
        lines[n] = changed(lines[n], open=0, shipped=lines[n].shipped + units)
        orders.record_units(tx, lines[n], "open", "shipped", units)
    return gone


def book_shipment(
    tx: Tx, order: Order, lines: dict[int, Line], gone: Iterable[int], cost_minor: int, today: str
) -> Invoice | None:
    """Invoice what has gone and was not billed before, put the lines, and book what the goods cost."""
    listed = list(gone)
    due = {n: units for n in listed if (units := due_on_invoice(lines[n]))}
    invoice = None
    if due:
        invoice, after = invoice_units(tx, order, lines, due, today)
        lines.update(after)
    for n in listed:
        tx.put(LINES, lines[n])
    ledger.post(
        tx, "cost_of_goods", templates.cost_of_goods(cost_minor=cost_minor), day=today, currency=order.currency,
        document="order", document_id=order.id,
    )  # fmt: skip
    capture_for_parcel(tx, order, invoice.gross_minor if invoice is not None else None)
    return invoice
