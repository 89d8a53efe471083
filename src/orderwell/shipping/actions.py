"""Verbs of parcels: pack, send, and whichever way it goes then."""

from collections.abc import Iterable, Mapping

from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..values.ids import parse, show
from .model import NEXT, TRACKING, Carrier, Parcel, ParcelLine, TrackingEvent
from .store import CARRIERS, LINES_IN, PARCEL_LINES, PARCELS, PARCELS_OF, TRACKED, TRACKING_EVENTS


class IllegalParcelMove(Conflict):
    code = "illegal_parcel_move"
    title = "The parcel cannot go there from where it is"


class AlreadyLabelled(Conflict):
    code = "already_labelled"
    title = "The parcel has a label already"


class CarrierClosed(Conflict):
    code = "carrier_closed"
    title = "This carrier takes no parcels from us"


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
        raise NotFound(Sentence("There is no parcel {name!r}.", name=name))
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
            Sentence(
                "Parcel {name} is {status}; it cannot become {target}.",
                name=show("parcel", parcel.id),
                status=word(parcel.status),
                target=word(status),
            ),
            allowed=sorted(NEXT[parcel.status]),
        )


def unlabelled(parcel: Parcel) -> Parcel:
    """A packed parcel without a label. Raises AlreadyLabelled, IllegalParcelMove."""
    check(parcel, "shipped")
    if parcel.label:
        raise AlreadyLabelled(
            Sentence(
                "Parcel {name} has the label {label!r} already.", name=show("parcel", parcel.id), label=parcel.label
            )
        )
    return parcel


def open_carrier(tx: Tx, code: str) -> Carrier:
    carrier = tx.get(CARRIERS, code)
    if carrier is None:
        raise Invalid.at(
            "/carrier", Sentence("There is no carrier {name!r} that can be asked.", name=code), "unknown_carrier"
        )
    if carrier.status != "open":
        raise CarrierClosed(Sentence("Carrier {code!r} is closed.", code=code))
    return carrier


def note_tracking(tx: Tx, parcel_id: int, events: Iterable[TrackingEvent]) -> list[TrackingEvent]:
    """Write down what a carrier says, each event once however often it is told; those that are news."""
    known = {event.reference for event in tx.rows(TRACKED, parcel_id)}
    news = []
    for event in events:
        if event.reference not in known:
            known.add(event.reference)
            news.append(tx.add(TRACKING_EVENTS, event))
    return news


def word_of_carrier(tx: Tx, parcel_id: int) -> str:
    """What should have become of a parcel by the latest that its carrier says; '' for nothing yet."""
    told = [event for event in tx.rows(TRACKED, parcel_id) if TRACKING[event.status]]
    return TRACKING[max(told, key=lambda event: (event.happened_at, event.reference)).status] if told else ""
