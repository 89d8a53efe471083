"""Payments during a replay: guests pay at once, customers by bank transfer on the day their invoice is due.

What a customer was credited is set off first; what then is open of an invoice is paid in full.
"""

from typing import Any

import sqlalchemy as sa

from ..app import App
from ..flows.apply_credit import ApplyCredit
from ..flows.receive_payment import ReceivePayment
from ..kit.writer import Call
from ..ledger.store import OPEN_ITEMS
from ..orders.store import ORDERS
from ..values.ids import show
from .house import CHANNEL
from .read import Document
from .sending import Sender


class Paying:
    def __init__(self, app: App, sender: Sender) -> None:
        self._app, self._sender = app, sender

    def after(self, document: Document) -> list[Call]:
        """What is paid with a document at once: by a guest, for what has a price."""
        if document.kind != "sale" or document.customer or not any(row.price > 0 for row in document.rows):
            return []
        paid = ReceivePayment("pin", order=document.number, channel=CHANNEL)
        return [self._sender.call(paid, document.instant, document.number)]

    def catch_up(self, at: int) -> None:
        """Guests whose payment an earlier replay was stopped before."""
        item = OPEN_ITEMS.c
        unpaid = self._column(
            sa.select(ORDERS.c.reference)
            .join(OPEN_ITEMS.sa, item.order_id == ORDERS.c.id)
            .where(ORDERS.c.customer_id.is_(None), item.account == "receivable", item.open_minor > 0)
            .distinct()
        )
        asks = [ReceivePayment("pin", order=each, channel=CHANNEL) for each in unpaid]
        self._sender.send([self._sender.call(ask, at, "payment") for ask in asks], ignore=("nothing_due",))

    def morning(self, day: str, at: int) -> None:
        """Set credits off, then pay what is due."""
        item = OPEN_ITEMS.c
        known = (item.account == "receivable") & (item.open_minor != 0) & item.party_id.is_not(None)
        both = self._column(
            sa.select(item.party_id)
            .where(known)
            .group_by(item.party_id)
            .having(sa.func.min(item.open_minor) < 0, sa.func.max(item.open_minor) > 0)
            .order_by(item.party_id)
        )
        credits = [ApplyCredit(show("customer", each)) for each in both]
        self._sender.send([self._sender.call(ask, at, "set-off") for ask in credits], ignore=("no_credit",))
        due = self._column(
            sa.select(item.document_id)
            .where(known, item.document == "invoice", item.open_minor > 0, item.due_on <= day)
            .order_by(item.due_on, item.id)
        )
        paid = [ReceivePayment("bank_transfer", invoice=show("invoice", each)) for each in due]
        self._sender.send([self._sender.call(ask, at, "payment") for ask in paid], ignore=("nothing_due",))

    def _column(self, query: sa.Select[Any]) -> list[Any]:
        with self._app.database.reading() as connection:
            return list(connection.execute(query).scalars())
