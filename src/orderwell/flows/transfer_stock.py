"""Moving goods between our own shelves: shipped, received in parts, and what becomes of the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, Len

from ..business import actions as business
from ..catalog import actions as catalog
from ..catalog.model import Sku
from ..catalog.rules import in_smallest_units
from ..catalog.store import SKU_BY_CODE
from ..inventory import actions as inventory
from ..inventory import supply, transfers
from ..inventory.model import Transfer, TransferLine
from ..inventory.store import LOCATION_BY_CODE, TRANSFER_LINES, TRANSFERS
from ..kit.errors import Conflict, Invalid, Problem
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..values.fields import MAX_LINES, Code, Day, Quantity, Reference, Text
from ..values.ids import show
from .fill_awaited import fill_awaited
from .place_purchase import check_coming
from .purchased_lines import skus_by_id


class NothingUnderWay(Conflict):
    code = "nothing_under_way"
    title = "Nothing of this transfer is under way any more"


@dataclass(frozen=True, slots=True)
class TransferLineAsk:
    sku: Code
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class TransferStock:
    """Ship goods from a location (`source`) to another (`target`), each SKU once; `expected_on` left out: today."""

    source: Code
    target: Code
    lines: Annotated[list[TransferLineAsk], Len(1, MAX_LINES)]
    reference: Reference | None = None
    expected_on: Day | None = None
    note: Text = ""


def needs(ask: TransferStock) -> list[tuple[Any, Any]]:
    wanted: list[tuple[Any, Any]] = [(LOCATION_BY_CODE, ask.source), (LOCATION_BY_CODE, ask.target)]
    return wanted + [(SKU_BY_CODE, line.sku) for line in ask.lines]


@flow(TransferStock, needs)
def transfer_stock(tx: Tx, ask: TransferStock) -> dict[str, Any]:
    """The goods leave their shelf now. What is promised to orders stays."""
    today = business.today(tx)
    source = inventory.location(tx, ask.source, pointer="/source")
    target = inventory.location(tx, ask.target, pointer="/target")
    if source.id == target.id:
        raise Invalid.at("/target", "Goods go from one location to another.", "same_location")
    if ask.expected_on is not None:
        check_coming(ask.expected_on, today)
    refuse_twice([line.sku for line in ask.lines])
    skus = catalog.skus_by_code(tx, [line.sku for line in ask.lines])
    inventory.need_to_go(tx, {(sku.id, source.id) for sku in skus.values()})
    id_ = tx.new_id()
    transfer = Transfer(
        id_, 1, ask.reference or show("transfer", id_), source.id, target.id, today, ask.expected_on or today, ask.note
    )
    lines = []
    for n, line in enumerate(ask.lines, 1):
        sku = skus[line.sku]
        if sku.kind != "stocked":
            raise Invalid.at(
                f"/lines/{n - 1}/sku", Sentence("{sku} is a service: it has no stock.", sku=sku.code), "not_stocked"
            )
        units = in_smallest_units(line.quantity, sku)
        supply.depart(
            tx, sku_id=sku.id, source_id=source.id, target_id=target.id, quantity=units, document_id=id_, name=sku.code
        )
        lines.append(TransferLine(id_, n, sku.id, units, sku.unit_decimals, 0, 0, 0))
    transfers.write_down(tx, transfer, lines)
    announce(
        tx, "transfer.shipped", "transfer", id_,
        source=show("location", source.id), target=show("location", target.id), units=sum(x.shipped for x in lines),
    )  # fmt: skip
    return transfers.shown(transfer, lines, {sku.id: sku.code for sku in skus.values()})


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """`received` in total so far, not only now."""

    sku: Code
    received: Annotated[Decimal, Ge(Decimal(0)), Le(Decimal("1e9"))]


@dataclass(frozen=True, slots=True)
class ReceiveTransfer:
    """What has arrived in total: everything, or as `lines` say. The same report again changes nothing."""

    transfer: Reference
    lines: Annotated[list[ReceivedLine], Len(1, MAX_LINES)] | None = None


@flow(ReceiveTransfer)
def receive_transfer(tx: Tx, ask: ReceiveTransfer) -> dict[str, Any]:
    """Put what is new on the target's shelf and promise it to those who wait there."""
    transfer = transfers.find(tx, ask.transfer)
    lines = {line.sku_id: line for line in transfers.lines_of(tx, transfer.id)}
    skus = skus_by_id(tx, lines)
    came = {line.sku_id: line.under_way for line in lines.values()}
    if ask.lines is not None:
        came = _came(ask.lines, lines, skus)
    came = {sku_id: units for sku_id, units in came.items() if units}
    inventory.need(tx, came)
    for sku_id, units in came.items():
        supply.arrive(
            tx, sku_id=sku_id, location_id=transfer.target_id, target_id=transfer.target_id, quantity=units,
            document_id=transfer.id,
        )  # fmt: skip
        lines[sku_id] = tx.put(TRANSFER_LINES, lines[sku_id]._replace(received=lines[sku_id].received + units))
    if came:
        announce(tx, "transfer.received", "transfer", transfer.id, units=sum(came.values()))
        fill_awaited(tx, came, transfer.target_id)
    return _shown(tx, transfer, lines, skus)


