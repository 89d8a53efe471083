"""Verbs of access: find people, roles and keys, and what each may do."""

from collections.abc import Iterable
from typing import NamedTuple

from ..kit.errors import Conflict, Denied, Invalid, NotFound, Problem
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse, show
from .model import BUILT_IN, RIGHTS, ApiKey, Person, PersonRole, Role, RoleRight
from .rules import rights_of_key, with_included
from .store import (
    API_KEYS,
    PEOPLE,
    PEOPLE_IN_ROLE,
    PERSON_BY_EMAIL,
    PERSON_ROLES,
    RIGHTS_OF_ROLE,
    ROLE_BY_CODE,
    ROLE_RIGHTS,
    ROLES_OF_PERSON,
    SCOPES_OF_KEY,
)

IN_PROCESS = (
    "cli",
    "demo",
    "system",
)  # who can run the program has the database in hand anyway


class LastOwner(Conflict):
    code = "last_owner"
    title = "A business needs an owner"


class PersonDisabled(Conflict):
    code = "person_disabled"
    title = "This person does not work here any more"


class MoreThanYours(Denied):
    code = "more_than_yours"
    title = "Nobody can give away rights they do not have"


class Asking(NamedTuple):
    """The person behind a request, if there is one, and what it may do."""

    person_id: int | None
    rights: frozenset[str]


def find_person(tx: Tx, name: str, *, pointer: str = "/person") -> Person:
    """By id or e-mail address. Raises Invalid at `pointer`."""
    number = parse("person", name)
    person = tx.get(PEOPLE, number) if number is not None else tx.one(PERSON_BY_EMAIL, name)
    if person is None:
        raise Invalid.at(pointer, Sentence("There is no person {name!r}.", name=name), "unknown_person")
    return person


def active_person(tx: Tx, name: str, *, pointer: str = "/person") -> Person:
    """Somebody who works here. Raises Invalid at `pointer`, PersonDisabled."""
    person = find_person(tx, name, pointer=pointer)
    if person.status != "active":
        raise PersonDisabled(Sentence("Person {name} is disabled.", name=show("person", person.id)))
    return person


def find_key(tx: Tx, name: str) -> ApiKey:
    number = parse("api_key", name)
    key = tx.get(API_KEYS, number) if number is not None else None
    if key is None:
        raise NotFound(Sentence("There is no API key {name!r}.", name=name))
    return key


def known_rights(names: Iterable[str], *, pointer: str) -> list[str]:
    """These rights, each once, in order. Raises Invalid naming all that do not exist."""
    listed = list(names)
    problems = [
        Problem(f"{pointer}/{n}", "unknown_right", Sentence("There is no right {name!r}.", name=name))
        for n, name in enumerate(listed)
        if name not in RIGHTS
    ]
    if problems:
        raise Invalid(problems[0].detail, problems)
    return sorted(set(listed))


def rights_of_role(tx: Tx, code: str, *, pointer: str = "/role") -> frozenset[str]:
    """Raises Invalid at `pointer` when there is no such role."""
    if code in BUILT_IN:
        return BUILT_IN[code]
    role = tx.one(ROLE_BY_CODE, code)
    if role is None:
        raise Invalid.at(pointer, Sentence("There is no role {name!r}.", name=code), "unknown_role")
    return with_included(each.right_name for each in tx.rows(RIGHTS_OF_ROLE, role.id) if each.status == "granted")


def roles_held(tx: Tx, person_id: int) -> list[str]:
    return [each.role for each in tx.rows(ROLES_OF_PERSON, person_id) if each.status == "held"]


def rights_of_person(tx: Tx, person: Person) -> frozenset[str]:
    if person.status != "active":
        return frozenset()
    return frozenset().union(*(rights_of_role(tx, code) for code in roles_held(tx, person.id)))


