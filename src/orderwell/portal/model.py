"""People of a customer, the links that sign them in, their sessions; and links to one order."""

from typing import NamedTuple

SIGN_IN_MINUTES = 15
ASKS, ASKS_MINUTES = 3, 15  # so many links a person gets in so many minutes
SESSION_DAYS = 90  # however much it is used
IDLE_DAYS = 30
FRESH_MINUTES = 15  # so long after signing in somebody may keep a passkey
ORDER_LINK_DAYS = 30

ROLES = ("buyer", "admin")  # an admin also keeps the people of the same customer


class PortalAccount(NamedTuple):
    id: int
    version: int
    customer_id: int
    name: str
    email: str  # unique, in small letters; how they sign in
    role: str
    status: str  # 'invited', 'active' or 'disabled'
    asks: int  # for links, since `asks_since`
    asks_since: int
    created_at: int


class SignInLink(NamedTuple):
    """Works once, for a while."""

    id: int
    account_id: int
    hash: str  # SHA-256 of its secret
    expires_at: int
    ended_at: int | None  # used, or no longer good


class PortalSession(NamedTuple):
    id: int
    account_id: int
    hash: str
    created_at: int
    expires_at: int
    ended_at: int | None


class SessionUse(NamedTuple):
    """When a session was last used, give or take a minute. Written outside the writer: it decides nothing."""

    session_id: int
    used_at: int


class PortalPasskey(NamedTuple):
    """A key pair that a device or a password manager keeps for somebody. Only the public half is here."""

    id: int
    account_id: int
    credential: str  # its id, base64url
    public_key: str  # COSE, base64url
    signs: int  # how often it has signed, where it counts; a copy of it would count anew
    name: str  # what its owner calls it
    made_at: int
    used_at: int | None
    ended_at: int | None


class OrderLink(NamedTuple):
    """Shows one order to whoever has it."""

    id: int
    order_id: int
    hash: str
    created_at: int
    expires_at: int
    revoked_at: int | None
