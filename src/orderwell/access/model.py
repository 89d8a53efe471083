"""People, the rights there are, the roles that bundle them, and API keys."""

from typing import NamedTuple

# Every right there is, and what it allows. Each route of each face names one of these.
RIGHTS = {
    "access:manage": "add people, roles and keys, and take them away",
    "access:read": "see people, roles and keys",
    "business:manage": "change channels, locations, tax rates and the rules of the house",
    "business:read": "see the business, its channels, locations and tax rates",
    "catalog:read": "see products, SKUs and prices",
    "catalog:write": "change products, SKUs and prices",
    "clock:advance": "move the test clock",
    "customers:read": "see customers, their addresses and their history",
    "customers:write": "add and change customers",
    "events:read": "read the feed of events",
    "invoices:read": "see invoices and credit notes",
    "invoices:write": "issue invoices and credit notes",
    "ledger:lock": "close and open periods",
    "ledger:post": "write off, set off and post corrections",
    "ledger:read": "see the journal, accounts and open items",
    "orders:read": "see orders and what happened to them",
    "orders:write": "place, change and cancel orders",
    "payments:read": "see payments and refunds",
    "payments:refund": "give money back",
    "payments:take": "take and register payments",
    "purchasing:read": "see suppliers, proposals and purchase orders",
    "purchasing:receive": "receive what was ordered, and take a receipt back",
    "purchasing:write": "order from suppliers and receive goods",
    "reports:read": "run reports",
    "returns:read": "see returns",
    "returns:write": "take back, inspect and restock goods",
    "shipping:read": "see parcels",
    "shipping:write": "pick, pack, ship and deliver",
    "stock:adjust": "adjust, transfer and count stock",
    "stock:read": "see stock and its movements",
    "tasks:read": "see the exceptions that wait for somebody",
    "tasks:write": "close tasks and try jobs again",
    "tills:discount": "give discounts and ask other prices than the list's at the till",
    "tills:read": "see tills, their cash drawers and Z reports",
    "tills:use": "open and close cash drawers, pay in and out, exchange goods at the till",
    "webhooks:manage": "add and change webhook endpoints",
}

# Whoever has the first has these too: what was one right once goes on being enough for all of it.
INCLUDED = {"purchasing:write": frozenset({"purchasing:receive"})}

_READ = frozenset(right for right in RIGHTS if right.endswith(":read"))
_SHOP = _READ - {"access:read", "ledger:read", "reports:read", "purchasing:read", "events:read"}

# Roles every business has from the start, as of 2026-11-22. A business adds its own beside them.
BUILT_IN: dict[str, frozenset[str]] = {
    "owner": frozenset(RIGHTS),
    "customer_service": _SHOP
    | {"orders:write", "customers:write", "payments:take", "returns:write", "reports:read", "tasks:write"},
    "shop_floor": _SHOP
    | {"orders:write", "customers:write", "payments:take", "returns:write", "shipping:write", "tills:use"},
    "warehouse": frozenset(
        {"orders:read", "catalog:read", "business:read", "stock:read", "stock:adjust", "shipping:read",
         "shipping:write", "returns:read", "returns:write", "purchasing:read", "purchasing:receive"}
    ),
    "purchasing": frozenset(
        {"catalog:read", "business:read", "stock:read", "orders:read", "purchasing:read", "purchasing:receive",
         "purchasing:write", "reports:read"}
    ),
    "accounting": (_READ - {"access:read"})
    | {"invoices:write", "ledger:post", "ledger:lock", "payments:take", "payments:refund", "tasks:write"},
    "management": _READ,
    "integration": (_READ - {"access:read", "ledger:read"})
    | {"orders:write", "customers:write", "catalog:write", "stock:adjust", "shipping:write", "payments:take",
       "returns:write", "webhooks:manage", "tills:discount"},
}  # fmt: skip

# All that a PIN opens, whatever else the person may: it is short, and typed where others look on.
BEHIND_A_PIN = BUILT_IN["shop_floor"] | {"tills:discount"}


class Person(NamedTuple):
    id: int
    version: int
    name: str
    email: str  # unique; how they are told apart
    status: str  # 'active' or 'disabled'
    created_at: int


class Role(NamedTuple):
    """A role of the business's own; its rights are in `role_rights`."""

    id: int
    version: int
    code: str
    name: str
    created_at: int