def rights_behind_key(tx: Tx, key: ApiKey) -> frozenset[str]:
    granted: frozenset[str] | None = None
    if key.person_id is not None:
        granted = rights_of_person(tx, find_person_by_id(tx, key.person_id))
    if key.role is not None:
        of_role = rights_of_role(tx, key.role)
        granted = of_role if granted is None else granted & of_role
    return rights_of_key((scope.right_name for scope in tx.rows(SCOPES_OF_KEY, key.id)), granted)


def find_person_by_id(tx: Tx, person_id: int) -> Person:
    person = tx.get(PEOPLE, person_id)
    assert person is not None, f"person {person_id} is referred to and must be there"
    return person


def who_asks(tx: Tx) -> Asking | None:
    """None for the command line and the system itself, which may do all; who cannot be made out may do nothing."""
    if tx.actor in ("cli", "system"):
        return None
    key_id, person_id = parse("api_key", tx.actor), parse("person", tx.actor)
    if key_id is not None and (key := tx.get(API_KEYS, key_id)) is not None:
        return Asking(key.person_id, rights_behind_key(tx, key))
    if person_id is not None:
        return Asking(person_id, rights_of_person(tx, find_person_by_id(tx, person_id)))
    return Asking(None, frozenset())


def must_have(tx: Tx, right: str, detail: str) -> None:
    """Raises Denied where the key or person that asks lacks a right that only part of a request needs."""
    if tx.actor not in IN_PROCESS and right not in _rights_of_actor(tx):
        raise Denied(detail, lacking=[right])


def may_give(tx: Tx, rights: Iterable[str]) -> None:
    """Raises MoreThanYours when the key or person that asks lacks one of these. The command line may give all."""
    if tx.actor in IN_PROCESS:
        return
    lacking = sorted(set(rights) - _rights_of_actor(tx))
    if lacking:
        raise MoreThanYours(Sentence("You lack {rights}, so you cannot give it.", rights=lacking), lacking=lacking)


def _rights_of_actor(tx: Tx) -> frozenset[str]:
    """None for whoever is neither a key nor a person that is there."""
    number = parse("api_key", tx.actor)
    if number is not None:
        key = tx.get(API_KEYS, number)
        return rights_behind_key(tx, key) if key is not None else frozenset()
    number = parse("person", tx.actor)
    person = tx.get(PEOPLE, number) if number is not None else None
    return rights_of_person(tx, person) if person is not None else frozenset()


def give_rights(tx: Tx, role: Role, rights: Iterable[str]) -> None:
    """The role has exactly these from now on."""
    wanted = set(rights)
    there = {each.right_name: each for each in tx.rows(RIGHTS_OF_ROLE, role.id)}
    for name in sorted(wanted | set(there)):
        status = "granted" if name in wanted else "withdrawn"
        if name not in there:
            tx.add(ROLE_RIGHTS, RoleRight(role.id, name, status))
        elif there[name].status != status:
            tx.put(ROLE_RIGHTS, there[name]._replace(status=status))


def give_roles(tx: Tx, person: Person, codes: Iterable[str]) -> None:
    """The person has exactly these roles from now on. Raises LastOwner."""
    wanted = set(codes)
    there = {each.role: each for each in tx.rows(ROLES_OF_PERSON, person.id)}
    if "owner" in there and there["owner"].status == "held" and "owner" not in wanted:
        keep_an_owner(tx, person)
    for code in sorted(wanted | set(there)):
        status = "held" if code in wanted else "ended"
        if code not in there:
            tx.add(PERSON_ROLES, PersonRole(person.id, code, status))
        elif there[code].status != status:
            tx.put(PERSON_ROLES, there[code]._replace(status=status))


def keep_an_owner(tx: Tx, leaving: Person) -> None:
    """Raises LastOwner when no other active person is an owner."""
    others = [each.person_id for each in tx.rows(PEOPLE_IN_ROLE, "owner") if each.status == "held"]
    others = [each for each in others if each != leaving.id]
    tx.need(PEOPLE, others)
    if not any(find_person_by_id(tx, each).status == "active" for each in others):
        raise LastOwner(Sentence("{person} is the only owner; make somebody else an owner first.", person=leaving.name))
