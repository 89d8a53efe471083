"""Signing in and out, the first set-up, and links that let somebody in once."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ...access.model import Person
from ...access.queries import anybody_signs_in, link_for, person_of
from ...access.rules import hash_of_token, new_token, weakness
from ...api.face import Face
from ...flows.sign_in import AcceptInvitation, EndSession, LinkUsed, SetPassword, SetUpOwner, StartSession
from ...kit.errors import Invalid
from ...kit.writer import Call
from ...values.ids import show
from ..addresses import ANYBODY, N_, PERSON, WebAddress, act, page
from ..posting import back_of
from ..second_step import ask_for_code, has_second_step
from ..sessions import (
    BEFORE,
    COOKIE,
    DEVICE,
    DEVICE_SECONDS,
    TOLD,
    cookie,
    drop_cookie,
    is_secure,
    network_address,
    put_cookie,
)
from ..site import site_of
from ..visit import Viewer, Visit

WEAK = {
    "too_short": N_("A password has at least 15 characters. A few words with nothing to do with each other do well."),
    "too_long": N_("A password has at most 128 characters."),
    "too_simple": N_("This is one of the first that others would try. Take words that have nothing to do with you."),
}  # fmt: skip


def addresses() -> list[WebAddress]:
    return [
        page("/sign-in", sign_in, right=ANYBODY, template="access/sign_in.html"),
        act("/sign-in", _sign_in, right=ANYBODY),
        act("/sign-out", _sign_out, right=PERSON),
        page("/sign-in/link", link, right=ANYBODY, template="access/link.html"),
        act("/sign-in/link", _use_link, right=ANYBODY),
        page("/invitation", invitation, right=ANYBODY, template="access/invitation.html"),
        act("/invitation", _accept, right=ANYBODY),
        page("/set-up", set_up, right=ANYBODY, template="access/set_up.html"),
        act("/set-up", _set_up, right=ANYBODY),
        act("/account/password", _new_password, right=PERSON),
    ]


def sign_in(visit: Visit) -> Mapping[str, Any]:
    return {"then": visit.ask("then") or "/", "ready": anybody_signs_in(visit.connection)}


def link(visit: Visit) -> Mapping[str, Any]:
    """Shows a button and does nothing: mail programs follow links by themselves."""
    token = visit.ask("token") or ""
    found = link_for(visit.connection, hash_of_token(token), visit.now)
    return {"token": token, "usable": found is not None and found.purpose == "sign_in"}


def invitation(visit: Visit) -> Mapping[str, Any]:
    """Whose account it is, for who holds the link; None once it is used up."""
    token = visit.ask("token") or ""
    found = link_for(visit.connection, hash_of_token(token), visit.now)
    usable = found is not None and found.purpose == "invite" and found.person_id is not None
    whose = person_of(visit.connection, found.person_id) if found is not None and usable and found.person_id else None
    return {"token": token, "email": whose.email if whose is not None else None}


def set_up(visit: Visit) -> Mapping[str, Any]:
    token = visit.ask("token") or ""
    found = link_for(visit.connection, hash_of_token(token), visit.now)
    return {"token": token, "usable": found is not None and found.purpose == "set_up"}


async def _sign_in(face: Face, request: Request, viewer: Viewer | None, fields: Mapping[str, str]) -> Response:
    device = cookie(request, DEVICE) or new_token()
    right = await site_of(face).passwords.check(
        fields.get("email", "")[:200].strip(), fields.get("password", "")[:1_000],
        address=network_address(face, request), device=hash_of_token(device),
    )  # fmt: skip
    token, set_at = new_token(), right.password.set_at
    person = show("person", right.person.id)
    if await face.threads.run(has_second_step, face, right.person.id):
        return await ask_for_code(face, request, person, device, then_of(fields))
    await _done(
        face, request, person,
        StartSession(person, hash_of_token(token), "back_office", hash_of_token(device), agent_of(request), set_at,
                     instead=session_here(request)),
    )  # fmt: skip
    return signed_in(face, request, token, device, then_of(fields))


async def _use_link(face: Face, request: Request, viewer: Viewer | None, fields: Mapping[str, str]) -> Response:
    link_hash = hash_of_token(fields.get("token", ""))
    found = await face.threads.run(_link, face, link_hash)
    if found is None or found.person_id is None:
        raise LinkUsed("Ask for a new one.")
    token, device, person = new_token(), cookie(request, DEVICE) or new_token(), show("person", found.person_id)
    await _done(
        face, request, person,
        StartSession(person, hash_of_token(token), "back_office", hash_of_token(device), agent_of(request),
                     link_hash=link_hash, instead=session_here(request)),
    )  # fmt: skip
    return signed_in(face, request, token, device, "/")


async def _accept(face: Face, request: Request, viewer: Viewer | None, fields: Mapping[str, str]) -> Response:
    """Choose a password by an invitation; signing in with it comes next, with whatever else that asks for."""
    link_hash, password = hash_of_token(fields.get("token", "")), fields.get("password", "")
    whose = await face.threads.run(_invited, face, link_hash)
    if whose is None:
        raise LinkUsed("Ask for a new one.")
    _must_do("/password", password, name=whose.name, email=whose.email)
    await _done(face, request, "system", AcceptInvitation(link_hash, await site_of(face).passwords.hash(password)))
    return Response(None, 303, {"location": "/sign-in"})


async def _set_up(face: Face, request: Request, viewer: Viewer | None, fields: Mapping[str, str]) -> Response:
    name, email, password = (fields.get(each, "").strip() for each in ("name", "email", "password"))
    _must_do("/password", password, name=name, email=email)
    if not (1 <= len(name) <= 200):
        raise Invalid.at("/name", "Say what you are called.")
    token, device = new_token(), cookie(request, DEVICE) or new_token()
    ask = SetUpOwner(
        hash_of_token(fields.get("token", "")), name, email[:200], await site_of(face).passwords.hash(password),
        hash_of_token(token), hash_of_token(device), agent_of(request),
    )  # fmt: skip
    await _done(face, request, "system", ask)
    return signed_in(face, request, token, device, "/")


async def _sign_out(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    session = show("session", viewer.session_id)
    await _done(face, request, viewer.actor, EndSession(session, viewer.actor))
    site = site_of(face)
    site.sessions.forget(cookie(request, COOKIE) or "")
    response = Response(None, 303, {"location": "/sign-in", "clear-site-data": '"cache"'})
    for name in (COOKIE, TOLD):
        drop_cookie(response, name, secure=is_secure(request))
    return response


async def _new_password(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    """Whoever sits at an open screen cannot take the account over: the old one is asked for."""
    site, password = site_of(face), fields.get("new_password", "")
    _must_do("/new_password", password, name=viewer.name, email=viewer.email)
    await password_again(face, request, viewer, fields)
    ask = SetPassword(viewer.actor, await site.passwords.hash(password), show("session", viewer.session_id))
    await _done(face, request, viewer.actor, ask)
    return Response(None, 303, {"location": "/account"})


# -- what these share


async def password_again(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> None:
    """Raises NotAuthenticated: the password is asked for before anything changes how somebody gets in."""
    device = hash_of_token(cookie(request, DEVICE) or "")
    await site_of(face).passwords.check(
        viewer.email, fields.get("password", "")[:1_000], address=network_address(face, request), device=device
    )


def _must_do(pointer: str, password: str, *, name: str, email: str) -> None:
    weak = weakness(password, name=name, email=email)
    if weak is not None:
        raise Invalid.at(pointer, WEAK[weak], weak)


async def _done(face: Face, request: Request, actor: str, ask: Any) -> Any:
    outcome = await face.submit(Call(ask, actor=actor, request_id=request.scope["orderwell.request_id"]))
    return outcome.value()


def _link(face: Face, link_hash: str) -> Any:
    with face.app.database.reading() as connection:
        return link_for(connection, link_hash, face.app.clock.now())


def _invited(face: Face, link_hash: str) -> Person | None:
    with face.app.database.reading() as connection:
        found = link_for(connection, link_hash, face.app.clock.now())
        if found is None or found.purpose != "invite" or found.person_id is None:
            return None
        return person_of(connection, found.person_id)


def signed_in(face: Face, request: Request, token: str, device: str, then: str) -> Response:
    """A new cookie each time: whatever was in the browser before is worth nothing now."""
    secure = is_secure(request)
    site_of(face).sessions.forget(cookie(request, COOKIE) or "")
    response = Response(None, 303, {"location": then})
    put_cookie(response, COOKIE, token, secure=secure)
    put_cookie(response, DEVICE, device, secure=secure, seconds=DEVICE_SECONDS)
    drop_cookie(response, BEFORE, secure=secure)
    return response


def session_here(request: Request) -> str | None:
    """The hash of the session that is in the browser: whoever signs in again has done with it."""
    token = cookie(request, COOKIE)
    return hash_of_token(token) if token else None


def then_of(fields: Mapping[str, str]) -> str:
    return back_of({"_back": fields.get("then", "/")})


def agent_of(request: Request) -> str:
    text = request.headers.get("user-agent", "")
    return "".join(letter for letter in text if letter.isprintable())[:300]
