"""Settings, who may do what: people, roles and API keys."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from ...access import lists
from ...access.model import RIGHTS, mode_of
from ...access.queries import authenticator_of
from ...access.rules import hash_of_token, new_key, new_token
from ...api.decode import adapter_of, decode_members
from ...api.face import Face
from ...business.model import ONLY
from ...business.store import BUSINESS
from ...flows.keep_access import (
    AddPerson,
    CreateApiKey,
    DefineRole,
    DisablePerson,
    EnablePerson,
    RevokeApiKey,
    SetRole,
)
from ...flows.sign_in import EndSession, InvitePerson, MakeLink
from ...kit.errors import Invalid, NotFound
from ...kit.sentences import Sentence
from ...reports.audit import about, events
from ...values.calendar import instant, is_day
from ...values.ids import show
from ..addresses import N_, Undo, WebAddress, act, form, page
from ..asked_fields import members_of
from ..showing_once import done_once, show_once
from ..visit import Viewer, Visit

MANAGE, SEE = "access:manage", "access:read"
PER_PAGE = 50
PEOPLE, PERSON, ROLES, KEYS = "/settings/people", "/settings/people/{person}", "/settings/roles", "/settings/api_keys"


def addresses() -> list[WebAddress]:
    return [
        page(PEOPLE, people, right=SEE, template="settings/people.html"),
        act(f"{PEOPLE}/invite", _invite, right=MANAGE),
        page(PERSON, person, right=SEE, template="settings/person.html"),
        form(f"{PERSON}/roles", SetRole, right=MANAGE, done=N_("The roles are set."), prepare=_all_roles),
        form(f"{PERSON}/disable", DisablePerson, right=MANAGE, done=N_("Shut out."), undo=_enable),
        form(f"{PERSON}/enable", EnablePerson, right=MANAGE, done=N_("Let in again."), undo=_disable),
        act(f"{PERSON}/link", _link, right=MANAGE),
        form("/settings/sessions/{session}/end", EndSession, right=MANAGE, done=N_("That browser is signed out.")),
        page(ROLES, roles, right=SEE, template="settings/roles.html"),
        form(ROLES, DefineRole, right=MANAGE, done=N_("The role is kept."), prepare=_all_rights),
        page(f"{ROLES}/{{code}}", role, right=SEE, template="settings/role.html"),
        page(KEYS, keys, right=SEE, template="settings/keys.html"),
        act(f"{KEYS}/new", _new_key, right=MANAGE),
        form(f"{KEYS}/{{key}}/revoke", RevokeApiKey, right=MANAGE, done=N_("The key opens nothing any more.")),
    ]  # fmt: skip


def people(visit: Visit) -> Mapping[str, Any]:
    status = visit.ask("status", allowed=("active", "disabled"))
    found = lists.people(
        visit.connection, search=visit.ask("q"), status=status, limit=PER_PAGE, cursor=visit.cursor("person")
    )
    return {"people": found["data"], "next_cursor": found["next_cursor"], "roles": lists.roles(visit.connection)}


def person(visit: Visit) -> Mapping[str, Any]:
    found = lists.person(visit.connection, visit.path["person"], visit.now)
    sessions = [
        {"id": show("session", session.id), "agent": session.agent, "made_at": session.made_at, "used_at": used_at}
        for session, used_at in found.sessions
    ]
    second_step = authenticator_of(visit.connection, found.person.id)
    return {
        "person": found.person, "person_id": show("person", found.person.id), "held": found.roles,
        "signs_in": found.signs_in, "second_step": second_step.status if second_step is not None else "",
        "sessions": sessions, "roles": lists.roles(visit.connection),
        "events": events(visit.connection, about(found.person.id), limit=20)["data"],
    }  # fmt: skip


def roles(visit: Visit) -> Mapping[str, Any]:
    return {"roles": lists.roles(visit.connection), "rights": RIGHTS}


def role(visit: Visit) -> Mapping[str, Any]:
    found = next((each for each in lists.roles(visit.connection) if each.code == visit.path["code"]), None)
    if found is None:
        raise NotFound(Sentence("There is no role {name!r}.", name=visit.path["code"]))
    return {"role": found, "rights": RIGHTS}


def keys(visit: Visit) -> Mapping[str, Any]:
    every = visit.ask("all") is not None
    found = lists.keys(visit.connection, open_only=not every, limit=PER_PAGE, cursor=visit.cursor("api_key"))
    return {
        "keys": found["data"], "next_cursor": found["next_cursor"], "every": every, "rights": RIGHTS,
        "roles": lists.roles(visit.connection),
    }  # fmt: skip


def _all_roles(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Nothing ticked is an empty list, and not a field that was left out."""
    return {"roles": [], **members}


def _all_rights(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    return {"rights": [], **members}


def _enable(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"{PEOPLE}/{path['person']}/enable")


def _disable(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"{PEOPLE}/{path['person']}/disable")


# -- what is shown once


async def _invite(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    asked: AddPerson = _decoded(AddPerson, fields)
    token = new_token()
    ask = InvitePerson(asked.name, asked.email.strip(), hash_of_token(token), asked.roles)
    made = await done_once(face, request, viewer, fields, ask, N_("Make a new link on the person's page."))
    path = f"{PEOPLE}/{made['id']}"
    return await show_once(face, request, viewer, path, {"link": _address(face, request, token)})


async def _link(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    token, person = new_token(), request.path_params["person"]
    ask = MakeLink("invite", hash_of_token(token), person)
    await done_once(face, request, viewer, fields, ask, N_("Make another link."))
    return await show_once(face, request, viewer, f"{PEOPLE}/{person}", {"link": _address(face, request, token)})


def _address(face: Face, request: Request, token: str) -> str:
    """Of the public address where there is one: what a request calls this host may be anybody's idea."""
    public = face.settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
    return f"{public}/invitation?token={token}"


async def _new_key(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    ask, secret = await face.threads.run(_made_key, face, fields)
    await done_once(face, request, viewer, fields, ask, N_("Revoke the key that nobody has, and make another."))
    return await show_once(face, request, viewer, KEYS, {"key": secret, "name": ask.name})


def _made_key(face: Face, fields: Mapping[str, str]) -> tuple[CreateApiKey, str]:
    with face.app.database.reading() as connection:
        house = connection.execute(BUSINESS.sa.select().where(BUSINESS.c.id == ONLY)).one()
    made = new_key("live" if mode_of(house.mode) == "live" else "test")
    day = fields.get("expires_on", "").strip()
    expires_at = _end_of(day, house.time_zone) if day else None
    kept = {name: value for name, value in fields.items() if name != "expires_on"}
    ask: CreateApiKey = _decoded(CreateApiKey, {**kept, "hash": made.hash, "hint": made.hint})
    return CreateApiKey(ask.name, made.hash, made.hint, ask.scopes, ask.role, None, expires_at), made.secret


def _end_of(day: str, zone: str) -> int:
    if not is_day(day):
        raise Invalid.at("/expires_on", Sentence("{text!r} is no day, such as 2026-01-31.", text=day), "not_a_day")
    return instant(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)) + timedelta(days=1))


def _decoded(ask: type, fields: Mapping[str, str]) -> Any:
    typed = {name: value for name, value in fields.items() if not name.startswith("_")}
    return decode_members(adapter_of(ask), members_of(ask, typed, language="en", currency="EUR"), {})
