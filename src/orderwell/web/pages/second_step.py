"""The second step of signing in: typing the code, and setting an authenticator app up on one's own page."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import segno
import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response

from ...access.model import Authenticator, Link
from ...access.queries import authenticator_of, link_for
from ...access.rules import hash_of_token, new_token
from ...access.second_step import address, hash_of_recovery, is_recovery, new_recovery_codes, new_secret, step_of
from ...access.second_steps import CodeWrong
from ...api.face import Face
from ...business.store import BUSINESS
from ...flows.keep_second_step import ConfirmAuthenticator, EndSecondStep, OfferAuthenticator, RenewRecoveryCodes
from ...flows.sign_in import LinkUsed, StartSession
from ...kit.writer import Call
from ...values.ids import show
from ..addresses import ANYBODY, N_, PERSON, WebAddress, act, form, page
from ..second_step import STEP
from ..sessions import DEVICE, cookie, drop_cookie, is_secure
from ..showing_once import done_once, show_once
from ..site import site_of
from ..visit import Viewer, Visit
from .signing_in import agent_of, password_again, session_here, signed_in, then_of

MINE = "/account/second-step"


def addresses() -> list[WebAddress]:
    return [
        page("/sign-in/code", code, right=ANYBODY, template="access/code.html"),
        act("/sign-in/code", _use_code, right=ANYBODY),
        act(MINE, _offer, right=PERSON),
        act(f"{MINE}/confirm", _confirm, right=PERSON),
        act(f"{MINE}/codes", _renew, right=PERSON),
        act(f"{MINE}/end", _end, right=PERSON),
        form(
            "/settings/people/{person}/second-step/end", EndSecondStep, right="access:manage",
            done=N_("The password alone opens the account again."),
        ),
    ]  # fmt: skip


def code(visit: Visit) -> Mapping[str, Any]:
    return {"then": visit.ask("then") or "/"}


class Waiting(NamedTuple):
    """Whose password was right a moment ago."""

    link: Link
    authenticator: Authenticator


async def _use_code(face: Face, request: Request, viewer: Viewer | None, fields: Mapping[str, str]) -> Response:
    """Raises LinkUsed when the password was too long ago, TooManyTries, or CodeWrong."""
    link_hash, typed = hash_of_token(cookie(request, STEP) or ""), fields.get("code", "")[:100]
    waiting = await face.threads.run(_waiting, face, link_hash)
    if waiting is None:
        raise LinkUsed("Give your password once more.")
    site, person_id = site_of(face), waiting.authenticator.person_id
    await site.passwords.count_code(person_id)
    recovery = hash_of_recovery(typed) if is_recovery(typed) else None
    step = step_of(waiting.authenticator.secret, typed, face.app.clock.now()) if recovery is None else None
    if recovery is None and step is None:
        raise CodeWrong("Wait for the next code of the app.")
    token, device, person = new_token(), cookie(request, DEVICE) or new_token(), show("person", person_id)
    ask = StartSession(
        person, hash_of_token(token), "back_office", hash_of_token(device), agent_of(request), link_hash=link_hash,
        step=step, recovery_hash=recovery, instead=session_here(request),
    )  # fmt: skip
    await _submit(face, request, person, ask)
    await site.passwords.forget_codes(person_id)
    response = signed_in(face, request, token, device, then_of(fields))
    drop_cookie(response, STEP, secure=is_secure(request))
    return response


def _waiting(face: Face, link_hash: str) -> Waiting | None:
    with face.app.database.reading() as connection:
        link = link_for(connection, link_hash, face.app.clock.now())
        if link is None or link.purpose != "second_step" or link.person_id is None:
            return None
        found = authenticator_of(connection, link.person_id)
    return Waiting(link, found) if found is not None and found.status == "active" else None


# -- on one's own page


async def _offer(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    await password_again(face, request, viewer, fields)
    secret = new_secret()
    told = N_("Its secret was shown then. Begin anew to get another.")
    await done_once(face, request, viewer, _without_password(fields), OfferAuthenticator(viewer.actor, secret), told)
    house = await face.threads.run(_house_name, face)
    code_ = segno.make(address(secret, account=viewer.email, house=house), error="m")
    spaced = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    picture = {"path": _path(code_), "size": code_.symbol_size(border=0)[0]}
    return await show_once(face, request, viewer, "/account", {"secret": spaced, "qr": picture, "codes": []})


def _path(code_: segno.QRCode) -> str:
    """Its dark squares as the path of an SVG: row by row, one piece a run."""
    pieces = []
    for y, row in enumerate(code_.matrix):
        x = 0
        while x < len(row):
            run = 0
            while x + run < len(row) and row[x + run]:
                run += 1
            if run:
                pieces.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run or 1
    return "".join(pieces)


async def _confirm(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    site = site_of(face)
    await site.passwords.count_code(viewer.person_id)
    found = await face.threads.run(_authenticator, face, viewer.person_id)
    step = step_of(found.secret, fields.get("code", "")[:20], face.app.clock.now()) if found is not None else None
    if step is None:
        raise CodeWrong("Wait for the next code of the app, or begin anew.")
    codes = new_recovery_codes()
    ask = ConfirmAuthenticator(viewer.actor, step, [hash_of_recovery(each) for each in codes])
    await done_once(face, request, viewer, fields, ask, N_("Make new codes to recover with."))
    await site.passwords.forget_codes(viewer.person_id)
    return await show_once(face, request, viewer, "/account", {"codes": codes})


async def _renew(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    await password_again(face, request, viewer, fields)
    codes = new_recovery_codes()
    ask = RenewRecoveryCodes(viewer.actor, [hash_of_recovery(each) for each in codes])
    await done_once(face, request, viewer, _without_password(fields), ask, N_("Make new codes once more."))
    return await show_once(face, request, viewer, "/account", {"codes": codes})


async def _end(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    await password_again(face, request, viewer, fields)
    await _submit(face, request, viewer.actor, EndSecondStep(viewer.actor))
    return Response(None, 303, {"location": "/account"})


# -- what these share


def _without_password(fields: Mapping[str, str]) -> dict[str, str]:
    """What a hash is kept of, to tell whether a form is sent again: not of a password."""
    return {name: value for name, value in fields.items() if name != "password"}


async def _submit(face: Face, request: Request, actor: str, ask: Any) -> None:
    outcome = await face.submit(Call(ask, actor=actor, request_id=request.scope["orderwell.request_id"]))
    outcome.value()


def _authenticator(face: Face, person_id: int) -> Authenticator | None:
    with face.app.database.reading() as connection:
        found = authenticator_of(connection, person_id)
    return found if found is not None and found.status == "offered" else None


def _house_name(face: Face) -> str:
    with face.app.database.reading() as connection:
        return str(connection.execute(sa.select(BUSINESS.c.name)).scalar() or "Orderwell")
