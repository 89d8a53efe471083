"""Issuing a credit note that a channel or a person sends: of orders, of none, or of both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from annotated_types import Ge, Le, Len

from ..business import actions as business
from ..business.model import ONLY, Business
from ..business.store import BUSINESS
from ..catalog import actions as catalog
from ..catalog.model import Sku
from ..catalog.rules import in_smallest_units
from ..catalog.store import SKU_BY_CODE
from ..channels import actions as channels
from ..channels.model import Channel
from ..channels.store import CHANNEL_BY_CODE
from ..customers import actions as customers
from ..inventory import actions as inventory
from ..inventory.model import CUSTOMER
from ..inventory.store import LOCATION_BY_CODE
from ..invoicing import actions as invoicing
from ..invoicing.answers import shown
from ..invoicing.model import CreditTrace, Invoice, InvoiceLine
from ..invoicing.rules import FreeLine, LineAmounts, free_amounts
from ..invoicing.store import COUNTERS, INVOICES_OF
from ..kit.errors import Conflict, Invalid, Problem
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..ledger.store import BOOKS, OPEN_OF_ORDER
from ..orders import actions as orders
from ..orders.model import Line, Order
from ..orders.store import LINES, LINES_OF, ORDER_BY_REFERENCE, ORDERS
from ..values.fields import MAX_LINES, AnyQuantity, Code, Quantity, Reference, Text, UnitPrice
from ..values.ids import parse
from ..values.money import scaled
from .credit_note import NotReturnable, announce_credit, credit_amounts, post_credit_note
from .fill_awaited import fill_awaited


class OtherCustomer(Conflict):
    code = "other_customer"
    title = "The order belongs to another customer"


@dataclass(frozen=True, slots=True)
class Trace:
    """Units of an order's line that a credit line gives back; without `quantity` all of the credit line.

    `order` is an id, or the reference of the channel that sends the credit note.
    """

    order: Reference
    line: Annotated[int, Ge(1), Le(MAX_LINES)]
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class CreditLine:
    """`unit_price` in major units, in the channel's basis (or the traced order's, or the business's) as it stands.

    Left out, the traced units are credited at what they were invoiced at. A quantity below zero takes something off
    what is given back.
    """

    sku: Code
    quantity: AnyQuantity
    unit_price: UnitPrice | None = None
    description: Text | None = None
    tax_class: Code | None = None
    traces: Annotated[list[Trace], Len(0, 100)] | None = None


@dataclass(frozen=True, slots=True)
class IssueCreditNote:
    """`reference` with `channel` is unique: the same credit note sent twice is one. `restock` is where goods go."""

    lines: Annotated[list[CreditLine], Len(1, MAX_LINES)]
    channel: Code | None = None
    reference: Reference | None = None
    customer: Reference | None = None
    restock: Code | None = None
    country: Text = ""
    reason: Text = ""


class Traced(NamedTuple):
    """One trace, looked up: units of a line of an order."""

    order: Order
    line: int
    units: int


class Credit(NamedTuple):
    """One line of the note on its way: what it is of, how much, and where it came from."""

    sku: Sku
    units: int
    price_e4: int | None
    description: str
    tax_class: str
    traced: list[Traced]


def needs(ask: IssueCreditNote) -> list[tuple[Any, Any]]:
    wanted: list[tuple[Any, Any]] = [(BUSINESS, ONLY), (BOOKS, 1), (COUNTERS, "CRN")]
    wanted += [(SKU_BY_CODE, line.sku) for line in ask.lines]
    if ask.channel is not None:
        wanted.append((CHANNEL_BY_CODE, ask.channel))
    if ask.customer is not None:
        wanted.append(customers.wanted(ask.customer))
    if ask.restock is not None:
        wanted.append((LOCATION_BY_CODE, ask.restock))
    for trace in _traces(ask):
        number = parse("order", trace.order)
        if number is not None:
            wanted += [(ORDERS, number), (LINES_OF, number), (OPEN_OF_ORDER, number), (INVOICES_OF, number)]
    return wanted


@flow(IssueCreditNote, needs)
def issue_credit_note(tx: Tx, ask: IssueCreditNote) -> dict[str, Any]:
    """Give the customer credit; take traced units back from where they were; put goods back on the shelf."""
    house, today = business.current(tx), business.today(tx)
    channel = channels.open_channel(tx, ask.channel) if ask.channel is not None else None
    if channel is not None and ask.reference is not None:
        invoicing.refuse_second(tx, channel.id, ask.reference)
    shelf = inventory.location(tx, ask.restock, pointer="/restock") if ask.restock is not None else None
    found = _orders(tx, ask, channel)
    credits = _credits(tx, ask, found)
    customer_id = _customer(tx, ask, found.values())
    if shelf is not None:
        inventory.need(tx, {each.sku.id for each in credits if each.sku.kind == "stocked"})

    documents = _documents(tx, credits, _basis(house, channel), house.currency, today)
    order_ids = list(dict.fromkeys(order.id for order in found.values()))
    only = next(iter(found.values())) if len(order_ids) == 1 else None
    taken = [each.line for credit in credits for each in credit.traced]
    before = invoicing.corrected(tx, only.id, taken) if only else None
    note = invoicing.issue(
        tx, "credit_note", documents if only else [each._replace(order_line=None) for each in documents],
        order_id=only.id if only else None, customer_id=customer_id,
        reference=ask.reference or (only.reference if only else ""), currency=house.currency, issued_on=today,
        due_on=today, corrects_id=before.id if before else None, bill_to=only.bill_to if only else None,
        channel_id=channel.id if channel and ask.reference else None,
        country=ask.country or (only.country if only else house.country),
    )  # fmt: skip
    traces = _take_back(tx, note, credits)
    item = post_credit_note(tx, note, order_ids)
    announce_credit(tx, note, traces)
    if shelf is not None:
        _restock(tx, note, credits, shelf.id)
    return shown(note, documents, open_minor=item.open_minor if item else 0)


def _traces(ask: IssueCreditNote) -> list[Trace]:
    return [trace for line in ask.lines for trace in line.traces or ()]


def _orders(tx: Tx, ask: IssueCreditNote, channel: Channel | None) -> dict[str, Order]:
    """The orders that lines trace to, by the name they were called, with their lines at hand."""
    names = dict.fromkeys(trace.order for trace in _traces(ask))
    if not names:
        return {}
    numbers = {name: parse("order", name) for name in names}
    tx.need(ORDERS, [number for number in numbers.values() if number is not None])
    channel_id = channel.id if channel else None
    if channel_id is not None:
        tx.need(ORDER_BY_REFERENCE, [(channel_id, name) for name, number in numbers.items() if number is None])
    found = {name: orders.placed(orders.find_named(tx, name, channel_id=channel_id)) for name in names}
    ids = {order.id for order in found.values()}
    for group in (LINES_OF, OPEN_OF_ORDER, INVOICES_OF):
        tx.need(group, ids)
    return found


def _credits(tx: Tx, ask: IssueCreditNote, found: Mapping[str, Order]) -> list[Credit]:
    """Every line looked up; all that is wrong with them is told at once."""
    tx.need(SKU_BY_CODE, [line.sku for line in ask.lines])
    problems: list[Problem] = []
    credits = []
    for n, line in enumerate(ask.lines):
        sku = tx.one(SKU_BY_CODE, line.sku)  # a retired SKU is credited like any other
        if sku is None:
            problems.append(
                Problem(f"/lines/{n}/sku", "unknown_sku", Sentence("There is no SKU {name!r}.", name=line.sku))
            )
            continue
        units = in_smallest_units(line.quantity, sku)
        price = None if line.unit_price is None else scaled(line.unit_price, 4)
        traced = [
            Traced(
                found[trace.order], trace.line,
                units if trace.quantity is None else in_smallest_units(trace.quantity, sku),
            )
            for trace in line.traces or ()
        ]  # fmt: skip
        problems += _wrong(n, line, units, price, traced)
        description = sku.name if line.description is None else line.description
        credits.append(Credit(sku, units, price, description, line.tax_class or sku.tax_class, traced))
    if problems:
        raise Invalid(problems[0].detail, problems)
    return credits


def _wrong(n: int, line: CreditLine, units: int, price: int | None, traced: list[Traced]) -> list[Problem]:
    at = f"/lines/{n}"
    if units == 0:
        return [Problem(f"{at}/quantity", "invalid_value", "A quantity of zero credits nothing.")]
    if line.unit_price is not None and price is None:
        return [Problem(f"{at}/unit_price", "invalid_value", "Unit prices have at most four decimals.")]
    whole = sum(each.units for each in traced)
    if traced and (min(each.units for each in traced) <= 0 or whole > units):
        return [
            Problem(
                f"{at}/traces",
                "invalid_value",
                Sentence("{whole} units are traced, the line has {units}.", whole=whole, units=units),
            )
        ]
    if price is None and whole != units:
        return [Problem(f"{at}/unit_price", "required", "Units that trace to no order need a price.")]
    return []


def _customer(tx: Tx, ask: IssueCreditNote, found: Iterable[Order]) -> int | None:
    """Who gets the credit: the customer named, who must be the one of every order traced; else theirs.

    Guests are nobody known: two orders of guests are not of one.
    """
    traced = {order.id: order for order in found}
    theirs = {order.customer_id: order for order in traced.values()}
    if None in theirs and len(traced) > 1:
        raise OtherCustomer(
            Sentence("Order {order!r} is of a guest; it needs a credit note of its own.", order=theirs[None].reference)
        )
    if ask.customer is not None:
        customer_id: int | None = customers.find(tx, ask.customer).id
    elif theirs:
        customer_id = next(iter(theirs))
    else:
        return None
    for other, order in theirs.items():
        if other != customer_id and (
            other is None or customer_id is None or customer_id not in customers.family(tx, other)
        ):
            raise OtherCustomer(
                Sentence("Order {order!r} is not of the customer who gets this credit note.", order=order.reference)
            )
    return customer_id


def _basis(house: Business, channel: Channel | None) -> str:
    return channel.basis if channel is not None else house.basis


def _documents(tx: Tx, credits: Sequence[Credit], basis: str, currency: str, today: str) -> list[InvoiceLine]:
    """The note's lines, priced: as sent at today's rate or that of the order traced, else as invoiced."""
    rates = catalog.tax_rates(tx, {credit.tax_class for credit in credits if not credit.traced}, today)
    lines = {(line.order_id, line.n): line for order_id in _ids(credits) for line in orders.lines_of(tx, order_id)}
    free: list[FreeLine] = []
    fixed: dict[int, tuple[LineAmounts, int]] = {}
    for n, credit in enumerate(credits):
        net = tax = 0
        first: Line | None = None
        for each in credit.traced:
            line = _line(lines, each, credit.sku)
            first = first or line
            part = credit_amounts(each.order, line, each.units)
            net, tax = net + part[0], tax + part[1]
            lines[each.order.id, each.line] = line._replace(credited=line.credited + each.units)
        rate = first.rate_bp if first else rates[credit.tax_class]
        if credit.price_e4 is None and first is not None:
            fixed[n] = LineAmounts(net, tax), first.price_e4
        of = credit.traced[0].order.basis if credit.traced else basis
        free.append(FreeLine(credit.units, credit.sku.unit_decimals, credit.price_e4 or 0, rate, of))
    amounts = free_amounts(free, currency=currency)
    documents = []
    for n, (credit, priced) in enumerate(zip(credits, free, strict=True)):
        (net, tax), price = fixed.get(n, (amounts[n], priced.price_e4))
        order_line = credit.traced[0].line if len(credit.traced) == 1 else None
        documents.append(
            InvoiceLine(
                0, n + 1, order_line, credit.sku.id, credit.description, credit.units, credit.sku.unit_decimals, price,
                net, tax, priced.rate_bp, credit.sku.revenue,
            )
        )  # fmt: skip
    return documents


def _ids(credits: Iterable[Credit]) -> set[int]:
    return {each.order.id for credit in credits for each in credit.traced}


def _line(lines: Mapping[tuple[int, int], Line], traced: Traced, sku: Sku) -> Line:
    line = lines.get((traced.order.id, traced.line))
    if line is None or line.sku_id != sku.id:
        raise Invalid.at(
            "/lines",
            Sentence(
                "Line {line} of order {order!r} is not of {sku}.",
                line=traced.line,
                order=traced.order.reference,
                sku=sku.code,
            ),
            "unknown_line",
        )
    return line


def _take_back(tx: Tx, note: Invoice, credits: Sequence[Credit]) -> list[CreditTrace]:
    """Traced units are returned from now on: delivered ones first, then those on their way."""
    traces: dict[tuple[int, int, int], int] = {}
    for n, credit in enumerate(credits, 1):
        for order, line_n, units in credit.traced:
            line = tx.get(LINES, (order.id, line_n))
            assert line is not None
            if units > line.delivered + line.shipped:
                raise NotReturnable(
                    Sentence(
                        "Line {line} of order {order!r}: {units} units were to come back, {there} are with the"
                        " customer.",
                        line=line_n,
                        order=order.reference,
                        units=units,
                        there=line.delivered + line.shipped,
                    )
                )
            line = line._replace(credited=line.credited + units)
            delivered = min(units, line.delivered)
            for place, moved in (("delivered", delivered), ("shipped", units - delivered)):
                if moved:
                    line = orders.move_units(tx, line, place, "returned", moved)
            traces[n, order.id, line_n] = traces.get((n, order.id, line_n), 0) + units
    made = [CreditTrace(note.id, *key, units) for key, units in traces.items()]
    invoicing.trace(tx, made)
    return made


def _restock(tx: Tx, note: Invoice, credits: Sequence[Credit], location_id: int) -> None:
    """Goods come back on the shelf, worth what those held cost on average: nothing where none are held."""
    total, came_in = 0, []
    for credit in credits:
        if credit.sku.kind == "stocked" and credit.units > 0:
            cost = inventory.present_cost(tx, credit.sku.id, credit.units)
            inventory.receive(
                tx, sku_id=credit.sku.id, location_id=location_id, quantity=credit.units, cost_minor=cost,
                source_id=CUSTOMER, reason="return", document_id=note.id,
            )  # fmt: skip
            total += cost
            came_in.append(credit.sku.id)
    ledger.post(
        tx, "goods_back", templates.goods_back(cost_minor=total), day=note.issued_on, currency=note.currency,
        document="credit_note", document_id=note.id,
    )  # fmt: skip
    fill_awaited(tx, dict.fromkeys(came_in), location_id)
