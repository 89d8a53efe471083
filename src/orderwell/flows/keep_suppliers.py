"""Keeping suppliers: who they are, what they sell to us on which terms, and when to order more."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from annotated_types import Ge, Le

from ..business import actions as business
from ..catalog import actions as catalog
from ..catalog.model import Sku
from ..catalog.rules import in_smallest_units
from ..catalog.store import SKU_BY_CODE
from ..inventory import actions as inventory
from ..inventory.store import LOCATION_BY_CODE
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..purchasing import actions as purchasing
from ..purchasing.answers import shown_supplier
from ..purchasing.model import ReorderRule, Supplier, SupplierSku
from ..purchasing.store import REORDER_RULES, SUPPLIER_BY_REFERENCE, SUPPLIER_SKUS, SUPPLIERS
from ..values.fields import AnyQuantity, Code, Currency, Name, Quantity, Reference, Text, UnitPrice
from ..values.ids import show
from ..values.money import price_text, scaled, scaled_text


class SupplierExists(Conflict):
    code = "supplier_exists"
    title = "There is a supplier with this reference already"


Days = Annotated[int, Ge(0), Le(3650)]


@dataclass(frozen=True, slots=True)
class AddSupplier:
    """`reference` is our own supplier number. Suppliers bill in the business's currency."""

    reference: Reference
    name: Name
    lead_time_days: Days = 0
    terms_days: Days = 30
    currency: Currency | None = None


@flow(AddSupplier)
def add_supplier(tx: Tx, ask: AddSupplier) -> dict[str, Any]:
    house = business.current(tx)
    if tx.one(SUPPLIER_BY_REFERENCE, ask.reference) is not None:
        raise SupplierExists(Sentence("There is a supplier {reference!r} already.", reference=ask.reference))
    if ask.currency not in (None, house.currency):
        raise Invalid.at("/currency", Sentence("We buy in {currency} only.", currency=house.currency), "other_currency")
    supplier = tx.add(
        SUPPLIERS,
        Supplier(tx.new_id(), 1, ask.reference, ask.name, house.currency, ask.lead_time_days, ask.terms_days),
    )
    announce(tx, "supplier.added", "supplier", supplier.id, reference=ask.reference)
    return shown_supplier(supplier)


@dataclass(frozen=True, slots=True)
class SetSupplierSku:
    """`cost` of one unit in major units; they deliver whole lots of `lot`, and at least `minimum`."""

    supplier: Reference
    sku: Code
    cost: UnitPrice
    lot: Quantity | None = None
    minimum: Annotated[Decimal, Ge(Decimal(0)), Le(Decimal("1e9"))] = Decimal(0)
    order_code: Text = ""


def needs_terms(ask: SetSupplierSku) -> list[tuple[Any, Any]]:
    return [purchasing.wanted_supplier(ask.supplier), (SKU_BY_CODE, ask.sku)]


@flow(SetSupplierSku, needs_terms)
def set_supplier_sku(tx: Tx, ask: SetSupplierSku) -> dict[str, Any]:
    """From now on; purchase orders that are on their way keep their cost."""
    supplier = purchasing.supplier(tx, ask.supplier)
    sku = stocked(tx, ask.sku)
    cost_e4 = scaled(ask.cost, 4)
    if cost_e4 is None:
        raise Invalid.at("/cost", "Unit costs have at most four decimals.")
    lot = in_smallest_units(ask.lot, sku) if ask.lot is not None else 1
    if lot == 0:
        raise Invalid.at("/lot", "A lot holds at least one smallest unit.")
    row = SupplierSku(supplier.id, sku.id, cost_e4, lot, in_smallest_units(ask.minimum, sku), ask.order_code)
    if tx.get(SUPPLIER_SKUS, (supplier.id, sku.id)) is None:
        tx.add(SUPPLIER_SKUS, row)
    else:
        tx.put(SUPPLIER_SKUS, row)
    announce(tx, "supplier.terms_set", "supplier", supplier.id, sku=show("sku", sku.id), cost_e4=cost_e4)
    return {
        "object": "supplier_sku", "supplier": show("supplier", supplier.id), "sku": show("sku", sku.id),
        "cost": price_text(cost_e4), "lot": scaled_text(lot, sku.unit_decimals),
        "minimum": scaled_text(row.minimum, sku.unit_decimals), "order_code": ask.order_code,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class SetReorderRule:
    """Below `reorder_point` propose to order up to `reorder_target`. A point below zero lets that many orders wait."""

    sku: Code
    location: Code
    reorder_point: AnyQuantity
    reorder_target: AnyQuantity
    supplier: Reference | None = None


def needs_rule(ask: SetReorderRule) -> list[tuple[Any, Any]]:
    wanted: list[tuple[Any, Any]] = [(SKU_BY_CODE, ask.sku), (LOCATION_BY_CODE, ask.location)]
    return wanted if ask.supplier is None else [*wanted, purchasing.wanted_supplier(ask.supplier)]


@flow(SetReorderRule, needs_rule)
def set_reorder_rule(tx: Tx, ask: SetReorderRule) -> dict[str, Any]:
    sku = stocked(tx, ask.sku)
    place = inventory.location(tx, ask.location)
    supplier = purchasing.supplier(tx, ask.supplier) if ask.supplier is not None else None
    point, target = in_smallest_units(ask.reorder_point, sku), in_smallest_units(ask.reorder_target, sku)
    if target < point:
        raise Invalid.at("/reorder_target", "The target is below the point; nothing would ever be enough.")
    there = tx.get(REORDER_RULES, (sku.id, place.id))
    row = ReorderRule(sku.id, place.id, there.version if there else 1, point, target, supplier.id if supplier else None)
    if there is None:
        tx.add(REORDER_RULES, row)
    else:
        tx.put(REORDER_RULES, row)
    announce(tx, "reorder_rule.set", "sku", sku.id, location=ask.location, point=point, target=target)
    return {
        "object": "reorder_rule", "sku": show("sku", sku.id), "location": show("location", place.id),
        "reorder_point": scaled_text(point, sku.unit_decimals),
        "reorder_target": scaled_text(target, sku.unit_decimals),
        "supplier": show("supplier", supplier.id) if supplier else None,
    }  # fmt: skip


def stocked(tx: Tx, code: str) -> Sku:
    sku = catalog.skus_by_code(tx, [code])[code]
    if sku.kind != "stocked":
        raise Invalid.at("/sku", Sentence("{sku} is a service: it has no stock.", sku=code), "not_stocked")
    return sku
