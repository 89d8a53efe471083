"""Reading access: who holds a key, and lists of people, roles and keys."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .model import BUILT_IN, IDLE, Authenticator, Link, Passkey, Password, Person, Session
from .rules import rights_of_key, with_included
from .store import (
    API_KEYS,
    AUTHENTICATORS,
    KEY_SCOPES,
    KEY_USES,
    LINKS,
    PASSKEYS,
    PASSWORDS,
    PEOPLE,
    PERSON_ROLES,
    PREFERENCES,
    RECOVERY_CODES,
    ROLE_RIGHTS,
    ROLES,
    SESSION_USES,
    SESSIONS,
    TRIES,
)


class Holder(NamedTuple):
    """Who is behind a key that may be used, and what they may do."""

    key_id: int
    person_id: int | None
    mode: str
    expires_at: int | None
    rights: frozenset[str]
    api_version: str


def holder_of(connection: Connection, key_hash: str) -> Holder | None:
    """None for a key that does not exist, was revoked, or whose person is disabled. Expiry is for the caller."""
    key = connection.execute(
        sa.select(API_KEYS.sa).where(API_KEYS.c.hash == key_hash, API_KEYS.c.revoked_at.is_(None))
    ).first()
    if key is None:
        return None
    granted: frozenset[str] | None = None
    if key.person_id is not None:
        status = connection.execute(sa.select(PEOPLE.c.status).where(PEOPLE.c.id == key.person_id)).scalar()
        if status != "active":
            return None
        granted = frozenset().union(
            *(rights_of_role(connection, role) for role in roles_of(connection, [key.person_id])[key.person_id])
        )
    if key.role is not None:
        of_role = rights_of_role(connection, key.role)
        granted = of_role if granted is None else granted & of_role
    rights = rights_of_key(scopes_of(connection, [key.id])[key.id], granted)
    return Holder(key.id, key.person_id, key.mode, key.expires_at, rights, key.api_version)


def rights_of_role(connection: Connection, code: str) -> frozenset[str]:
    if code in BUILT_IN:
        return BUILT_IN[code]
    query = (
        sa.select(ROLE_RIGHTS.c.right_name)
        .join(ROLES.sa, ROLES.c.id == ROLE_RIGHTS.c.role_id)
        .where(ROLES.c.code == code, ROLE_RIGHTS.c.status == "granted")
    )
    return with_included(connection.execute(query).scalars())


def roles_of(connection: Connection, people: list[int]) -> dict[int, list[str]]:
    query = (
        sa.select(PERSON_ROLES.c.person_id, PERSON_ROLES.c.role)
        .where(PERSON_ROLES.c.person_id.in_(people), PERSON_ROLES.c.status == "held")
        .order_by(PERSON_ROLES.c.role)
    )
    found: dict[int, list[str]] = {person: [] for person in people}
    for row in connection.execute(query):
        found[row.person_id].append(row.role)
    return found


def scopes_of(connection: Connection, keys: list[int]) -> dict[int, list[str]]:
    query = (
        sa.select(KEY_SCOPES.c.key_id, KEY_SCOPES.c.right_name)
        .where(KEY_SCOPES.c.key_id.in_(keys))
        .order_by(KEY_SCOPES.c.right_name)
    )
    found: dict[int, list[str]] = {key: [] for key in keys}
    for row in connection.execute(query):
        found[row.key_id].append(row.right_name)
    return found


def rights_of_roles(connection: Connection, roles: list[int]) -> dict[int, list[str]]:
    query = (
        sa.select(ROLE_RIGHTS.c.role_id, ROLE_RIGHTS.c.right_name)
        .where(ROLE_RIGHTS.c.role_id.in_(roles), ROLE_RIGHTS.c.status == "granted")
        .order_by(ROLE_RIGHTS.c.right_name)
    )
    found: dict[int, list[str]] = {role: [] for role in roles}
    for row in connection.execute(query):
        found[row.role_id].append(row.right_name)
    return found


def last_used(connection: Connection, keys: list[int]) -> dict[int, int]:
    query = sa.select(KEY_USES.c.key_id, KEY_USES.c.used_at).where(KEY_USES.c.key_id.in_(keys))
    return {row.key_id: row.used_at for row in connection.execute(query)}


NOTE_USE = sa.text("""
    INSERT INTO api_key_uses (key_id, used_at) VALUES (:key_id, :used_at)
    ON CONFLICT (key_id) DO UPDATE SET used_at = excluded.used_at WHERE api_key_uses.used_at < excluded.used_at
