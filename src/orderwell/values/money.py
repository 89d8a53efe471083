"""Money: whole minor units with a currency. Rates are Decimal, and there is one rounding function.

Amounts in rows and rules are integers named `…_minor`, beside the one currency of their document; `Money` is the
pair, used where amounts of different documents meet and at the edges. Unit prices carry four decimals of the major
unit, whatever the currency, as integers named `…_e4`.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

# Digits after the point where they are not two (ISO 4217, minor unit column).
DIGITS = {
    **dict.fromkeys(["JPY", "KRW", "CLP", "ISK", "VND", "PYG", "UGX", "RWF", "XAF", "XOF", "XPF"], 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
PRICE_SCALE = 10_000


def digits(currency: str) -> int:
    return DIGITS.get(currency, 2)


def round_half_away(value: Decimal) -> int:
    """The one rounding rule for money: to the nearest whole, halves away from zero."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def divide_half_away(numerator: int, denominator: int) -> int:
    """`round_half_away(numerator / denominator)` in whole numbers, exact at any size; denominator above zero."""
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((2 * -numerator + denominator) // (2 * denominator))


def line_amount(quantity: int, unit_price_e4: int, *, unit_decimals: int, currency: str) -> int:
    """Quantity (in smallest units) times unit price, in minor units, rounded once."""
    scale = PRICE_SCALE * 10**unit_decimals // 10 ** digits(currency)
    return divide_half_away(quantity * unit_price_e4, scale)


def percent_of(amount_minor: int, rate: Decimal) -> int:
    """`rate` percent of an amount: `percent_of(200_00, Decimal("12.5"))` is 25_00."""
    return round_half_away(amount_minor * rate / 100)


def tax_on(net_minor: int, rate_bp: int) -> int:
    """The tax of a rate, in hundredths of a percent, on an amount: `tax_on(626_45, 2100)` is 131_55."""
    return divide_half_away(net_minor * rate_bp, 10_000)


def tax_within(gross_minor: int, rate_bp: int) -> int:
    """The tax that an amount already holds: `tax_within(758_00, 2100)` is 131_55."""
    return divide_half_away(gross_minor * rate_bp, 10_000 + rate_bp)


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Share a total out by weight: parts sum to the whole; what is left over goes to the largest remainders.

    Equal remainders go to the earlier part. Weights of zero get nothing, unless all are zero: then the first gets all.
    """
    if not weights:
        assert total == 0, "a total needs someone to share it"
        return []
    whole = sum(weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    sign = 1 if total >= 0 else -1
    parts = [abs(total) * weight // whole for weight in weights]
    left = abs(total) - sum(parts)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(abs(total) * weights[i] % whole), i))
        for i in by_remainder[:left]:
            parts[i] += 1
    return parts if sign > 0 else [-part for part in parts]


def part_of(total: int, *, before: int, after: int, whole: int) -> int:
    """What of `total` belongs to units `before`..`after` of `whole`, such that all parts in a row sum to the total."""
    return divide_half_away(total * after, whole) - divide_half_away(total * before, whole)


class Money(NamedTuple):
    """An amount in whole minor units of one currency. Adding two currencies raises ValueError."""

    minor: int
    currency: str

    def __add__(self, other: object) -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: object) -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{decimal_text(self.minor, self.currency)} {self.currency}"

    def _same(self, other: object) -> "Money":
        if not isinstance(other, Money) or other.currency != self.currency:
            raise ValueError(f"{other} is not an amount in {self.currency}")
        return other


def decimal_text(amount_minor: int, currency: str) -> str:
    """`decimal_text(-5, "EUR")` is `-0.05`."""
    places = digits(currency)
    return scaled_text(amount_minor, places) if places else str(amount_minor)


def scaled_text(value: int, places: int) -> str:
    """A scaled integer as a decimal string with all its places: `scaled_text(1500, 3)` is `1.500`."""
    if places == 0:
        return str(value)
    whole, rest = divmod(abs(value), 10**places)
    return f"{'-' if value < 0 else ''}{whole}.{rest:0{places}d}"


def price_text(price_e4: int) -> str:
    """A unit price without needless zeros: `2.55`, `0.001`, `3.00`."""
    if price_e4 % 100 == 0:
        return scaled_text(price_e4 // 100, 2)
    text = scaled_text(price_e4, 4)
    return text[:-1] if text.endswith("0") else text


def scaled(value: Decimal, places: int) -> int | None:
    """A decimal as an integer scaled by 10**places, or None when it has more places than that."""
    shifted = value.scaleb(places) if places else value
    whole = int(shifted)
    return whole if whole == shifted else None