class RoleRight(NamedTuple):
    role_id: int
    right_name: str
    status: str  # 'granted' or 'withdrawn'


class PersonRole(NamedTuple):
    person_id: int
    role: str  # code of a role, built in or not
    status: str  # 'held' or 'ended'


# Versions of the API that are answered, oldest first. Within one answers only grow; each is kept for a year at least.
API_VERSIONS = ("2026-11-25",)


class ApiKey(NamedTuple):
    """A key for programs. It may do what its person or role may, narrowed to its scopes where it has any."""

    id: int
    version: int
    name: str
    person_id: int | None
    role: str | None
    mode: str  # 'live' or 'test': which businesses it opens at all
    hash: str  # SHA-256 of the whole key
    hint: str  # its last four characters, so that people can tell keys apart
    created_at: int
    created_by: str
    expires_at: int | None
    revoked_at: int | None
    api_version: str  # the newest when it was made: what a request means that names none


class KeyScope(NamedTuple):
    key_id: int
    right_name: str


class KeyUse(NamedTuple):
    """When a key was last used, give or take a minute. Written outside the writer: it decides nothing."""

    key_id: int
    used_at: int


class Password(NamedTuple):
    """What a person signs in with. Only its argon2id hash is kept, apart from the person whom everybody may see."""

    person_id: int
    hash: str
    set_at: int


class Session(NamedTuple):
    """Somebody is signed in with one browser. It ends by itself when it is not used, and on a day that is fixed."""

    id: int
    version: int
    person_id: int
    area: str  # one of AREAS
    token_hash: str  # SHA-256 of what the cookie holds
    device: str  # SHA-256 of what the browser is known by; the same over several sessions
    agent: str  # what the browser calls itself
    made_at: int
    ends_at: int
    ended_at: int | None


class SessionUse(NamedTuple):
    """When a session was last used, give or take a minute. Written outside the writer: it is never waited for."""

    session_id: int
    used_at: int


class Link(NamedTuple):
    """A way in that works once: it shows a button, and the POST behind the button uses it."""

    id: int
    version: int
    purpose: str  # one of LINKS
    person_id: int | None  # None: who sets the business up is not there yet
    token_hash: str
    made_at: int
    expires_at: int
    used_at: int | None


class Authenticator(NamedTuple):
    """An app that shows a code every 30 seconds. It counts once it has shown that it knows the secret."""

    person_id: int
    version: int
    secret: str  # base32; whoever reads it can make the codes. Shown once, when it is made
    status: str  # 'offered', 'active' or 'ended'
    last_step: int  # of the last code that was taken: no code is taken twice
    set_at: int


class RecoveryCode(NamedTuple):
    """For whoever has lost the app: each works once."""

    person_id: int
    hash: str
    used_at: int | None


class Passkey(NamedTuple):
    """A key pair that a device or a password manager keeps for somebody. Only the public half is here."""

    id: int
    version: int
    person_id: int
    credential: str  # its id, base64url
    public_key: str  # COSE, base64url
    signs: int  # how often it has signed, where it counts; a copy of it would count anew
    name: str  # what its owner calls it
    status: str  # 'active' or 'removed'
    made_at: int
    used_at: int | None


class Tries(NamedTuple):
    """How often somebody tried to sign in, by account, address or device, in one hour. Written outside the writer."""

    bucket: str
    hour: int
    tries: int


class Preference(NamedTuple):
    """How a person wants it: language, theme, shortcuts."""

    person_id: int
    name: str
    value: str


LINKS = ("set_up", "sign_in", "invite", "second_step")
HOUR = 3_600_000_000
AREAS = ("back_office", "portal", "till")  # 'till': opened by a PIN, on a browser that somebody signed in on
IDLE = {"back_office": 8 * HOUR, "portal": 30 * 24 * HOUR, "till": 8 * HOUR}
ABSOLUTE = {"back_office": 24 * HOUR, "portal": 90 * 24 * HOUR, "till": 12 * HOUR}
PREFERENCES = {
    "language": ("", "en", "nl"),  # '': as the browser asks
    "theme": ("auto", "light", "dark"),
    "shortcuts": ("on", "off"),
}


def mode_of(business_mode: str) -> str:
    """Live keys open production, test keys everything else."""
    return "live" if business_mode == "production" else "test"
