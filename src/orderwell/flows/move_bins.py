"""Goods are put away into bins, moved between them, and taken out. At the location nothing comes or goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..inventory import actions as inventory
from ..inventory import bins
from ..inventory.model import Bin, Location
from ..inventory.store import BIN_BY_CODE, BIN_STOCK
from ..kit.errors import Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..values.fields import MAX_LINES, Code, Quantity, Reference
from ..values.ids import show
from ..values.money import scaled_text
from .scanned_sku import need_scanned, scanned_sku


@dataclass(frozen=True, slots=True)
class PutAwayLine:
    """`sku` is its code or a barcode; with the barcode of a pack, `quantity` is of packs."""

    sku: Reference
    quantity: Quantity
    bin: Code


@dataclass(frozen=True, slots=True)
class PutAway:
    """What came in and lies in no bin yet goes into bins."""

    location: Code
    lines: Annotated[list[PutAwayLine], Len(1, MAX_LINES)]


@dataclass(frozen=True, slots=True)
class BinMoveLine:
    """From `source` to `target`, both codes of bins; one left out is no bin: received, or taken out."""

    sku: Reference
    quantity: Quantity
    source: Code | None = None
    target: Code | None = None


@dataclass(frozen=True, slots=True)
class MoveBetweenBins:
    location: Code
    lines: Annotated[list[BinMoveLine], Len(1, MAX_LINES)]


@flow(PutAway)
def put_away(tx: Tx, ask: PutAway) -> dict[str, Any]:
    """All lines or none. More than lies in no bin is refused."""
    lines = [BinMoveLine(line.sku, line.quantity, target=line.bin) for line in ask.lines]
    return _move(tx, ask.location, lines, "put_away")


@flow(MoveBetweenBins)
def move_between_bins(tx: Tx, ask: MoveBetweenBins) -> dict[str, Any]:
    """All lines or none, one after the other: what the first puts somewhere the second may take from there."""
    return _move(tx, ask.location, ask.lines, "moved")


def _move(tx: Tx, location: str, lines: Sequence[BinMoveLine], reason: str) -> dict[str, Any]:
    place = inventory.location(tx, location)
    need_scanned(tx, [line.sku for line in lines])
    found = [scanned_sku(tx, line.sku, pointer=f"/lines/{n}/sku") for n, line in enumerate(lines)]
    inventory.need(tx, {each.sku.id for each in found})
    _need_bins(tx, place, [(line, each.sku.id) for line, each in zip(lines, found, strict=True)])
    told = []
    for n, (line, each) in enumerate(zip(lines, found, strict=True)):
        source = _bin(tx, place, line.source, f"/lines/{n}/source")
        target = _bin(tx, place, line.target, f"/lines/{n}/target" if reason == "moved" else f"/lines/{n}/bin")
        if source == target:
            raise Invalid.at(f"/lines/{n}/target", "Goods go from one bin into another.", "same_location")
        units = each.units(line.quantity)
        bins.move(
            tx, sku_id=each.sku.id, location_id=place.id, source=source, target=target, quantity=units, reason=reason,
            name=each.sku.code,
        )  # fmt: skip
        told.append(
            {
                "sku": show("sku", each.sku.id), "sku_code": each.sku.code, "source": line.source,
                "target": line.target, "quantity": scaled_text(units, each.sku.unit_decimals),
            }
        )  # fmt: skip
    announce(tx, f"stock.{reason}", "location", place.id, lines=len(lines))
    return {"object": "bin_moves", "location": show("location", place.id), "reason": reason, "lines": told}


def _need_bins(tx: Tx, place: Location, lines: Sequence[tuple[BinMoveLine, int]]) -> None:
    """All bins that are named, and what of these SKUs lies in them."""
    ways = [(code, sku_id) for line, sku_id in lines for code in (line.source, line.target) if code is not None]
    tx.need(BIN_BY_CODE, {(place.id, code) for code, _ in ways})
    there = {code: tx.one(BIN_BY_CODE, (place.id, code)) for code, _ in ways}
    tx.need(BIN_STOCK, [(row.id, sku_id) for code, sku_id in ways if (row := there[code]) is not None])


def _bin(tx: Tx, place: Location, code: str | None, pointer: str) -> Bin | None:
    return bins.find(tx, place.id, code, pointer=pointer) if code is not None else None
