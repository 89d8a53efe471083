"""The inventory: every address of the API, capability by capability."""

from ..app import App
from . import access, business, catalog, customers, events, health, orders
from .operations import Operation

CAPABILITIES = (business, catalog, customers, orders, events, access)


def operations_of(app: App) -> list[Operation]:
    """All there are for this application. Raises Undeclared where one does not say who may use it."""
    found: list[Operation] = []
    for module in CAPABILITIES:
        found += module.operations()
    found += health.operations()
    return found
