"""Signing in to the portal with a passkey, keeping one and removing it.

Keeping one asks for a session that a mailed link has just begun: whoever finds a browser that is signed in does not
take the account along for good.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ...api.face import Face
from ...flows.keep_portal_passkeys import EndPortalPasskey, KeepPortalPasskey, UsePortalPasskey
from ...kit.idempotency import hash_of
from ...kit.writer import Call
from ...portal.model import FRESH_MINUTES, PortalPasskey
from ...portal.passkeys import PasskeyNotGood
from ...portal.queries import passkey_for, session_began
from ...portal.rules import new_secret
from ...values.calendar import SECOND
from ...values.ids import show
from ..addresses import ANYBODY, N_, WebAddress
from ..passkeys import Party, made, party, signed
from ..visit import Buyer, Visit
from .addresses import act, buyer, form
from .refusals import SignedInLongAgo
from .signing_in import session_here, signed_in
from .throttle import misses

REFUSED = N_("Use another, or have a link mailed.")


def addresses() -> list[WebAddress]:
    return [
        act("/portal/sign-in/passkey", _sign_in, right=ANYBODY),
        act("/portal/passkeys", _keep),
        form(
            "/portal/passkeys/{portal_passkey}/end", EndPortalPasskey, done=N_("The passkey opens nothing any more."),
            takes=(), prepare=lambda visit, members: {"portal_account": buyer(visit).actor},
        ),
    ]  # fmt: skip


def is_fresh(visit: Visit) -> bool:
    began = session_began(visit.connection, buyer(visit).session_id)
    return visit.now - began < FRESH_MINUTES * 60 * SECOND


async def _sign_in(face: Face, request: Request, who: Buyer | None, fields: Mapping[str, str]) -> Response:
    """Raises PasskeyNotGood in one sentence for all reasons, or TooManyTries."""
    misses(face).check(request)
    try:
        kept, signs = await face.threads.run(_seen, face, party(face, request), fields)
    except PasskeyNotGood:
        misses(face).note(request)
        raise
    session = new_secret()
    ask = UsePortalPasskey(show("portal_passkey", kept.id), signs, session.hash, session_here(request))
    call = Call(
        ask, actor="portal", request_id=request.scope["orderwell.request_id"], key=fields["_key"],
        input_hash=hash_of("passkey", fields["_proof"].encode()),
    )  # fmt: skip
    outcome = await face.submit(call)
    if outcome.replayed:
        raise PasskeyNotGood(REFUSED)
    outcome.value()
    return signed_in(face, request, session.secret)


def _seen(face: Face, whom: Party, fields: Mapping[str, str]) -> tuple[PortalPasskey, int]:
    with face.app.database.reading() as connection:
        return signed(whom, fields, lambda credential: passkey_for(connection, credential), PasskeyNotGood(REFUSED))


async def _keep(face: Face, request: Request, who: Buyer, fields: Mapping[str, str]) -> Response:
    ask = await face.threads.run(_made, face, who, party(face, request), fields)
    call = Call(ask, actor=who.actor, request_id=request.scope["orderwell.request_id"])
    (await face.submit(call)).value()
    return Response(None, 303, {"location": "/portal/account"})


def _made(face: Face, who: Buyer, whom: Party, fields: Mapping[str, str]) -> KeepPortalPasskey:
    with face.app.database.reading() as connection:
        began = session_began(connection, who.session_id)
    if face.app.clock.now() - began >= FRESH_MINUTES * 60 * SECOND:
        raise SignedInLongAgo(N_("Sign out, have a link mailed, and add the passkey right after signing in with it."))
    new = made(whom, fields)
    return KeepPortalPasskey(who.actor, new.credential, new.public_key, new.name, new.signs)


def listed(kept: list[PortalPasskey]) -> list[dict[str, Any]]:
    return [
        {"id": show("portal_passkey", each.id), "name": each.name, "made_at": each.made_at, "used_at": each.used_at,
         "credential": each.credential}
        for each in kept
    ]  # fmt: skip
