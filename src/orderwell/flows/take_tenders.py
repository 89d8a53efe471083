"""What is due at the till is paid: in cash with its coins and change, by PIN to the cent, or one part each way."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from ..access import actions as access
from ..kit.errors import Conflict, Invalid
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..payments.answers import shown
from ..payments.model import Payment
from ..payments.rules import shares
from ..values.fields import Minor, Text
from ..values.money import decimal_text
from .cash_drawer import Drawer
from .price_lines import DiscountAsk, LineAsk
from .receive_payment import business_day, cash_due, take
from .settle_payment import Owed


class NotEnough(Conflict):
    code = "not_enough"
    title = "What was handed over does not pay for this"


@dataclass(frozen=True, slots=True)
class Tender:
    """One way of paying. Cash takes what the others leave, and so does PIN without an `amount`; `tendered` is the cash
    handed over, `reference` the terminal's."""

    method: Literal["cash", "pin"]
    amount: Minor | None = None
    tendered: Minor | None = None
    reference: Text = ""


class Tendered(NamedTuple):
    """What was paid: `to_pay` as it was handed over or taken by the terminal, with `change` to give back."""

    payments: list[Payment]
    to_pay: int
    change: int

    def told(self) -> dict[str, Any]:
        shown_payments = [shown(payment) for payment in self.payments]
        return {
            "payment": shown_payments[0] if shown_payments else None, "payments": shown_payments,
            "to_pay": self.to_pay, "change": self.change,
        }  # fmt: skip


def may_discount(tx: Tx, lines: Sequence[LineAsk], discount: DiscountAsk | None) -> None:
    """Raises Denied for other prices than the list's, unless whoever sells may ask them."""
    if discount is not None or any(line.discount is not None or line.unit_price is not None for line in lines):
        access.must_have(
            tx, "tills:discount", Sentence("Discounts and other prices at the till need the right tills:discount.")
        )


def take_tenders(
    tx: Tx, owed: Owed, tenders: Sequence[Tender], *, currency: str, drawer: Drawer | None, pointer: str = "/payments"
) -> Tendered:
    """Take all that is due. Raises NotEnough, MoreThanDue, or Invalid for tenders that make no sense together."""
    for n, tender in enumerate(tenders):
        if tender.tendered is not None and tender.method != "cash":
            at = "/tendered" if pointer == "" else f"{pointer}/{n}/tendered"
            raise Invalid.at(at, "Only cash is handed over; a terminal takes exactly what is due.", "not_cash")
    parts = shares(owed.due_minor, [(tender.method, tender.amount) for tender in tenders], currency, pointer=pointer)
    paid, to_pay, change = [], 0, 0
    for tender, part in zip(tenders, parts, strict=True):
        coins, rounding = cash_due(tx, part) if tender.method == "cash" else (part, 0)
        if tender.tendered is not None:
            change = tender.tendered - coins
            if change < 0:
                raise NotEnough(
                    Sentence(
                        "{due} is to be paid, {tendered} was handed over.",
                        due=Decimal(decimal_text(coins, currency)),
                        tendered=Decimal(decimal_text(tender.tendered, currency)),
                    )
                )
        if part > 0:
            payment, _ = take(
                tx, owed, method=tender.method, amount_minor=part, rounding_minor=rounding, reference=tender.reference,
                paid_on=business_day(tx, None), drawer=drawer,
            )  # fmt: skip
            paid.append(payment)
        to_pay += coins
    return Tendered(paid, to_pay, change)
