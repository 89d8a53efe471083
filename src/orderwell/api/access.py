"""People, roles and API keys over HTTP. A key's secret is made here, shown once, and goes no further."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from annotated_types import Len
from pydantic_core import from_json, to_json
from sqlalchemy.engine import Connection

from ..access.model import BUILT_IN, RIGHTS, mode_of
from ..access.queries import last_used, rights_of_roles, roles_of, scopes_of
from ..access.rules import new_key
from ..access.store import API_KEYS, PEOPLE, ROLES, SESSIONS
from ..business.model import ONLY
from ..business.store import BUSINESS
from ..flows.keep_access import (
    AddPerson,
    CreateApiKey,
    DefineRole,
    DisablePerson,
    EnablePerson,
    RevokeApiKey,
    Rights,
    SetRole,
    shown_key,
    shown_person,
    shown_role,
)
from ..flows.sign_in import EndSession, shown_session
from ..kit.errors import Invalid
from ..values.calendar import instant, instant_text
from ..values.fields import Code, Name, Reference
from .answers.access import (
    KeyAnswer,
    NewKeyAnswer,
    PersonAnswer,
    RightsAnswer,
    RoleAnswer,
    SessionAnswer,
)
from .face import Face
from .lists import lists, one
from .operations import Look, Operation, read, verb

MANAGE, SEE = "access:manage", "access:read"


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """The key may do what its `person` or `role` may, narrowed to `scopes` where there are any; without either it may
    do what `scopes` say. The answer holds the key as `secret`, this once: a retry with the same Idempotency-Key gives
    the same key's data without it."""

    name: Name
    scopes: Rights = field(default_factory=list)
    role: Code | None = None
    person: Reference | None = None
    expires_at: Annotated[str, Len(20, 40)] | None = None


def operations() -> list[Operation]:
    person = {"name": "Noor Bakker", "email": "noor@example.com", "roles": ["warehouse"]}
    role = {"code": "buyer", "name": "Buyer", "rights": ["purchasing:read", "purchasing:write"]}
    key = {"name": "Web shop", "scopes": ["orders:read", "orders:write"]}
    return [
        verb("POST", "/people", AddPerson, right=MANAGE, example=person, status=201, result=PersonAnswer),
        verb(
            "POST", "/people/{person}/roles", SetRole, right=MANAGE, example={"roles": ["warehouse"]},
            result=PersonAnswer,
        ),
        verb("POST", "/people/{person}/disable", DisablePerson, right=MANAGE, result=PersonAnswer),
        verb("POST", "/people/{person}/enable", EnablePerson, right=MANAGE, result=PersonAnswer),
        lists(
            "/people", PEOPLE, kind="person", right=SEE, result=PersonAnswer, filters=("email", "status"),
            shown=_people,
        ),
        one("/people/{person}", PEOPLE, kind="person", right=SEE, shown=_people, result=PersonAnswer),
        verb("POST", "/roles", DefineRole, right=MANAGE, example=role, result=RoleAnswer),
        lists("/roles", ROLES, kind="role", right=SEE, result=RoleAnswer, filters=("code",), shown=_roles),
        read(
            "/rights", _rights, name="list_rights", right=SEE, result=RightsAnswer,
            summary="Every right, and the roles there always are.",
        ),
        verb(
            "POST", "/api_keys", CreateApiKey, right=MANAGE, example=key, status=201, result=NewKeyAnswer,
            body=NewApiKey, prepare=_with_secret,
        ),
        lists(
            "/api_keys", API_KEYS, kind="api_key", right=SEE, result=KeyAnswer, filters=("person_id", "role"),
            shown=_keys,
        ),
        one("/api_keys/{key}", API_KEYS, kind="api_key", right=SEE, shown=_keys, result=KeyAnswer),
        verb("POST", "/api_keys/{key}/revoke", RevokeApiKey, right=MANAGE, result=KeyAnswer),
        lists(
            "/sessions", SESSIONS, kind="session", right=SEE, result=SessionAnswer, filters=("person_id",),
            shown=lambda _, rows: [shown_session(row) for row in rows],
        ),
        verb("POST", "/sessions/{session}/end", EndSession, right=MANAGE, result=SessionAnswer),
    ]  # fmt: skip


def _with_secret(ask: NewApiKey, face: Face) -> tuple[CreateApiKey, Callable[[bytes], bytes]]:
    """Make the key here. Only its hash goes on; the secret is put into this one answer and kept nowhere."""
    with face.app.database.reading() as connection:
        business = connection.execute(BUSINESS.sa.select().where(BUSINESS.c.id == ONLY)).first()
    key = new_key("live" if business is not None and mode_of(business.mode) == "live" else "test")
    expires_at = _instant(ask.expires_at) if ask.expires_at is not None else None
    create = CreateApiKey(ask.name, key.hash, key.hint, ask.scopes, ask.role, ask.person, expires_at)
    return create, lambda body: to_json({**from_json(body), "secret": key.secret})


def _instant(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and moment.year >= 1970:
            return instant(moment)
    except (ValueError, OverflowError):
        pass
    raise Invalid.at("/expires_at", "An instant is like 2030-01-31T12:00:00Z, with its time zone.")


def _people(connection: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    roles = roles_of(connection, [row.id for row in rows])
    return [shown_person(row, roles[row.id]) for row in rows]


def _roles(connection: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    rights = rights_of_roles(connection, [row.id for row in rows])
    return [shown_role(row, rights[row.id]) for row in rows]


def _keys(connection: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    scopes, used = scopes_of(connection, ids), last_used(connection, ids)
    return [
        {**shown_key(row, scopes[row.id]), "last_used_at": instant_text(used.get(row.id))}  # give or take a minute
        for row in rows
    ]


def _rights(_: Look) -> Mapping[str, Any]:
    rights = [{"right": right, "allows": text} for right, text in RIGHTS.items()]
    built_in = [{"code": code, "rights": sorted(rights)} for code, rights in BUILT_IN.items()]
    return {"object": "rights", "data": rights, "built_in_roles": built_in}
