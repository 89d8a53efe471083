"""Verbs of parcels: pack, send, and whichever way it goes then."""

from collections.abc import Mapping

from ..kit.errors import Conflict, NotFound
from ..kit.picture import Tx
from ..values.ids import parse, show
from .model import NEXT, Parcel, ParcelLine
from .store import LINES_IN, PARCEL_LINES, PARCELS, PARCELS_OF


class IllegalParcelMove(Conflict):
    code = "illegal_parcel_move"
    title = "The parcel cannot go there from where it is"


def pack(
    tx: Tx, parcel_id: int, *, order_id: int, location_id: int, contents: Mapping[int, int], carrier: str = "",
    tracking: str = "", costs: Mapping[int, int] | None = None,
) -> Parcel:  # fmt: skip
    """A new parcel with units by line. With the `costs` of what has left the shelf it is on its way already."""
    sent = costs is not None
    parcel = tx.add(
        PARCELS,
        Parcel(
            parcel_id, order_id, location_id, "shipped" if sent else "packed", carrier, tracking, "", tx.now,
            tx.now if sent else None, None,
        ),
    )  # fmt: skip
    for line, quantity in contents.items():
        tx.add(PARCEL_LINES, ParcelLine(parcel_id, line, order_id, quantity, costs[line] if costs else 0))
    return parcel


def send(tx: Tx, parcel: Parcel, costs: Mapping[int, int], **changes: object) -> Parcel:
    """A packed parcel is on its way; `costs` by line of what has left the shelf with it."""
    sent = move(tx, parcel, "shipped", shipped_at=tx.now, **changes)
    for row in tx.rows(LINES_IN, parcel.id):
        tx.put(PARCEL_LINES, row._replace(cost_minor=costs[row.line]))
    return sent


def find(tx: Tx, name: str) -> Parcel:
    number = parse("parcel", name)
    parcel = tx.get(PARCELS, number) if number is not None else None
    if parcel is None:
        raise NotFound(f"There is no parcel {name!r}.")
    return parcel


def of_order(tx: Tx, order_id: int) -> list[Parcel]:
    return tx.rows(PARCELS_OF, order_id)


def lines_in(tx: Tx, parcel_id: int) -> list[ParcelLine]:
    return tx.rows(LINES_IN, parcel_id)


def contents(tx: Tx, parcel_id: int) -> dict[int, int]:
    """Units in a parcel by order line."""
    return {row.line: row.quantity for row in tx.rows(LINES_IN, parcel_id)}


def move(tx: Tx, parcel: Parcel, status: str, **changes: object) -> Parcel:
    check(parcel, status)
    return tx.put(PARCELS, parcel._replace(status=status, **changes))  # type: ignore[arg-type]


def check(parcel: Parcel, status: str) -> None:
    """Raises IllegalParcelMove, telling where this parcel may go."""
    if status not in NEXT[parcel.status]:
        raise IllegalParcelMove(
            f"Parcel {show('parcel', parcel.id)} is {parcel.status}; it cannot become {status}.",
            allowed=sorted(NEXT[parcel.status]),
        )
