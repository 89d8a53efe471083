"""What a browser has signed with a passkey, looked at: for this host, by the person, over this very form.

What is signed is the proof of the form it stands in: that is ours, belongs to this browser, and is taken once, so that
no signature counts twice.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from starlette.requests import Request

from ..api.face import Face
from ..api.headers import header
from ..kit.errors import Invalid, Refused
from ..kit.log import log
from .language import N_
from .sessions import is_secure

MAX_ANSWER = 20_000
Kept = TypeVar("Kept")


class Party(NamedTuple):
    """Whom a passkey is for: the name of this host, and the origin that the browser must have seen."""

    name: str
    origin: str


class Made(NamedTuple):
    credential: str
    public_key: str
    signs: int
    name: str


def party(face: Face, request: Request) -> Party:
    scheme = "https" if is_secure(request) else "http"
    origin = face.settings.public_url.rstrip("/") or f"{scheme}://{header(request, b'host') or ''}"
    host = origin.partition("://")[2].partition("/")[0]
    return Party(host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host, origin)


def signed(
    whom: Party, fields: Mapping[str, str], look_up: Callable[[str], Kept | None], refused: Refused
) -> tuple[Kept, int]:
    """The passkey that has signed, and how often it says it has; `look_up` finds it. Raises `refused` for all else."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        answer = parse_authentication_credential_json(fields.get("answer", "")[:MAX_ANSWER])
        kept: Any = look_up(bytes_to_base64url(answer.raw_id))
        if kept is None:
            raise refused
        seen = verify_authentication_response(
            credential=answer, expected_challenge=fields["_proof"].encode(), expected_rp_id=whom.name,
            expected_origin=whom.origin, credential_public_key=base64url_to_bytes(kept.public_key),
            credential_current_sign_count=kept.signs, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        log.warning("sign_in.passkey_refused", error=str(error)[:200])
        raise refused from None
    return kept, seen.new_sign_count


def made(whom: Party, fields: Mapping[str, str]) -> Made:
    """A new one. Raises Invalid."""
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
        raise Invalid.at("/name", N_("The browser gave no passkey. Try again, or use another device.")) from None
    name = "".join(each for each in fields.get("passkey_name", "") if each.isprintable()).strip()[:60]
    key = bytes_to_base64url(seen.credential_public_key)
    return Made(bytes_to_base64url(seen.credential_id), key, seen.sign_count, name or "Passkey")
