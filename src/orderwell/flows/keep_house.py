"""Keeping the house: what the business, its channels and its locations are called, and the rules that may change.

Currency, time zone, whether prices hold VAT and when invoices are made are decided once: history rests on them.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le

from ..business import actions as business
from ..business.model import Business
from ..business.store import BUSINESS
from ..channels.model import Channel
from ..channels.store import CHANNEL_BY_CODE, CHANNELS
from ..inventory.model import Location
from ..inventory.store import LOCATION_BY_CODE, LOCATIONS
from ..kit.errors import Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..values.calendar import instant_text
from ..values.fields import Name, Reference
from ..values.ids import parse, show
from .keep_catalog import shown_channel

MAX_HOURS = 24 * 365


@dataclass(frozen=True, slots=True)
class ChangeBusiness:
    """What is left out stays. `unpaid_expires_hours` of 0 never expires an order."""

    name: Name | None = None
    sourcing: Literal["fewest_parcels", "most_stock", "fixed_order"] | None = None
    unpaid_expires_hours: Annotated[int, Ge(0), Le(MAX_HOURS)] | None = None


@dataclass(frozen=True, slots=True)
class ChangeChannel:
    """What is left out stays. A closed channel takes no orders; those it has go on."""

    channel: Reference
    name: Name | None = None
    status: Literal["open", "closed"] | None = None


@dataclass(frozen=True, slots=True)
class ChangeLocation:
    """What is left out stays. Of two locations the one with the lower `priority` is taken from first."""

    location: Reference
    name: Name | None = None
    priority: Annotated[int, Ge(-1_000_000), Le(1_000_000)] | None = None


@flow(ChangeBusiness)
def change_business(tx: Tx, ask: ChangeBusiness) -> dict[str, Any]:
    """From the next order on."""
    house = business.current(tx)
    house = tx.put(
        BUSINESS,
        house._replace(
            name=ask.name or house.name,
            sourcing=ask.sourcing or house.sourcing,
            unpaid_expires_hours=(
                house.unpaid_expires_hours if ask.unpaid_expires_hours is None else ask.unpaid_expires_hours
            ),
        ),
    )
    announce(
        tx, "business.changed", "business", house.id, sourcing=house.sourcing,
        unpaid_expires_hours=house.unpaid_expires_hours,
    )  # fmt: skip
    return shown_business(house)


@flow(ChangeChannel)
def change_channel(tx: Tx, ask: ChangeChannel) -> dict[str, Any]:
    """Another name, or closed and open again."""
    number = parse("channel", ask.channel)
    there = tx.get(CHANNELS, number) if number is not None else tx.one(CHANNEL_BY_CODE, ask.channel)
    if there is None:
        raise Invalid.at("/channel", Sentence("There is no channel {name!r}.", name=ask.channel), "unknown_channel")
    changed: Channel = there._replace(name=ask.name or there.name, status=ask.status or there.status)
    changed = tx.put(CHANNELS, changed)
    announce(tx, "channel.changed", "channel", changed.id, code=changed.code, status=changed.status)
    return shown_channel(changed)


@flow(ChangeLocation)
def change_location(tx: Tx, ask: ChangeLocation) -> dict[str, Any]:
    """Another name, or another place in the order in which stock is taken."""
    number = parse("location", ask.location)
    there = tx.get(LOCATIONS, number) if number is not None else tx.one(LOCATION_BY_CODE, ask.location)
    if there is None or there.kind != "stock":
        raise Invalid.at("/location", Sentence("There is no location {name!r}.", name=ask.location), "unknown_location")
    priority = there.priority if ask.priority is None else ask.priority
    changed: Location = tx.put(LOCATIONS, there._replace(name=ask.name or there.name, priority=priority))
    announce(tx, "location.changed", "location", changed.id, code=changed.code, priority=changed.priority)
    return {"object": "location", **changed._asdict(), "id": show("location", changed.id)}


def shown_business(house: Business) -> dict[str, Any]:
    members = {name: value for name, value in house._asdict().items() if name not in ("id", "created_at")}
    return {"object": "business", **members, "created_at": instant_text(house.created_at)}