""")


def note_uses(connection: Connection, uses: dict[int, int]) -> None:
    """Write down when keys were last used. Never goes back. Several processes may note the same key at once."""
    connection.execute(NOTE_USE, [{"key_id": key, "used_at": used_at} for key, used_at in sorted(uses.items())])


class SignedIn(NamedTuple):
    """Who is behind a session that has not ended, and what they may do."""

    session: Session
    person: Person
    rights: frozenset[str]
    roles: tuple[str, ...]
    used_at: int  # when it was last written down
    preferences: dict[str, str]


def signed_in(connection: Connection, token_hash: str, area: str) -> SignedIn | None:
    """None for a session that there is not, that was ended, or whose person is disabled. Time is for the caller."""
    query = sa.select(SESSIONS.sa).where(
        SESSIONS.c.token_hash == token_hash, SESSIONS.c.area == area, SESSIONS.c.ended_at.is_(None)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    session = Session._make(row)
    person = person_of(connection, session.person_id)
    if person is None or person.status != "active":
        return None
    roles = roles_of(connection, [person.id])[person.id]
    rights = frozenset().union(*(rights_of_role(connection, role) for role in roles))
    used_at = connection.execute(
        sa.select(SESSION_USES.c.used_at).where(SESSION_USES.c.session_id == session.id)
    ).scalar()
    return SignedIn(
        session, person, rights, tuple(roles), max(session.made_at, used_at or 0), preferences_of(connection, person.id)
    )


def person_of(connection: Connection, person_id: int) -> Person | None:
    row = connection.execute(sa.select(PEOPLE.sa).where(PEOPLE.c.id == person_id)).first()
    return Person._make(row) if row is not None else None


def preferences_of(connection: Connection, person_id: int) -> dict[str, str]:
    query = sa.select(PREFERENCES.c.name, PREFERENCES.c.value).where(PREFERENCES.c.person_id == person_id)
    return {row.name: row.value for row in connection.execute(query)}


def password_for(connection: Connection, email: str) -> tuple[Person, Password] | None:
    """Of somebody who may sign in; None for unknown addresses, people without a password, and disabled ones alike."""
    row = connection.execute(sa.select(PEOPLE.sa).where(PEOPLE.c.email == email, PEOPLE.c.status == "active")).first()
    if row is None:
        return None
    found = connection.execute(sa.select(PASSWORDS.sa).where(PASSWORDS.c.person_id == row.id)).first()
    return (Person._make(row), Password._make(found)) if found is not None else None


def anybody_signs_in(connection: Connection) -> bool:
    """Whether there is a password at all; else the business is still to be set up."""
    return connection.execute(sa.select(PASSWORDS.c.person_id).limit(1)).first() is not None


def link_for(connection: Connection, token_hash: str, now: int) -> Link | None:
    """A link that can still be used."""
    query = sa.select(LINKS.sa).where(
        LINKS.c.token_hash == token_hash, LINKS.c.used_at.is_(None), LINKS.c.expires_at > now
    )
    row = connection.execute(query).first()
    return Link._make(row) if row is not None else None


def authenticator_of(connection: Connection, person_id: int) -> Authenticator | None:
    """One that counts, or that waits to be confirmed."""
    query = sa.select(AUTHENTICATORS.sa).where(
        AUTHENTICATORS.c.person_id == person_id, AUTHENTICATORS.c.status != "ended"
    )
    row = connection.execute(query).first()
    return Authenticator._make(row) if row is not None else None


def recovery_codes_left(connection: Connection, person_id: int) -> int:
    query = sa.select(sa.func.count()).where(
        RECOVERY_CODES.c.person_id == person_id, RECOVERY_CODES.c.used_at.is_(None)
    )
    return int(connection.execute(query).scalar_one())


def passkeys_of(connection: Connection, person_id: int) -> list[Passkey]:
    query = sa.select(PASSKEYS.sa).where(PASSKEYS.c.person_id == person_id, PASSKEYS.c.status == "active")
    return [Passkey._make(row) for row in connection.execute(query.order_by(PASSKEYS.c.id))]


def passkey_for(connection: Connection, credential: str) -> Passkey | None:
    """One that counts, of somebody who works here."""
    query = (
        sa.select(PASSKEYS.sa)
        .join(PEOPLE.sa, PEOPLE.c.id == PASSKEYS.c.person_id)
        .where(PASSKEYS.c.credential == credential, PASSKEYS.c.status == "active", PEOPLE.c.status == "active")
    )
    row = connection.execute(query).first()
    return Passkey._make(row) if row is not None else None


def sessions_of(connection: Connection, person_id: int, now: int) -> list[tuple[Session, int]]:
    """Somebody's sessions that have not ended, the one used last first; with when that was."""
    used_at = sa.func.coalesce(SESSION_USES.c.used_at, SESSIONS.c.made_at)
    query = (
        sa.select(SESSIONS.sa, used_at.label("used_at"))
        .outerjoin(SESSION_USES.sa, SESSION_USES.c.session_id == SESSIONS.c.id)
        .where(SESSIONS.c.person_id == person_id, SESSIONS.c.ended_at.is_(None), SESSIONS.c.ends_at > now)
        .order_by(used_at.desc(), SESSIONS.c.id.desc())
    )
    found = [(Session._make(row[:-1]), int(row.used_at)) for row in connection.execute(query)]
    return [(session, used) for session, used in found if now - used < IDLE[session.area]]


