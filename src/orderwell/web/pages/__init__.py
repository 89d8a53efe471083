"""The areas of the back-office. Each is one module: its addresses, its lines of the navigation, what the palette finds.

An area adds its line to AREAS and nothing else here. See docs/guide/pages.md for how a page is written.
"""

from types import ModuleType

from ..addresses import Entry, Finder
from . import account, home, orders, palette, phone_orders, signing_in, till

AREAS: tuple[ModuleType, ...] = (
    home,
    orders,
    account,
    palette,
    signing_in,
    till,
    phone_orders,
)


def entries() -> list[Entry]:
    """The navigation, in the order of the areas."""
    return [entry for area in AREAS for entry in getattr(area, "NAVIGATION", ())]


def finders() -> list[Finder]:
    return [finder for area in AREAS for finder in getattr(area, "FINDERS", ())]
