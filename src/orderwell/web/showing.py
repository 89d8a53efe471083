"""Showing a page: its data is gathered and its template filled on a thread, the whole or the part that is asked for."""

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import sqlalchemy as sa
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from ..access.rules import hash_of_token
from ..api.errors import status_of
from ..api.face import Face
from ..api.headers import header
from ..business.model import ONLY, Business
from ..business.store import BUSINESS
from ..kit import feed
from ..kit.errors import NotAuthenticated, Refused, Unavailable
from ..kit.log import log
from . import agents, numbers, words
from .addresses import GROUPS, Page
from .areas import BACK_OFFICE, area_at
from .language import LANGUAGES, LOCALES, chosen, translations
from .proofs import Proofs
from .refusals import Told
from .saying import said
from .sessions import DEVICE, LANGUAGE, cookie, is_secure
from .visit import Buyer, Viewer, Visit, plain_query

if TYPE_CHECKING:
    from .files import Files
    from .site import Site

FOLDER = Path(__file__).parent / "templates"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none';"
    " frame-ancestors 'none'"
)
COMPRESS_FROM = 1_000  # bytes


class Shown:
    """The templates, once for each language."""

    def __init__(self, files: "Files") -> None:
        self._environments = {language: _environment(language, files) for language in LANGUAGES}

    def render(self, template: str, language: str, fragment: str, values: dict[str, Any]) -> str:
        """All of a template, or the block of it that is named like the element that is asked for."""
        environment = self._environments[language]
        values = {**values, "ui": environment.get_template("pieces.html").make_module(values)}
        found = environment.get_template(template)
        block = found.blocks.get(fragment.replace("-", "_")) if fragment else None
        if block is None:
            return found.render(values)
        html = "".join(block(found.new_context(values)))
        return html + environment.get_template("beside.html").render(values)


def _environment(language: str, files: "Files") -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"], auto_reload=False,
    )  # fmt: skip
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    # Only for texts written in a template: gettext takes them for markup of ours. What comes from elsewhere is `|said`.
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(
        {"static": files.address, "LANGUAGES": LANGUAGES, "GROUPS": GROUPS, "words": words, "url": url}
    )
    environment.filters.update(
        {
            "said": lambda text: said(text, language),
            "money": lambda minor, currency: numbers.money(minor, currency, language),
            "number": lambda value: numbers.number(value, language),
            "price": lambda value: numbers.price(value, language),
            "day": lambda text, style="d MMM y": numbers.day(text, language, style),
            "browser": agents.named,
            "local_tag": lambda _: LOCALES[language].replace("_", "-"),
        }
    )
    return environment


