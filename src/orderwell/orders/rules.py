"""What an order amounts to, which moves there are, and the words for its state. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from ..kit.errors import Conflict, Invalid, Problem
from ..kit.sentences import Sentence, word
from ..values.fields import MAX_AMOUNT
from ..values.money import divide_half_away, line_amount, part_of, percent_of, share, tax_on, tax_within
from .model import MOVES, NEXT, PLACES, Line, Order, places_of


class IllegalMove(Conflict):
    code = "illegal_move"
    title = "These units cannot go there from where they are"


class Discount(NamedTuple):
    """An amount in minor units, or a percentage; never both."""

    minor: int = 0
    percent: Decimal = Decimal(0)

    def of(self, amount_minor: int) -> int:
        return self.minor or (percent_of(amount_minor, self.percent) if self.percent else 0)


NO_DISCOUNT = Discount()


class Priced(NamedTuple):
    """One line before and after discounts and tax; `rate_bp` in hundredths of a percent."""

    quantity: int
    unit_decimals: int
    price_e4: int
    rate_bp: int
    discount: Discount = NO_DISCOUNT


class Amounts(NamedTuple):
    discount_minor: int  # the line's own
    net_minor: int
    tax_minor: int


class OrderAmounts(NamedTuple):
    lines: list[Amounts]
    discount_minor: int  # of the whole order, shared over the lines


def amounts(lines: Sequence[Priced], *, basis: str, currency: str, discount: Discount = NO_DISCOUNT) -> OrderAmounts:
    """Each line's amounts, so that line, order and tax totals agree to the cent.

    Lines are rounded once each. The order's discount is shared over them by largest remainder. Tax is taken per rate
    on the sum of its lines (EN 16931, BR-CO-17 works on sums too) and shared back the same way. Raises Invalid where
    a discount is more than what it is taken from, or the whole is more than is written down.
    """
    before, own = [], []
    problems = []
    for n, line in enumerate(lines):
        amount = line_amount(line.quantity, line.price_e4, unit_decimals=line.unit_decimals, currency=currency)
        off = line.discount.of(amount) if line.discount is not NO_DISCOUNT else 0
        if not 0 <= off <= amount:
            problems.append(Problem(f"/lines/{n}/discount", "discount_too_large", "The discount exceeds the line."))
        before.append(amount - off)
        own.append(off)
    whole = sum(before)
    order_off = discount.of(whole)
    if not problems and not 0 <= order_off <= whole:
        problems.append(Problem("/discount", "discount_too_large", "The discount exceeds the order."))
    if whole + sum(own) > MAX_AMOUNT:
        problems.append(Problem("/lines", "amount_too_large", "The order amounts to more than can be written down."))
    if problems:
        raise Invalid(problems[0].detail, problems)
    shares = share(order_off, before) if order_off else None
    after = before if shares is None else [amount - off for amount, off in zip(before, shares, strict=True)]
    taxes = _taxes([line.rate_bp for line in lines], after, basis)
    nets = after if basis == "net" else [amount - tax for amount, tax in zip(after, taxes, strict=True)]
    return OrderAmounts([Amounts(*each) for each in zip(own, nets, taxes, strict=True)], order_off)


def _taxes(rates: Sequence[int], amounts_minor: Sequence[int], basis: str) -> list[int]:
    taxes = [0] * len(rates)
    for rate_bp in set(rates):
        if rate_bp == 0:
            continue
        members = [n for n, each in enumerate(rates) if each == rate_bp]
        taxed = [amounts_minor[n] for n in members]
        total = tax_on(sum(taxed), rate_bp) if basis == "net" else tax_within(sum(taxed), rate_bp)
        for n, tax in zip(members, share(total, taxed), strict=True):
            taxes[n] = tax
    return taxes


def check_move(source: str, target: str) -> None:
    """Raises IllegalMove, telling where such units may go."""
    if target not in MOVES[source]:
        allowed = sorted(MOVES[source])
        raise IllegalMove(
            Sentence("Units that are {source} cannot become {target}.", source=word(source), target=word(target)),
            allowed=allowed,
        )


def check_status(now: str, target: str) -> None:
    if target not in NEXT[now]:
        raise IllegalMove(
            Sentence("An order that is {status} cannot become {target}.", status=word(now), target=word(target)),
            allowed=sorted(NEXT[now]),
        )


def invoice_part(line: Line, quantity: int, *, basis: str) -> tuple[int, int]:
    """Net and tax of the next `quantity` units to be invoiced. All parts of a line sum to the line."""
    after = line.invoiced + quantity
    assert 0 < quantity <= left_to_invoice(line)
    if quantity == line.quantity:
        return line.net_minor, line.tax_minor
    return _worth(line, line.invoiced, after, basis)


def cancel_part(line: Line, quantity: int, *, basis: str) -> tuple[int, int]:
    """Net and tax of the next `quantity` units to be cancelled: counted from the end, invoices from the start.

    What an invoice bills of them is credited at these amounts too; so the invoices and credit notes of an order sum to
    what is left of it, to the cent.
    """
    assert 0 < quantity <= line.quantity - line.cancelled
    after = line.quantity - line.cancelled
    return _worth(line, after - quantity, after, basis)


def credit_part(line: Line, quantity: int, *, basis: str) -> tuple[int, int]:
    """Net and tax of the next `quantity` units that come back to be credited, at what they were invoiced at.

    Counted from the start: units cancelled after they were invoiced were credited from the end, see `cancel_part`.
    """
    assert 0 < quantity <= line.invoiced - line.credited
    before = line.credited - cancelled_invoiced(line)
    return _worth(line, before, before + quantity, basis)


def _worth(line: Line, before: int, after: int, basis: str) -> tuple[int, int]:
    """Net and tax of a line's units from one to another. Parts in a row sum to the line, and none is below zero.

    What was agreed comes out as it was agreed: two of four loaves at 2.55 gross are 5.10, whatever net and tax round
    to. So on the gross basis the gross amount is shared by units, and the tax follows it.
    """
    if basis == "net":
        net = part_of(line.net_minor, before=before, after=after, whole=line.quantity)
        return net, part_of(line.tax_minor, before=before, after=after, whole=line.quantity)
    whole = line.net_minor + line.tax_minor
    if not whole:
        return 0, 0
    first, last = (divide_half_away(whole * units, line.quantity) for units in (before, after))
    tax = part_of(line.tax_minor, before=first, after=last, whole=whole)
    return last - first - tax, tax


def left_to_invoice(line: Line) -> int:
    """Units that no invoice bills yet. They are cancelled before those that one does."""
    return max(0, line.quantity - line.invoiced - line.cancelled)


def cancelled_invoiced(line: Line) -> int:
    """Units that were cancelled when an invoice billed them already: each has been credited."""
    return max(0, line.invoiced + line.cancelled - line.quantity)


def due_on_invoice(line: Line) -> int:
    """Units that have gone to the customer and are not billed yet."""
    return max(0, line.shipped + line.delivered + line.returned - line.invoiced)


def not_invoiced(lines: Sequence[Line], *, basis: str) -> int:
    """What of an order's gross amount no invoice bills yet."""
    return sum(sum(_worth(line, line.invoiced, line.invoiced + left_to_invoice(line), basis)) for line in lines)


