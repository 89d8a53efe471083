"""Keeping access: people, their roles, the business's own roles, and API keys."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Len

from ..access import actions as access
from ..access.model import API_VERSIONS, BUILT_IN, ApiKey, KeyScope, Person, Role, mode_of
from ..access.store import (
    API_KEYS,
    KEY_BY_HASH,
    KEY_SCOPES,
    PEOPLE,
    PEOPLE_IN_ROLE,
    PERSON_BY_EMAIL,
    ROLE_BY_CODE,
    ROLES,
    SCOPES_OF_KEY,
)
from ..business import actions as business
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..values.calendar import instant_text
from ..values.fields import Code, Name, Reference
from ..values.ids import show
from .keep_catalog import CodeTaken

Right = Annotated[str, Len(1, 64)]
Rights = Annotated[list[Right], Len(0, 100)]
Roles = Annotated[list[Code], Len(0, 20)]
Email = Annotated[str, Len(3, 200)]
Hash = Annotated[str, Len(64, 64)]
Hint = Annotated[str, Len(4, 4)]
Instant = Annotated[int, Ge(0)]


class KeyRevoked(Conflict):
    code = "key_revoked"
    title = "This API key is revoked already"


@dataclass(frozen=True, slots=True)
class AddPerson:
    """Somebody who works here. Their e-mail address tells them apart."""

    name: Name
    email: Email
    roles: Roles = field(default_factory=list)


@flow(AddPerson)
def add_person(tx: Tx, ask: AddPerson) -> dict[str, Any]:
    """Let somebody in, with the roles they have from the start."""
    if "@" not in ask.email:
        raise Invalid.at("/email", Sentence("{email!r} is no e-mail address.", email=ask.email))
    if tx.one(PERSON_BY_EMAIL, ask.email) is not None:
        raise CodeTaken(Sentence("There is a person with the address {email!r} already.", email=ask.email))
    person = tx.add(PEOPLE, Person(tx.new_id(), 1, ask.name, ask.email, "active", tx.now))
    _give_roles(tx, person, ask.roles)
    announce(tx, "person.added", "person", person.id, roles=sorted(set(ask.roles)))
    return shown_person(person, ask.roles)


@dataclass(frozen=True, slots=True)
class SetRole:
    """`roles` is all that the person has from now on; an empty list takes everything away."""

    person: Reference
    roles: Roles


@flow(SetRole)
def set_role(tx: Tx, ask: SetRole) -> dict[str, Any]:
    """Say which roles somebody has from now on."""
    person = access.find_person(tx, ask.person)
    before = access.roles_held(tx, person.id)
    access.may_give(tx, access.rights_of_person(tx, person))  # nobody takes from who may do more
    _give_roles(tx, person, ask.roles)
    after = sorted(set(ask.roles))
    announce(tx, "person.roles_set", "person", person.id, before=before, after=after)
    return shown_person(access.find_person_by_id(tx, person.id), after)


def _give_roles(tx: Tx, person: Person, roles: list[str]) -> None:
    tx.rows(PEOPLE_IN_ROLE, "owner")
    for n, code in enumerate(roles):
        access.may_give(tx, access.rights_of_role(tx, code, pointer=f"/roles/{n}"))
    access.give_roles(tx, person, roles)


@dataclass(frozen=True, slots=True)
class DisablePerson:
    person: Reference


@flow(DisablePerson)
def disable_person(tx: Tx, ask: DisablePerson) -> dict[str, Any]:
    """Shut somebody out who may do no more than who asks: every key of theirs stops working within a second."""
    person = access.find_person(tx, ask.person)
    roles = access.roles_held(tx, person.id)
    access.may_give(tx, access.rights_of_person(tx, person))
    if "owner" in roles and person.status == "active":
        access.keep_an_owner(tx, person)
    person = tx.put(PEOPLE, person._replace(status="disabled"))
    announce(tx, "person.disabled", "person", person.id)
    return shown_person(access.find_person_by_id(tx, person.id), roles)


@dataclass(frozen=True, slots=True)
class EnablePerson:
    person: Reference


@flow(EnablePerson)
def enable_person(tx: Tx, ask: EnablePerson) -> dict[str, Any]:
    """Let somebody back in, with the roles they had."""
    person = access.find_person(tx, ask.person)
    access.may_give(tx, access.rights_of_person(tx, person._replace(status="active")))
    tx.put(PEOPLE, person._replace(status="active"))
    announce(tx, "person.enabled", "person", person.id)
    return shown_person(access.find_person_by_id(tx, person.id), access.roles_held(tx, person.id))


@dataclass(frozen=True, slots=True)
class DefineRole:
    """A role of the business's own; said again with the same code, it has exactly these rights from then on."""

    code: Code
    name: Name
    rights: Rights


