"""Goods come back: announced, received, inspected; then back on the shelf or scrapped, and credited."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from annotated_types import Ge, Le, Len

from ..business import actions as business
from ..channels.store import CHANNEL_BY_CODE
from ..inventory import actions as inventory
from ..inventory.model import CUSTOMER, SCRAP
from ..invoicing import actions as invoicing
from ..invoicing.model import Invoice
from ..kit.errors import Conflict, Invalid, Problem
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..orders import actions as orders
from ..orders.model import Line, Order
from ..orders.store import LINES, LINES_OF, ORDERS
from ..returns import actions as returns
from ..returns.answers import shown
from ..returns.model import OUTCOMES, Return, ReturnLine
from ..returns.rules import cost_back
from ..returns.store import RETURN_LINES_OF_ORDER
from ..shipping import actions as shipping
from ..shipping.store import LINES_IN
from ..values.fields import MAX_LINES, Code, Quantity, Reference, Text
from ..values.ids import parse, show
from ..values.money import scaled, scaled_text
from .credit_note import credit_units
from .fill_awaited import fill_awaited
from .ordered_units import UnitsAsk, asked_units, named_order


class NotWithCustomer(Conflict):
    code = "not_with_customer"
    title = "More units would come back than the customer has"


class AlreadyReturned(NotWithCustomer):
    code = "already_returned"
    title = "These units came back before"


@dataclass(frozen=True, slots=True)
class AnnounceReturn:
    """Tell that units will come back, or allow it. `order` is an id, or with `channel` its own reference."""

    order: Reference
    lines: Annotated[list[UnitsAsk], Len(1, MAX_LINES)]
    channel: Code | None = None
    reason: Text = ""


@dataclass(frozen=True, slots=True)
class ReceiveReturn:
    """Goods came in: all that was announced, or these."""

    return_id: Reference
    lines: Annotated[list[UnitsAsk], Len(1, MAX_LINES)] | None = None


@dataclass(frozen=True, slots=True)
class InspectedUnits:
    """What becomes of units that came in; `credit` is `no` when the customer gets nothing for them."""

    line: Annotated[int, Ge(1), Le(MAX_LINES)]
    quantity: Quantity
    outcome: Literal["restock", "scrap"]
    credit: Literal["yes", "no"] = "yes"


@dataclass(frozen=True, slots=True)
class InspectReturn:
    """Say what becomes of units; what is restocked goes to `location`."""

    return_id: Reference
    location: Code
    lines: Annotated[list[InspectedUnits], Len(1, MAX_LINES)]


class Fate(NamedTuple):
    """Inspected units of one line, in smallest units, with what they cost when they left."""

    line: int
    units: int
    outcome: str
    credit: str
    cost_minor: int


@dataclass(frozen=True, slots=True)
class CancelReturn:
    """What has not come of a return is not expected any more."""

    return_id: Reference


def needs(ask: AnnounceReturn) -> list[tuple[Any, Any]]:
    if ask.channel is not None:
        return [(CHANNEL_BY_CODE, ask.channel)]
    number = parse("order", ask.order)
    return [] if number is None else [(ORDERS, number), (LINES_OF, number), (RETURN_LINES_OF_ORDER, number)]


@flow(AnnounceReturn, needs)
def announce_return(tx: Tx, ask: AnnounceReturn) -> dict[str, Any]:
    """Write down which units will come back: none that the customer does not have, or announced before."""
    order = orders.placed(named_order(tx, ask.order, ask.channel))
    tx.put(ORDERS, order)  # two announcements at once must not both count on the same units
    lines = {line.n: line for line in orders.lines_of(tx, order.id)}
    expected = returns.expected_of_order(tx, order.id)
    wanted: dict[int, tuple[int, int, int]] = {}
    for n, units in asked_units(ask.lines, lines).items():
        line = lines[n]
        if line.kind != "stocked":
            raise Invalid.at(
                "/lines", Sentence("Line {line} is a service: credit it, it cannot come back.", line=n), "not_stocked"
            )
        free = line.shipped + line.delivered - expected[n]
        if units > free:
            refusal = AlreadyReturned if line.returned and units <= free + line.returned else NotWithCustomer
            raise refusal(
                f"Line {n} ({line.description}): {shown_units(line, units)} were to come back,"
                f" {shown_units(line, free)} are with the customer and not announced,"
                f" {shown_units(line, line.returned)} came back before."
            )
        wanted[n] = (line.sku_id, line.unit_decimals, units)
    made, announced = returns.announce_units(
        tx, order_id=order.id, customer_id=order.customer_id, reason=ask.reason, lines=wanted
    )
    _tell(tx, "return.announced", made, units=sum(line.announced for line in announced))
    return shown(made, announced)


@flow(ReceiveReturn)
def receive_return(tx: Tx, ask: ReceiveReturn) -> dict[str, Any]:
    """Units are back with us; from now on they wait to be inspected."""
    returned = returns.find(tx, ask.return_id)
    back = returns.lines_of(tx, returned.id)
    lines = {line.n: line for line in orders.lines_of(tx, returned.order_id)}
    if ask.lines is None:
        came = {n: line.expected for n, line in back.items() if line.expected}
        if not came:
            raise returns.NothingExpected(Sentence("All of return {name} has come in.", name=ask.return_id))
    else:
        came = asked_units(ask.lines, {n: line for n, line in lines.items() if n in back})
    for n, units in came.items():
        back[n] = returns.receive_units(tx, back[n], units)
        _come_back(tx, lines[n], units)
    _tell(tx, "return.received", returned, units=sum(came.values()))
    announce(tx, "order.units_returned", "order", returned.order_id, units=sum(came.values()))
    return shown(returns.find(tx, ask.return_id), back.values())


@flow(InspectReturn)
def inspect_return(tx: Tx, ask: InspectReturn) -> dict[str, Any]:
    """Shelf or scrap, at what the units cost when they left; credit at what they were invoiced at."""
    shelf = inventory.location(tx, ask.location)
    returned = returns.find(tx, ask.return_id)
    back = returns.lines_of(tx, returned.id)
    fates = _fates(ask.lines, back)
    inventory.need(tx, {line.sku_id for line in back.values()})
    order = orders.find(tx, returned.order_id)
    fates = _with_costs(tx, order, back, fates)
    for fate in fates:
        _settle(tx, returned, back, fate, shelf.id)
    _post(tx, order, returned, fates)
    note = _credit(tx, order, fates)
    _tell(
        tx, "return.inspected", returned, credit_note=invoicing.shown_number(note) if note else None,
        **{word: sum(each.units for each in fates if each.outcome == word) for word in OUTCOMES},
    )  # fmt: skip
    due = _refund_due(tx, note)
    if due:
        _tell(tx, "return.refund_due", returned, amount=due, currency=order.currency)
    came_in = dict.fromkeys(back[each.line].sku_id for each in fates if each.outcome == "restock")
    fill_awaited(tx, came_in, shelf.id)
    return {
        **shown(returns.find(tx, ask.return_id), back.values()),
        "credit_note": show("credit_note", note.id) if note else None,
        "refund_due": due,
        "currency": order.currency,
    }


@flow(CancelReturn)
def cancel_return(tx: Tx, ask: CancelReturn) -> dict[str, Any]:
    returned, lines, units = returns.expect_no_more(tx, returns.find(tx, ask.return_id))
    _tell(tx, "return.cancelled", returned, units=units)
    return shown(returns.find(tx, ask.return_id), lines)


def _come_back(tx: Tx, line: Line, units: int) -> None:
    """Order units are returned: delivered ones first, then those that were on their way."""
    if units > line.delivered + line.shipped:
        raise NotWithCustomer(
            Sentence(
                "Line {line} ({description}): {units} came in, the customer has {there}; the rest was credited or"
                " came back before.",
                line=line.n,
                description=line.description,
                units=Decimal(shown_units(line, units)),
                there=Decimal(shown_units(line, line.delivered + line.shipped)),
            )
        )
    delivered = min(units, line.delivered)
    for place, moved in (("delivered", delivered), ("shipped", units - delivered)):
        if moved:
            line = orders.move_units(tx, line, place, "returned", moved)


def _fates(asks: Sequence[InspectedUnits], back: Mapping[int, ReturnLine]) -> list[Fate]:
    """In smallest units; what names no line of the return is refused together."""
    fates, problems = [], []
    for n, ask in enumerate(asks):
        units = scaled(ask.quantity, back[ask.line].unit_decimals) if ask.line in back else None
        if ask.line not in back:
            problems.append(
                Problem(f"/lines/{n}/line", "unknown_line", Sentence("The return has no line {line}.", line=ask.line))
            )
        elif units is None:
            decimals = back[ask.line].unit_decimals
            detail = Sentence("Line {line} is counted with {decimals} decimals.", line=ask.line, decimals=decimals)
            problems.append(Problem(f"/lines/{n}/quantity", "not_whole_units", detail))
        else:
            fates.append(Fate(ask.line, units, ask.outcome, ask.credit, 0))
    if problems:
        raise Invalid(problems[0].detail, problems)
    return fates


def _with_costs(tx: Tx, order: Order, back: Mapping[int, ReturnLine], fates: Sequence[Fate]) -> list[Fate]:
    """What the units cost when they left; present average cost where the parcels do not tell."""
    parcels = [each.id for each in shipping.of_order(tx, order.id) if each.shipped_at and each.status != "came_back"]
    tx.need_all((LINES_IN, parcels), (RETURN_LINES_OF_ORDER, [order.id]))
    left: dict[int, list[tuple[int, int]]] = {}
    for parcel_id in parcels:
        for row in shipping.lines_in(tx, parcel_id):
            left.setdefault(row.line, []).append((row.quantity, row.cost_minor))
    before = returns.inspected_of_order(tx, order.id)
    costed = []
    for fate in fates:
        cost = cost_back(left.get(fate.line, ()), before=before[fate.line], units=fate.units)
        if cost is None:
            cost = inventory.present_cost(tx, back[fate.line].sku_id, fate.units)
        costed.append(fate._replace(cost_minor=cost))
        before[fate.line] += fate.units
    return costed


def _settle(tx: Tx, returned: Return, back: dict[int, ReturnLine], fate: Fate, location_id: int) -> None:
    """Units go to the shelf or to scrap, and their line says so."""
    restock, sku_id = fate.outcome == "restock", back[fate.line].sku_id
    back[fate.line] = returns.judge_units(
        tx, back[fate.line], restocked=fate.units if restock else 0, scrapped=0 if restock else fate.units,
        credited=fate.units if fate.credit == "yes" else 0,
    )  # fmt: skip
    if restock:
        inventory.receive(
            tx, sku_id=sku_id, location_id=location_id, quantity=fate.units, cost_minor=fate.cost_minor,
            source_id=CUSTOMER, reason="return", document_id=returned.id,
        )  # fmt: skip
    else:
        inventory.record_move(tx, sku_id, CUSTOMER, SCRAP, fate.units, fate.cost_minor, "return", returned.id)


def _post(tx: Tx, order: Order, returned: Return, fates: Sequence[Fate]) -> None:
    """All of it is no longer cost of goods sold; what was scrapped is a loss of its own."""
    back = sum(fate.cost_minor for fate in fates)
    lost = sum(fate.cost_minor for fate in fates if fate.outcome == "scrap")
    for name, transfers in (
        ("goods_back", templates.goods_back(cost_minor=back)),
        ("scrap", templates.scrap(cost_minor=lost)),
    ):
        ledger.post(
            tx, name, transfers, day=business.today(tx), currency=order.currency, document="return",
            document_id=returned.id,
        )  # fmt: skip


def _credit(tx: Tx, order: Order, fates: Sequence[Fate]) -> Invoice | None:
    """The credit note for what the customer is credited."""
    units: Counter[int] = Counter()
    for fate in fates:
        if fate.credit == "yes":
            units[fate.line] += fate.units
    if not units:
        return None
    lines = {line.n: line for line in orders.lines_of(tx, order.id)}
    note, after = credit_units(tx, order, lines, units, business.today(tx))
    for line in after.values():
        tx.put(LINES, line)
    return note


def _refund_due(tx: Tx, note: Invoice | None) -> int:
    """What of the credit no debt of the order took up: to be paid back, or kept for later."""
    if note is None:
        return 0
    return -sum(item.open_minor for item in ledger.items_of_document(tx, note.id))


def shown_units(line: Line, units: int) -> str:
    return f"{scaled_text(units, line.unit_decimals)} units"


def _tell(tx: Tx, type_: str, returned: Return, **facts: Any) -> None:
    announce(tx, type_, "return", returned.id, order=show("order", returned.order_id), **facts)
