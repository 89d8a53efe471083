"""Settings of the house: the business and its rules, channels, tax, carriers and providers, tills."""

from collections.abc import Mapping
from typing import Any

from ...channels.model import KINDS
from ...flows.carry_parcel import KeepCarrier
from ...flows.keep_catalog import AddChannel, SetTaxRate
from ...flows.keep_drawer import KeepTill
from ...flows.keep_house import ChangeBusiness, ChangeChannel
from ...flows.keep_providers import KeepProvider
from ...reports import house
from ..addresses import N_, Entry, WebAddress, form, page
from ..visit import Visit

READ, WRITE = "business:read", "business:manage"
KEPT = N_("Kept.")

NAVIGATION = [Entry(N_("Settings"), "/settings", "settings", READ, "House", ",")]


def addresses() -> list[WebAddress]:
    return [
        page("/settings", business, right=READ, template="settings/business.html"),
        page("/settings/business", business, right=READ, template="settings/business.html"),
        form("/settings/business", ChangeBusiness, right=WRITE, done=KEPT, prepare=_hours),
        page("/settings/channels", channels, right=READ, template="settings/channels.html"),
        form("/settings/channels", AddChannel, right=WRITE, done=N_("The channel is added.")),
        form("/settings/channels/{channel}/change", ChangeChannel, right=WRITE, done=KEPT),
        page("/settings/tax", tax, right=READ, template="settings/tax.html"),
        form("/settings/tax", SetTaxRate, right=WRITE, done=N_("The rate is set.")),
        page("/settings/carriers", carriers, right=READ, template="settings/carriers.html"),
        form("/settings/carriers", KeepCarrier, right=WRITE, done=KEPT),
        form("/settings/providers", KeepProvider, right=WRITE, done=KEPT),
        page("/settings/tills", tills, right="tills:read", template="settings/tills.html"),
        form("/settings/tills", KeepTill, right=WRITE, done=KEPT),
    ]


def business(visit: Visit) -> Mapping[str, Any]:
    return {"numbers": house.numbers(visit.connection)}


def channels(visit: Visit) -> Mapping[str, Any]:
    return {"channels": house.channels(visit.connection), "kinds": KINDS}


def tax(visit: Visit) -> Mapping[str, Any]:
    return {"rates": house.tax_rates(visit.connection, visit.today) if visit.house is not None else []}


def carriers(visit: Visit) -> Mapping[str, Any]:
    return house.partners(visit.connection)


def tills(visit: Visit) -> Mapping[str, Any]:
    return {"tills": house.tills(visit.connection), "locations": house.locations(visit.connection)}


def _hours(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """An empty field says never."""
    return {"unpaid_expires_hours": 0, **members}
