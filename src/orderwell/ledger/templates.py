"""Posting templates: the only way amounts get into the journal. Each returns transfers and has a test that proves it.

An entry made of transfers cannot be unbalanced; what a template has to prove is that every account ends where the
document says. A transfer of zero is left out, one below zero turns round.
"""

from collections.abc import Callable, Iterable, Mapping

from .model import REVENUE_ACCOUNTS, Transfer

TEMPLATES: dict[str, Callable[..., list[Transfer]]] = {}


def template(function: Callable[..., list[Transfer]]) -> Callable[..., list[Transfer]]:
    """Register a template under its name. A test goes through the register: a template without a proof fails it."""
    TEMPLATES[function.__name__] = function
    return function


def _tidy(transfers: Iterable[tuple[str, str, int]]) -> list[Transfer]:
    tidy = []
    for debit, credit, amount in transfers:
        if amount > 0:
            tidy.append(Transfer(debit, credit, amount))
        elif amount < 0:
            tidy.append(Transfer(credit, debit, -amount))
    return tidy


@template
def invoice(*, net_by_revenue: Mapping[str, int], tax_minor: int) -> list[Transfer]:
    """A sale on account: the customer owes net and tax."""
    net = [("receivable", REVENUE_ACCOUNTS[kind], amount) for kind, amount in net_by_revenue.items()]
    return _tidy([*net, ("receivable", "vat_payable", tax_minor)])


@template
def credit_note(*, net_minor: int, tax_minor: int) -> list[Transfer]:
    """The customer owes less: returns, and tax at the rate of the invoice that is corrected."""
    return _tidy([("sales_returns", "receivable", net_minor), ("vat_payable", "receivable", tax_minor)])


@template
def cost_of_goods(*, cost_minor: int) -> list[Transfer]:
    """Goods left to a customer, at moving average cost."""
    return _tidy([("cost_of_goods", "inventory", cost_minor)])


@template
def goods_back(*, cost_minor: int) -> list[Transfer]:
    """Goods came back from a customer and are on the shelf again, at what they cost."""
    return _tidy([("inventory", "cost_of_goods", cost_minor)])


@template
def goods_received(*, cost_minor: int) -> list[Transfer]:
    """Goods came in from a supplier whose invoice has not come yet."""
    return _tidy([("inventory", "goods_received", cost_minor)])


@template
def goods_sent_back(*, cost_minor: int, taken_minor: int) -> list[Transfer]:
    """Goods went back to the supplier at what they came for; what stock is worth fell by `taken_minor`."""
    return _tidy(
        [
            ("goods_received", "inventory", taken_minor),
            ("goods_received", "stock_differences", cost_minor - taken_minor),
        ]
    )


@template
def supplier_invoice(*, goods_minor: int, difference_minor: int, tax_minor: int) -> list[Transfer]:
    """The supplier bills what was received; a price difference is booked as such, tax can be reclaimed."""
    return _tidy(
        [
            ("goods_received", "payable", goods_minor),
            ("stock_differences", "payable", difference_minor),
            ("vat_receivable", "payable", tax_minor),
        ]
    )


@template
def supplier_payment(*, amount_minor: int) -> list[Transfer]:
    """We paid a supplier from the bank."""
    return _tidy([("payable", "bank", amount_minor)])


@template
def opening_stock(*, cost_minor: int) -> list[Transfer]:
    """Stock that was there when the books were opened."""
    return _tidy([("inventory", "opening", cost_minor)])


@template
def stock_difference(*, cost_minor: int) -> list[Transfer]:
    """Counted or found: more than the books say (above zero) or less (below)."""
    return _tidy([("inventory", "stock_differences", cost_minor)])


@template
def scrap(*, cost_minor: int) -> list[Transfer]:
    """Goods were thrown away."""
    return _tidy([("scrap", "inventory", cost_minor)])


@template
def payment(*, account: str, received_minor: int, rounding_minor: int) -> list[Transfer]:
    """A customer paid: `account` got the money, the receivable falls by it and by what cash rounding took or gave."""
    return _tidy([(account, "receivable", received_minor), ("rounding", "receivable", rounding_minor)])


@template
def refund(*, account: str, paid_minor: int, rounding_minor: int) -> list[Transfer]:
    """We paid a customer back."""
    return _tidy([("receivable", account, paid_minor), ("receivable", "rounding", rounding_minor)])


@template
def payout(*, account: str, amount_minor: int, fee_minor: int) -> list[Transfer]:
    """A terminal or provider paid out to the bank what it had collected, less its fee."""
    return _tidy([("bank", account, amount_minor), ("provider_fees", account, fee_minor)])


@template
def cash_movement(*, account: str, amount_minor: int) -> list[Transfer]:
    """Cash was put into a till's drawer from an account (above zero), or taken out to one (below)."""
    return _tidy([("cash", account, amount_minor)])


@template
def cash_difference(*, amount_minor: int) -> list[Transfer]:
    """A drawer was counted: more cash than expected (above zero), or less (below)."""
    return _tidy([("cash", "cash_differences", amount_minor)])


@template
def bad_debt(*, amount_minor: int) -> list[Transfer]:
    """A receivable that will not be paid (above zero), or was written off too much (below)."""
    return _tidy([("bad_debt", "receivable", amount_minor)])


@template
def write_off(*, amount_minor: int) -> list[Transfer]:
    """A small difference left on a receivable that nobody will chase."""
    return _tidy([("rounding", "receivable", amount_minor)])


@template
def manual(*, transfers: Iterable[tuple[str, str, int]]) -> list[Transfer]:
    """What an accountant wrote by hand: (debit, credit, amount) as they stand."""
    return _tidy(transfers)


def reverse(transfers: Iterable[Transfer]) -> list[Transfer]:
    """The same amounts, back the way they came."""
    return [Transfer(debit=each.credit, credit=each.debit, amount_minor=each.amount_minor) for each in transfers]
