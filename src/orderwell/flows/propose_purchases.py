"""Replenishment: propose what is missing, once, and turn proposals into purchase orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from annotated_types import Len

from ..business import actions as business
from ..business.model import ONLY
from ..business.store import BUSINESS
from ..catalog import actions as catalog
from ..catalog.model import Sku
from ..catalog.rules import in_smallest_units
from ..inventory import actions as inventory
from ..inventory.store import LOCATIONS_OF_KIND, STOCK
from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.events import announce
from ..kit.jobs import Work, handler
from ..kit.notes import keep_note
from ..kit.picture import Tx
from ..kit.schedules import recurring
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..purchasing import actions as purchasing
from ..purchasing.answers import shown_purchase
from ..purchasing.model import Proposal, PurchaseLine, PurchaseOrder, ReorderRule, SupplierSku
from ..purchasing.rules import Position, check_proposal, quantity_to_propose, whole_lots
from ..purchasing.store import OPEN_PROPOSALS_AT, PROPOSALS, REORDER_RULES, RULES_AT, SUPPLIERS
from ..values.fields import MAX_LINES, Code, Day, Quantity, Reference, Text
from ..values.ids import parse, show
from ..values.money import scaled_text
from .place_purchase import new_line, order_goods
from .purchased_lines import skus_by_id


class NoSupplier(Conflict):
    code = "no_supplier"
    title = "Nobody sells this to us"


@dataclass(frozen=True, slots=True)
class Propose:
    """Look at all SKUs that have a reorder rule, or at `skus`; at all locations, or one."""

    skus: Annotated[list[Code], Len(1, 10_000)] | None = None
    location: Code | None = None


def needs(ask: Propose) -> list[tuple[Any, Any]]:
    return [(BUSINESS, ONLY), (LOCATIONS_OF_KIND, "stock")]


@flow(Propose, needs)
def propose(tx: Tx, ask: Propose) -> dict[str, Any]:
    """Propose what is missing, net of what is on order and proposed already: a second run adds nothing."""
    today = business.today(tx)
    places = [place.id for place in inventory.shelves(tx)]
    if ask.location is not None:
        places = [inventory.location(tx, ask.location).id]
    tx.need_all((RULES_AT, places), (OPEN_PROPOSALS_AT, places))
    only = {sku.id for sku in catalog.skus_by_code(tx, ask.skus).values()} if ask.skus is not None else None
    rules = [rule for place in places for rule in tx.rows(RULES_AT, place) if only is None or rule.sku_id in only]
    tx.need(STOCK, [(rule.sku_id, rule.location_id) for rule in rules])
    there = {(row.sku_id, row.location_id): row for place in places for row in tx.rows(OPEN_PROPOSALS_AT, place)}

    short = [rule for rule in rules if _missing(tx, rule, there, None)]
    terms = purchasing.terms_for(tx, {(rule.sku_id, rule.supplier_id) for rule in short})
    skus = skus_by_id(tx, (rule.sku_id for rule in short))
    made = []
    for rule in short:
        best = terms[rule.sku_id, rule.supplier_id]
        quantity = _missing(tx, rule, there, best)
        made.append(_put_down(tx, rule, best, quantity, there.get((rule.sku_id, rule.location_id)), today))
    if made:
        announce(tx, "replenishment.proposed", "business", ONLY, proposals=len(made))
    decimals = {sku.id: sku.unit_decimals for sku in skus.values()}
    return {"object": "replenishment", "proposals": [shown_proposal(each, decimals[each.sku_id]) for each in made]}


@handler("purchasing.propose")
def propose_what_is_missing(work: Work) -> None:
    """Each night, so that what has to be ordered lies ready in the morning."""
    with work.database.reading() as connection:
        there_are_rules = connection.execute(sa.select(REORDER_RULES.c.sku_id).limit(1)).first() is not None
    if there_are_rules:
        work.ask(Propose())


recurring("purchasing.propose", at_local="04:30")


def _missing(
    tx: Tx, rule: ReorderRule, there: dict[tuple[int, int], Proposal], terms: SupplierSku | None
) -> int:  # fmt: skip
    stock = inventory.stock_at(tx, rule.sku_id, rule.location_id)
    open_ = there.get((rule.sku_id, rule.location_id))
    return quantity_to_propose(
        Position(stock.available, stock.awaited, stock.incoming, open_.quantity if open_ else 0),
        point=rule.reorder_point, target=rule.reorder_target,
        lot=terms.lot if terms else 1, minimum=terms.minimum if terms else 0,
    )  # fmt: skip


def _put_down(
    tx: Tx, rule: ReorderRule, terms: SupplierSku | None, quantity: int, open_: Proposal | None, today: str
) -> Proposal:
    supplier_id = terms.supplier_id if terms else None
    if open_ is not None:
        return tx.put(PROPOSALS, open_._replace(quantity=quantity, supplier_id=supplier_id))
    return tx.add(
        PROPOSALS,
        Proposal(tx.new_id(), 1, rule.sku_id, rule.location_id, quantity, supplier_id, "open", None, today),
    )


def shown_proposal(proposal: Proposal, decimals: int) -> dict[str, Any]:
    return {
        "object": "proposal",
        "id": show("proposal", proposal.id),
        "version": proposal.version,
        "sku": show("sku", proposal.sku_id),
        "location": show("location", proposal.location_id),
        "quantity": scaled_text(proposal.quantity, decimals),
        "supplier": show("supplier", proposal.supplier_id) if proposal.supplier_id is not None else None,
        "status": proposal.status,
        "proposed_on": proposal.proposed_on,
    }


@dataclass(frozen=True, slots=True)
class ProposedQuantity:
    """So much of one proposal, whatever it proposed; in whole lots, and at least what the supplier delivers."""

    proposal: Reference
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class OrderProposals:
    """Order what is proposed: `proposals`, or all that are open and have a supplier; from all suppliers, or one.

    With `lines` other quantities than those that are proposed.
    """

    proposals: Annotated[list[Reference], Len(1, 10_000)] | None = None
    lines: Annotated[list[ProposedQuantity], Len(1, MAX_LINES)] | None = None
    supplier: Reference | None = None
    expected_on: Day | None = None
    note: Text = ""


@flow(OrderProposals)
def order_proposals(tx: Tx, ask: OrderProposals) -> dict[str, Any]:
    """One purchase order per supplier, at the terms of today."""
    only = purchasing.supplier(tx, ask.supplier).id if ask.supplier is not None else None
    named = _names(ask)
    wanted = _named(tx, named) if named is not None else _open(tx)
    skus = skus_by_id(tx, (each.sku_id for each in wanted))
    quantities = _quantities(wanted, skus, ask.lines or ())
    terms = purchasing.terms_for(tx, {(each.sku_id, each.supplier_id) for each in wanted})
    inventory.need(tx, skus)
    by_supplier: dict[int, list[tuple[Proposal, int, SupplierSku]]] = {}
    for each in wanted:
        best = terms[each.sku_id, each.supplier_id]
        if best is None:
            if named is not None:
                raise NoSupplier(
                    Sentence("Nobody sells {sku} to us; set a supplier's terms first.", sku=skus[each.sku_id].code)
                )
        elif only in (None, best.supplier_id):
            by_supplier.setdefault(best.supplier_id, []).append((each, quantities[each.id], best))
    placed = [_order(tx, supplier_id, mine, skus, ask) for supplier_id, mine in by_supplier.items()]
    codes = {sku.id: sku.code for sku in skus.values()}
    return {"object": "list", "data": [shown_purchase(purchase, lines, codes) for purchase, lines in placed]}


def _names(ask: OrderProposals) -> list[str] | None:
    """Of the proposals that are asked for; None for all. Raises Invalid."""
    if ask.lines is None:
        return ask.proposals
    if ask.proposals is not None:
        raise Invalid.at("/lines", "Name the proposals, or lines with their quantities; not both.", "one_of")
    names = [line.proposal for line in ask.lines]
    for n, name in enumerate(names):
        if name in names[:n]:
            raise Invalid.at(
                f"/lines/{n}/proposal", Sentence("Proposal {name!r} is named twice.", name=name), "named_twice"
            )
    return names


def _quantities(
    wanted: Sequence[Proposal], skus: Mapping[int, Sku], lines: Sequence[ProposedQuantity]
) -> dict[int, int]:
    """Smallest units by proposal: what is proposed, or what `lines`, which are in the same order, say instead."""
    said = {each.id: in_smallest_units(line.quantity, skus[each.sku_id])
            for each, line in zip(wanted, lines, strict=False)}  # fmt: skip
    return {each.id: said.get(each.id, each.quantity) for each in wanted}


def _order(
    tx: Tx, supplier_id: int, mine: list[tuple[Proposal, int, SupplierSku]], skus: dict[int, Sku], ask: OrderProposals
) -> tuple[PurchaseOrder, list[PurchaseLine]]:
    supplier = tx.get(SUPPLIERS, supplier_id)
    assert supplier is not None, "terms name suppliers that are there"
    id_ = tx.new_id()
    lines = []
    for n, (each, wanted, terms) in enumerate(mine, 1):
        units = whole_lots(wanted, lot=terms.lot, minimum=terms.minimum)
        decimals = skus[each.sku_id].unit_decimals
        lines.append(new_line(id_, n, each.sku_id, each.location_id, units, decimals, terms.cost_e4))
        purchasing.close_proposal(tx, each, "ordered", purchase_order_id=id_)
    return order_goods(tx, id_, supplier, lines, expected_on=ask.expected_on, note=ask.note), lines


def _open(tx: Tx) -> list[Proposal]:
    places = [place.id for place in tx.rows(LOCATIONS_OF_KIND, "stock")]
    tx.need(OPEN_PROPOSALS_AT, places)
    return sorted(row for place in places for row in tx.rows(OPEN_PROPOSALS_AT, place))


def _named(tx: Tx, names: list[str]) -> list[Proposal]:
    numbers = {name: parse("proposal", name) for name in names}
    tx.need(PROPOSALS, [number for number in numbers.values() if number is not None])
    found = []
    for n, (name, number) in enumerate(numbers.items()):
        proposal = tx.get(PROPOSALS, number) if number is not None else None
        if proposal is None:
            raise Invalid.at(
                f"/proposals/{n}", Sentence("There is no proposal {name!r}.", name=name), "unknown_proposal"
            )
        check_proposal(proposal.status, "ordered")
        found.append(proposal)
    return found


@dataclass(frozen=True, slots=True)
class DropProposal:
    proposal: Reference
    reason: Text = ""


@flow(DropProposal)
def drop_proposal(tx: Tx, ask: DropProposal) -> dict[str, Any]:
    """Not to be ordered. The next run may propose it again, if it is still missing."""
    number = parse("proposal", ask.proposal)
    proposal = tx.get(PROPOSALS, number) if number is not None else None
    if proposal is None:
        raise NotFound(Sentence("There is no proposal {name!r}.", name=ask.proposal))
    dropped = purchasing.close_proposal(tx, proposal, "dropped")
    announce(tx, "proposal.dropped", "proposal", proposal.id)
    keep_note(tx, ask.reason)
    sku = skus_by_id(tx, [proposal.sku_id])[proposal.sku_id]
    return shown_proposal(dropped, sku.unit_decimals)
