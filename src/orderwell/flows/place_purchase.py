"""Ordering from a supplier, and cancelling what will not come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from annotated_types import Len

from ..business import actions as business
from ..business.model import ONLY
from ..business.store import BUSINESS
from ..catalog import actions as catalog
from ..catalog.rules import in_smallest_units
from ..catalog.store import SKU_BY_CODE
from ..inventory import actions as inventory
from ..inventory import supply
from ..inventory.store import LOCATION_BY_CODE
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.notes import keep_note
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..purchasing import actions as purchasing
from ..purchasing.answers import shown_purchase
from ..purchasing.model import PurchaseLine, PurchaseOrder, Supplier
from ..purchasing.rules import MoreThanOrdered, check_cost
from ..purchasing.store import PURCHASE_LINES, PURCHASE_ORDERS, SUPPLIER_SKUS
from ..values.calendar import add_days
from ..values.fields import MAX_LINES, Code, Day, Quantity, Reference, Text, UnitPrice
from ..values.ids import show
from ..values.money import scaled
from .purchased_lines import Purchased, chosen


class NothingDue(Conflict):
    code = "nothing_due"
    title = "Nothing of this purchase order is still to come"


@dataclass(frozen=True, slots=True)
class PurchaseLineAsk:
    """`cost` of one unit in major units; left out, the supplier's terms decide."""

    sku: Code
    quantity: Quantity
    cost: UnitPrice | None = None


@dataclass(frozen=True, slots=True)
class PlacePurchaseOrder:
    """`expected_on` left out: today and the supplier's lead time."""

    supplier: Reference
    location: Code
    lines: Annotated[list[PurchaseLineAsk], Len(1, MAX_LINES)]
    reference: Reference | None = None
    expected_on: Day | None = None
    note: Text = ""


def needs(ask: PlacePurchaseOrder) -> list[tuple[Any, Any]]:
    wanted: list[tuple[Any, Any]] = [(BUSINESS, ONLY), purchasing.wanted_supplier(ask.supplier)]
    return [*wanted, (LOCATION_BY_CODE, ask.location), *((SKU_BY_CODE, line.sku) for line in ask.lines)]


@flow(PlacePurchaseOrder, needs)
def place_purchase_order(tx: Tx, ask: PlacePurchaseOrder) -> dict[str, Any]:
    """Order goods for a location: they are incoming from now on, and nothing else changes."""
    supplier = purchasing.supplier(tx, ask.supplier)
    place = inventory.location(tx, ask.location)
    skus = catalog.skus_by_code(tx, [line.sku for line in ask.lines])
    tx.need(SUPPLIER_SKUS, [(supplier.id, sku.id) for sku in skus.values()])
    id_ = tx.new_id()
    lines = []
    for n, line in enumerate(ask.lines, 1):
        sku = skus[line.sku]
        if sku.kind != "stocked":
            raise Invalid.at(
                f"/lines/{n - 1}/sku", Sentence("{sku} is a service: it has no stock.", sku=sku.code), "not_stocked"
            )
        cost_e4 = _cost(tx, supplier, sku.id, line, n)
        units = in_smallest_units(line.quantity, sku)
        lines.append(new_line(id_, n, sku.id, place.id, units, sku.unit_decimals, cost_e4))
    purchase = order_goods(
        tx, id_, supplier, lines, reference=ask.reference, expected_on=ask.expected_on, note=ask.note
    )  # fmt: skip
    return shown_purchase(purchase, lines, {sku.id: sku.code for sku in skus.values()})


def new_line(
    purchase_order_id: int, n: int, sku_id: int, location_id: int, units: int, unit_decimals: int, cost_e4: int
) -> PurchaseLine:
    return PurchaseLine(purchase_order_id, n, sku_id, location_id, units, unit_decimals, cost_e4, 0, 0, 0, 0, 0)


def order_goods(
    tx: Tx, id_: int, supplier: Supplier, lines: Sequence[PurchaseLine], *,
    reference: str | None = None, expected_on: str | None = None, note: str = "",
) -> PurchaseOrder:  # fmt: skip
    """Write the purchase order down and expect its goods."""
    today = business.today(tx)
    if expected_on is not None:
        check_coming(expected_on, today)
    check_cost(lines, supplier.currency)
    inventory.need(tx, {line.sku_id for line in lines})
    purchase = PurchaseOrder(
        id_, 1, reference or show("purchase_order", id_), supplier.id, supplier.currency, tx.now, today,
        expected_on or add_days(today, supplier.lead_time_days), note,
    )  # fmt: skip
    purchasing.write_down(tx, purchase, lines)
    for line in lines:
        supply.expect(tx, sku_id=line.sku_id, location_id=line.location_id, quantity=line.quantity)
    announce(
        tx, "purchase.ordered", "purchase_order", id_,
        reference=purchase.reference, supplier=show("supplier", supplier.id), expected_on=purchase.expected_on,
    )  # fmt: skip
    return purchase


