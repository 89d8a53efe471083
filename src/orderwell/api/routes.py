"""The inventory: every address of the API, capability by capability; and the flows that have none, with the reason."""

from ..app import App
from ..flows.carry_parcel import RecordLabel, RecordLabelRefused, RecordTracking
from ..flows.expire_orders import ExpireOrders
from ..flows.keep_pins import RecordPinTry, SetPin, TryPin
from ..flows.provider_jobs import AskAboutPayments, RecordDecline
from ..flows.record_provider_event import RecordProviderEvents
from ..flows.set_up import SetUpBusiness
from . import (
    access,
    batches,
    business,
    catalog,
    clock,
    customers,
    docs,
    events,
    health,
    invoices,
    ledger,
    notes,
    orders,
    payments,
    pins,
    purchasing,
    reports,
    returns,
    stock,
    tasks,
    tills,
    views,
    webhooks,
)
from .operations import Operation

CAPABILITIES = (
    business,
    catalog,
    customers,
    stock,
    orders,
    notes,
    invoices,
    payments,
    tills,
    returns,
    purchasing,
    ledger,
    tasks,
    reports,
    events,
    webhooks,
    access,
    pins,
    views,
)

INTERNAL: dict[type, str] = {
    SetUpBusiness: "done once, by `orderwell init`, before anybody has a key",
    ExpireOrders: "the worker's: it looks for what is due",
    RecordProviderEvents: "comes from the provider, as a signed notification",
    RecordDecline: "the worker's: what the provider answered",
    RecordLabel: "the worker's: what the carrier answered",
    RecordLabelRefused: "the worker's: what the carrier answered",
    RecordTracking: "the worker's: where the carrier says parcels are",
    SetPin: "its address hashes the PIN before anything else sees it",
    TryPin: "the first half of checking a PIN: the try is counted",
    RecordPinTry: "the second half: what became of it",
    AskAboutPayments: "the worker's: what the provider was not heard about",
}


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
