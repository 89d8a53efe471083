"""Keeping bins: which there are at a location, and in which order one walks past them."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le

from ..inventory import actions as inventory
from ..inventory import bins
from ..inventory.model import Bin
from ..inventory.store import BIN_BY_CODE, BINS, LOCATIONS
from ..kit.errors import NotFound
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..values.fields import Code, Reference
from ..values.ids import parse, show

Sort = Annotated[int, Ge(0), Le(10**9)]


@dataclass(frozen=True, slots=True)
class AddBin:
    """`sort` is its place on the walk through the location: lower comes first."""

    location: Code
    code: Code
    sort: Sort = 0


@dataclass(frozen=True, slots=True)
class ChangeBin:
    """Another place on the walk; or closed, once it is empty."""

    bin: Reference
    sort: Sort | None = None
    status: Literal["open", "closed"] | None = None


@flow(AddBin)
def add_bin(tx: Tx, ask: AddBin) -> dict[str, Any]:
    """A location with bins has its goods put away and picked by bin; what lies there already lies in no bin yet."""
    place = inventory.location(tx, ask.location)
    if tx.one(BIN_BY_CODE, (place.id, ask.code)) is not None:
        raise bins.BinTaken(
            Sentence("There is a bin {code!r} at {location!r} already.", code=ask.code, location=place.code)
        )
    made = tx.add(BINS, Bin(tx.new_id(), 1, place.id, ask.code, ask.sort, "open"))
    if place.layout != "bins":
        tx.put(LOCATIONS, place._replace(layout="bins"))
    announce(tx, "bin.added", "bin", made.id, location=place.code, bin=ask.code, sort=ask.sort)
    return shown_bin(made)


@flow(ChangeBin)
def change_bin(tx: Tx, ask: ChangeBin) -> dict[str, Any]:
    number = parse("bin", ask.bin)
    found = tx.get(BINS, number) if number is not None else None
    if found is None:
        raise NotFound(Sentence("There is no bin {name!r}.", name=ask.bin))
    if ask.status == "closed":
        bins.empty(tx, found)
    sort, status = found.sort if ask.sort is None else ask.sort, ask.status or found.status
    found = tx.put(BINS, found._replace(sort=sort, status=status))
    announce(tx, "bin.changed", "bin", found.id, sort=sort, status=status)
    return shown_bin(found)


def shown_bin(found: Bin) -> dict[str, Any]:
    return {
        "object": "bin", "id": show("bin", found.id), "version": found.version,
        "location": show("location", found.location_id), "code": found.code, "sort": found.sort, "status": found.status,
    }  # fmt: skip
