"""A customer pays at a provider: the payment is begun here, and the provider hears of it from a job."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from annotated_types import Len

from ..channels.store import CHANNEL_BY_CODE
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.jobs import later
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.store import ORDERS
from ..payments import actions as payments
from ..payments.answers import shown
from ..payments.rules import MoreThanDue as MoreThanDue
from ..payments.rules import not_captured, queue_of
from ..payments.store import PROVIDERS
from ..values.fields import Code, Minor, Reference
from ..values.ids import show
from ..values.money import decimal_text
from .ordered_units import named_order
from .receive_payment import NothingDue
from .settle_payment import order_owed
from .withdraw_payment import withdraw_surplus


class OrderCancelled(Conflict):
    code = "order_cancelled"
    title = "A cancelled order is not paid"


@dataclass(frozen=True, slots=True)
class StartPayment:
    """`amount` left out is what is due. A draft that is paid in full becomes an order.

    Who comes back to pay in another way is not held up by a payment begun before: what no longer fits beside the new
    one, the latest first, is closed at its provider (`superseded` names it).

    `provider_reference` names a payment that a web shop began at the provider by itself: it is looked up, not begun.
    """

    order: Reference
    provider: Code
    method: Literal["redirect", "card", "pay_later", "pin"]
    channel: Code | None = None
    amount: Minor | None = None
    return_url: Annotated[str, Len(0, 2_000)] = ""
    provider_reference: Annotated[str, Len(0, 100)] = ""


@dataclass(frozen=True, slots=True)
class LookUpPayment:
    """The customer came back from the provider's page, or somebody wants to know: ask the provider how it stands."""

    payment: Reference


def needs(ask: StartPayment) -> list[tuple[Any, Any]]:
    wanted: list[tuple[Any, Any]] = [(PROVIDERS, ask.provider)]
    return [*wanted, (CHANNEL_BY_CODE, ask.channel)] if ask.channel is not None else wanted


@flow(StartPayment, needs)
def start_payment(tx: Tx, ask: StartPayment) -> dict[str, Any]:
    """Begin a payment; where the customer pays (`checkout_url`) is known once the provider has answered."""
    provider = payments.open_provider(tx, ask.provider)
    order = named_order(tx, ask.order, ask.channel)
    if order.status == "cancelled":
        raise OrderCancelled(Sentence("Order {order!r} is cancelled; make a new one.", order=order.reference))
    if ask.return_url and not ask.return_url.startswith(("https://", "http://")):
        raise Invalid.at("/return_url", "The customer returns to an http or https address.")
    owed = order_owed(tx, order)
    due = owed.due_minor - not_captured(payments.of_order(tx, order.id))
    if due <= 0:
        raise NothingDue(Sentence("Nothing is left to be paid of order {order!r}.", order=order.reference))
    if ask.amount is not None and not 0 < ask.amount <= due:
        left = decimal_text(due, order.currency)
        raise MoreThanDue(
            Sentence(
                "{amount} was to be asked for, {left} is due.",
                amount=Decimal(decimal_text(ask.amount, order.currency)),
                left=Decimal(left),
            ),
            due=due,
        )
    payment = payments.open_payment(
        tx, method="provider", amount_minor=ask.amount or due, currency=order.currency, order_id=order.id,
        customer_id=order.customer_id, provider=provider.code, provider_method=ask.method,
        provider_reference=ask.provider_reference, return_url=ask.return_url,
    )  # fmt: skip
    tx.put(ORDERS, orders.find(tx, order.id)._replace(payment_method=ask.method))
    superseded = withdraw_surplus(tx, order, due - payment.amount_minor, but=payment)
    later(
        tx, "provider.start", {"payment": show("payment", payment.id)}, subject_id=payment.id,
        queue=queue_of(provider.code), in_order=payment.id,
    )  # fmt: skip
    announce(
        tx, "payment.started", "payment", payment.id, order=show("order", order.id), method=ask.method,
        amount=payment.amount_minor, currency=payment.currency,
    )  # fmt: skip
    return {**shown(payment), "superseded": [show("payment", each.id) for each in superseded]}


@flow(LookUpPayment)
def look_up_payment(tx: Tx, ask: LookUpPayment) -> dict[str, Any]:
    """Ask the provider in a moment; the answer comes back by itself."""
    payment = payments.find(tx, ask.payment)
    if not payment.provider:
        raise Invalid.at("/payment", "Only a provider can be asked about a payment.", "no_provider")
    later(
        tx, "provider.look", {"payment": ask.payment}, subject_id=payment.id, queue=queue_of(payment.provider),
        in_order=payment.id,
    )  # fmt: skip
    announce(tx, "payment.looked_up", "payment", payment.id)
    return shown(payment)