@flow(DefineRole)
def define_role(tx: Tx, ask: DefineRole) -> dict[str, Any]:
    """Bundle rights under a name of your own."""
    rights = access.known_rights(ask.rights, pointer="/rights")
    access.may_give(tx, rights)
    if ask.code in BUILT_IN:
        raise CodeTaken(Sentence("{code!r} is a role every business has; take another code.", code=ask.code))
    role = tx.one(ROLE_BY_CODE, ask.code)
    if role is None:
        role = tx.add(ROLES, Role(tx.new_id(), 1, ask.code, ask.name, tx.now))
    else:
        access.may_give(tx, access.rights_of_role(tx, ask.code))
        role = tx.put(ROLES, role._replace(name=ask.name))
    access.give_rights(tx, role, rights)
    announce(tx, "role.defined", "role", role.id, code=ask.code, rights=rights)
    return shown_role(role, rights)


@dataclass(frozen=True, slots=True)
class CreateApiKey:
    """`hash` and `hint` are of a key made by `access.rules.new_key`; the key itself never comes here.

    The key may do what its `person` or `role` may, narrowed to `scopes` where there are any; without either it may do
    what `scopes` say. `expires_at` in microseconds since 1970.
    """

    name: Name
    hash: Hash
    hint: Hint
    scopes: Rights = field(default_factory=list)
    role: Code | None = None
    person: Reference | None = None
    expires_at: Instant | None = None


@flow(CreateApiKey)
def create_api_key(tx: Tx, ask: CreateApiKey) -> dict[str, Any]:
    """Let a program in."""
    house = business.current(tx)
    scopes = access.known_rights(ask.scopes, pointer="/scopes")
    if not scopes and ask.role is None and ask.person is None:
        raise Invalid.at("/scopes", "A key needs scopes, a role or a person; else it may do nothing.", "one_of")
    if ask.expires_at is not None and ask.expires_at <= tx.now:
        raise Invalid.at("/expires_at", "A key cannot expire before it is made.")
    person = access.find_person(tx, ask.person) if ask.person is not None else None
    assert tx.one(KEY_BY_HASH, ask.hash) is None, "160 random bits do not come twice"
    key = ApiKey(
        tx.new_id(), 1, ask.name, person.id if person else None, ask.role, mode_of(house.mode), ask.hash, ask.hint,
        tx.now, tx.actor, ask.expires_at, None, API_VERSIONS[-1],
    )  # fmt: skip
    tx.add(API_KEYS, key)
    for right in scopes:
        tx.add(KEY_SCOPES, KeyScope(key.id, right))
    access.may_give(tx, access.rights_behind_key(tx, key))
    announce(tx, "api_key.created", "api_key", key.id, scopes=scopes, role=ask.role)
    return shown_key(key, scopes)


@dataclass(frozen=True, slots=True)
class RevokeApiKey:
    key: Reference


@flow(RevokeApiKey)
def revoke_api_key(tx: Tx, ask: RevokeApiKey) -> dict[str, Any]:
    """Shut a program out, for good, within a second."""
    key = access.find_key(tx, ask.key)
    if key.revoked_at is not None:
        raise KeyRevoked(Sentence("{key} was revoked at {at}.", key=ask.key, at=instant_text(key.revoked_at)))
    tx.put(API_KEYS, key._replace(revoked_at=tx.now))
    announce(tx, "api_key.revoked", "api_key", key.id)
    after = access.find_key(tx, ask.key)
    return shown_key(after, [scope.right_name for scope in tx.rows(SCOPES_OF_KEY, key.id)])


# -- how they are told


def shown_person(person: Person, roles: list[str]) -> dict[str, Any]:
    return {
        "object": "person",
        "id": show("person", person.id),
        "version": person.version,
        "name": person.name,
        "email": person.email,
        "status": person.status,
        "roles": sorted(set(roles)),
        "created_at": instant_text(person.created_at),
    }


def shown_role(role: Role, rights: list[str]) -> dict[str, Any]:
    return {
        "object": "role",
        "id": show("role", role.id),
        "version": role.version,
        "code": role.code,
        "name": role.name,
        "rights": rights,
        "created_at": instant_text(role.created_at),
    }


def shown_key(key: ApiKey, scopes: list[str]) -> dict[str, Any]:
    """Without the key itself, which nobody has."""
    return {
        "object": "api_key",
        "id": show("api_key", key.id),
        "version": key.version,
        "name": key.name,
        "person": show("person", key.person_id) if key.person_id is not None else None,
        "role": key.role,
        "scopes": scopes,
        "mode": key.mode,
        "api_version": key.api_version,
        "hint": key.hint,
        "created_at": instant_text(key.created_at),
        "created_by": key.created_by,
        "expires_at": instant_text(key.expires_at),
        "revoked_at": instant_text(key.revoked_at),
    }
