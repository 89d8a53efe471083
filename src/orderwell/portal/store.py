"""Tables of the portal. Links and sessions belong to their account, and are told apart by the hash of their secret."""

from ..kit.tables import Table
from .model import ROLES, OrderLink, PortalAccount, PortalPasskey, PortalSession, SessionUse, SignInLink

PORTAL_ACCOUNTS = Table(
    "portal_accounts",
    PortalAccount,
    key="id",
    lock="read",
    references={"customer_id": "customers.id"},
    checks=[f"role IN {ROLES}", "status IN ('invited', 'active', 'disabled')"],
)
ACCOUNT_BY_EMAIL = PORTAL_ACCOUNTS.group("email", unique=True)
ACCOUNTS_OF = PORTAL_ACCOUNTS.group("customer_id", of="customers")

SIGN_IN_LINKS = Table(
    "portal_sign_in_links",
    SignInLink,
    key="id",
    root=("portal_accounts", "account_id"),
    references={"account_id": "portal_accounts.id"},
)
SIGN_IN_LINK_BY_HASH = SIGN_IN_LINKS.group("hash", unique=True)
OPEN_SIGN_IN_LINKS_OF = SIGN_IN_LINKS.group(
    "account_id", where="ended_at IS NULL", keep=lambda row: row.ended_at is None
)

PORTAL_SESSIONS = Table(
    "portal_sessions",
    PortalSession,
    key="id",
    root=("portal_accounts", "account_id"),
    references={"account_id": "portal_accounts.id"},
)
SESSION_BY_HASH = PORTAL_SESSIONS.group("hash", unique=True)
OPEN_SESSIONS_OF = PORTAL_SESSIONS.group("account_id", where="ended_at IS NULL", keep=lambda row: row.ended_at is None)

SESSION_USES = Table("portal_session_uses", SessionUse, key="session_id")

PORTAL_PASSKEYS = Table(
    "portal_passkeys",
    PortalPasskey,
    key="id",
    root=("portal_accounts", "account_id"),
    references={"account_id": "portal_accounts.id"},
)
PORTAL_PASSKEY_BY_CREDENTIAL = PORTAL_PASSKEYS.group("credential", unique=True)
OPEN_PASSKEYS_OF = PORTAL_PASSKEYS.group("account_id", where="ended_at IS NULL", keep=lambda row: row.ended_at is None)

ORDER_LINKS = Table(
    "order_links",
    OrderLink,
    key="id",
    root=("orders", "order_id"),
    references={"order_id": "orders.id"},
)
ORDER_LINK_BY_HASH = ORDER_LINKS.group("hash", unique=True)
ORDER_LINKS_OF = ORDER_LINKS.group("order_id")
