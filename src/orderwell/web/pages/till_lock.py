"""Locking a till, and unlocking it with a PIN: somebody else takes over within a second or two.

A PIN is short, so it opens little: only what selling needs (access.model.BEHIND_A_PIN), and only on a browser on which
somebody who works at a till signed in with a password that day and did not sign out. Wrong ones are counted and slow
down, whoever sends them.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ...access.pin_rules import fits, hash_of_pin
from ...access.pins import NoPin, WrongPin
from ...access.rules import hash_of_token, new_token
from ...api.face import Face
from ...flows.keep_pins import RecordPinTry, SetPin, TryPin, UnlockTill
from ...flows.sign_in import EndSession
from ...kit.errors import Denied
from ...kit.writer import Call
from ...reports import selling
from ...values.ids import show
from ..addresses import ANYBODY, N_, WebAddress, act, page
from ..posting import back_of
from ..sessions import COOKIE, DEVICE, cookie, drop_cookie, is_secure, put_cookie
from ..showing import url
from ..site import site_of
from ..visit import Viewer, Visit

USE = "tills:use"


def addresses() -> list[WebAddress]:
    return [
        act("/till/{till}/lock", _lock, right=USE),
        page("/till/{till}/unlock", unlock, right=ANYBODY, template="till/unlock.html"),
        act("/till/{till}/unlock", _unlock, right=ANYBODY),
        act("/till/pin", _set_pin, right=USE),
    ]


def unlock(visit: Visit) -> Mapping[str, Any]:
    """Who works here is told only to a browser that may be unlocked."""
    till = visit.path["till"]
    usable = selling.unlockable(visit.connection, visit.device, visit.now)
    return {
        "till_path": f"/till/{till}",
        "then": visit.ask("then") or f"/till/{till}",
        "usable": usable,
        "cashiers": selling.cashiers(visit.connection) if usable else [],
    }


async def _lock(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    """The browser forgets its session. One that a PIN opened ends; one that a password opened keeps the browser
    unlockable, until it ends like any other."""
    site, token = site_of(face), cookie(request, COOKIE) or ""
    if await face.threads.run(_by_pin, face, viewer):
        session = show("session", viewer.session_id)
        await _performed(face, request, viewer.actor, EndSession(session, viewer.actor))
    site.sessions.forget(token)
    path = f"/till/{request.path_params['till']}"
    response = Response(None, 303, {"location": url(f"{path}/unlock", {"then": back_of(fields)})})
    drop_cookie(response, COOKIE, secure=is_secure(request))
    return response


async def _unlock(face: Face, request: Request, viewer: Viewer | None, fields: Mapping[str, str]) -> Response:
    device = cookie(request, DEVICE) or ""
    person, pin = fields.get("person", "")[:100], fields.get("pin", "")[:20]
    if not device or not await face.threads.run(_usable, face, device):
        raise Denied("Sign in with your password first; after that a PIN is enough on this browser.")
    try:
        tried = await _performed(face, request, "system", TryPin(person))
    except NoPin:
        raise WrongPin("This is not the PIN of this person.") from None
    row = await face.threads.run(_pin, face, tried["person"])
    right = row is not None and await face.threads.run(fits, pin, row.hash)
    await _performed(face, request, "system", RecordPinTry(tried["person"], "right" if right else "wrong"))
    if not right:
        raise WrongPin("This is not the PIN of this person.")
    token = new_token()
    agent = "".join(letter for letter in request.headers.get("user-agent", "") if letter.isprintable())[:300]
    ask = UnlockTill(tried["person"], hash_of_token(token), row.set_at, hash_of_token(device), agent)
    await _performed(face, request, tried["person"], ask)
    response = Response(None, 303, {"location": back_of({"_back": fields.get("then", "")})})
    put_cookie(response, COOKIE, token, secure=is_secure(request))
    return response


async def _set_pin(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    """One's own; nobody sets a new one behind an old one that somebody looked at."""
    if await face.threads.run(_by_pin, face, viewer):
        raise Denied("Sign in with your password to set another PIN.")
    pin_hash = await face.threads.run(hash_of_pin, fields.get("pin", "")[:20])
    await _performed(face, request, viewer.actor, SetPin(viewer.actor, pin_hash))
    response = Response(None, 303, {"location": "/till"})
    from ..showing import Asked

    Asked.of(request, site_of(face), viewer).proofs.tell_next(response, {"text": N_("Your PIN is set."), "undo": None})
    return response


async def _performed(face: Face, request: Request, actor: str, ask: Any) -> Any:
    outcome = await face.submit(Call(ask, actor=actor, request_id=request.scope["orderwell.request_id"]))
    return outcome.value()


def _usable(face: Face, device: str) -> bool:
    with face.app.database.reading() as connection:
        return selling.unlockable(connection, hash_of_token(device), face.app.clock.now())


def _pin(face: Face, person: str) -> Any:
    with face.app.database.reading() as connection:
        return selling.pin_of(connection, person)


def _by_pin(face: Face, viewer: Viewer) -> bool:
    with face.app.database.reading() as connection:
        return selling.area_of(connection, viewer.session_id) == "till"
