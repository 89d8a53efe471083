"""Two processes on one PostgreSQL, one of them in the middle of a request when the other commits."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from orderwell.app import App, open_app
from orderwell.flows.deliver_parcel import DeliverParcel
from orderwell.flows.issue_credit_note import CreditLine, IssueCreditNote, Trace
from orderwell.flows.keep_books import LockPeriod, PostManualEntry, TransferAsk
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.receive_payment import NothingDue, ReceivePayment
from orderwell.flows.return_goods import AnnounceReturn, ReceiveReturn
from orderwell.flows.ship_order import ShipOrder
from orderwell.kit.session import table_of
from orderwell.ledger.actions import PeriodLocked
from orderwell.ledger.store import OPEN_ITEMS
from orderwell.orders.store import LINES
from orderwell.shipping.actions import IllegalParcelMove
from orderwell.verify.proof import verify
from tests.kit.conftest import Copies

on_postgres = pytest.mark.parametrize("engine_kind", ["postgres"], indirect=True, scope="module")


@contextmanager
def another(first: App, *, after: str, meanwhile: Any) -> Iterator[App]:
    """A second process. When it has read `after` for the first time, the first one commits `meanwhile`."""
    second = open_app(first.database.url.render_as_string(hide_password=False), clock=first.clock)
    session = second.database.write_session()
    second.writer._sessions[0] = session
    load, asked = session.load, []

    def load_slowly(wanted: Any) -> Any:
        loaded = []
        for each in wanted:  # in one round trip too they are read one after the other
            loaded += load([each])
            if not asked and table_of(each[0]).name == after:
                asked.append(first.writer.ask(meanwhile))
        return loaded

    session.load = load_slowly  # type: ignore[method-assign]
    try:
        yield second
        assert asked, f"{after} was never read"
        assert verify(first.database).breaks == []
    finally:
        session.close()
        second.writer._sessions.clear()
        second.close()


def waits_or_ends(app: App, thread: threading.Thread) -> str:
    """What becomes of a thread that wants a lock somebody holds: `waits`, or `ended` when nobody held it."""
    deadline = time.monotonic() + 60
    waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while thread.is_alive():
        with app.database.reading() as connection:
            if connection.execute(sa.text(waiting)).scalar_one():
                return "waits"
        assert time.monotonic() < deadline, "neither waits for a lock nor comes to an end"
    return "ended"


def apples(app: App, units: int) -> str:
    return str(app.writer.ask(PlaceOrder("web", [LineAsk("apple", Decimal(units))]))["id"])


def left_open(app: App) -> list[Any]:
    with app.database.reading() as connection:
        return list(connection.execute(sa.select(OPEN_ITEMS.sa).where(OPEN_ITEMS.c.open_minor != 0)))


@on_postgres
def test_an_order_paid_while_it_is_shipped_is_not_left_open(copy_of_shop: Copies) -> None:
    with copy_of_shop() as first:
        order = apples(first, 4)
        paid = ReceivePayment("bank_transfer", order=order)
        with another(first, after="open_items", meanwhile=paid) as second:
            second.writer.ask(ShipOrder(order))
        assert left_open(first) == []


@on_postgres
def test_what_is_due_is_not_taken_twice_at_two_counters(copy_of_shop: Copies) -> None:
    with copy_of_shop() as first:
        order = apples(first, 4)
        paid = ReceivePayment("bank_transfer", order=order)
        with (
            another(first, after="open_items", meanwhile=paid) as second,
            pytest.raises(NothingDue),
        ):
            second.writer.ask(paid)


@on_postgres
def test_a_parcel_is_delivered_once_by_two_processes(copy_of_shop: Copies) -> None:
    with copy_of_shop() as first:
        order = apples(first, 4)
        (parcel,) = first.writer.ask(ShipOrder(order, lines=[UnitsAsk(1, Decimal(2))]))["parcels"]
        first.writer.ask(ShipOrder(order))  # the other two are in another parcel, still on their way
        with (
            another(first, after="parcels", meanwhile=DeliverParcel(parcel)) as second,
            pytest.raises(IllegalParcelMove),
        ):
            second.writer.ask(DeliverParcel(parcel))
        with first.database.reading() as connection:
            assert connection.execute(sa.select(LINES.c.shipped, LINES.c.delivered)).all() == [(2, 2)]


@on_postgres
def test_what_is_taken_back_meanwhile_is_not_written_over(copy_of_shop: Copies) -> None:
    with copy_of_shop() as first:
        order = apples(first, 4)
        first.writer.ask(ShipOrder(order))
        returned = first.writer.ask(AnnounceReturn(order, [UnitsAsk(1, Decimal(2))]))["id"]
        credit = IssueCreditNote([CreditLine("apple", Decimal(1), traces=[Trace(order, 1)])])
        with another(first, after="order_lines", meanwhile=credit) as second:
            second.writer.ask(ReceiveReturn(returned))
        with first.database.reading() as connection:
            assert connection.execute(sa.select(LINES.c.returned, LINES.c.credited)).all() == [(3, 1)]


YESTERDAY = "2026-01-04"
FEE = PostManualEntry([TransferAsk("provider_fees", "bank", 90_000)], "terminal", day=YESTERDAY)


@on_postgres
def test_what_is_posted_while_its_day_is_closed_is_refused_by_name(copy_of_shop: Copies) -> None:
    with copy_of_shop() as first:
        closed = LockPeriod(YESTERDAY)
        with another(first, after="books", meanwhile=closed) as second, pytest.raises(PeriodLocked):
            second.writer.ask(FEE)


@on_postgres
def test_a_day_is_not_closed_while_an_entry_is_on_its_way_into_it(copy_of_shop: Copies) -> None:
    """The entry is written and not committed when somebody else closes its day: closing has to wait for it."""
    with copy_of_shop() as first:
        second = open_app(first.database.url.render_as_string(hide_password=False), clock=first.clock)
        session = second.database.write_session()
        second.writer._sessions[0] = session
        commit, closing = session.commit, threading.Thread(target=first.writer.ask, args=(LockPeriod(YESTERDAY),))
        became = []

        def commit_late() -> None:
            closing.start()
            became.append(waits_or_ends(first, closing))
            commit()

        session.commit = commit_late  # type: ignore[method-assign]
        try:
            second.writer.ask(FEE)
        finally:
            session.close()
            second.writer._sessions.clear()
            second.close()
        closing.join()
        assert became == ["waits"]
        with pytest.raises(PeriodLocked):
            first.writer.ask(FEE)
