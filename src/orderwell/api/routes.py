"""The inventory: every address of the API, capability by capability; and the flows that have none, with the reason."""

from ..app import App
from ..flows.carry_parcel import RecordLabel, RecordLabelRefused, RecordTracking
from ..flows.expire_orders import ExpireOrders
from ..flows.provider_jobs import AskAboutPayments, RecordDecline
from ..flows.record_provider_event import RecordProviderEvents
from ..flows.set_up import SetUpBusiness
from ..flows.sign_in import MakeLink, SetPassword, SetPreference, SetUpOwner, StartSession
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
    orders,
    payments,
    purchasing,
    reports,
    returns,
    stock,
    tasks,
    webhooks,
)
from .operations import Operation

CAPABILITIES = (
    business,
    catalog,
    customers,
    stock,
    orders,
    invoices,
    payments,
    returns,
    purchasing,
    ledger,
    tasks,
    reports,
    events,
    webhooks,
    access,
)

INTERNAL: dict[type, str] = {
    SetUpBusiness: "done once, by `orderwell init`, before anybody has a key",
    ExpireOrders: "the worker's: it looks for what is due",
    RecordProviderEvents: "comes from the provider, as a signed notification",
    RecordDecline: "the worker's: what the provider answered",
    RecordLabel: "the worker's: what the carrier answered",
    RecordLabelRefused: "the worker's: what the carrier answered",
    RecordTracking: "the worker's: where the carrier says parcels are",
    AskAboutPayments: "the worker's: what the provider was not heard about",
    StartSession: "the web's: a person with a password, not a program",
    SetUpOwner: "the web's: done once, with the link that `serve` prints",
    SetPassword: "the web's: only its hash comes here, and only the person knows it",
    MakeLink: "the web's and the command line's: what opens the door is shown to one person once",
    SetPreference: "the web's: how a person wants the pages to be",
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