def _came(
    reported: Sequence[ReceivedLine], lines: Mapping[int, TransferLine], skus: Mapping[int, Sku]
) -> dict[int, int]:  # fmt: skip
    by_code = {sku.code: sku for sku in skus.values()}
    refuse_twice([each.sku for each in reported])
    came = {}
    for n, each in enumerate(reported):
        sku = by_code.get(each.sku)
        if sku is None:
            raise Invalid.at(f"/lines/{n}/sku", Sentence("The transfer has no {sku!r}.", sku=each.sku), "unknown_sku")
        came[sku.id] = transfers.came_now(lines[sku.id], in_smallest_units(each.received, sku), sku.code)
    return came


@dataclass(frozen=True, slots=True)
class EndTransfer:
    """What is still under way came back to where it was sent from, or is lost."""

    transfer: Reference
    outcome: Literal["returned", "lost"]
    note: Text = ""


@flow(EndTransfer)
def end_transfer(tx: Tx, ask: EndTransfer) -> dict[str, Any]:
    """Nothing is expected any more. What is lost is a stock difference at average cost."""
    house, today = business.current(tx), business.today(tx)
    transfer = transfers.find(tx, ask.transfer)
    lines = {line.sku_id: line for line in transfers.lines_of(tx, transfer.id)}
    rest = {line.sku_id: line.under_way for line in lines.values() if line.under_way}
    if not rest:
        raise NothingUnderWay(
            Sentence("Nothing of transfer {transfer!r} is under way any more.", transfer=transfer.reference)
        )
    skus = skus_by_id(tx, lines)
    inventory.need(tx, rest)
    lost = 0
    for sku_id, units in rest.items():
        line = lines[sku_id]
        if ask.outcome == "returned":
            supply.arrive(
                tx, sku_id=sku_id, location_id=transfer.source_id, target_id=transfer.target_id, quantity=units,
                document_id=transfer.id, reason="returned",
            )  # fmt: skip
            lines[sku_id] = tx.put(TRANSFER_LINES, line._replace(returned=line.returned + units))
        else:
            lost += supply.lose(
                tx, sku_id=sku_id, target_id=transfer.target_id, quantity=units, document_id=transfer.id
            )
            lines[sku_id] = tx.put(TRANSFER_LINES, line._replace(lost=line.lost + units))
    ledger.post(
        tx, "stock_difference", templates.stock_difference(cost_minor=-lost), day=today, currency=house.currency,
        document="transfer", document_id=transfer.id,
    )  # fmt: skip
    if ask.note:
        tx.put(TRANSFERS, transfer._replace(note="; ".join(each for each in (transfer.note, ask.note) if each)))
    announce(tx, f"transfer.{ask.outcome}", "transfer", transfer.id, units=sum(rest.values()))
    if ask.outcome == "returned":
        fill_awaited(tx, rest, transfer.source_id)
    return _shown(tx, transfer, lines, skus)


def refuse_twice(codes: Sequence[str]) -> None:
    """Raises Invalid where a SKU is named in two lines."""
    seen: set[str] = set()
    problems = []
    for n, code in enumerate(codes):
        if code in seen:
            problems.append(
                Problem(f"/lines/{n}/sku", "named_twice", Sentence("{sku} is named in two lines.", sku=code))
            )
        seen.add(code)
    if problems:
        raise Invalid(problems[0].detail, problems)


def _shown(tx: Tx, transfer: Transfer, lines: Mapping[int, TransferLine], skus: Mapping[int, Sku]) -> dict[str, Any]:
    """The transfer as it is now."""
    now = transfers.find(tx, show("transfer", transfer.id))
    return transfers.shown(now, list(lines.values()), {sku.id: sku.code for sku in skus.values()})
