"""What the lines of a document that stands alone amount to. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from ..kit.errors import Invalid
from ..values.fields import MAX_AMOUNT
from ..values.money import divide_half_away, line_amount


class FreeLine(NamedTuple):
    """A line priced by hand; on a credit note a quantity below zero takes something off what is given back."""

    quantity: int
    unit_decimals: int
    price_e4: int
    rate_bp: int
    basis: str  # the price is 'net' or 'gross' of VAT


class LineAmounts(NamedTuple):
    net_minor: int
    tax_minor: int


def free_amounts(lines: Sequence[FreeLine], *, currency: str) -> list[LineAmounts]:
    """Each line rounded once; tax taken per rate and basis on the sum of its lines, and shared back to the cent.

    Raises Invalid where they amount to more than is written down.
    """
    amounts = [
        line_amount(line.quantity, line.price_e4, unit_decimals=line.unit_decimals, currency=currency) for line in lines
    ]
    if sum(map(abs, amounts)) > MAX_AMOUNT:
        raise Invalid.at("/lines", "The lines amount to more than can be written down.", "amount_too_large")
    taxes = [0] * len(lines)
    for rate_bp, basis in {(line.rate_bp, line.basis) for line in lines if line.rate_bp}:
        members = [n for n, line in enumerate(lines) if (line.rate_bp, line.basis) == (rate_bp, basis)]
        whole = 10_000 if basis == "net" else 10_000 + rate_bp
        for n, tax in zip(members, share_tax([amounts[n] for n in members], rate_bp, whole), strict=True):
            taxes[n] = tax
    return [
        LineAmounts(amount if line.basis == "net" else amount - tax, tax)
        for line, amount, tax in zip(lines, amounts, taxes, strict=True)
    ]


def share_tax(amounts: Sequence[int], rate_bp: int, whole: int) -> list[int]:
    """rate/whole of the sum of amounts of any sign, in parts that sum to it; odd cents to the largest remainders."""
    total = divide_half_away(sum(amounts) * rate_bp, whole)
    parts = [amount * rate_bp // whole for amount in amounts]
    left = total - sum(parts)
    by_remainder = sorted(range(len(amounts)), key=lambda n: (-(amounts[n] * rate_bp % whole), n))
    for n in by_remainder[:left]:
        parts[n] += 1
    return parts
