"""The way in: `create_site(app, settings)` is the ASGI application with everything: the API, and the pages."""

import asyncio
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from ..api.asgi import NOTE_USES_SECONDS, Api, create_app
from ..api.face import Face
from ..app import App
from ..kit.errors import Refused
from ..kit.log import log
from ..settings import Settings
from . import portal
from .addresses import ANYBODY, PERSON, WebAddress, stream
from .areas import PORTAL, area_at
from .files import serve as serve_file
from .live import serve as serve_live
from .pages import AREAS
from .portal.sessions import buyer_at, portal_sessions
from .sessions import COOKIE, cookie
from .showing import show_refusal
from .site import site_of


def create_site(app: App, settings: Settings | None = None) -> Api:
    """Raises Undeclared rather than serve a page nobody has thought about."""
    api = create_app(app, settings, more=addresses(), tell=_tell, beside=[_note_uses])
    site_of(api.face)
    return api


def addresses() -> list[WebAddress]:
    """Every page, form and act there is, area by area."""
    found: list[WebAddress] = [
        stream("/static/{file}", serve_file, right=ANYBODY),
        stream("/live", serve_live, right=PERSON),
    ]
    for area in AREAS:
        found += area.addresses()
    return found + portal.addresses()


async def _tell(face: Face, refused: Refused, scope: Scope, headers: Mapping[str, str]) -> Response:
    if "orderwell.viewer" not in scope:  # nothing is at this address, so nobody has asked yet who it is
        request = Request(scope)
        if area_at(request.url.path) is PORTAL:
            scope["orderwell.viewer"] = await buyer_at(face, request)
        else:
            scope["orderwell.viewer"] = await site_of(face).sessions.viewer(cookie(request, COOKIE) or "")
    return await face.threads.run(show_refusal, site_of(face), refused, scope, headers)


async def _note_uses(face: Face) -> None:
    try:
        while True:
            await asyncio.sleep(NOTE_USES_SECONDS)
            await face.threads.run(_write_uses, face)
    finally:
        _write_uses(face)


def _write_uses(face: Face) -> None:
    try:
        site_of(face).sessions.write_uses()
        portal_sessions(face).write_uses()
    except Exception as error:  # a note that is lost harms nobody; a server that stops for it would
        log.warning("session_uses.not_noted", error=str(error))
