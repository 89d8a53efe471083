"""A bank line pays orders, invoices or open items, or a customer's account. Or it does not, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, Len

from ..banking import actions as banking
from ..banking.answers import shown
from ..banking.model import BankLine
from ..banking.rules import UNSURE, status
from ..customers import actions as customers
from ..invoicing import actions as invoicing
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..payments.store import PAYMENTS
from ..tasks import actions as tasks
from ..values.fields import MAX_AMOUNT, Day, Reference, Text
from ..values.ids import show
from ..values.money import decimal_text
from .ordered_units import named_order
from .paid_order import order_secured
from .receive_payment import NotYetPlaced, business_day, take
from .refund_payment import give_back
from .settle_payment import Owed, items_of_customer, order_owed

TASK = "unmatched_bank_line"


class NothingToMatch(Conflict):
    code = "nothing_to_match"
    title = "Nothing is due there"


class DueDiffers(Conflict):
    code = "due_differs"
    title = "What is due is not this amount any more"


@dataclass(frozen=True, slots=True)
class MatchTarget:
    """Exactly one of the four. `amount` left out is what is due, as far as the line goes; more stays as credit."""

    order: Reference | None = None
    invoice: Reference | None = None
    open_item: Reference | None = None
    customer: Reference | None = None
    amount: Annotated[int, Ge(1), Le(MAX_AMOUNT)] | None = None


@dataclass(frozen=True, slots=True)
class MatchBankLine:
    """Each target becomes a payment by bank on the day the bank booked it, or on `paid_on`.

    What no target takes stays on the line. With `exactly` each must be due for exactly its amount.
    """

    bank_line: Reference
    targets: Annotated[list[MatchTarget], Len(1, 50)]
    paid_on: Day | None = None
    exactly: bool = False
    by: Literal["hand", "rule"] = "hand"


@dataclass(frozen=True, slots=True)
class UnmatchBankLine:
    """The payment is booked back: what it had settled is owed again, and the line waits for another match."""

    bank_match: Reference
    reason: Text = ""


@dataclass(frozen=True, slots=True)
class IgnoreBankLine:
    """It is no payment of a customer: a supplier was paid, a fee, a payout that is booked elsewhere."""

    bank_line: Reference
    reason: Annotated[str, Len(1, 500)]


@dataclass(frozen=True, slots=True)
class TakeUpBankLine:
    """It was set aside and should not have been."""

    bank_line: Reference


@dataclass(frozen=True, slots=True)
class LeaveBankLine:
    """Nobody knows yet what this line is: somebody has to look."""

    bank_line: Reference
    why: Text


@flow(MatchBankLine)
def match_bank_line(tx: Tx, ask: MatchBankLine) -> dict[str, Any]:
    """Take the line, or part of it, as payments."""
    line = banking.open_line(banking.find(tx, ask.bank_line))
    day = business_day(tx, ask.paid_on or line.booked_on)
    for n, target in enumerate(ask.targets):
        owed = _owed(tx, target, n)
        line = _pay(tx, line, owed, _amount(line, owed, target, n, exactly=ask.exactly), day, by=ask.by)
    if status(line) == "matched":
        _close_task(tx, line, "matched")
    return _told(tx, line)


@flow(UnmatchBankLine)
def unmatch_bank_line(tx: Tx, ask: UnmatchBankLine) -> dict[str, Any]:
    """Take one match back."""
    match = banking.find_match(tx, ask.bank_match)
    payment = tx.get(PAYMENTS, match.payment_id)
    assert payment is not None, "a match has a payment"
    line = banking.take_back(tx, match)
    give_back(tx, payment, match.amount_minor, reason=f"bank line matched wrongly. {ask.reason}".strip())
    announce(tx, "bank_line.unmatched", "bank_line", line.id, payment=show("payment", payment.id),
             amount=match.amount_minor)  # fmt: skip
    _open_task(tx, line, f"{line.id}/{match.id}", "its match was taken back")
    return _told(tx, line)


@flow(IgnoreBankLine)
def ignore_bank_line(tx: Tx, ask: IgnoreBankLine) -> dict[str, Any]:
    """Set a line aside, with the reason."""
    line = banking.ignore(tx, banking.find(tx, ask.bank_line), ask.reason)
    announce(tx, "bank_line.ignored", "bank_line", line.id)
    _close_task(tx, line, "set aside")
    return _told(tx, line)


@flow(TakeUpBankLine)
def take_up_bank_line(tx: Tx, ask: TakeUpBankLine) -> dict[str, Any]:
    """Take a line up again that was set aside."""
    line = banking.take_up_again(tx, banking.find(tx, ask.bank_line))
    announce(tx, "bank_line.taken_up", "bank_line", line.id)
    _open_task(tx, line, f"{line.id}/{tx.cause}", "it was taken up again")
    return _told(tx, line)


@flow(LeaveBankLine)
def leave_bank_line(tx: Tx, ask: LeaveBankLine) -> dict[str, Any]:
    """Make a task of a line that nothing can be made of without a person. Told twice it is one task."""
    line = banking.find(tx, ask.bank_line)
    if status(line) in ("unmatched", "partly_matched"):
        _open_task(tx, line, str(line.id), UNSURE.get(ask.why, ask.why))
    return _told(tx, line)


def _owed(tx: Tx, target: MatchTarget, n: int) -> Owed:
    named = [each for each in (target.order, target.invoice, target.open_item, target.customer) if each is not None]
    if len(named) != 1:
        raise Invalid.at(f"/targets/{n}", "Name an order, an invoice, an open item or a customer.", "one_of")
    if target.order is not None:
        order = named_order(tx, target.order, None)
        if order.status == "draft":
            raise NotYetPlaced(Sentence("Order {order!r} is a draft; confirm it first.", order=order.reference))
        return order_owed(tx, order)
    if target.invoice is not None:
        invoice = invoicing.find(tx, target.invoice)
        items = [item for item in ledger.items_of_document(tx, invoice.id) if item.open_minor > 0]
        return Owed(invoice.order_id, invoice.customer_id, sum(item.open_minor for item in items), items)
    if target.open_item is not None:
        item = ledger.receivable_item(tx, target.open_item, pointer=f"/targets/{n}/open_item")
        return Owed(item.order_id, item.party_id, item.open_minor, [item])
    customer = customers.present(tx, target.customer or "", pointer=f"/targets/{n}/customer")
    items = items_of_customer(tx, customer.id)
    return Owed(None, customer.id, sum(item.open_minor for item in items), items)


def _amount(line: BankLine, owed: Owed, target: MatchTarget, n: int, *, exactly: bool) -> int:
    left = line.amount_minor - line.matched_minor
    if exactly and target.amount != owed.due_minor:
        raise DueDiffers(
            Sentence("{due} is due there now.", due=Decimal(decimal_text(owed.due_minor, line.currency))),
            due=owed.due_minor,
        )
    if target.amount is not None:
        return target.amount
    if owed.due_minor <= 0:
        raise NothingToMatch(
            Sentence(
                "Target {target}: nothing is due; name an amount to take it as the customer's credit.", target=n + 1
            )
        )
    if left <= 0:
        raise banking.MoreThanTheLine(
            Sentence("Target {target}: nothing of the line is left for it.", target=n + 1), left=0
        )
    return min(owed.due_minor, left)


def _pay(tx: Tx, line: BankLine, owed: Owed, amount: int, day: str, *, by: str) -> BankLine:
    reference = line.bank_reference or show("bank_line", line.id)
    payment, credit = take(
        tx, owed, method="bank_transfer", amount_minor=amount, rounding_minor=0, reference=reference, paid_on=day
    )
    line = banking.match(tx, line, payment.id, amount, by=by)
    announce(tx, "bank_line.matched", "bank_line", line.id, payment=show("payment", payment.id), amount=amount,
             by=by, credit=credit)  # fmt: skip
    order_secured(tx, payment)
    return line


def _open_task(tx: Tx, line: BankLine, key: str, why: str) -> None:
    amount = decimal_text(line.amount_minor - line.matched_minor, line.currency)
    detail = (
        f"{amount} {line.currency} on bank line {show('bank_line', line.id)} of {line.booked_on} is not matched: {why}."
        " Match it with what it pays, or set it aside with the reason."
    )
    tasks.open_task(tx, TASK, "bank_line", line.id, key, detail)


def _close_task(tx: Tx, line: BankLine, note: str) -> None:
    """The tasks about this line, whatever they were opened for."""
    for task in tasks.open_about(tx, line.id):
        if task.kind == TASK:
            tasks.close(tx, task, note)
            announce(tx, "task.closed", "task", task.id, kind=TASK)


def _told(tx: Tx, line: BankLine) -> dict[str, Any]:
    matches: Sequence[Any] = banking.matches_of(tx, line.id)
    return shown(banking.find(tx, show("bank_line", line.id)), matches)