def device_known(connection: Connection, person_id: int, device: str) -> bool:
    """Whether this person signed in with this browser before."""
    query = sa.select(SESSIONS.c.id).where(SESSIONS.c.person_id == person_id, SESSIONS.c.device == device).limit(1)
    return device != "" and connection.execute(query).first() is not None


NOTE_SESSION_USE = sa.text("""
    INSERT INTO session_uses (session_id, used_at) VALUES (:session_id, :used_at)
    ON CONFLICT (session_id) DO UPDATE SET used_at = excluded.used_at WHERE session_uses.used_at < excluded.used_at
""")


def note_session_uses(connection: Connection, uses: dict[int, int]) -> None:
    """Write down when sessions were last used. Never goes back."""
    connection.execute(
        NOTE_SESSION_USE, [{"session_id": each, "used_at": used_at} for each, used_at in sorted(uses.items())]
    )


NOTE_TRY = sa.text("""
    INSERT INTO sign_in_tries (bucket, hour, tries) VALUES (:bucket, :hour, 1)
    ON CONFLICT (bucket, hour) DO UPDATE SET tries = sign_in_tries.tries + 1
    RETURNING tries
""")


def note_try(connection: Connection, bucket: str, hour: int) -> int:
    """One more try in this hour; how many that makes. What is older than a day is forgotten."""
    count = int(connection.execute(NOTE_TRY, {"bucket": bucket, "hour": hour}).scalar_one())
    connection.execute(sa.delete(TRIES.sa).where(TRIES.c.hour < hour - 24))
    return count


def forget_tries(connection: Connection, buckets: list[str]) -> None:
    connection.execute(sa.delete(TRIES.sa).where(TRIES.c.bucket.in_(buckets)))
