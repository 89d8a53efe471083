"""What may be captured, voided and refunded, what a provider's word is worth, the words for a payment's state. Pure.

Nothing here depends on the order in which a provider's events come in: amounts only grow, a refund waits for the
capture it is of, and of two outcomes the weightier one stays.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from ..kit.errors import Conflict, Invalid
from ..kit.sentences import Sentence
from ..values.money import decimal_text
from .model import INSTRUCTIONS, MOVED, OUTCOMES, PROVIDER_METHODS, TOLD, Instruction, Payment, ProviderEvent


class CaptureTooLarge(Conflict):
    code = "capture_too_large"
    title = "More would be captured than is authorised"


class RefundTooLarge(Conflict):
    code = "refund_too_large"
    title = "More would be refunded than was captured"


class NothingToVoid(Conflict):
    code = "nothing_to_void"
    title = "Nothing of this payment is left to void"


class MoreThanDue(Conflict):
    code = "more_than_due"
    title = "More would be asked for than is left to be paid"


class LessThanDue(Conflict):
    code = "less_than_due"
    title = "What was to be paid leaves something open"


# -- what we may do


def asked(instructions: Iterable[Instruction], kind: str) -> int:
    """What is under way: asked of the provider, the answer not known yet."""
    return sum(each.amount_minor for each in instructions if each.kind == kind and each.state == "asked")


def proposed(instructions: Iterable[Instruction]) -> int:
    """Refunds that somebody still has to decide on."""
    return sum(each.amount_minor for each in instructions if each.kind == "refund" and each.state == "proposed")


def capturable(payment: Payment, instructions: Sequence[Instruction]) -> int:
    """Authorised, and neither captured nor voided, nor about to be."""
    used = payment.captured_minor + payment.voided_minor + asked(instructions, "capture") + asked(instructions, "void")
    return max(0, payment.authorised_minor - used)


def refundable(payment: Payment, instructions: Sequence[Instruction]) -> int:
    """Captured and neither refunded nor about to be."""
    return max(0, payment.captured_minor - payment.refunded_minor - asked(instructions, "refund"))


def check_instruction(payment: Payment, instructions: Sequence[Instruction], kind: str, amount_minor: int) -> None:
    """Raises CaptureTooLarge, NothingToVoid or RefundTooLarge, telling how much there is."""
    if amount_minor <= 0:
        raise Invalid.at("/amount", "The amount is above zero.")
    room = (refundable if kind == "refund" else capturable)(payment, instructions)
    if amount_minor <= room:
        return
    amount = Decimal(decimal_text(amount_minor, payment.currency))
    left = Decimal(decimal_text(room, payment.currency))
    if kind == "refund":
        told = Sentence(
            "{amount} was to be refunded, {left} is captured and not refunded yet.", amount=amount, left=left
        )
        raise RefundTooLarge(told, left=room)
    if kind == "void":
        told = Sentence(
            "{amount} was to be voided, {left} is authorised and not captured yet.", amount=amount, left=left
        )
        raise NothingToVoid(told, left=room)
    told = Sentence("{amount} was to be captured, {left} is authorised and not captured yet.", amount=amount, left=left)
    raise CaptureTooLarge(told, left=room)


# -- cash


HALVES_UP = ("SEK", "NOK", "DKK")


def cash_rounded(amount_minor: int, coin_minor: int, currency: str) -> int:
    """The nearest amount that coins can pay; of cash only, and of the total, never of a line.

    To five cents there are no halves: 1 and 2 go down, 3 and 4 up, 6 and 7 down, 8 and 9 up. So it is done with euros
    in the Netherlands since 2004, by statute in Finland and Belgium, and was in Sweden (lag 1970:1029, as first made).
    With larger coins a half can fall right between two. In the Nordic crowns it goes up: Sweden rounds fifty to
    ninety-nine öre up (2 § lagen 1970:1029, as of SFS 2009:283), Norway the same, Denmark 25 to 74 øre to 50. Elsewhere
    no rule binds us (New Zealand leaves it to the shop), and it goes down: 7.50 in whole coins is 7.00.
    A refund is rounded like the sale it takes back.
    """
    sign = -1 if amount_minor < 0 else 1
    half = coin_minor if currency in HALVES_UP else coin_minor - 1
    return sign * ((2 * abs(amount_minor) + half) // (2 * coin_minor)) * coin_minor


def cash_part(amount_minor: int, *, before: int, coin_minor: int, currency: str) -> int:
    """The coins for a part of something, such that parts in a row sum to the coins for the whole."""
    whole = cash_rounded(before + amount_minor, coin_minor, currency)
    return whole - cash_rounded(before, coin_minor, currency)


# -- several ways to pay at once


def shares(
    due_minor: int, asked: Sequence[tuple[str, int | None]], currency: str, *, pointer: str = "/payments"
) -> list[int]:
    """What each of these (method, amount) pays of what is due: cash, or the one without an amount, takes the rest.

    Raises MoreThanDue, LessThanDue, or Invalid at `pointer`.
    """
    due_minor = max(0, due_minor)
    open_ended = [n for n, (_, amount) in enumerate(asked) if amount is None]
    if len(open_ended) > 1:
        raise Invalid.at(f"{pointer}/{open_ended[1]}/amount", "Only one way of paying can take the rest.", "required")
    for n, (method, amount) in enumerate(asked):
        if method == "cash" and amount is not None:
            raise Invalid.at(f"{pointer}/{n}/amount", "Cash takes what the others leave; name their amounts.")
        if amount == 0:
            raise Invalid.at(f"{pointer}/{n}/amount", "The amount is above zero.")
    named = sum(amount for _, amount in asked if amount is not None)
    due, said = decimal_text(due_minor, currency), decimal_text(named, currency)
    if named > due_minor:
        raise MoreThanDue(Sentence("{amount} was to be paid, {due} is due.", amount=Decimal(said), due=Decimal(due)))
    if named < due_minor and not open_ended:
        raise LessThanDue(Sentence("{amount} was to be paid, {due} is due.", amount=Decimal(said), due=Decimal(due)))
    return [due_minor - named if amount is None else amount for _, amount in asked]


# -- what a provider tells


def fact(type_: str, operation: str) -> str:
    """What an event says happened, whatever the message it came in: told twice it is one fact."""
    return f"{type_}/{operation}"


def mismatch(payment: Payment, instruction: Instruction | None, event: ProviderEvent) -> str:
    """What is wrong with an event that is signed all right; '' when it agrees with what we asked for."""
    if event.type not in TOLD:
        return f"an event of type {event.type} is not known"
    if event.currency != payment.currency:
        return f"the currency is {event.currency}, the payment is in {payment.currency}"
    if event.type in ("opened", "cancelled", "expired", "failed"):
        return ""
    expected = _expected(payment, instruction, event)
    if expected is not None and event.amount_minor != expected:
        told, wanted = decimal_text(event.amount_minor, event.currency), decimal_text(expected, event.currency)
        return f"{event.type} {told}, {wanted} was asked for"
    if event.amount_minor <= 0:
        return f"{event.type} an amount of {event.amount_minor}"
    if instruction is None:
        if event.type.endswith("_failed"):
            return f"{event.type} of something that was not asked for"
        return _too_much(payment, event)
    verb = event.type.removesuffix("_failed")
    if verb not in (instruction.kind, INSTRUCTIONS[instruction.kind]):
        return f"{event.type}, but a {instruction.kind} was asked for"
    return ""


def _expected(payment: Payment, instruction: Instruction | None, event: ProviderEvent) -> int | None:
    if instruction is not None:
        return instruction.amount_minor
    at_once = PROVIDER_METHODS[payment.provider_method] == "at_once"
    if event.type == "authorised" or (event.type == "captured" and at_once):
        return payment.amount_minor
    return None


def _too_much(payment: Payment, event: ProviderEvent) -> str:
    """Done at the provider without us (in its own dashboard): a fact, as long as it fits the payment."""
    room = {
        "captured": payment.amount_minor - payment.captured_minor - payment.voided_minor,
        "voided": payment.amount_minor - payment.captured_minor - payment.voided_minor,
        "refunded": payment.amount_minor - payment.refunded_minor,
    }.get(event.type)
    if room is not None and event.amount_minor > room:
        return f"{event.type} {decimal_text(event.amount_minor, event.currency)}, more than the payment allows"
    return ""


def must_wait(payment: Payment, event: ProviderEvent) -> bool:
    """A refund that is told of before its capture waits for it."""
    return event.type == "refunded" and payment.refunded_minor + event.amount_minor > payment.captured_minor


def moved(payment: Payment, kind: str, amount_minor: int) -> Payment:
    """The payment after an amount was authorised, captured, voided or refunded."""
    column = MOVED[kind]
    return payment._replace(**{column: getattr(payment, column) + amount_minor})


def weightier(outcome: str, told: str) -> str:
    return max(outcome, told, key=OUTCOMES.index)


def begun(payment: Payment) -> bool:
    """Started at a provider, neither paid nor ended: the customer may still pay it."""
    money = payment.authorised_minor or payment.captured_minor
    return bool(payment.provider) and not money and payment.outcome in ("new", "open")


# -- words


def status(payment: Payment) -> str:
    """new, open, authorised, partly_captured, captured, partly_refunded, refunded, voided, cancelled, expired, failed:
    from amounts, and where there are none from what the provider told."""
    if payment.refunded_minor:
        return "refunded" if payment.refunded_minor == payment.captured_minor else "partly_refunded"
    if payment.captured_minor:
        return "partly_captured" if not_captured([payment]) else "captured"
    if payment.authorised_minor:
        return "voided" if payment.voided_minor == payment.authorised_minor else "authorised"
    return payment.outcome


def secured(payments: Iterable[Payment]) -> int:
    """What an order's payments hold for it: captured and kept, or authorised and not voided."""
    return sum(
        max(each.authorised_minor - each.voided_minor, each.captured_minor) - each.refunded_minor for each in payments
    )


def not_captured(payments: Iterable[Payment]) -> int:
    """What is authorised and may still be captured."""
    return sum(max(0, each.authorised_minor - each.captured_minor - each.voided_minor) for each in payments)


def queue_of(provider_code: str) -> str:
    """Each provider has a queue of its own: one that is down holds up nobody else."""
    return f"provider:{provider_code}"