def check_coming(day: str, today: str) -> None:
    """Raises Invalid for what is no day, or is over."""
    try:
        good = date.fromisoformat(day).isoformat() == day
    except ValueError:
        good = False
    if not good:
        raise Invalid.at("/expected_on", Sentence("{text!r} is no day, such as 2026-01-31.", text=day), "not_a_day")
    if day < today:
        raise Invalid.at("/expected_on", Sentence("{day} is over.", day=date.fromisoformat(day)), "in_the_past")


def _cost(tx: Tx, supplier: Supplier, sku_id: int, line: PurchaseLineAsk, n: int) -> int:
    if line.cost is not None:
        cost_e4 = scaled(line.cost, 4)
        if cost_e4 is None:
            raise Invalid.at(f"/lines/{n - 1}/cost", "Unit costs have at most four decimals.")
        return cost_e4
    terms = tx.get(SUPPLIER_SKUS, (supplier.id, sku_id))
    if terms is None:
        raise Invalid.at(
            f"/lines/{n - 1}/cost",
            Sentence(
                "{supplier!r} has no cost for {sku}; set the terms or send cost.",
                supplier=supplier.reference,
                sku=line.sku,
            ),
            "no_cost",
        )
    return terms.cost_e4


@dataclass(frozen=True, slots=True)
class CancelPurchase:
    """Cancel what is still to come: all of it, or `lines`."""

    purchase_order: Reference
    lines: Annotated[list[Purchased], Len(1, MAX_LINES)] | None = None
    reason: Text = ""


def needs_cancel(ask: CancelPurchase) -> list[tuple[Any, Any]]:
    return [purchasing.wanted_purchase(ask.purchase_order)]


@flow(CancelPurchase, needs_cancel)
def cancel_purchase(tx: Tx, ask: CancelPurchase) -> dict[str, Any]:
    """What came stays; the rest is no longer expected."""
    purchase = purchasing.find(tx, ask.purchase_order)
    lines = {line.n: line for line in purchasing.lines_of(tx, purchase.id)}
    units = chosen(tx, list(lines.values()), ask.lines, lambda line: line.due, MoreThanOrdered, "cancelled")
    if not units:
        raise NothingDue(
            Sentence("Nothing of purchase order {purchase!r} is still to come.", purchase=purchase.reference)
        )
    inventory.need(tx, {lines[n].sku_id for n in units})
    for n, quantity in units.items():
        line = lines[n]
        lines[n] = tx.put(PURCHASE_LINES, line._replace(cancelled=line.cancelled + quantity))
        supply.expect(tx, sku_id=line.sku_id, location_id=line.location_id, quantity=-quantity)
    announce(tx, "purchase.cancelled", "purchase_order", purchase.id, units=sum(units.values()))
    keep_note(tx, ask.reason)
    return shown_purchase(purchasing.find_id(tx, purchase.id), list(lines.values()))


@dataclass(frozen=True, slots=True)
class ExpectPurchase:
    """The supplier names another day."""

    purchase_order: Reference
    expected_on: Day


@flow(ExpectPurchase)
def expect_purchase(tx: Tx, ask: ExpectPurchase) -> dict[str, Any]:
    """Those who wait for what is still to come are told the new day."""
    purchase = purchasing.find(tx, ask.purchase_order)
    lines = purchasing.lines_of(tx, purchase.id)
    if not any(line.due for line in lines):
        raise NothingDue(
            Sentence("Nothing of purchase order {purchase!r} is still to come.", purchase=purchase.reference)
        )
    check_coming(ask.expected_on, business.today(tx))
    announce(
        tx, "purchase.expected", "purchase_order", purchase.id,
        expected_on=ask.expected_on, before=purchase.expected_on,
    )  # fmt: skip
    changed = tx.put(PURCHASE_ORDERS, purchase._replace(expected_on=ask.expected_on))
    return shown_purchase(changed, lines)
