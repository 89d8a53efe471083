"""Carriers with an API: labels are asked for and parcels followed by jobs; what they answer comes in as requests."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, Len

from ..kit.errors import Invalid, Refused
from ..kit.events import announce
from ..kit.jobs import GiveUp, NotNow, Unreachable, Work, handler, later
from ..kit.log import log
from ..kit.notes import keep_note
from ..kit.picture import Tx
from ..kit.schedules import recurring
from ..kit.writer import flow
from ..shipping import actions as shipping
from ..shipping import queries
from ..shipping.answers import shown_parcel
from ..shipping.carriers import Declined, HttpPort, Journey, Port, Tracked
from ..shipping.model import Carrier, Parcel, TrackingEvent
from ..shipping.rules import may_follow
from ..shipping.store import CARRIERS, PARCELS
from ..tasks import actions as tasks
from ..values.fields import Code, Reference, Text
from ..values.ids import parse, show
from .deliver_parcel import deliver

FOLLOW_EVERY_SECONDS = 300
AT_ONCE = 50  # parcels in one question

TrackingStatus = Literal["announced", "in_transit", "out_for_delivery", "returning", "failed", "lost", "delivered"]


@dataclass(frozen=True, slots=True)
class KeepCarrier:
    """Add a carrier, or change it."""

    code: Code
    url: Annotated[str, Len(1, 500)]
    account: Reference
    status: Literal["open", "closed"] = "open"


@dataclass(frozen=True, slots=True)
class AskLabel:
    """Have a carrier make the label of a packed parcel."""

    parcel: Reference
    carrier: Code


@dataclass(frozen=True, slots=True)
class RecordLabel:
    parcel: Reference
    carrier: Code
    tracking: Reference
    label: Text


@dataclass(frozen=True, slots=True)
class RecordLabelRefused:
    """The carrier will not take the parcel: somebody has to choose another one, or mend the address."""

    parcel: Reference
    reason: Text


@dataclass(frozen=True, slots=True)
class TrackingAsk:
    reference: Annotated[str, Len(1, 300)]
    status: TrackingStatus
    happened_at: Annotated[int, Ge(0), Le(10**17)]  # microseconds since 1970 UTC
    place: Text = ""


@dataclass(frozen=True, slots=True)
class RecordTracking:
    """What a carrier says of a parcel: in any order, as often as it likes."""

    parcel: Reference
    events: Annotated[list[TrackingAsk], Len(1, 200)]


@dataclass(frozen=True, slots=True)
class RecordTrackingTrouble:
    """What a carrier tells of a parcel cannot be recorded, and would not be the next time: somebody has to look."""

    parcel: Reference
    why: Text


@flow(KeepCarrier)
def keep_carrier(tx: Tx, ask: KeepCarrier) -> dict[str, Any]:
    if not ask.url.startswith(("https://", "http://")):
        raise Invalid.at("/url", "A carrier has an http or https address.")
    there = tx.get(CARRIERS, ask.code)
    if there is None:
        tx.add(CARRIERS, Carrier(ask.code, 1, ask.url, ask.account, ask.status))
    else:
        tx.put(CARRIERS, there._replace(url=ask.url, account=ask.account, status=ask.status))
    announce(tx, "carrier.kept", "carrier", 0, carrier=ask.code, status=ask.status)
    return {"object": "carrier", "id": ask.code, "url": ask.url, "account": ask.account, "status": ask.status}


@flow(AskLabel)
def ask_label(tx: Tx, ask: AskLabel) -> dict[str, Any]:
    """The job goes out after the commit; the label comes back as RecordLabel."""
    parcel = shipping.unlabelled(shipping.find(tx, ask.parcel))
    carrier = shipping.open_carrier(tx, ask.carrier)
    parcel = tx.put(PARCELS, parcel._replace(carrier=carrier.code))
    _later(tx, "carrier.label", parcel)
    announce(tx, "order.label_asked", "order", parcel.order_id, parcel=ask.parcel, carrier=carrier.code)
    return shown_parcel(parcel, shipping.contents(tx, parcel.id))


@flow(RecordLabel)
def record_label(tx: Tx, ask: RecordLabel) -> dict[str, Any]:
    """The parcel has its label. Where it was opened or given to another carrier meanwhile, the label is cancelled."""
    parcel = shipping.find(tx, ask.parcel)
    if parcel.status == "unpacked" or parcel.carrier != ask.carrier:
        _later(tx, "carrier.cancel", parcel._replace(carrier=ask.carrier))
        announce(tx, "order.label_dropped", "order", parcel.order_id, parcel=ask.parcel, tracking=ask.tracking)
    elif (parcel.tracking, parcel.label) != (ask.tracking, ask.label):
        parcel = tx.put(PARCELS, parcel._replace(tracking=ask.tracking, label=ask.label))
        announce(tx, "order.labelled", "order", parcel.order_id, parcel=ask.parcel, tracking=ask.tracking)
    return shown_parcel(parcel, shipping.contents(tx, parcel.id))


@flow(RecordLabelRefused)
def record_label_refused(tx: Tx, ask: RecordLabelRefused) -> dict[str, Any]:
    parcel = shipping.find(tx, ask.parcel)
    announce(tx, "order.label_refused", "order", parcel.order_id, parcel=ask.parcel)
    keep_note(tx, ask.reason)
    return shown_parcel(parcel, shipping.contents(tx, parcel.id))


@flow(RecordTracking)
def record_tracking(tx: Tx, ask: RecordTracking) -> dict[str, Any]:
    """Write down what is new. What happened last decides, whenever it was told; our own people's word stands."""
    parcel = shipping.find(tx, ask.parcel)
    told = [
        TrackingEvent(tx.cause, n, parcel.id, each.reference, each.status, each.happened_at, each.place)
        for n, each in enumerate(ask.events)
    ]
    for event in shipping.note_tracking(tx, parcel.id, told):
        announce(tx, "order.tracked", "order", parcel.order_id, parcel=ask.parcel, status=event.status)
    word = shipping.word_of_carrier(tx, parcel.id)
    if word and may_follow(parcel.status, word):
        if word == "delivered":
            return deliver(tx, parcel, ask.parcel)
        parcel = shipping.move(tx, parcel, word)
        told_as = "order.delivery_failed" if word == "failed" else "order.parcel_lost"
        announce(tx, told_as, "order", parcel.order_id, parcel=ask.parcel)
    return shown_parcel(parcel, shipping.contents(tx, parcel.id))


