"""Who is asking in the portal, and whether what they name is theirs."""

import re
from collections.abc import Mapping

from starlette.requests import Request

from ...api.face import Face
from ...api.headers import header
from ...api.remembered import Remembered
from ...customers.queries import family
from ...kit.errors import Denied, NotAuthenticated, NotFound
from ...portal.queries import SignedIn, note_use, signed_in
from ...portal.rules import is_secret
from ...reports.portal import owns
from ..addresses import ANYBODY
from ..areas import PORTAL
from ..language import N_
from ..sessions import LANGUAGE, cookie, is_secure
from ..visit import Buyer
from .addresses import ADMIN, BY_LINK, OWNED, PortalAddress
from .basket import BASKET, opened

HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}\Z")


class PortalSessions:
    """Sessions as the database had them at most a second ago."""

    def __init__(self, face: Face) -> None:
        self._app = face.app
        self._remembered: Remembered[SignedIn | None] = Remembered(face.threads, self._look_up)
        self._used: dict[int, int] = {}

    async def find(self, secret: str) -> SignedIn | None:
        if not is_secret(secret):
            return None
        found = await self._remembered.get(secret)
        if found is not None:
            self._used[found.session_id] = self._app.clock.now()
        return found

    def _look_up(self, secret: str) -> SignedIn | None:
        with self._app.database.reading() as connection:
            return signed_in(connection, secret, self._app.clock.now())

    def forget(self, secret: str) -> None:
        """After a session began or ended in this process: at once instead of within a second."""
        self._remembered.forget(secret)

    def forget_all(self) -> None:
        self._remembered.clear()

    def write_uses(self) -> None:
        """Write down when sessions were last used. Blocks: call it from a thread."""
        uses, self._used = self._used, {}
        if uses:
            with self._app.database.changing() as connection:
                for session, used_at in uses.items():
                    note_use(connection, session, used_at)


def portal_sessions(face: Face) -> PortalSessions:
    found = face.cache.get("portal_sessions")
    if found is None:
        found = face.cache["portal_sessions"] = PortalSessions(face)
    assert isinstance(found, PortalSessions)
    return found


async def buyer_at(face: Face, request: Request) -> Buyer | None:
    found = await portal_sessions(face).find(cookie(request, PORTAL.session) or "")
    if found is None:
        return None
    return Buyer(
        found.account_id, found.session_id, found.customer_id, found.name, found.email, found.role,
        origin_of(face, request), opened(cookie(request, BASKET) or ""),
        {"language": cookie(request, LANGUAGE) or ""},
    )  # fmt: skip


async def buyer_of(address: PortalAddress, face: Face, request: Request) -> Buyer | None:
    """Who asks. Raises NotAuthenticated, Denied, or NotFound for what is not theirs, as for what is not there."""
    buyer = await buyer_at(face, request)
    request.scope["orderwell.viewer"] = buyer
    if address.right in (ANYBODY, BY_LINK):
        return buyer
    if buyer is None:
        raise NotAuthenticated(N_("Sign in first."))
    if address.right == ADMIN and buyer.role != "admin":
        raise Denied(N_("Only those who keep the people of your company may do this."))
    if request.path_params and not await face.threads.run(_all_theirs, face, buyer, request.path_params):
        raise NotFound(N_("There is nothing at this address, or it is not yours."))
    return buyer


def _all_theirs(face: Face, buyer: Buyer, named: Mapping[str, str]) -> bool:
    with face.app.database.reading() as connection:
        mine = family(connection, buyer.customer_id)
        return all(owns(connection, mine, buyer.account_id, OWNED[each], name) for each, name in named.items())


def origin_of(face: Face, request: Request) -> str:
    """Where the browser sees us: what the settings say, else what it asked for."""
    if face.settings.public_url:
        return face.settings.public_url
    host = header(request, b"host") or ""
    scheme = "https" if is_secure(request) else "http"
    return f"{scheme}://{host}" if HOST.match(host) else ""
