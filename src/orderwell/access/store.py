"""Tables of people, roles and keys."""

from ..kit.tables import Table
from .model import (
    AREAS,
    ApiKey,
    Authenticator,
    KeyScope,
    KeyUse,
    Link,
    Passkey,
    Password,
    Person,
    PersonRole,
    Preference,
    RecoveryCode,
    Role,
    RoleRight,
    Session,
    SessionUse,
    Tries,
)
from .model import (
    LINKS as LINK_PURPOSES,
)

PEOPLE = Table("people", Person, key="id", lock="read", checks=["status IN ('active', 'disabled')"])
PERSON_BY_EMAIL = PEOPLE.group("email", unique=True)

ROLES = Table("roles", Role, key="id", lock="read")
ROLE_BY_CODE = ROLES.group("code", unique=True)

ROLE_RIGHTS = Table(
    "role_rights",
    RoleRight,
    key=("role_id", "right_name"),
    root=("roles", "role_id"),
    references={"role_id": "roles.id"},
    checks=["status IN ('granted', 'withdrawn')"],
)
RIGHTS_OF_ROLE = ROLE_RIGHTS.group("role_id")

PERSON_ROLES = Table(
    "person_roles",
    PersonRole,
    key=("person_id", "role"),
    root=("people", "person_id"),
    references={"person_id": "people.id"},
    checks=["status IN ('held', 'ended')"],
)
ROLES_OF_PERSON = PERSON_ROLES.group("person_id")
PEOPLE_IN_ROLE = PERSON_ROLES.group("role")

API_KEYS = Table("api_keys", ApiKey, key="id", lock="read", checks=["mode IN ('live', 'test')"])
KEY_BY_HASH = API_KEYS.group("hash", unique=True)

KEY_SCOPES = Table(
    "api_key_scopes",
    KeyScope,
    key=("key_id", "right_name"),
    root=("api_keys", "key_id"),
    references={"key_id": "api_keys.id"},
)
SCOPES_OF_KEY = KEY_SCOPES.group("key_id")

KEY_USES = Table("api_key_uses", KeyUse, key="key_id")

PASSWORDS = Table(
    "passwords", Password, key="person_id", root=("people", "person_id"), references={"person_id": "people.id"}
)

SESSIONS = Table(
    "sessions",
    Session,
    key="id",
    lock="read",
    references={"person_id": "people.id"},
    checks=[f"area IN {AREAS}", "ends_at > made_at"],
)
SESSION_BY_TOKEN = SESSIONS.group("token_hash", unique=True)
SESSIONS_OF = SESSIONS.group("person_id", where="ended_at IS NULL", keep=lambda row: row.ended_at is None)
SESSION_USES = Table("session_uses", SessionUse, key="session_id")

LINKS = Table("sign_in_links", Link, key="id", lock="read", checks=[f"purpose IN {LINK_PURPOSES}"])
LINK_BY_TOKEN = LINKS.group("token_hash", unique=True)

AUTHENTICATORS = Table(
    "authenticators",
    Authenticator,
    key="person_id",
    lock="write",
    references={"person_id": "people.id"},
    checks=["status IN ('offered', 'active', 'ended')"],
)

RECOVERY_CODES = Table(
    "recovery_codes",
    RecoveryCode,
    key=("person_id", "hash"),
    root=("authenticators", "person_id"),
    references={"person_id": "people.id"},
)
RECOVERY_CODES_OF = RECOVERY_CODES.group("person_id")

PASSKEYS = Table(
    "passkeys",
    Passkey,
    key="id",
    lock="write",
    references={"person_id": "people.id"},
    checks=["status IN ('active', 'removed')"],
)
PASSKEY_BY_CREDENTIAL = PASSKEYS.group("credential", unique=True)
PASSKEYS_OF = PASSKEYS.group("person_id", where="status = 'active'", keep=lambda row: row.status == "active")

TRIES = Table("sign_in_tries", Tries, key=("bucket", "hour"))

PREFERENCES = Table(
    "preferences",
    Preference,
    key=("person_id", "name"),
    root=("people", "person_id"),
    references={"person_id": "people.id"},
)
PREFERENCES_OF = PREFERENCES.group("person_id")
