"""Decisions about units, prices and tax. Values in, values out."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from ..kit.errors import Refused
from ..kit.sentences import Sentence
from ..values.money import divide_half_away, scaled
from .model import CustomerPrice, Sku, TaxRate


class NotWhole(Refused):
    code = "not_whole_units"
    title = "The quantity is no whole number of the smallest unit"


class NoTaxRate(Refused):
    code = "no_tax_rate"
    title = "There is no tax rate for this day"


def in_smallest_units(quantity: Decimal, sku: Sku, *, numerator: int = 1, denominator: int = 1) -> int:
    """A quantity of packs as whole smallest units, exactly. Raises NotWhole where that is not possible."""
    exact = quantity * numerator
    whole = scaled(exact, sku.unit_decimals) if denominator == 1 else None
    if denominator != 1:
        shifted = scaled(exact, sku.unit_decimals)
        if shifted is not None and shifted % denominator == 0:
            whole = shifted // denominator
    if whole is None:
        raise NotWhole(
            Sentence(
                "{sku}: {quantity} is no whole number of its smallest unit ({unit}).",
                sku=sku.code,
                quantity=quantity,
                unit=sku.unit,
            )
        )
    return whole


def rate_on(rates: Sequence[TaxRate], tax_class: str, day: str) -> int:
    """The rate in force on a day, in hundredths of a percent. Raises NoTaxRate."""
    in_force = max((rate for rate in rates if rate.valid_from <= day), key=lambda rate: rate.valid_from, default=None)
    if in_force is None:
        raise NoTaxRate(
            Sentence(
                "No rate of tax class {tax_class!r} holds on {day}.", tax_class=tax_class, day=date.fromisoformat(day)
            )
        )
    return in_force.rate_bp


def agreed_price(
    prices: Sequence[CustomerPrice], *, quantity: int, currency: str, day: str
) -> CustomerPrice | None:  # fmt: skip
    """Which of one customer's prices of one SKU holds for a line: the largest quantity it reaches, of those the one
    agreed on last. None where none holds."""
    in_force = [
        each
        for each in prices
        if each.currency == currency
        and each.from_quantity <= quantity
        and each.valid_from <= day
        and (each.valid_to is None or day <= each.valid_to)
    ]
    return max(in_force, key=lambda each: (each.from_quantity, each.valid_from), default=None)


def price_in_basis(price_e4: int, *, from_basis: str, to_basis: str, rate_bp: int) -> int:
    """A unit price in the other basis, rounded to its four decimals."""
    if from_basis == to_basis:
        return price_e4
    if to_basis == "gross":
        return divide_half_away(price_e4 * (10_000 + rate_bp), 10_000)
    return divide_half_away(price_e4 * 10_000, 10_000 + rate_bp)
