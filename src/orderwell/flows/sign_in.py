"""Signing in and out: passwords, sessions, and links that let somebody in once. Only hashes ever come here."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Len

from ..access import actions as access
from ..access import passkeys
from ..access import second_steps as second_step
from ..access.model import ABSOLUTE, RIGHTS, Link, Password, Person, Preference, Session
from ..access.model import PREFERENCES as PREFERENCE_VALUES
from ..access.store import (
    LINK_BY_TOKEN,
    LINKS,
    PASSWORDS,
    PEOPLE,
    PEOPLE_IN_ROLE,
    PERSON_BY_EMAIL,
    PREFERENCES,
    SESSION_BY_TOKEN,
    SESSIONS,
    SESSIONS_OF,
)
from ..business.model import ONLY
from ..kit.errors import Conflict, Denied, Invalid, NotFound
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..kit.writer import flow
from ..values.calendar import instant_text
from ..values.fields import Code, Name, Reference
from ..values.ids import parse, show
from .keep_access import AddPerson, Roles, add_person

Hash = Annotated[str, Len(64, 64)]
PasswordHash = Annotated[str, Len(20, 500)]
Agent = Annotated[str, Len(0, 300)]
LINK_MINUTES = {"set_up": 60, "sign_in": 60, "invite": 60, "second_step": 10}


class LinkUsed(Denied):
    code = "link_used"
    title = "This link was used already, or its time is over"


class SetUpDone(Conflict):
    code = "set_up_done"
    title = "This business has somebody who signs in already"


class SecondStepMissing(Denied):
    code = "second_step_missing"
    title = "This account asks for a second step"


class PasswordChanged(Denied):
    code = "password_changed"
    title = "The password was changed meanwhile"


@dataclass(frozen=True, slots=True)
class StartSession:
    """The face has seen a right password, set at `password_set_at`, or holds a link (`link_hash`).

    Whoever has a second step comes with both: the link is then that of the right password, and `step` that of the
    code, or `recovery_hash` that of a code to recover with. A `passkey` whose signature the face has seen is both steps
    in one; `signs` is how often it says that it has signed. `instead` is the token of the session that was in the
    browser: it ends.
    """

    person: Reference
    token_hash: Hash
    area: Literal["back_office", "portal"] = "back_office"
    device: Annotated[str, Len(0, 64)] = ""
    agent: Agent = ""
    password_set_at: Annotated[int, Ge(0)] | None = None
    link_hash: Hash | None = None
    step: Annotated[int, Ge(0)] | None = None
    recovery_hash: Hash | None = None
    passkey: Reference | None = None
    signs: Annotated[int, Ge(0)] | None = None
    instead: Hash | None = None


@flow(StartSession)
def start_session(tx: Tx, ask: StartSession) -> dict[str, Any]:
    """Let somebody in, until they end it, do not use it for a while, or its time is over."""
    person = _active(tx, ask.person)
    if ask.passkey is not None:
        passkeys.use(tx, ask.passkey, person.id, ask.signs or 0)
    elif ask.link_hash is not None:
        _by_link(tx, ask, person)
    else:
        password = tx.get(PASSWORDS, person.id)
        if password is None or password.set_at != ask.password_set_at:
            raise PasswordChanged("Sign in with the new password.")
        if second_step.active(tx, person.id) is not None:
            raise SecondStepMissing("A password alone opens nothing here.")
    before = tx.one(SESSION_BY_TOKEN, ask.instead) if ask.instead is not None else None
    if before is not None and before.ended_at is None:
        _end(tx, before)
    return shown_session(open_session(tx, person, ask.token_hash, ask.area, ask.device, ask.agent))


@dataclass(frozen=True, slots=True)
class EndSession:
    session: Reference
    person: Reference | None = None  # only if it is theirs; left out: anybody's who may do no more than who asks


@flow(EndSession)
def end_session(tx: Tx, ask: EndSession) -> dict[str, Any]:
    """Sign a browser out, for good, within a second."""
    number = parse("session", ask.session)
    session = tx.get(SESSIONS, number) if number is not None else None
    if session is None or (ask.person is not None and show("person", session.person_id) != ask.person):
        raise NotFound(Sentence("There is no session {name!r}.", name=ask.session))
    if ask.person is None:
        access.may_give(tx, access.rights_of_person(tx, access.find_person_by_id(tx, session.person_id)))
    if session.ended_at is None:
        _end(tx, session)
    ended = tx.get(SESSIONS, session.id)
    assert ended is not None
    return shown_session(ended)


@dataclass(frozen=True, slots=True)
class SetPassword:
    """All other sessions of the person end; `keep` is the one that asks."""

    person: Reference
    hash: PasswordHash
    keep: Reference | None = None


@flow(SetPassword)
def set_password(tx: Tx, ask: SetPassword) -> dict[str, Any]:
    """Give somebody a new password; whoever knew the old one is out."""
    person = _active(tx, ask.person)
    _set_password(tx, person, ask.hash)
    for session in tx.rows(SESSIONS_OF, person.id):
        if show("session", session.id) != ask.keep:
            _end(tx, session)
    return {"object": "person", "id": show("person", person.id)}


@dataclass(frozen=True, slots=True)
class MakeLink:
    """For the very first owner (`set_up`), or to let somebody in who has no password yet."""

    purpose: Literal["set_up", "sign_in", "invite", "second_step"]
    token_hash: Hash
    person: Reference | None = None


@flow(MakeLink)
def make_link(tx: Tx, ask: MakeLink) -> dict[str, Any]:
    """A link that works once, within the hour; only for somebody who may do no more than who makes it."""
    person = _active(tx, ask.person) if ask.person is not None else None
    if (person is None) != (ask.purpose == "set_up"):
        raise Invalid.at("/person", "Only the link for setting up is nobody's.", "one_of")
    access.may_give(tx, access.rights_of_person(tx, person) if person is not None else RIGHTS)
    expires_at = tx.now + LINK_MINUTES[ask.purpose] * 60_000_000
    link = tx.add(LINKS, Link(tx.new_id(), 1, ask.purpose, person.id if person else None, ask.token_hash, tx.now,
                              expires_at, None))  # fmt: skip
    subject, subject_id = ("person", person.id) if person is not None else ("business", ONLY)
    announce(tx, "sign_in_link.made", subject, subject_id, purpose=ask.purpose)
    return {"object": "sign_in_link", "purpose": link.purpose, "expires_at": instant_text(expires_at)}


@dataclass(frozen=True, slots=True)
class SetUpOwner:
    """By the link that `serve` prints as long as nobody can sign in."""

    link_hash: Hash
    name: Name
    email: Annotated[str, Len(3, 200)]
    hash: PasswordHash
    token_hash: Hash
    device: Annotated[str, Len(0, 64)] = ""
    agent: Agent = ""


@flow(SetUpOwner)
def set_up_owner(tx: Tx, ask: SetUpOwner) -> dict[str, Any]:
    """The first person signs in: an owner with a password of their own."""
    owners = [each.person_id for each in tx.rows(PEOPLE_IN_ROLE, "owner") if each.status == "held"]
    tx.need_all((PEOPLE, owners), (PASSWORDS, owners))
    if any(tx.get(PASSWORDS, each) is not None for each in owners):
        raise SetUpDone("Sign in, or ask an owner to let you in.")
    _use_link(tx, ask.link_hash, ("set_up",))
    if tx.one(PERSON_BY_EMAIL, ask.email) is None:
        add_person(tx, AddPerson(ask.name, ask.email, ["owner"]))
    person = _active(tx, ask.email)
    _set_password(tx, person, ask.hash)
    return shown_session(open_session(tx, person, ask.token_hash, "back_office", ask.device, ask.agent))


@dataclass(frozen=True, slots=True)
class InvitePerson:
    """Add somebody who works here, together with the link by which they choose their password."""

    name: Name
    email: Annotated[str, Len(3, 200)]
    token_hash: Hash
    roles: Roles = field(default_factory=list)


@flow(InvitePerson)
def invite_person(tx: Tx, ask: InvitePerson) -> dict[str, Any]:
    """Let somebody in, by a link that works once, within the hour."""
    person: dict[str, Any] = add_person(tx, AddPerson(ask.name, ask.email, ask.roles))
    make_link(tx, MakeLink("invite", ask.token_hash, person["id"]))
    return person


@dataclass(frozen=True, slots=True)
class AcceptInvitation:
    """By the link that somebody with the right made: whoever holds it chooses the password."""

    link_hash: Hash
    hash: PasswordHash


@flow(AcceptInvitation)
def accept_invitation(tx: Tx, ask: AcceptInvitation) -> dict[str, Any]:
    """Choose a first password, or a new one; whoever was signed in with the old one is out."""
    link = _use_link(tx, ask.link_hash, ("invite",))
    assert link.person_id is not None, "an invitation is somebody's"
    person = access.find_person_by_id(tx, link.person_id)
    before = tx.get(PASSWORDS, person.id)
    if person.status != "active" or (before is not None and before.set_at > link.made_at):
        raise LinkUsed("Ask for a new one.")
    told: dict[str, Any] = set_password(tx, SetPassword(show("person", person.id), ask.hash))
    return told


@dataclass(frozen=True, slots=True)
class SetPreference:
    """`language`, `theme` or `shortcuts`."""

    person: Reference
    name: Code
    value: Annotated[str, Len(0, 20)]


@flow(SetPreference)
def set_preference(tx: Tx, ask: SetPreference) -> dict[str, Any]:
    """How somebody wants it: kept with them, on whatever device they sign in."""
    person = access.find_person(tx, ask.person)
    if ask.value not in PREFERENCE_VALUES.get(ask.name, ()):
        raise Invalid.at(
            "/value", Sentence("{text!r} is no {name}.", text=ask.value, name=word(ask.name)), "not_one_of"
        )
    row = Preference(person.id, ask.name, ask.value)
    if tx.get(PREFERENCES, (person.id, ask.name)) is None:
        tx.add(PREFERENCES, row)
    else:
        tx.put(PREFERENCES, row)
    announce(tx, "person.preferred", "person", person.id, name=ask.name, value=ask.value)
    return {"object": "preference", "name": ask.name, "value": ask.value}


# -- what these share


def _active(tx: Tx, name: str) -> Person:
    person = access.find_person(tx, name)
    if person.status != "active":
        raise Denied(Sentence("{person} was shut out.", person=person.name))
    return person


def _by_link(tx: Tx, ask: StartSession, person: Person) -> None:
    """By a link that the command line made, or by a right password and what the second step asks for besides."""
    assert ask.link_hash is not None
    link = _use_link(tx, ask.link_hash, ("sign_in", "second_step"))
    if link.person_id != person.id:
        raise LinkUsed("This link is somebody else's.")
    if link.purpose == "second_step":
        password = tx.get(PASSWORDS, person.id)
        if password is None or password.set_at > link.made_at:
            raise PasswordChanged("Sign in with the new password.")
        second_step.use(tx, person.id, step=ask.step, recovery_hash=ask.recovery_hash)


def open_session(tx: Tx, person: Person, token_hash: str, area: str, device: str, agent: str) -> Session:
    """`area` is one of AREAS."""
    assert tx.one(SESSION_BY_TOKEN, token_hash) is None, "256 random bits do not come twice"
    session = Session(tx.new_id(), 1, person.id, area, token_hash, device, agent, tx.now, tx.now + ABSOLUTE[area], None)
    announce(tx, "session.started", "session", session.id, person=show("person", person.id), area=area)
    return tx.add(SESSIONS, session)


def _end(tx: Tx, session: Session) -> None:
    tx.put(SESSIONS, session._replace(ended_at=tx.now))
    announce(tx, "session.ended", "session", session.id, person=show("person", session.person_id))


def _set_password(tx: Tx, person: Person, hash_: str) -> None:
    row = Password(person.id, hash_, tx.now)
    if tx.get(PASSWORDS, person.id) is None:
        tx.add(PASSWORDS, row)
    else:
        tx.put(PASSWORDS, row)
    announce(tx, "person.password_set", "person", person.id)


def _use_link(tx: Tx, token_hash: str, purposes: tuple[str, ...]) -> Link:
    """Raises LinkUsed: one sentence for all reasons."""
    link = tx.one(LINK_BY_TOKEN, token_hash)
    if link is None or link.purpose not in purposes or link.used_at is not None or link.expires_at <= tx.now:
        raise LinkUsed("Ask for a new one.")
    return tx.put(LINKS, link._replace(used_at=tx.now))


def shown_session(session: Session) -> dict[str, Any]:
    """Without its token, which only the browser has."""
    return {
        "object": "session",
        "id": show("session", session.id),
        "version": session.version,
        "person": show("person", session.person_id),
        "area": session.area,
        "agent": session.agent,
        "made_at": instant_text(session.made_at),
        "ends_at": instant_text(session.ends_at),
        "ended_at": instant_text(session.ended_at),
    }
