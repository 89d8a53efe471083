"""Passkeys: signing in with one, keeping one and removing it.

What the browser has a passkey sign is the proof of the form it stands in: that is ours, belongs to this browser, and
is taken once, so that no signature counts twice.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from ...access.model import Passkey
from ...access.passkeys import PasskeyRefused
from ...access.queries import passkey_for
from ...access.rules import hash_of_token, new_token
from ...api.face import Face
from ...api.headers import header
from ...flows.keep_second_step import KeepPasskey, RemovePasskey
from ...flows.sign_in import StartSession
from ...kit.errors import Invalid
from ...kit.log import log
from ...kit.writer import Call
from ...values.ids import show
from ..addresses import ANYBODY, N_, PERSON, WebAddress, act, form
from ..sessions import DEVICE, cookie, is_secure, network_address
from ..site import site_of
from ..visit import Viewer, Visit
from .signing_in import agent_of, password_again, signed_in, then_of

MAX_ANSWER = 20_000
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


class Party(NamedTuple):
    """Whom a passkey is for: the name of this host, and the origin that the browser must have seen."""

    name: str
    origin: str


def party(face: Face, request: Request) -> Party:
    scheme = "https" if is_secure(request, site_of(face)) else "http"
    origin = face.settings.public_url.rstrip("/") or f"{scheme}://{header(request, b'host') or ''}"
    host = origin.partition("://")[2].partition("/")[0]
    return Party(host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host, origin)


async def _sign_in(face: Face, request: Request, viewer: Viewer | None, fields: Mapping[str, str]) -> Response:
    """Raises PasskeyRefused in one sentence for all reasons, or TooManyTries."""
    await site_of(face).passwords.count_address(network_address(face, request))
    kept, signs = await face.threads.run(_seen, face, party(face, request), fields)
    token, device, person = new_token(), cookie(request, DEVICE) or new_token(), show("person", kept.person_id)
    ask = StartSession(
        person, hash_of_token(token), "back_office", hash_of_token(device), agent_of(request),
        passkey=show("passkey", kept.id), signs=signs,
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
    """The passkey that has signed, and how often it says it has."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        answer = parse_authentication_credential_json(fields.get("answer", "")[:MAX_ANSWER])
        with face.app.database.reading() as connection:
            kept = passkey_for(connection, bytes_to_base64url(answer.raw_id))
        if kept is None:
            raise PasskeyRefused(REFUSED)
        seen = verify_authentication_response(
            credential=answer, expected_challenge=fields["_proof"].encode(), expected_rp_id=whom.name,
            expected_origin=whom.origin, credential_public_key=base64url_to_bytes(kept.public_key),
            credential_current_sign_count=kept.signs, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        log.warning("sign_in.passkey_refused", error=str(error)[:200])
        raise PasskeyRefused(REFUSED) from None
    return kept, seen.new_sign_count


async def _keep(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    await password_again(face, request, viewer, fields)
    ask = await face.threads.run(_made, viewer, party(face, request), fields)
    call = Call(ask, actor=viewer.actor, request_id=request.scope["orderwell.request_id"])
    (await face.submit(call)).value()
    return Response(None, 303, {"location": "/account"})


def _made(viewer: Viewer, whom: Party, fields: Mapping[str, str]) -> KeepPasskey:
    """Raises Invalid."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        seen = verify_registration_response(
            credential=fields.get("answer", "")[:MAX_ANSWER], expected_challenge=fields["_proof"].encode(),
            expected_rp_id=whom.name, expected_origin=whom.origin, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        log.warning("passkey.not_kept", error=str(error)[:200])
        raise Invalid.at("/name", "The browser gave no passkey. Try again, or use another device.") from None
    name = "".join(each for each in fields.get("passkey_name", "") if each.isprintable()).strip()[:60]
    return KeepPasskey(
        viewer.actor, bytes_to_base64url(seen.credential_id), bytes_to_base64url(seen.credential_public_key),
        name or "Passkey", seen.sign_count,
    )  # fmt: skip


def _mine(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Whatever was sent: only the viewer's own."""
    assert visit.viewer is not None
    return {**members, "person": visit.viewer.actor}
