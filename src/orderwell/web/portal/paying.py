"""Paying at the provider: begun here, paid there, and back.

The provider is on another site, and a form may lead to none but ours: so a form leads to a page of ours, and that page
leads on. It waits for the provider's answer by loading itself again, which needs no script.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ...flows.start_payment import LookUpPayment, StartPayment
from ...kit.errors import NotFound
from ...payments.store import PAYMENTS
from ...reports import portal
from ...reports.portal_documents import document, payment, provider
from ...values.ids import parse, show
from ..addresses import N_, WebAddress
from ..visit import Visit
from .addresses import buyer, form, page
from .orders import mine
from .refusals import NoProvider

UNDECIDED = ("new", "open")
PAID = ("authorised", "partly_captured", "captured", "partly_refunded", "refunded")
TRIES = 20  # so often a page that waits loads itself again


def addresses() -> list[WebAddress]:
    return [
        form(
            "/portal/orders/{order}/pay", StartPayment, done=N_("You are sent on to pay."), takes=("invoice",),
            prepare=_all_due, then=_on,
        ),
        page("/portal/payments/{payment}", onward, template="onward.html"),
        page("/portal/orders/{order}/paid", paid, template="paid.html"),
        form(
            "/portal/payments/{payment}/look", LookUpPayment, done=N_("The provider is asked."), takes=(),
            prepare=lambda visit, members: {},
        ),
    ]  # fmt: skip


def onward(visit: Visit) -> Mapping[str, Any]:
    found = payment(visit.connection, visit.path["payment"])
    there = found["checkout_url"] if found["checkout_url"].startswith(("https://", "http://")) else ""
    undecided = found["status"] in UNDECIDED
    return {
        "payment": found, "there": there if undecided else "", "undecided": undecided, **_waiting(visit),
        "order": portal.order(visit.connection, mine(visit), found["order"]),
    }  # fmt: skip


def paid(visit: Visit) -> Mapping[str, Any]:
    """What became of the last payment of an order: the provider tells us, not the browser that comes back."""
    order = portal.order(visit.connection, mine(visit), visit.path["order"])
    last = sa.select(sa.func.max(PAYMENTS.c.id)).where(
        PAYMENTS.c.order_id == parse("order", order["id"]), PAYMENTS.c.provider != ""
    )
    number = visit.connection.execute(last).scalar()
    if number is None:
        raise NotFound(N_("Nothing was paid here for this order."))
    found = payment(visit.connection, show("payment", number))
    return {
        "payment": found, "order": order, "paid": found["status"] in PAID, "undecided": found["status"] in UNDECIDED,
        **_waiting(visit),
    }  # fmt: skip


def _waiting(visit: Visit) -> Mapping[str, Any]:
    text = visit.ask("tries") or "0"
    tries = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else TRIES
    return {"tries": tries, "patient": tries < TRIES}


def _all_due(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """What is due of the order; of an invoice, what is open of that one."""
    code = provider(visit.connection)
    if code is None:
        raise NoProvider(N_("We take no payments here now; pay by bank, the number of the invoice is enough."))
    amount = None
    if "invoice" in members:
        found = document(visit.connection, mine(visit), str(members["invoice"]))
        if found["order"] != visit.path["order"]:
            raise NotFound(N_("There is no such invoice of this order."))
        amount = found["open"]
    back = f"{buyer(visit).origin}/portal/orders/{visit.path['order']}/paid"
    return {"provider": code, "method": "redirect", "amount": amount, "return_url": back}


def _on(answer: Mapping[str, Any]) -> str:
    return f"/portal/payments/{answer['id']}"
