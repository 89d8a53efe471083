"""Settings of places: locations with their bins, how and when goods are delivered."""

from collections.abc import Mapping
from typing import Any

from ...flows.keep_bins import AddBin, ChangeBin
from ...flows.keep_catalog import AddLocation
from ...flows.keep_delivery import KeepClosedDay, KeepDeliveryMethod, KeepDispatchTimes
from ...flows.keep_house import ChangeLocation
from ...kit.errors import NotFound
from ...kit.sentences import Sentence
from ...reports import house
from ..addresses import N_, Undo, WebAddress, form, page
from ..visit import Visit

READ, WRITE = "business:read", "business:manage"
KEPT = N_("Kept.")
PER_PAGE = 100
BLANK_ZONES = 3


def addresses() -> list[WebAddress]:
    return [
        page("/settings/locations", locations, right=READ, template="settings/locations.html"),
        form("/settings/locations", AddLocation, right=WRITE, done=N_("The location is added.")),
        page("/settings/locations/{location}", location, right=READ, template="settings/location.html"),
        form("/settings/locations/{location}/change", ChangeLocation, right=WRITE, done=KEPT),
        form("/settings/dispatch_times", KeepDispatchTimes, right=WRITE, done=KEPT, prepare=_weekdays),
        form("/settings/bins", AddBin, right=WRITE, done=N_("The bin is added.")),
        form("/settings/bins/{bin}/close", ChangeBin, right=WRITE, done=N_("The bin is closed."), prepare=_closed,
             undo=_open_bin),
        form("/settings/bins/{bin}/open", ChangeBin, right=WRITE, done=N_("The bin is open."), prepare=_opened),
        page("/settings/delivery", delivery, right=READ, template="settings/delivery.html"),
        form("/settings/delivery", KeepDeliveryMethod, right=WRITE, done=KEPT, prepare=_weekdays),
        page("/settings/delivery/{code}", method, right=READ, template="settings/method.html"),
        form("/settings/closed_days", KeepClosedDay, right=WRITE, done=KEPT, undo=_open_day),
        form("/settings/closed_days/open", KeepClosedDay, right=WRITE, done=KEPT, prepare=_opened, undo=_close_day),
    ]  # fmt: skip


def locations(visit: Visit) -> Mapping[str, Any]:
    return {"locations": house.locations(visit.connection)}


def location(visit: Visit) -> Mapping[str, Any]:
    found = house.location(visit.connection, visit.path["location"])
    bins = house.bins(visit.connection, found["number"], limit=PER_PAGE, cursor=visit.cursor("bin"))
    return {"location": found, "bins": bins["data"], "next_cursor": bins["next_cursor"]}


def delivery(visit: Visit) -> Mapping[str, Any]:
    return {
        "methods": house.delivery_methods(visit.connection),
        "services": house.services(visit.connection),
        "closed_days": house.closed_days(visit.connection, visit.today) if visit.house is not None else [],
    }


def method(visit: Visit) -> Mapping[str, Any]:
    code = visit.path["code"]
    found = next((each for each in house.delivery_methods(visit.connection) if each["code"] == code), None)
    if found is None:
        raise NotFound(Sentence("There is no method of delivery {name!r}.", name=code))
    return {"method": found, "services": house.services(visit.connection), "blank": BLANK_ZONES}


def _weekdays(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Ticked one by one; nothing ticked is no day at all, and not a field that was left out."""
    days = members.pop("days", {})
    ticked = "".join(days.values()) if isinstance(days, dict) else ""
    return {**members, "weekdays": ticked}


def _closed(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    return {**members, "status": "closed"}


def _opened(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    return {**members, "status": "open"}


def _open_bin(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/settings/bins/{path['bin']}/open")


def _open_day(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo("/settings/closed_days/open", {"day": answer["day"], "name": answer["name"]})


def _close_day(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo("/settings/closed_days", {"day": answer["day"], "name": answer["name"]})