def url(path: str, query: Mapping[str, Any] | None = None, **changes: Any) -> str:
    """An address with a query, some of it changed; what is None or '' is left out."""
    whole = {**(query or {}), **changes}
    kept = {name: value for name, value in whole.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


# -- a page


async def show_page(page: Page, face: Face, request: Request, viewer: Viewer | Buyer | None) -> Response:
    from .site import site_of

    site = site_of(face)
    asked = Asked.of(request, site, viewer)
    response = await face.threads.run(shown_page, site, page, request.path_params, asked)
    asked.proofs.dress(response)
    return response


class Asked:
    """What of a request matters to a page, whoever answers it."""

    def __init__(
        self, *, viewer: Viewer | Buyer | None, proofs: Proofs, language: str, path: str, query: dict[str, str],
        fragment: str, compress: bool, request_id: str, device: str = "",
    ) -> None:  # fmt: skip
        self.viewer, self.proofs, self.language, self.path, self.query = viewer, proofs, language, path, query
        self.fragment, self.compress, self.request_id = fragment, compress, request_id
        self.device = device

    @classmethod
    def of(cls, request: Request, site: "Site", viewer: Viewer | Buyer | None) -> "Asked":
        partial = header(request, b"hx-request") == "true" and header(request, b"hx-request-type") != "full"
        return cls(
            viewer=viewer,
            proofs=Proofs(request, secure=is_secure(request)),
            language=language_of(request, viewer),
            path=request.url.path,
            query=plain_query(request.query_params.multi_items()),
            fragment=(header(request, b"hx-target") or "").partition("#")[2] if partial else "",
            compress="gzip" in (header(request, b"accept-encoding") or ""),
            request_id=request.scope["orderwell.request_id"],
            device=hash_of_token(cookie(request, DEVICE) or ""),
        )


def language_of(request: Request, viewer: Viewer | Buyer | None) -> str:
    preferred = viewer.preferences.get("language") if viewer is not None else cookie(request, LANGUAGE)
    return chosen(preferred or "", header(request, b"accept-language") or "")


def shown_page(
    site: "Site", page: Page, path: Mapping[str, str], asked: Asked, refusal: Told | None = None,
    once: Mapping[str, Any] | None = None,
) -> Response:  # fmt: skip
    """On a thread. A refusal that came of a form on the page is shown in it; `once` is shown now and never again."""
    app = site.face.app
    try:
        with app.database.reading() as connection:
            visit = visit_of(site, connection, path, asked)
            found = page.look(visit)
            position = feed.last_position(connection) if visit.viewer is not None else 0
    except (sa.exc.OperationalError, sa.exc.TimeoutError) as error:
        log.error("page.failed", page=page.name, exc=error)
        raise Unavailable("The database is busy or gone; try again in a moment.") from None
    values = {**_around(site, asked, visit.house, visit.now, position), "refusal": refusal, "once": once, **found}
    html = site.shown.render(page.template, asked.language, asked.fragment, values)
    return answer(html, status_of(type(refusal.refused)) if refusal else 200, compress=asked.compress)


def shown_with(site: "Site", template: str, asked: Asked, values: Mapping[str, Any]) -> Response:
    """On a thread: what an act has to tell beyond a sentence, such as a result for each of many things."""
    with site.face.app.database.reading() as connection:
        visit = visit_of(site, connection, {}, asked)
        position = feed.last_position(connection)
    around = _around(site, asked, visit.house, visit.now, position)
    html = site.shown.render(template, asked.language, asked.fragment, {**around, "refusal": None, **values})
    return answer(html, 200, compress=asked.compress)


def visit_of(
    site: "Site", connection: Connection, path: Mapping[str, str], asked: Asked, query: Mapping[str, str] | None = None
) -> Visit:
    """`query` where something else was sent than what stands in the address."""
    house = connection.execute(sa.select(BUSINESS.sa).where(BUSINESS.c.id == ONLY)).first()
    app, who = site.face.app, asked.viewer
    return Visit(
        connection, app.database, who if isinstance(who, Viewer) else None, Business._make(house) if house else None,
        path, asked.query if query is None else query, app.clock.now(), asked.language, asked.fragment,
        who if isinstance(who, Buyer) else None, app.writer, asked.device,
    )  # fmt: skip


def _around(site: "Site", asked: Asked, house: Business | None, now: int, position: int) -> dict[str, Any]:
    """What every template may use."""
    viewer, language = asked.viewer, asked.language
    zone = house.time_zone if house is not None else "UTC"
    local = numbers.local(now, zone)
    assert local is not None
    today = local.date().isoformat()
    may: Callable[..., bool] = viewer.may if isinstance(viewer, Viewer) else lambda *rights: False
    return {
        "viewer": viewer,
        "area": area_at(asked.path),
        "may": may,
        "house": house,
        "language": language,
        "path": asked.path,
        "query": asked.query,
        "here": url(asked.path, asked.query),
        "now": now,
        "today": today,
        "position": position,
        "request_id": asked.request_id,
        "entries": [each for each in site.entries if may(each.right)],
        "told": asked.proofs.told,
        "fresh": asked.proofs.fresh,
        "when": lambda instant: numbers.when(instant, zone, language, today),
        "ago": lambda instant: numbers.ago(instant, now, language),
        "currency": house.currency if house is not None else "EUR",
    }


# -- what is refused where there is no page to show it on


def show_refusal(site: "Site", refused: Refused, scope: Scope, headers: Mapping[str, str]) -> Response:
    """A page of its own: not found, no right, failed. Who has to sign in is sent there, and comes back after it."""
    request = Request(scope)
    viewer = scope.get("orderwell.viewer")
    asked = Asked.of(request, site, viewer)
    if isinstance(refused, NotAuthenticated):
        return _to_sign_in(site, request, asked)
    status = status_of(type(refused))
    told = Told("", refused, asked.request_id)
    around = _around(site, asked, house_of(site), site.face.app.clock.now(), 0)
    values = {**around, "refusal": told, "status": status}
    html = site.shown.render("refused.html", asked.language, "", values)
    response = answer(html, status, compress=asked.compress)
    for name, value in headers.items():
        response.headers[name] = value
    asked.proofs.dress(response)
    return response


def house_of(site: "Site") -> Business | None:
    """Its name is on the page also when the database cannot be asked for more."""
    try:
        with site.face.app.database.reading() as connection:
            row = connection.execute(sa.select(BUSINESS.sa).where(BUSINESS.c.id == ONLY)).first()
    except sa.exc.SQLAlchemyError:
        return None
    return Business._make(row) if row is not None else None


def _to_sign_in(site: "Site", request: Request, asked: Asked) -> Response:
    area = area_at(asked.path)
    if area is BACK_OFFICE and request.method == "GET" and header(request, b"sec-fetch-site") == "cross-site":
        # A link of another site brings no cookie of ours along; the page it leads to, loading itself again, does.
        html = site.shown.render("arrived.html", asked.language, "", _around(site, asked, None, 0, 0))
        return answer(html, 200, compress=False)
    if header(request, b"hx-request") == "true":
        return Response(None, 401, {"hx-redirect": area.sign_in})
    wanted = asked.path if request.method in ("GET", "HEAD") and asked.path != area.home else None
    target = url(asked.path, asked.query) if wanted and area is BACK_OFFICE else None  # a mailed link leads home
    return Response(None, 303, {"location": url(area.sign_in, {"then": target})})


def answer(html: str, status: int, *, compress: bool) -> Response:
    body = html.encode()
    headers = {
        "content-security-policy": POLICY,
        "cache-control": "no-store",
        "referrer-policy": "same-origin",  # with none at all a browser says `Origin: null` of our own forms
        "vary": "accept-encoding, hx-request",
    }
    if compress and len(body) > COMPRESS_FROM:
        body = gzip.compress(body, 4, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(body, status, headers, media_type="text/html")
