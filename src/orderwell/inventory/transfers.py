"""Transfers between shelves: find them, and decide how far each line has come. Figures reported are totals so far."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..kit.errors import Conflict, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse, show
from ..values.money import scaled_text
from .model import Transfer, TransferLine
from .store import TRANSFER_BY_REFERENCE, TRANSFER_LINES, TRANSFER_LINES_OF, TRANSFERS


class TransferExists(Conflict):
    code = "transfer_exists"
    title = "There is a transfer with this reference already"


class MoreThanShipped(Conflict):
    code = "more_than_shipped"
    title = "That is more than was shipped"


class LessThanReceived(Conflict):
    code = "less_than_received"
    title = "That is less than was received before"


def wanted_transfer(name: str) -> tuple[object, object]:
    number = parse("transfer", name)
    return (TRANSFERS, number) if number is not None else (TRANSFER_BY_REFERENCE, name)


def find(tx: Tx, name: str) -> Transfer:
    """By id or reference."""
    number = parse("transfer", name)
    found = tx.get(TRANSFERS, number) if number is not None else tx.one(TRANSFER_BY_REFERENCE, name)
    if found is None:
        raise NotFound(Sentence("There is no transfer {name!r}.", name=name))
    return found


def lines_of(tx: Tx, transfer_id: int) -> list[TransferLine]:
    return tx.rows(TRANSFER_LINES_OF, transfer_id)


def write_down(tx: Tx, transfer: Transfer, lines: Sequence[TransferLine]) -> None:
    """A new transfer. Raises TransferExists where its reference is taken."""
    there = tx.one(TRANSFER_BY_REFERENCE, transfer.reference)
    if there is not None:
        id_ = show("transfer", there.id)
        raise TransferExists(
            Sentence("Transfer {transfer!r} is {id} already.", transfer=transfer.reference, id=id_), transfer=id_
        )
    tx.add(TRANSFERS, transfer)
    for line in lines:
        tx.add(TRANSFER_LINES, line)


def came_now(line: TransferLine, received_in_total: int, name: str) -> int:
    """Units that are new in a report of what was received in total. Raises MoreThanShipped, LessThanReceived."""
    most = line.received + line.under_way
    if received_in_total > most:
        raise MoreThanShipped(
            Sentence(
                "{sku}: {now} received of {shipped} shipped; {most} is the most.",
                sku=name,
                now=received_in_total,
                shipped=line.shipped,
                most=most,
            )
        )
    if received_in_total < line.received:
        raise LessThanReceived(
            Sentence(
                "{sku}: {before} were received before, {now} are reported now.",
                sku=name,
                before=line.received,
                now=received_in_total,
            )
        )
    return received_in_total - line.received


def status(lines: Sequence[TransferLine]) -> str:
    """shipped, partly_received, received or returned (nothing arrived)."""
    received = any(line.received for line in lines)
    if any(line.under_way for line in lines):
        return "partly_received" if received else "shipped"
    return "received" if received else "returned"


def shown(transfer: Transfer, lines: Sequence[TransferLine], codes: Mapping[int, str]) -> dict[str, Any]:
    """JSON-ready; `codes` of the SKUs."""
    return {
        "object": "transfer",
        "id": show("transfer", transfer.id),
        "version": transfer.version,
        "reference": transfer.reference,
        "source": show("location", transfer.source_id),
        "target": show("location", transfer.target_id),
        "status": status(lines),
        "shipped_on": transfer.shipped_on,
        "expected_on": transfer.expected_on,
        "note": transfer.note,
        "lines": [
            {
                "line": line.n,
                "sku": show("sku", line.sku_id),
                "sku_code": codes[line.sku_id],
                **{
                    name: scaled_text(getattr(line, name), line.unit_decimals)
                    for name in ("shipped", "received", "returned", "lost")
                },
            }
            for line in lines
        ],
    }
