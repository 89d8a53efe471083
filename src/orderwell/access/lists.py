"""Lists of people, roles and keys for those who decide who may do what. Nothing in them opens a door."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..kit.errors import NotFound
from ..kit.pages import DEFAULT_LIMIT, page
from ..kit.sentences import Sentence
from ..values.ids import parse, show
from .model import BUILT_IN, ApiKey, Person, Session
from .queries import last_used, rights_of_role, roles_of, scopes_of, sessions_of
from .store import API_KEYS, PASSWORDS, PEOPLE, PERSON_ROLES, ROLES, SESSION_USES, SESSIONS


class RoleLine(NamedTuple):
    code: str
    name: str  # '' for those every business has: they are called by their code
    own: bool
    version: int
    rights: frozenset[str]
    people: int  # who hold it now


def people(
    connection: Connection, *, search: str | None = None, status: str | None = None, limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Who works here, the newest first, with their roles and when they were last here."""
    query = sa.select(PEOPLE.sa)
    if status is not None:
        query = query.where(PEOPLE.c.status == status)
    if search is not None:
        words = PEOPLE.c.name.icontains(search, autoescape=True)
        query = query.where(sa.or_(words, PEOPLE.c.email.icontains(search, autoescape=True)))
    found = page(connection, query, PEOPLE.c.id, "person", lambda row: row._asdict(), limit=limit, cursor=cursor)
    ids = [each["id"] for each in found["data"]]
    roles, seen, doors = roles_of(connection, ids), _seen(connection, ids), _passwords(connection, ids)
    for each in found["data"]:
        number = each["id"]
        each |= {
            "id": show("person", number), "roles": roles[number], "seen_at": seen.get(number),
            "signs_in": number in doors,
        }  # fmt: skip
    return found


def _seen(connection: Connection, people: list[int]) -> dict[int, int]:
    """When each was last here, as far as sessions tell that have not ended."""
    used = sa.func.max(sa.func.coalesce(SESSION_USES.c.used_at, SESSIONS.c.made_at))
    query = (
        sa.select(SESSIONS.c.person_id, used.label("used_at"))
        .outerjoin(SESSION_USES.sa, SESSION_USES.c.session_id == SESSIONS.c.id)
        .where(SESSIONS.c.person_id.in_(people), SESSIONS.c.ended_at.is_(None))
        .group_by(SESSIONS.c.person_id)
    )
    return {row.person_id: row.used_at for row in connection.execute(query)}


def _passwords(connection: Connection, people: list[int]) -> set[int]:
    query = sa.select(PASSWORDS.c.person_id).where(PASSWORDS.c.person_id.in_(people))
    return set(connection.execute(query).scalars())


class PersonPage(NamedTuple):
    person: Person
    roles: list[str]
    signs_in: bool
    sessions: list[tuple[Session, int]]


def person(connection: Connection, name: str, now: int) -> PersonPage:
    """Raises NotFound."""
    number = parse("person", name)
    row = connection.execute(sa.select(PEOPLE.sa).where(PEOPLE.c.id == (number or 0))).first()
    if row is None:
        raise NotFound(Sentence("There is no person {name!r}.", name=name))
    found = Person._make(row)
    return PersonPage(
        found, roles_of(connection, [found.id])[found.id], bool(_passwords(connection, [found.id])),
        sessions_of(connection, found.id, now),
    )  # fmt: skip


def roles(connection: Connection) -> list[RoleLine]:
    """Those every business has, and its own."""
    query = (
        sa.select(PERSON_ROLES.c.role, sa.func.count().label("people"))
        .where(PERSON_ROLES.c.status == "held")
        .group_by(PERSON_ROLES.c.role)
    )
    held = {row.role: row.people for row in connection.execute(query)}
    found = [RoleLine(code, "", False, 0, rights, held.get(code, 0)) for code, rights in BUILT_IN.items()]
    for row in connection.execute(sa.select(ROLES.sa).order_by(ROLES.c.name, ROLES.c.id)):
        rights = rights_of_role(connection, row.code)
        found.append(RoleLine(row.code, row.name, True, row.version, rights, held.get(row.code, 0)))
    return found


def keys(
    connection: Connection, *, open_only: bool = False, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> dict[str, Any]:
    """API keys, the newest first: what they may do and when they were last used, and nothing that opens a door."""
    query = sa.select(API_KEYS.sa, PEOPLE.c.name.label("person_name")).outerjoin(
        PEOPLE.sa, PEOPLE.c.id == API_KEYS.c.person_id
    )
    if open_only:
        query = query.where(API_KEYS.c.revoked_at.is_(None))
    found = page(connection, query, API_KEYS.c.id, "api_key", _key, limit=limit, cursor=cursor)
    ids = [each["number"] for each in found["data"]]
    scopes, used = scopes_of(connection, ids), last_used(connection, ids)
    for each in found["data"]:
        each |= {"scopes": scopes[each["number"]], "used_at": used.get(each["number"])}
    return found


def _key(row: Any) -> dict[str, Any]:
    key = ApiKey._make(row[:-1])
    return {
        "id": show("api_key", key.id), "number": key.id, "version": key.version, "name": key.name, "role": key.role,
        "person": row.person_name, "mode": key.mode, "hint": key.hint, "created_at": key.created_at,
        "expires_at": key.expires_at, "revoked_at": key.revoked_at,
    }  # fmt: skip