def fulfilment_status(status: str, lines: Sequence[Line]) -> str:
    """One word for where the units are: draft, cancelled, returned, delivered, shipped, partly_shipped, packed, picked,
    backordered, ready or open."""
    if status == "draft":
        return status
    total = dict(zip(PLACES, map(sum, zip(*map(places_of, lines), strict=True)), strict=True))
    live = sum(total.values()) - total["cancelled"]
    if live == 0:
        return "cancelled"
    if total["returned"] == live:
        return "returned"
    gone = total["shipped"] + total["delivered"] + total["returned"]
    if gone == live:
        return "shipped" if total["shipped"] else "delivered"
    if gone:
        return "partly_shipped"
    for place, state in (("awaited", "backordered"), ("packed", "packed"), ("picked", "picked"), ("promised", "ready")):
        if total[place]:
            return state
    return "open"


def payment_status(*, due_minor: int, captured_minor: int, refunded_minor: int, authorised_minor: int = 0) -> str:
    """unpaid, authorised, partly_paid, paid, overpaid, partly_refunded, refunded or settled: from amounts alone.

    `due_minor` is what is still to be paid (below zero: what nothing asks for any more); captured and refunded are what
    came and went for this order itself; `authorised_minor` is what may still be captured. `settled`: nothing is open,
    and nothing was paid for the order itself. It was paid on account, credited, given up, or cost nothing.
    """
    kept = captured_minor - refunded_minor
    if refunded_minor and kept <= 0:
        return "refunded"
    if refunded_minor:
        return "partly_refunded"
    if due_minor < 0:
        return "overpaid"
    if due_minor == 0:
        return "paid" if kept else "settled"
    if kept:
        return "partly_paid"
    return "authorised" if authorised_minor >= due_minor else "unpaid"


def not_ready(order: Order, lines: Sequence[Line]) -> str | None:
    """Why an order cannot be picked now, or None: it is placed, nothing of it is awaited, and it is paid or on terms.

    What has a day to be paid by and is not paid yet is no order to be picked; the rule of the house gives it that day.
    """
    if order.status != "placed":
        return f"it is {order.status}"
    if any(line.awaited for line in lines) or any(line.open for line in lines if line.kind == "stocked"):
        return "some of it is awaited"
    return "it is not paid" if order.expires_at is not None else None
