"""Reading access: who holds a key, and lists of people, roles and keys."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .model import BUILT_IN
from .rules import rights_of_key
from .store import API_KEYS, KEY_SCOPES, KEY_USES, PEOPLE, PERSON_ROLES, ROLE_RIGHTS, ROLES


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
    return frozenset(connection.execute(query).scalars())


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
