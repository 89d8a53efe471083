"""An order that somebody takes on the telephone: the customer, the order and how it is paid, all of it or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..customers import actions as customers
from ..kit.errors import Conflict, Invalid
from ..kit.picture import Tx
from ..kit.writer import flow
from ..orders import actions as orders
from ..orders.answers import shown
from ..values.fields import Code, Name, Text
from ..values.ids import show
from .keep_customers import AddCustomer, add_customer
from .place_order import PlaceOrder, place
from .place_order import needs as needs_to_place
from .start_payment import StartPayment, start_payment


class NoTerms(Conflict):
    code = "no_terms"
    title = "This customer does not pay on account"


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """Somebody who was not known before."""

    name: Name
    kind: Literal["person", "company"] = "person"
    email: Text = ""
    phone: Text = ""
    country: Text = ""


@dataclass(frozen=True, slots=True)
class TakeOrder:
    """`new_customer` is added and orders. Paid `on_account` by who has terms, by a `link` to the provider's page, or
    `later` in some other way; a draft is paid once it is an order."""

    order: PlaceOrder
    new_customer: NewCustomer | None = None
    pay: Literal["on_account", "link", "later"] = "later"
    provider: Code | None = None


def needs(ask: TakeOrder) -> list[tuple[Any, Any]]:
    return needs_to_place(ask.order)


@flow(TakeOrder, needs)
def take_order(tx: Tx, ask: TakeOrder) -> Mapping[str, Any]:
    """Place an order for somebody at the other end of the line, and ask for its payment."""
    order = _customer(tx, ask)
    if ask.pay == "on_account":
        order = replace(order, payment_method="on_account")
    placed, lines = place(tx, order)
    payment = None
    if ask.pay == "link" and not order.draft and placed.gross_minor > 0:
        if ask.provider is None:
            raise Invalid.at("/provider", "Say at which provider it is paid.", "required")
        payment = start_payment(tx, StartPayment(show("order", placed.id), ask.provider, "redirect"))
    return {**shown(orders.find(tx, placed.id), lines), "payment": payment}


def _customer(tx: Tx, ask: TakeOrder) -> PlaceOrder:
    """The order, by whom it is. Raises NoTerms."""
    order = ask.order
    if ask.new_customer is not None:
        if order.customer is not None:
            raise Invalid.at("/new_customer", "Either the customer is known or new.", "one_of")
        new = ask.new_customer
        added = add_customer(
            tx, AddCustomer(new.name, kind=new.kind, email=new.email, phone=new.phone, country=new.country)
        )
        order = replace(order, customer=added["id"])
    if ask.pay == "on_account":
        known = customers.find(tx, order.customer) if order.customer is not None else None
        if known is None or not known.terms_days:
            raise NoTerms("Only customers with terms of payment pay on account; ask for a payment by link, or later.")
    return order
