"""The inventory: every address of the API, capability by capability; and the flows that have none, with the reason."""

from ..app import App
from ..flows.carry_parcel import RecordLabel, RecordLabelRefused, RecordTracking, RecordTrackingTrouble
from ..flows.expire_orders import ExpireOrders
from ..flows.keep_pins import RecordPinTry, SetPin, TryPin, UnlockTill
from ..flows.keep_portal import RedeemSignIn, RequestSignIn
from ..flows.keep_portal_passkeys import EndPortalPasskey, KeepPortalPasskey, UsePortalPasskey
from ..flows.keep_proofs import BeginProof, RecordProof
from ..flows.keep_second_step import (
    ConfirmAuthenticator,
    EndSecondStep,
    KeepPasskey,
    OfferAuthenticator,
    RemovePasskey,
    RenewRecoveryCodes,
)
from ..flows.match_bank_line import LeaveBankLine
from ..flows.provider_jobs import AskAboutPayments, RecordDecline
from ..flows.record_provider_event import RecordProviderEvents
from ..flows.send_message import IssueSignInLink, RecordMessageSent
from ..flows.set_up import SetUpBusiness
from ..flows.sign_in import (
    AcceptInvitation,
    InvitePerson,
    MakeLink,
    SetPassword,
    SetPreference,
    SetUpOwner,
    StartSession,
)
from . import (
    access,
    banking,
    batches,
    business,
    catalog,
    clock,
    customers,
    delivery,
    docs,
    events,
    health,
    invoices,
    ledger,
    notes,
    orders,
    payments,
    picking,
    pins,
    portal,
    proofs,
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
    portal,
    stock,
    delivery,
    orders,
    picking,
    invoices,
    payments,
    banking,
    notes,
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
    proofs,
)

INTERNAL: dict[type, str] = {
    SetUpBusiness: "done once, by `orderwell init`, before anybody has a key",
    ExpireOrders: "the worker's: it looks for what is due",
    RecordProviderEvents: "comes from the provider, as a signed notification",
    RecordDecline: "the worker's: what the provider answered",
    RecordLabel: "the worker's: what the carrier answered",
    RecordLabelRefused: "the worker's: what the carrier answered",
    RecordTracking: "the worker's: where the carrier says parcels are",
    RecordTrackingTrouble: "the worker's: what a carrier says and we cannot take",
    RequestSignIn: "the portal's, which asks for it without a key and limits who asks how often",
    RedeemSignIn: "the portal's, which makes the session's secret and keeps it in a cookie",
    IssueSignInLink: "the worker's: the link is made when its message is sent",
    RecordMessageSent: "the worker's: a message is on its way",
    LeaveBankLine: "the worker's: a line that matches nothing beyond doubt",
    SetPin: "its address hashes the PIN before anything else sees it",
    TryPin: "the first half of checking a PIN: the try is counted",
    RecordPinTry: "the second half: what became of it",
    AskAboutPayments: "the worker's: what the provider was not heard about",
    UnlockTill: "the web's: a person with a PIN at a browser, not a program",
    StartSession: "the web's: a person with a password, not a program",
    SetUpOwner: "the web's: done once, with the link that `serve` prints",
    SetPassword: "the web's: only its hash comes here, and only the person knows it",
    MakeLink: "the web's and the command line's: what opens the door is shown to one person once",
    InvitePerson: "the web's: the link that comes with it is shown to one person once",
    AcceptInvitation: "the web's: a person chooses a password, by a link",
    OfferAuthenticator: "the web's: a secret that one person is shown once",
    ConfirmAuthenticator: "the web's: a person shows that their app knows the secret",
    RenewRecoveryCodes: "the web's: codes that one person is shown once",
    KeepPortalPasskey: "the portal's: a browser signs what a page of ours asks",
    EndPortalPasskey: "the portal's: a person's own",
    UsePortalPasskey: "the portal's: a browser signs what a page of ours asks",
    KeepPasskey: "the web's: a browser signs what a page of ours asks",
    RemovePasskey: "the web's: a person's own",
    EndSecondStep: "the web's: a person with their password, or who manages access",
    BeginProof: "the worker's: it takes up what was asked for",
    RecordProof: "the worker's: what it found",
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
