"""Documents as requests: sales, credit notes, bad debts, stock corrections. The same requests as live ones."""

from collections import deque
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from ..flows.adjust_stock import AdjustLine, AdjustStock
from ..flows.fulfil_order import FulfilOrder
from ..flows.give_up_debt import RecordBadDebt
from ..flows.issue_credit_note import CreditLine, IssueCreditNote, Trace
from ..flows.place_order import LineAsk, PlaceOrder
from ..kit.writer import Call
from ..values.money import line_amount
from .house import CHANNEL, LOCATION
from .read import Document, Row


class Sold(NamedTuple):
    """Units of one line that a customer has bought and not been credited for yet."""

    order: str
    line: int
    left: int


class Purchases:
    """What each known customer bought, to trace credit lines to: oldest first, prices not compared."""

    def __init__(self) -> None:
        self._bought: dict[tuple[str, str], deque[Sold]] = {}

    def sold(self, document: Document, rows: list[Row]) -> None:
        if document.customer:
            for n, row in enumerate(rows, 1):
                if not row.price:  # what was free is not credited
                    continue
                lines = self._bought.setdefault((document.customer, row.code), deque())
                lines.append(Sold(document.number, n, row.quantity))

    def credited(self, document: Document, row: Row) -> list[Trace]:
        """Where so many units were bought, as far as they were; they count as given back from now on."""
        lines = self._bought.get((document.customer, row.code))
        wanted = -row.quantity
        traces: list[Trace] = []
        while lines and wanted > 0:
            order, line, left = lines[0]
            taken = min(left, wanted)
            traces.append(Trace(order, line, Decimal(taken)))
            wanted -= taken
            if taken == left:
                lines.popleft()
            else:
                lines[0] = Sold(order, line, left - taken)
        return traces


def calls_of(document: Document, purchases: Purchases) -> list[Call]:
    """The requests of one document, each under an id that names it."""
    if document.kind == "credit_note":
        asks: list[Any] = [_credit_note(document, purchases)]
    elif document.kind == "bad_debt":
        asks = [_bad_debt(document)]
    else:
        asks = _sale(document, purchases)
    weight = len(document.rows)
    request_id = f"replay/{document.number}"
    return [Call(ask, actor="replay", request_id=request_id, at=document.instant, weight=weight) for ask in asks]


def untraced(call: Call) -> Call | None:
    """The same credit note without its traces; None when it had none."""
    ask = call.ask
    if not isinstance(ask, IssueCreditNote) or not any(line.traces for line in ask.lines):
        return None
    bare = replace(ask, lines=[replace(line, traces=None) for line in ask.lines])
    return Call(bare, actor=call.actor, request_id=call.request_id, at=call.at, weight=call.weight)


def _sale(document: Document, purchases: Purchases) -> list[Any]:
    """Sale and free lines are an order that has been handed over; stock lines (R6) correct the stock."""
    sold = [row for row in document.rows if row.quantity > 0]
    lost = [row for row in document.rows if row.quantity < 0]
    asks: list[Any] = []
    if sold:
        purchases.sold(document, sold)
        lines = [LineAsk(row.code, Decimal(row.quantity), row.price, None, row.description) for row in sold]
        asks.append(
            FulfilOrder(
                PlaceOrder(
                    CHANNEL, lines, reference=document.number, customer=document.customer or None,
                    country=document.country,
                )
            )
        )  # fmt: skip
    if lost:
        corrections = [AdjustLine(row.code, Decimal(row.quantity)) for row in lost]
        asks.append(AdjustStock(LOCATION, "lost", corrections, channel=CHANNEL, reference=document.number))
    return asks


def _credit_note(document: Document, purchases: Purchases) -> IssueCreditNote:
    lines = [
        CreditLine(
            row.code, Decimal(-row.quantity), row.price, row.description,
            traces=purchases.credited(document, row) if document.customer else None,
        )
        for row in document.rows
    ]  # fmt: skip
    return IssueCreditNote(
        lines, channel=CHANNEL, reference=document.number, customer=document.customer or None, restock=LOCATION,
        country=document.country,
    )  # fmt: skip


def _bad_debt(document: Document) -> RecordBadDebt:
    """A row's amount as it stands is what the receivable changes by; given up is the opposite of it."""
    amounts = (line_amount(row.quantity, row.price_e4, unit_decimals=0, currency="GBP") for row in document.rows)
    return RecordBadDebt(amount=-sum(amounts), channel=CHANNEL, reference=document.number)
