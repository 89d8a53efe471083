"""Goods come in from a supplier, or go back: stock, its value, and whoever waited for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..business import actions as business
from ..business.model import ONLY
from ..business.store import BUSINESS
from ..inventory import actions as inventory
from ..inventory import supply
from ..inventory.model import SUPPLIER
from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.events import announce
from ..kit.notes import keep_note
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..ledger.store import BOOKS
from ..purchasing import actions as purchasing
from ..purchasing.answers import shown_purchase
from ..purchasing.model import PurchaseLine, PurchaseOrder, Receipt, ReceiptLine
from ..purchasing.rules import MoreThanOrdered, MoreThanReceived, cost_of_receipt, cost_sent_back
from ..purchasing.store import PURCHASE_LINES, RECEIPT_LINES, RECEIPT_LINES_OF, RECEIPTS, REVERSALS_OF_RECEIPT
from ..values.fields import MAX_LINES, Code, Reference, Text
from ..values.ids import parse, show
from ..values.money import scaled_text
from .fill_awaited import fill_awaited, need_waiting
from .place_purchase import NothingDue
from .purchased_lines import Purchased, chosen, skus_by_id


@dataclass(frozen=True, slots=True)
class ReceivePurchase:
    """What came: all that was to come, or `lines`; at all locations it was ordered for, or one."""

    purchase_order: Reference
    lines: Annotated[list[Purchased], Len(1, MAX_LINES)] | None = None
    location: Code | None = None
    delivery_note: Text = ""


def needs(ask: ReceivePurchase) -> list[tuple[Any, Any]]:
    return [(BUSINESS, ONLY), (BOOKS, 1), purchasing.wanted_purchase(ask.purchase_order)]


@flow(ReceivePurchase, needs)
def receive_purchase(tx: Tx, ask: ReceivePurchase) -> dict[str, Any]:
    """Put what came on the shelf at what it cost, and promise it to those who wait, the oldest promise first."""
    house, today = business.current(tx), business.today(tx)
    purchase = purchasing.find(tx, ask.purchase_order)
    lines = {line.n: line for line in purchasing.lines_of(tx, purchase.id)}
    only = inventory.location(tx, ask.location).id if ask.location is not None else None
    here = [line for line in lines.values() if only in (None, line.location_id)]
    coming = chosen(tx, here, ask.lines, lambda line: line.due, MoreThanOrdered, "received")
    if not coming:
        raise NothingDue(
            Sentence("Nothing of purchase order {purchase!r} is still to come.", purchase=purchase.reference)
        )
    inventory.need(tx, {lines[n].sku_id for n in coming})
    need_waiting(tx, dict.fromkeys(lines[n].sku_id for n in coming))

    receipt_id, total = tx.new_id(), 0
    for position, (n, quantity) in enumerate(coming.items(), 1):
        cost = cost_of_receipt(lines[n], quantity, house.currency)
        lines[n] = _take_in(tx, receipt_id, position, lines[n], quantity, cost)
        total += cost
    tx.add(RECEIPTS, Receipt(receipt_id, tx.cause, purchase.id, today, ask.delivery_note, total, None))
    ledger.post(
        tx, "goods_received", templates.goods_received(cost_minor=total), day=today, currency=house.currency,
        document="receipt", document_id=receipt_id,
    )  # fmt: skip
    announce(
        tx, "purchase.received", "purchase_order", purchase.id,
        receipt=show("receipt", receipt_id), units=sum(coming.values()), cost=total,
    )  # fmt: skip
    arrived: dict[int, list[int]] = {}
    for n in coming:
        arrived.setdefault(lines[n].location_id, []).append(lines[n].sku_id)
    for location_id, sku_ids in arrived.items():
        fill_awaited(tx, dict.fromkeys(sku_ids), location_id)
    return _shown(tx, purchase, lines, receipt_id, total)


def _take_in(tx: Tx, receipt_id: int, n: int, line: PurchaseLine, quantity: int, cost: int) -> PurchaseLine:
    inventory.receive(
        tx, sku_id=line.sku_id, location_id=line.location_id, quantity=quantity, cost_minor=cost, source_id=SUPPLIER,
        reason="purchase", document_id=receipt_id, incoming=quantity,
    )  # fmt: skip
    tx.add(RECEIPT_LINES, ReceiptLine(receipt_id, n, line.n, line.sku_id, line.location_id, quantity, cost))
    after = line._replace(received=line.received + quantity, received_minor=line.received_minor + cost)
    return tx.put(PURCHASE_LINES, after)


@dataclass(frozen=True, slots=True)
class ReverseReceipt:
    """Send goods of a receipt back to the supplier: all that has not gone back yet, or `lines`."""

    receipt: Reference
    lines: Annotated[list[Purchased], Len(1, MAX_LINES)] | None = None
    reason: Text = ""


@flow(ReverseReceipt)
def reverse_receipt(tx: Tx, ask: ReverseReceipt) -> dict[str, Any]:
    """The goods are to come again (or cancel the rest of the order); the supplier owes us what they came for."""
    house, today = business.current(tx), business.today(tx)
    receipt = _receipt(tx, ask.receipt)
    purchase = purchasing.find_id(tx, receipt.purchase_order_id)
    lines = {line.n: line for line in purchasing.lines_of(tx, purchase.id)}
    received = {row.line: row for row in tx.rows(RECEIPT_LINES_OF, receipt.id)}
    before = _sent_back(tx, receipt.id)
    going = chosen(
        tx, [lines[n] for n in received], ask.lines, lambda line: received[line.n].quantity - before.get(line.n, 0),
        MoreThanReceived, "sent back",
    )  # fmt: skip
    if not going:
        raise NothingToSendBack(Sentence("All of receipt {receipt} went back already.", receipt=ask.receipt))
    skus = skus_by_id(tx, (lines[n].sku_id for n in going))
    inventory.need_to_go(tx, {(lines[n].sku_id, lines[n].location_id) for n in going})

    id_, total, taken = tx.new_id(), 0, 0
    for position, (n, quantity) in enumerate(going.items(), 1):
        line, row = lines[n], received[n]
        cost = cost_sent_back(quantity, before=before.get(n, 0), received=row.quantity, cost_minor=row.cost_minor)
        taken += supply.send_back(
            tx, sku_id=line.sku_id, location_id=line.location_id, quantity=quantity, cost_minor=cost, document_id=id_,
            name=skus[line.sku_id].code,
        )  # fmt: skip
        tx.add(RECEIPT_LINES, ReceiptLine(id_, position, n, line.sku_id, line.location_id, quantity, cost))
        after = line._replace(received=line.received - quantity, received_minor=line.received_minor - cost)
        lines[n] = tx.put(PURCHASE_LINES, after)
        total += cost
    tx.add(RECEIPTS, Receipt(id_, tx.cause, purchase.id, today, "", total, receipt.id))
    ledger.post(
        tx, "goods_sent_back", templates.goods_sent_back(cost_minor=total, taken_minor=taken), day=today,
        currency=house.currency, document="receipt", document_id=id_,
    )  # fmt: skip
    announce(
        tx, "purchase.sent_back", "purchase_order", purchase.id,
        receipt=show("receipt", id_), reverses=show("receipt", receipt.id), units=sum(going.values()),
    )  # fmt: skip
    keep_note(tx, ask.reason)
    return _shown(tx, purchase, lines, id_, -total)


class NothingToSendBack(Conflict):
    code = "nothing_to_send_back"
    title = "All of this receipt went back already"


def _receipt(tx: Tx, name: str) -> Receipt:
    number = parse("receipt", name)
    found = tx.get(RECEIPTS, number) if number is not None else None
    if found is None:
        raise NotFound(Sentence("There is no receipt {name!r}.", name=name))
    if found.reverses is not None:
        raise Invalid.at(
            "/receipt",
            Sentence("{name} tells of goods that went back; it cannot be reversed.", name=name),
            "is_a_reversal",
        )
    return found


def _sent_back(tx: Tx, receipt_id: int) -> dict[int, int]:
    """Units of each line of the purchase order that went back from this receipt."""
    reversals = [row.id for row in tx.rows(REVERSALS_OF_RECEIPT, receipt_id)]
    tx.need(RECEIPT_LINES_OF, reversals)
    units: dict[int, int] = {}
    for reversal in reversals:
        for row in tx.rows(RECEIPT_LINES_OF, reversal):
            units[row.line] = units.get(row.line, 0) + row.quantity
    return units


def _shown(
    tx: Tx, purchase: PurchaseOrder, lines: Mapping[int, PurchaseLine], receipt_id: int, cost: int
) -> dict[str, Any]:
    """The receipt, and the purchase order after it."""
    decimals = {line.n: line.unit_decimals for line in lines.values()}
    rows = tx.rows(RECEIPT_LINES_OF, receipt_id)
    return {
        "object": "receipt",
        "id": show("receipt", receipt_id),
        "cost": cost,
        "currency": purchase.currency,
        "lines": [
            {
                "line": row.line, "sku": show("sku", row.sku_id), "location": show("location", row.location_id),
                "quantity": scaled_text(row.quantity, decimals[row.line]), "cost": row.cost_minor,
            }
            for row in rows
        ],
        "purchase_order": shown_purchase(purchasing.find_id(tx, purchase.id), list(lines.values())),
    }  # fmt: skip
