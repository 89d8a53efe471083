"""How much to order and from whom, what a receipt costs, which units an invoice is for. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ..kit.errors import Conflict, Invalid
from ..kit.sentences import Sentence, word
from ..values.fields import MAX_AMOUNT
from ..values.money import line_amount, part_of
from .model import NEXT, PurchaseLine, SupplierSku


class MoreThanOrdered(Conflict):
    code = "more_than_ordered"
    title = "That is more than is still to come"


class MoreThanReceived(Conflict):
    code = "more_than_received"
    title = "That is more than was received"


class ProposalClosed(Conflict):
    code = "proposal_closed"
    title = "The proposal is no longer open"


class Position(NamedTuple):
    """Where a SKU stands at a location, in smallest units."""

    available: int
    awaited: int
    incoming: int
    proposed: int = 0

    @property
    def projected(self) -> int:
        """What there will be when all that is on order has come and all that is awaited has gone."""
        return self.available - self.awaited + self.incoming


def quantity_to_propose(position: Position, *, point: int, target: int, lot: int = 1, minimum: int = 0) -> int:
    """How much the open proposal should be for; 0 when nothing is missing, or what is proposed is enough.

    Only a position below the point is filled up, to the target, in whole lots. A proposal that is not enough any more
    is raised; it is never lowered, somebody may be acting on it.
    """
    if position.projected + position.proposed >= point:
        return 0
    return whole_lots(target - position.projected, lot=lot, minimum=minimum)


def whole_lots(quantity: int, *, lot: int, minimum: int) -> int:
    """The least number of units in whole lots that is enough, and as much as the supplier delivers at least."""
    assert lot > 0
    return -(-max(quantity, minimum) // lot) * lot


def best_terms(
    terms: Sequence[SupplierSku], lead_time_days: Mapping[int, int], *, supplier_id: int | None = None
) -> SupplierSku | None:
    """The terms of the supplier asked for; else the cheapest, among equals the quickest, then the one known longest."""
    if supplier_id is not None:
        return next((each for each in terms if each.supplier_id == supplier_id), None)
    return min(terms, key=lambda each: (each.cost_e4, lead_time_days[each.supplier_id], each.supplier_id), default=None)


def purchase_status(lines: Sequence[PurchaseLine]) -> str:
    """ordered, partly_received, received or cancelled."""
    received = any(line.received for line in lines)
    if any(line.due for line in lines):
        return "partly_received" if received else "ordered"
    return "received" if received else "cancelled"


def check_proposal(status: str, target: str) -> None:
    if target not in NEXT[status]:
        raise ProposalClosed(
            Sentence("A proposal that is {status} cannot become {target}.", status=word(status), target=word(target)),
            allowed=sorted(NEXT[status]),
        )


def cost_of_receipt(line: PurchaseLine, quantity: int, currency: str) -> int:
    """What the next units received cost. All receipts of a line sum to its amount, to the cent."""
    so_far = line_amount(
        line.received + quantity, line.cost_e4, unit_decimals=line.unit_decimals, currency=currency
    )  # fmt: skip
    return max(0, so_far - line.received_minor)


def check_cost(lines: Sequence[PurchaseLine], currency: str) -> None:
    """Raises Invalid where a purchase order costs more than is written down: it could never be received."""
    costs = (
        line_amount(line.quantity, line.cost_e4, unit_decimals=line.unit_decimals, currency=currency) for line in lines
    )
    if sum(costs) > MAX_AMOUNT:
        raise Invalid.at("/lines", "The goods cost more than can be written down.", "amount_too_large")


def cost_sent_back(quantity: int, *, before: int, received: int, cost_minor: int) -> int:
    """What units of a receipt came for, of which `before` went back already."""
    return part_of(cost_minor, before=before, after=before + quantity, whole=received)


def to_match(line: PurchaseLine) -> int:
    """Units received and not billed yet; below zero: billed, and sent back since."""
    return line.received - line.invoiced


def goods_matched(line: PurchaseLine, quantity: int) -> int:
    """What `quantity` of the units to match were received at; all of them take all that is left of the line."""
    left, units = line.received_minor - line.invoiced_minor, to_match(line)
    if quantity == units:
        return left
    return part_of(left, before=0, after=abs(quantity), whole=abs(units))


def spread(
    asked: Sequence[tuple[int, int]],
    lines: Sequence[PurchaseLine],
    left: Callable[[PurchaseLine], int],
    too_many: Callable[[int, int, int], Conflict],
) -> dict[int, int]:
    """Units of SKUs shared out over the lines that have some left, earliest first: {line: units}.

    Raises what `too_many` makes of (SKU, asked, left) where the lines of a SKU have fewer left than asked for.
    """
    by_sku: dict[int, list[PurchaseLine]] = {}
    for line in lines:
        by_sku.setdefault(line.sku_id, []).append(line)
    total: dict[int, int] = {}
    for sku_id, quantity in asked:
        total[sku_id] = total.get(sku_id, 0) + quantity
    found: dict[int, int] = {}
    for sku_id, quantity in total.items():
        mine = by_sku.get(sku_id, [])
        there = sum(max(left(line), 0) for line in mine)
        if quantity > there:
            raise too_many(sku_id, quantity, there)
        for line in mine:
            taken = min(quantity, max(left(line), 0))
            if taken:
                found[line.n] = taken
                quantity -= taken
    return dict(sorted(found.items()))
