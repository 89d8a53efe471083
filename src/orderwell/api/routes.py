"""The inventory: every address of the API, capability by capability."""

from ..app import App
from . import access, batches, business, catalog, clock, customers, docs, events, health, orders
from .operations import Operation

CAPABILITIES = (business, catalog, customers, orders, events, access)


def operations_of(app: App) -> list[Operation]:
    """All there are for this application. Raises Undeclared where one does not say who may use it."""
    found: list[Operation] = []
    for module in CAPABILITIES:
        found += module.operations()
    found += batches.operations()
    found += clock.operations(app)
    found += docs.operations()
    found += health.operations()
    return found
