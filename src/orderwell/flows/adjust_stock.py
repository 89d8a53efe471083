"""Adjusting stock: opening balances, finds, losses, scrap. Every unit comes from somewhere and is worth something."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Len

from ..business import actions as business
from ..business.model import ONLY
from ..business.store import BUSINESS
from ..catalog import actions as catalog
from ..catalog.rules import in_smallest_units
from ..catalog.store import SKU_BY_CODE
from ..channels import actions as channels
from ..channels.store import CHANNEL_BY_CODE
from ..inventory import actions as inventory
from ..inventory.model import COUNT, OPENING, SCRAP, Adjustment
from ..inventory.store import ADJUSTMENT_BY_REFERENCE, ADJUSTMENTS, LOCATION_BY_CODE
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..ledger.store import BOOKS
from ..values.fields import MAX_LINES, AnyQuantity, Code, Minor, Reference, Text
from ..values.ids import show
from .fill_awaited import fill_awaited


class AdjustmentSent(Conflict):
    code = "adjustment_sent"
    title = "The channel has sent this stock adjustment before"


REASONS = {"opening": OPENING, "found": COUNT, "lost": COUNT, "damaged": SCRAP, "scrapped": SCRAP, "counted": COUNT}


@dataclass(frozen=True, slots=True)
class AdjustLine:
    """`quantity` above zero comes in, below zero goes out. `cost` is of all of it, in minor units; left out, the
    average cost of what is held."""

    sku: Code
    quantity: AnyQuantity
    cost: Minor | None = None


@dataclass(frozen=True, slots=True)
class AdjustStock:
    """`reference` with `channel` is unique: the same adjustment sent twice is one."""

    location: Code
    reason: Literal["opening", "found", "lost", "damaged", "scrapped", "counted"]
    lines: Annotated[list[AdjustLine], Len(1, MAX_LINES)]
    channel: Code | None = None
    reference: Reference | None = None
    note: Text = ""


def needs(ask: AdjustStock) -> list[tuple[Any, Any]]:
    wanted: list[tuple[Any, Any]] = [(BUSINESS, ONLY), (BOOKS, 1), (LOCATION_BY_CODE, ask.location)]
    if ask.channel is not None:
        wanted.append((CHANNEL_BY_CODE, ask.channel))
    return wanted + [(SKU_BY_CODE, line.sku) for line in ask.lines]


@flow(AdjustStock, needs)
def adjust_stock(tx: Tx, ask: AdjustStock) -> dict[str, Any]:
    """Move units in or out of a location for a reason, at cost, and post the difference."""
    house, today = business.current(tx), business.today(tx)
    shelf = inventory.location(tx, ask.location)
    skus = catalog.skus_by_code(tx, [line.sku for line in ask.lines])
    inventory.need_to_go(tx, {(sku.id, shelf.id) for sku in skus.values()})
    channel_id = _channel(tx, ask)
    document = tx.new_id()
    total, came_in = 0, set()
    for n, line in enumerate(ask.lines):
        sku = skus[line.sku]
        if sku.kind != "stocked":
            service = Sentence("{sku} is a service: it has no stock.", sku=sku.code)
            raise Invalid.at(f"/lines/{n}/sku", service, "not_stocked")
        units = in_smallest_units(abs(line.quantity), sku)
        if units == 0:
            raise Invalid.at(f"/lines/{n}/quantity", "A quantity of zero adjusts nothing.")
        if line.quantity > 0:
            cost = inventory.present_cost(tx, sku.id, units) if line.cost is None else line.cost
            inventory.receive(
                tx, sku_id=sku.id, location_id=shelf.id, quantity=units, cost_minor=cost,
                source_id=REASONS[ask.reason], reason=ask.reason, document_id=document,
            )  # fmt: skip
            came_in.add(sku.id)
            total += cost
        else:
            total -= inventory.issue(
                tx, sku_id=sku.id, location_id=shelf.id, quantity=units, document_id=document, reason=ask.reason,
                target_id=REASONS[ask.reason], promised=False,
            )  # fmt: skip
    _post(tx, ask.reason, total, document, day=today, currency=house.currency)
    reference = ask.reference or ""
    tx.add(
        ADJUSTMENTS,
        Adjustment(document, tx.cause, shelf.id, ask.reason, today, total, channel_id, reference, ask.note),
    )
    announce(tx, "stock.adjusted", "adjustment", document, reason=ask.reason, reference=ask.reference)
    fill_awaited(tx, came_in, shelf.id)
    return {"object": "adjustment", "id": show("adjustment", document), "reason": ask.reason, "value": total}


def _channel(tx: Tx, ask: AdjustStock) -> int | None:
    """The channel whose reference it carries. Raises AdjustmentSent when it sent it before."""
    if ask.channel is None or ask.reference is None:
        return None
    channel_id = channels.open_channel(tx, ask.channel).id
    there = tx.one(ADJUSTMENT_BY_REFERENCE, (channel_id, ask.reference))
    if there is not None:
        id_ = show("adjustment", there.id)
        raise AdjustmentSent(
            Sentence("Adjustment {reference!r} of this channel is {id} already.", reference=ask.reference, id=id_),
            adjustment=id_,
        )
    return channel_id


def _post(tx: Tx, reason: str, value: int, document: int, *, day: str, currency: str) -> None:
    if reason == "opening":
        name, transfers = "opening_stock", templates.opening_stock(cost_minor=value)
    elif REASONS[reason] == SCRAP:
        name, transfers = "scrap", templates.scrap(cost_minor=-value)
    else:
        name, transfers = "stock_difference", templates.stock_difference(cost_minor=value)
    ledger.post(tx, name, transfers, day=day, currency=currency, document="adjustment", document_id=document)