@flow(RecordTrackingTrouble)
def record_tracking_trouble(tx: Tx, ask: RecordTrackingTrouble) -> dict[str, Any]:
    parcel = shipping.find(tx, ask.parcel)
    detail = (
        f"What carrier {parcel.carrier!r} tells of parcel {ask.parcel} cannot be recorded: {ask.why}. Look it up at the"
        " carrier, and tell by hand what became of it."
    )
    tasks.open_task(tx, "tracking_refused", "parcel", parcel.id, ask.parcel, detail)
    return shown_parcel(parcel, shipping.contents(tx, parcel.id))


def _later(tx: Tx, kind: str, parcel: Parcel) -> None:
    payload = {"parcel": show("parcel", parcel.id), "carrier": parcel.carrier}
    later(tx, kind, payload, subject_id=parcel.id, queue=f"carrier-{parcel.carrier}", in_order=parcel.id)


# -- jobs: no transaction is open here


@handler("carrier.label")
def make_label(work: Work) -> None:
    """Asked twice it is one label: the carrier knows the parcel by our id."""
    name = work.payload["parcel"]
    with work.database.reading() as connection:
        address = queries.address_of(connection, parse("parcel", name) or 0)
    try:
        made = _port(work, work.payload["carrier"]).label(name, address)
    except Declined as reason:
        work.ask(RecordLabelRefused(name, str(reason)))
        return
    work.ask(RecordLabel(name, work.payload["carrier"], made.tracking, made.label))


@handler("carrier.cancel")
def cancel_label(work: Work) -> None:
    try:
        _port(work, work.payload["carrier"]).cancel(work.payload["parcel"])
    except Declined as reason:  # it has left, or the carrier never knew it: nothing we could do about it
        log.warning("carrier.not_cancelled", parcel=work.payload["parcel"], reason=str(reason))


@handler("carrier.follow")
def follow(work: Work) -> None:
    """Ask every carrier about the parcels it has. One that does not answer holds up no other, nor does one that asks
    for patience; and of one carrier, no parcel holds up another."""
    with work.database.reading() as connection:
        known = [carrier for carrier in queries.carriers(connection) if carrier.status == "open"]
    silent: list[str] = []
    patience = 0
    for carrier in known:
        try:
            _follow(work, carrier)
        except NotNow as asked:
            patience = max(patience, asked.seconds)
        except (Unreachable, Declined) as error:
            silent.append(f"{carrier.code}: {error}")
    if silent:
        raise Unreachable("; ".join(silent))
    if patience:
        raise NotNow(patience)


recurring("carrier.follow", every_seconds=FOLLOW_EVERY_SECONDS)


def _follow(work: Work, carrier: Carrier) -> None:
    port, after = HttpPort(carrier.url, carrier.account, work.http), 0
    while True:
        with work.database.reading() as connection:
            numbers = queries.under_way(connection, carrier.code, after=after, limit=AT_ONCE)
            known = queries.known_events(connection, numbers)
        if not numbers:
            return
        names = {show("parcel", number): number for number in numbers}
        for name, journey in _track(port, list(names)).items():
            news = [event for event in journey.events if (names[name], event.reference) not in known]
            if journey.trouble:
                _trouble(work, name, "it is not told as agreed", journey.trouble)
            elif news:
                _record(work, name, news)
        after = numbers[-1]


def _track(port: Port, names: list[str]) -> dict[str, Journey]:
    """What is told of each. Where the question is declined, each is asked about alone: it may be about one of them."""
    try:
        return port.track(names)
    except Declined:
        if len(names) == 1:
            raise
    told: dict[str, Journey] = {}
    for name in names:
        try:
            told.update(port.track([name]))
        except Declined as reason:
            told[name] = Journey([], str(reason))
    if all(journey.trouble for journey in told.values()):
        raise Declined("it will not tell of any parcel")
    return told


def _record(work: Work, name: str, news: list[Tracked]) -> None:
    try:
        work.ask(RecordTracking(name, [_asked(event) for event in news]))
    except Refused as refusal:
        if refusal.retryable:  # the carrier tells it again the next time
            log.warning("carrier.not_recorded", parcel=name, code=refusal.code)
        else:
            _trouble(work, name, refusal.title, refusal.detail)


def _trouble(work: Work, name: str, why: str, detail: str) -> None:
    log.warning("carrier.not_recorded", parcel=name, why=why, detail=detail)
    try:
        work.ask(RecordTrackingTrouble(name, why))
    except Refused as refusal:
        log.error("carrier.trouble_not_recorded", parcel=name, code=refusal.code)


def _asked(event: Tracked) -> TrackingAsk:
    return TrackingAsk(event.reference, event.status, event.happened_at, event.place)  # type: ignore[arg-type]


def _port(work: Work, code: str) -> Port:
    with work.database.reading() as connection:
        found = next((carrier for carrier in queries.carriers(connection) if carrier.code == code), None)
    if found is None:
        raise GiveUp(f"there is no carrier {code}")
    return HttpPort(found.url, found.account, work.http)
