"""Signing in by mail: whoever asks gets the same answer; the link shows a button, and the POST behind it signs in."""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response

from ...api.face import Face
from ...flows.keep_portal import EndPortalSession, RedeemSignIn, RequestSignIn
from ...kit.errors import Invalid
from ...kit.writer import Call
from ...mail.store import MESSAGES
from ...portal.actions import LinkNotGood
from ...portal.model import SESSION_DAYS
from ...portal.rules import address, hash_of, is_secret, new_secret
from ...portal.store import PORTAL_ACCOUNTS
from ...values.calendar import SECOND
from ...values.ids import show
from ..addresses import ANYBODY, N_, WebAddress
from ..areas import PORTAL
from ..language import LANGUAGES
from ..posting import back_of
from ..sessions import LANGUAGE, cookie, drop_cookie, is_secure, put_cookie
from ..visit import Buyer, Visit
from . import basket
from .addresses import SIGNED_IN, act, page
from .sessions import portal_sessions
from .throttle import asked_for_link, misses

WAIT_SECONDS = 10  # in a demonstration: so long a page looks for the message that was asked for
LINK = re.compile(r"/portal/sign-in/[a-z2-7]{40}")
YEAR_SECONDS = 365 * 86_400
SOME = 4  # accounts that a demonstration offers


def addresses() -> list[WebAddress]:
    return [
        page("/portal/sign-in", sign_in, right=ANYBODY, template="sign_in.html"),
        act("/portal/sign-in", _ask_for_link, right=ANYBODY),
        page("/portal/sign-in/sent", sent, right=ANYBODY, template="sent.html"),
        page("/portal/sign-in/{secret}", link, right=ANYBODY, template="link.html"),
        act("/portal/sign-in/{secret}", _redeem, right=ANYBODY),
        act("/portal/sign-out", _sign_out, right=SIGNED_IN),
        act("/portal/language", _speak, right=ANYBODY),
    ]


def sign_in(visit: Visit) -> Mapping[str, Any]:
    return {"offered": _accounts(visit.connection) if _demo(visit) else []}


def sent(visit: Visit) -> Mapping[str, Any]:
    """The same for everybody; only a demonstration, which mails nothing, shows what it would have mailed."""
    if not _demo(visit):
        return {"message": None, "waiting": False, "demo": False}
    text = visit.ask("since") or ""
    since = int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
    message = _newest(visit.connection, since)
    waiting = message is None and visit.now - since < WAIT_SECONDS * SECOND
    return {"message": message, "waiting": waiting, "demo": True}


def link(visit: Visit) -> Mapping[str, Any]:
    """Shows a button and does nothing: mail programs follow links by themselves."""
    return {"secret": visit.path["secret"], "fit": is_secret(visit.path["secret"])}


def _demo(visit: Visit) -> bool:
    return visit.house is not None and visit.house.mode == "demo"


def _newest(connection: Connection, since: int) -> Mapping[str, str] | None:
    query = sa.select(MESSAGES.sa).where(MESSAGES.c.status == "shown", MESSAGES.c.sent_at >= since)
    row = connection.execute(query.order_by(MESSAGES.c.id.desc()).limit(1)).first()
    found = LINK.search(row.body) if row is not None else None
    return {"to": row.recipient, "subject": row.subject, "link": found[0]} if row is not None and found else None


def _accounts(connection: Connection) -> list[Mapping[str, str]]:
    query = sa.select(PORTAL_ACCOUNTS.c.name, PORTAL_ACCOUNTS.c.email).where(PORTAL_ACCOUNTS.c.status != "disabled")
    return [
        {"name": row.name, "email": row.email}
        for row in connection.execute(query.order_by(PORTAL_ACCOUNTS.c.id).limit(SOME))
    ]


async def _ask_for_link(face: Face, request: Request, who: Buyer | None, fields: Mapping[str, str]) -> Response:
    """Nobody waits for what becomes of it: how long that takes would tell whether the address is known."""
    email = address(fields.get("email", "")[:300])
    if email is None:
        raise Invalid.at("/email", N_("That is no e-mail address."), "not_an_address")
    await asked_for_link(face, request, email)
    since = face.app.clock.now()
    face.submit(Call(RequestSignIn(email), actor="portal", request_id=request.scope["orderwell.request_id"]))
    return Response(None, 303, {"location": f"/portal/sign-in/sent?since={since}"})


async def _redeem(face: Face, request: Request, who: Buyer | None, fields: Mapping[str, str]) -> Response:
    misses(face).check(request)
    secret, session = request.path_params["secret"], new_secret()
    ask = RedeemSignIn(hash_of(secret), session.hash, session_here(request))
    call = Call(ask, actor="portal", request_id=request.scope["orderwell.request_id"])
    try:
        (await face.submit(call)).value()
    except LinkNotGood:
        misses(face).note(request)
        raise
    return signed_in(face, request, session.secret)


def session_here(request: Request) -> str | None:
    """The hash of the session that is in the browser: whoever signs in again has done with it."""
    secret = cookie(request, PORTAL.session)
    return hash_of(secret) if secret else None


def signed_in(face: Face, request: Request, secret: str) -> Response:
    """A new cookie each time; what the one before has put into its basket is gone with it."""
    portal_sessions(face).forget(cookie(request, PORTAL.session) or "")
    secure = is_secure(request)
    response = Response(None, 303, {"location": PORTAL.home})
    put_cookie(response, PORTAL.session, secret, secure=secure, seconds=SESSION_DAYS * 86_400)
    drop_cookie(response, PORTAL.before, secure=secure)
    basket.keep(response, {}, secure=secure)
    return response


async def _sign_out(face: Face, request: Request, who: Buyer, fields: Mapping[str, str]) -> Response:
    ask = EndPortalSession(show("portal_session", who.session_id))
    call = Call(ask, actor=who.actor, request_id=request.scope["orderwell.request_id"])
    (await face.submit(call)).value()
    portal_sessions(face).forget_all()
    response = Response(None, 303, {"location": PORTAL.sign_in, "clear-site-data": '"cache"'})
    for name in (PORTAL.session, PORTAL.told, basket.BASKET):
        drop_cookie(response, name, secure=is_secure(request))
    return response


async def _speak(face: Face, request: Request, who: Buyer | None, fields: Mapping[str, str]) -> Response:
    language = fields.get("language", "")
    if language not in LANGUAGES:
        raise Invalid.at("/language", N_("That language is not spoken here."))
    response = Response(None, 303, {"location": back_of(fields)})
    put_cookie(response, LANGUAGE, language, secure=is_secure(request), seconds=YEAR_SECONDS)
    return response
