"""Verbs of parcels: pack, send, and whichever way it goes then."""

from collections.abc import Mapping

from ..kit.errors import Conflict, NotFound
from ..kit.picture import Tx
from ..values.ids import parse, show
from .model import NEXT, Parcel, ParcelLine
from .store import LINES_IN, PARCEL_LINES, PARCELS


class IllegalParcelMove(Conflict):
    code = "illegal_parcel_move"
    title = "The parcel cannot go there from where it is"


def pack(
    tx: Tx, *, order_id: int, location_id: int, contents: Mapping[int, int], carrier: str = "", tracking: str = "",
    sent: bool = False,
) -> Parcel:  # fmt: skip
    """A new parcel with units by line; already on its way when `sent`."""
    parcel = tx.add(
        PARCELS,
        Parcel(
            tx.new_id(), order_id, location_id, "shipped" if sent else "packed", carrier, tracking, tx.now,
            tx.now if sent else None, None,
        ),
    )  # fmt: skip
    for line, quantity in contents.items():
        tx.add(PARCEL_LINES, ParcelLine(parcel.id, line, order_id, quantity))
    return parcel


def find(tx: Tx, name: str) -> Parcel:
    number = parse("parcel", name)
    parcel = tx.get(PARCELS, number) if number is not None else None
    if parcel is None:
        raise NotFound(f"There is no parcel {name!r}.")
    return parcel


def contents(tx: Tx, parcel_id: int) -> dict[int, int]:
    """Units in a parcel by order line."""
    return {row.line: row.quantity for row in tx.rows(LINES_IN, parcel_id)}


def move(tx: Tx, parcel: Parcel, status: str, **changes: object) -> Parcel:
    """Raises IllegalParcelMove, telling where this parcel may go."""
    if status not in NEXT[parcel.status]:
        raise IllegalParcelMove(
            f"Parcel {show('parcel', parcel.id)} is {parcel.status}; it cannot become {status}.",
            allowed=sorted(NEXT[parcel.status]),
        )
    return tx.put(PARCELS, parcel._replace(status=status, **changes))  # type: ignore[arg-type]
