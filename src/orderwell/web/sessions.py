"""Who is asking: the cookie of a session, looked up in the database and remembered for at most a second."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, Literal

from starlette.requests import Request
from starlette.responses import Response

from ..access.model import BEHIND_A_PIN, IDLE
from ..access.queries import SignedIn, note_session_uses, signed_in
from ..access.rules import hash_of_token
from ..api.face import Face
from ..api.headers import header
from ..api.remembered import Remembered
from ..kit.errors import Denied, NotAuthenticated
from ..kit.sentences import Sentence
from .addresses import ANYBODY, WebAddress
from .areas import BACK_OFFICE, PORTAL
from .visit import Viewer

if TYPE_CHECKING:
    pass

OURS = (BACK_OFFICE.name, "till")  # one frame and one cookie; a till's sessions end sooner
COOKIE, BEFORE, TOLD = BACK_OFFICE.session, BACK_OFFICE.before, BACK_OFFICE.told
DEVICE = "orderwell_device"
DEVICE_SECONDS = 400 * 86_400
LANGUAGE = "orderwell_language"  # cookie of who has no account to keep a preference with
LAX = (PORTAL.session, LANGUAGE)  # sent along by links of other sites: a provider sends customers back from paying


class Sessions:
    """Sessions as the database had them at most a second ago; idle and absolute ends by the business's clock."""

    def __init__(self, face: Face) -> None:
        self._app = face.app
        self._remembered: Remembered[SignedIn | None] = Remembered(face.threads, self._look_up)
        self._used: dict[int, int] = {}

    async def viewer(self, token: str) -> Viewer | None:
        if not 20 <= len(token) <= 100:
            return None
        found = await self._remembered.get(hash_of_token(token))
        now = self._app.clock.now()
        if found is None:
            return None
        session, person = found.session, found.person
        used_at = max(found.used_at, self._used.get(session.id, 0))
        if session.ends_at <= now or used_at + IDLE[session.area] <= now:
            return None
        self._used[session.id] = now
        rights = found.rights & BEHIND_A_PIN if session.area == "till" else found.rights
        return Viewer(person.id, session.id, person.name, person.email, found.roles, rights, found.preferences)

    def _look_up(self, token_hash: str) -> SignedIn | None:
        with self._app.database.reading() as connection:
            found = (signed_in(connection, token_hash, area) for area in OURS)
            return next((each for each in found if each is not None), None)

    def forget(self, token: str) -> None:
        """After a session began, ended or changed in this process: at once instead of within a second."""
        self._remembered.forget(hash_of_token(token))

    def write_uses(self) -> None:
        """Write down when sessions were last used. Blocks: call it from a thread."""
        uses = dict(self._used)
        if uses:
            with self._app.database.changing() as connection:
                note_session_uses(connection, uses)
        for session, used_at in uses.items():
            if self._used.get(session) == used_at:
                del self._used[session]


async def viewer_of(address: WebAddress, face: Face, request: Request) -> Viewer | None:
    """Who asks, with the rights this needs. Raises NotAuthenticated (sign in first) or Denied (what is lacking)."""
    from .site import site_of

    viewer = await site_of(face).sessions.viewer(cookie(request, COOKIE) or "")
    request.scope["orderwell.viewer"] = viewer
    if address.right == ANYBODY:
        return viewer
    if viewer is None:
        raise NotAuthenticated("Sign in first.")
    lacking = sorted(set(address.rights) - viewer.rights)
    if lacking:
        raise Denied(Sentence("This needs the right {rights}, which you do not have.", rights=lacking), lacking=lacking)
    return viewer


def network_address(face: Face, request: Request) -> str:
    """Whose tries are counted together. What a proxy says counts only where the settings name it."""
    address = request.client.host if request.client is not None else ""
    if address and address in face.settings.proxies:
        forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        return forwarded[:60] or address
    return address


# -- cookies


def is_secure(request: Request) -> bool:
    secure: bool = request.scope["orderwell.secure"]
    return secure


def cookie(request: Request, name: str) -> str | None:
    """Over https only the one with the prefix: a neighbour under the same domain can plant the other in a browser."""
    return cookies(header(request, b"cookie") or "").get(f"__Host-{name}" if is_secure(request) else name)


def cookies(text: str) -> Mapping[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(text[:8_000]).items()}
    except CookieError:
        return {}


def put_cookie(response: Response, name: str, value: str, *, secure: bool, seconds: int | None = None) -> None:
    """`seconds` left out: until the browser is closed. Other sites' links bring the back-office's cookies never."""
    response.set_cookie(
        f"__Host-{name}" if secure else name, value, max_age=seconds, path="/", secure=secure, httponly=True,
        samesite=_same_site(name),
    )  # fmt: skip


def drop_cookie(response: Response, name: str, *, secure: bool) -> None:
    response.delete_cookie(
        f"__Host-{name}" if secure else name, path="/", secure=secure, httponly=True, samesite=_same_site(name)
    )


def _same_site(name: str) -> Literal["lax", "strict"]:
    return "lax" if name.startswith(LAX) else "strict"


def noted(face: Face) -> Any:
    from .site import site_of

    return site_of(face).sessions.write_uses
