"""The office of the demonstration: what expires, is paid out, closed, written off; and tasks that somebody settles."""

from typing import Any

import sqlalchemy as sa

from ..flows.expire_orders import AT_ONCE, ExpireOrders
from ..flows.give_up_debt import RecordBadDebt, WriteOffRest
from ..flows.keep_books import LockPeriod
from ..flows.keep_tasks import CloseTask
from ..flows.record_payout import RecordPayout
from ..flows.refund_payment import ApproveRefund
from ..ledger.rules import SMALL_REST_MINOR
from ..ledger.store import JOURNAL, OPEN_ITEMS
from ..orders import queries as orders
from ..payments.store import PAYMENT_INSTRUCTIONS
from ..tasks.store import TASKS
from ..values.calendar import DAY, SECOND, add_days, day_of
from ..values.ids import show
from .agenda import Agenda
from .house import ZONE, House

MINUTE, HOUR = 60 * SECOND, 3_600 * SECOND
FEES = {"provider": 16, "pin": 4}  # in thousandths of what is paid out
BAD_AFTER_DAYS = 60  # past due
MOST_BAD_DEBTS = 2
PATIENCE_DAYS = 9  # before a task is settled: the newest are still there at the end


class Office:
    def __init__(self, agenda: Agenda, house: House) -> None:
        self._agenda, self._house = agenda, house
        self._given_up = 0

    def morning(self, start: int, weekday: int) -> None:
        today = day_of(start + 12 * HOUR, ZONE)
        self._expire(start)
        if weekday == 0:
            self._pay_out(start + 9 * HOUR, today)
            self._chase(start + 15 * HOUR, today)
        if weekday in (1, 4):
            self._settle(start + 10 * HOUR)
        if today.endswith("-12"):
            through = add_days(today, -12)
            self._agenda.plan(start + 16 * HOUR, LockPeriod(through), self._house.actor("accounting"))

    def _expire(self, at: int) -> None:
        with self._agenda.app.database.reading() as connection:
            due = orders.expired(connection, at, limit=AT_ONCE)
        if due:
            self._agenda.plan(at + HOUR, ExpireOrders([show("order", each) for each in due]), "worker")

    def _pay_out(self, at: int, today: str) -> None:
        """What the terminal and the provider have collected, less their fee."""
        for account, thousandths in FEES.items():
            balance = self._balance(account)
            if balance > 0:
                fee = balance * thousandths // 1_000
                ask = RecordPayout(account, f"{account}-{today}", balance - fee, fee)  # type: ignore[arg-type]
                self._agenda.plan(at, ask, self._house.actor("accounting"))

    def _balance(self, account: str) -> int:
        amount = sa.case((JOURNAL.c.debit == account, JOURNAL.c.amount_minor), else_=-JOURNAL.c.amount_minor)
        query = sa.select(sa.func.sum(amount)).where((JOURNAL.c.debit == account) | (JOURNAL.c.credit == account))
        return int(self._rows(query)[0][0] or 0)

    def _chase(self, at: int, today: str) -> None:
        """Small rests are let go; of the large old ones two are given up, the others are still asked for."""
        item = OPEN_ITEMS.c
        owed = (item.account == "receivable") & (item.document == "invoice") & (item.open_minor > 0)
        clerk = self._house.actor("accounting")
        small = sa.select(item.document_id).where(
            owed, item.open_minor <= SMALL_REST_MINOR, item.open_minor < item.amount_minor
        )
        for (invoice,) in self._rows(small):
            self._agenda.plan(at, WriteOffRest(show("invoice", invoice), note="bank charges"), clerk)
        old = sa.select(item.document_id).where(owed, item.due_on < add_days(today, -BAD_AFTER_DAYS))
        for (invoice,) in self._rows(old.order_by(item.id).limit(1)):
            if self._given_up < MOST_BAD_DEBTS:
                self._given_up += 1
                ask = RecordBadDebt(invoice=show("invoice", invoice), note="bankrupt, says the receiver")
                self._agenda.plan(at + HOUR, ask, clerk)

    def _settle(self, at: int) -> None:
        """Proposed refunds are approved and tasks closed, once they are some days old."""
        before = at - PATIENCE_DAYS * DAY
        row = PAYMENT_INSTRUCTIONS.c
        proposed = sa.select(row.id).where(row.kind == "refund", row.state == "proposed", row.created_at < before)
        for (refund,) in self._rows(proposed):
            self._agenda.plan(at, ApproveRefund(show("refund", refund)), self._house.actor("accounting"))
        waiting = sa.select(TASKS.c.id).where(TASKS.c.status == "open", TASKS.c.opened_at < before)
        for (task,) in self._rows(waiting):
            ask = CloseTask(show("task", task), note="looked into, settled with the customer")
            self._agenda.plan(at + MINUTE, ask, self._house.actor("customer_service"))

    def _rows(self, query: sa.Select[Any]) -> list[Any]:
        with self._agenda.app.database.reading() as connection:
            return list(connection.execute(query))
