"""Passkeys of who works here: signing in with one, keeping one and removing it."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ...access.model import Passkey
from ...access.passkeys import PasskeyRefused
from ...access.queries import passkey_for
from ...access.rules import hash_of_token, new_token
from ...api.face import Face
from ...flows.keep_second_step import KeepPasskey, RemovePasskey
from ...flows.sign_in import StartSession
from ...kit.writer import Call
from ...values.ids import show
from ..addresses import ANYBODY, N_, PERSON, WebAddress, act, form
from ..passkeys import Party, made, party, signed
from ..sessions import DEVICE, cookie, network_address
from ..site import site_of
from ..visit import Viewer, Visit
from .signing_in import agent_of, password_again, session_here, signed_in, then_of

REFUSED = N_("Use another, or the password.")


def addresses() -> list[WebAddress]:
    return [
        act("/sign-in/passkey", _sign_in, right=ANYBODY),
        act("/account/passkeys", _keep, right=PERSON),
        form(
            "/account/passkeys/{passkey}/remove", RemovePasskey, right=PERSON,
            done=N_("The passkey opens nothing any more."), prepare=_mine,
        ),
    ]  # fmt: skip


async def _sign_in(face: Face, request: Request, viewer: Viewer | None, fields: Mapping[str, str]) -> Response:
    """Raises PasskeyRefused in one sentence for all reasons, or TooManyTries."""
    await site_of(face).passwords.count_address(network_address(face, request))
    kept, signs = await face.threads.run(_seen, face, party(face, request), fields)
    token, device, person = new_token(), cookie(request, DEVICE) or new_token(), show("person", kept.person_id)
    ask = StartSession(
        person, hash_of_token(token), "back_office", hash_of_token(device), agent_of(request),
        passkey=show("passkey", kept.id), signs=signs, instead=session_here(request),
    )  # fmt: skip
    call = Call(
        ask, actor=person, request_id=request.scope["orderwell.request_id"], key=fields["_key"],
        input_hash=hash_of_token(f"passkey {fields['_proof']}"),
    )  # fmt: skip
    outcome = await face.submit(call)
    if outcome.replayed:
        raise PasskeyRefused(REFUSED)
    outcome.value()
    return signed_in(face, request, token, device, then_of(fields))


def _seen(face: Face, whom: Party, fields: Mapping[str, str]) -> tuple[Passkey, int]:
    with face.app.database.reading() as connection:
        return signed(whom, fields, lambda credential: passkey_for(connection, credential), PasskeyRefused(REFUSED))


async def _keep(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    await password_again(face, request, viewer, fields)
    ask = await face.threads.run(_made, viewer, party(face, request), fields)
    call = Call(ask, actor=viewer.actor, request_id=request.scope["orderwell.request_id"])
    (await face.submit(call)).value()
    return Response(None, 303, {"location": "/account"})


def _made(viewer: Viewer, whom: Party, fields: Mapping[str, str]) -> KeepPasskey:
    new = made(whom, fields)
    return KeepPasskey(viewer.actor, new.credential, new.public_key, new.name, new.signs)


def _mine(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Whatever was sent: only the viewer's own."""
    assert visit.viewer is not None
    return {**members, "person": visit.viewer.actor}
