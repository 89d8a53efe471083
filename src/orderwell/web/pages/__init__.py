"""The areas of the back-office. Each is one module: its addresses, its lines of the navigation, what the palette finds.

An area adds its line to AREAS and nothing else here. See docs/guide/pages.md for how a page is written.
"""

from types import ModuleType

from ..addresses import Entry, Finder
from . import (
    account,
    accounting,
    bank,
    closing,
    customers,
    home,
    inventory,
    invoices,
    orders,
    palette,
    passkeys,
    phone_orders,
    picking,
    purchasing,
    reports,
    returns,
    second_step,
    settings_access,
    settings_house,
    settings_places,
    settings_webhooks,
    settings_work,
    signing_in,
    suppliers,
    tasks,
    till,
    warehouse,
)

AREAS: tuple[ModuleType, ...] = (
    home,
    orders,
    account,
    palette,
    signing_in,
    warehouse,
    picking,
    inventory,
    invoices,
    accounting,
    bank,
    closing,
    reports,
    second_step,
    passkeys,
    settings_house,
    settings_places,
    settings_access,
    settings_webhooks,
    settings_work,
    customers,
    tasks,
    purchasing,
    suppliers,
    returns,
    till,
    phone_orders,
)


def entries() -> list[Entry]:
    """The navigation, in the order of the areas."""
    return [entry for area in AREAS for entry in getattr(area, "NAVIGATION", ())]


def finders() -> list[Finder]:
    return [finder for area in AREAS for finder in getattr(area, "FINDERS", ())]
