"""Verbs of purchasing: find, write down, receive, cancel."""

from collections.abc import Collection, Iterable

from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse, show
from .model import Proposal, PurchaseLine, PurchaseOrder, Supplier, SupplierSku
from .rules import best_terms, check_proposal
from .store import (
    PROPOSALS,
    PURCHASE_BY_REFERENCE,
    PURCHASE_LINES,
    PURCHASE_LINES_OF,
    PURCHASE_ORDERS,
    SUPPLIED,
    SUPPLIER_BY_REFERENCE,
    SUPPLIERS,
)


class PurchaseExists(Conflict):
    code = "purchase_exists"
    title = "There is a purchase order with this reference already"


def wanted_supplier(name: str) -> tuple[object, object]:
    """Where to look a supplier up: by id or by our own supplier number."""
    number = parse("supplier", name)
    return (SUPPLIERS, number) if number is not None else (SUPPLIER_BY_REFERENCE, name)


def supplier(tx: Tx, name: str, *, pointer: str = "/supplier") -> Supplier:
    number = parse("supplier", name)
    found = tx.get(SUPPLIERS, number) if number is not None else tx.one(SUPPLIER_BY_REFERENCE, name)
    if found is None:
        raise Invalid.at(pointer, Sentence("There is no supplier {name!r}.", name=name), "unknown_supplier")
    return found


def wanted_purchase(name: str) -> tuple[object, object]:
    number = parse("purchase_order", name)
    return (PURCHASE_ORDERS, number) if number is not None else (PURCHASE_BY_REFERENCE, name)


def find(tx: Tx, name: str) -> PurchaseOrder:
    """By id or reference."""
    number = parse("purchase_order", name)
    found = tx.get(PURCHASE_ORDERS, number) if number is not None else tx.one(PURCHASE_BY_REFERENCE, name)
    if found is None:
        raise NotFound(Sentence("There is no purchase order {name!r}.", name=name))
    return found


def find_id(tx: Tx, purchase_order_id: int) -> PurchaseOrder:
    found = tx.get(PURCHASE_ORDERS, purchase_order_id)
    assert found is not None, "rows name purchase orders that are there"
    return found


def lines_of(tx: Tx, purchase_order_id: int) -> list[PurchaseLine]:
    return tx.rows(PURCHASE_LINES_OF, purchase_order_id)


def write_down(tx: Tx, purchase: PurchaseOrder, lines: Iterable[PurchaseLine]) -> None:
    """A new purchase order. Raises PurchaseExists where its reference is taken."""
    there = tx.one(PURCHASE_BY_REFERENCE, purchase.reference)
    if there is not None:
        id_ = show("purchase_order", there.id)
        raise PurchaseExists(
            Sentence("Purchase order {purchase!r} is {id} already.", purchase=purchase.reference, id=id_),
            purchase_order=id_,
        )
    tx.add(PURCHASE_ORDERS, purchase)
    for line in lines:
        tx.add(PURCHASE_LINES, line)


def terms_for(tx: Tx, wanted: Collection[tuple[int, int | None]]) -> dict[tuple[int, int | None], SupplierSku | None]:
    """The best terms for each (SKU, supplier asked for or None), all looked up at once."""
    tx.need(SUPPLIED, [sku_id for sku_id, _ in wanted])
    offered = {sku_id: tx.rows(SUPPLIED, sku_id) for sku_id, _ in wanted}
    sellers = {each.supplier_id for terms in offered.values() for each in terms}
    tx.need(SUPPLIERS, sellers)
    lead = {seller: found.lead_time_days for seller in sellers if (found := tx.get(SUPPLIERS, seller)) is not None}
    return {(sku_id, asked): best_terms(offered[sku_id], lead, supplier_id=asked) for sku_id, asked in wanted}


def close_proposal(tx: Tx, proposal: Proposal, status: str, *, purchase_order_id: int | None = None) -> Proposal:
    check_proposal(proposal.status, status)
    return tx.put(PROPOSALS, proposal._replace(status=status, purchase_order_id=purchase_order_id))
