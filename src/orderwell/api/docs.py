"""The documentation, offline: the API's description, a page to read and try it, and a page of every error code."""

from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ..kit.errors import CODES, NotFound, Refused
from .errors import FIELD_CODES, status_of
from .face import Face
from .openapi import description
from .operations import OPEN, ROOT, Operation, Plain

STATIC = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "docs.js": "text/javascript",
    "docs.css": "text/css",
}
# Scripts and styles come from files of ours alone; the pictures of the style sheet are inside it, as data.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
NAVIGATION = '<nav><a href="/docs">The API</a><a href="/docs/errors">Error codes</a></nav>'


def operations() -> list[Operation]:
    pages = [
        ("/docs", "docs_page", "Read and try the API.", _docs),
        ("/docs/errors", "errors_page", "Every error code.", _errors),
        ("/docs/static/{file}", "docs_file", "A file of the pages.", _file),
        (f"{ROOT}/openapi.json", "openapi", "This description.", _openapi),
    ]
    return [
        Plain(method="GET", path=path, right=OPEN, name=name, summary=summary, run=run)
        for path, name, summary, run in pages
    ]


async def _openapi(face: Face, request: Request, caller: Any) -> Response:
    if "openapi" not in face.cache:
        face.cache["openapi"] = description(face.operations)
    return Response(face.cache["openapi"], media_type="application/json", headers={"cache-control": "no-cache"})


async def _docs(face: Face, request: Request, caller: Any) -> Response:
    return _page(
        "Orderwell API",
        '<div id="swagger-ui"></div><script src="/docs/static/swagger-ui-bundle.js"></script>'
        '<script src="/docs/static/docs.js"></script>',
        '<link rel="stylesheet" href="/docs/static/swagger-ui.css">',
    )


async def _errors(face: Face, request: Request, caller: Any) -> Response:
    if "errors" not in face.cache:
        face.cache["errors"] = errors_table()
    return _page("Orderwell API: error codes", face.cache["errors"])


async def _file(face: Face, request: Request, caller: Any) -> Response:
    name = request.path_params["file"]
    if name not in STATIC:
        raise NotFound("There is nothing at this address.")
    content, tag = _content(name)
    headers = {"cache-control": "public, max-age=3600", "etag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(None, 304, headers)
    return Response(content, 200, headers, media_type=STATIC[name])


@cache
def _content(name: str) -> tuple[bytes, str]:
    content = files(__package__).joinpath("static", name).read_bytes()
    return content, f'"{sha256(content).hexdigest()[:32]}"'


def _page(title: str, body: str, head: str = "") -> Response:
    html = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}'
        f'<link rel="stylesheet" href="/docs/static/docs.css"></head><body>{NAVIGATION}{body}</body></html>'
    )
    headers = {"content-security-policy": POLICY, "cache-control": "no-cache"}
    return Response(html, media_type="text/html", headers=headers)


def errors_table() -> str:
    """The body of the page: every code a problem can have, and every code inside its `errors`."""
    rows = "".join(_row(code, refused) for code, refused in sorted(CODES.items()))
    fields = "".join(
        f'<tr id="field-{escape(code)}"><td>{_anchor(f"field-{code}", code)}</td><td>{escape(text)}</td></tr>'
        for code, text in sorted(FIELD_CODES.items())
    )
    return (
        "<main><h1>Error codes</h1><p>Refusals are <code>application/problem+json</code> (RFC 9457). A refused request"
        " leaves no trace. Where it says to try again, the same request with the same Idempotency-Key may succeed"
        ' later; the codes <a href="#inside">inside <code>errors</code></a> say what is wrong with a field.</p>'
        '<table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">What it means</th>'
        f'<th scope="col">Try again</th></tr></thead><tbody>{rows}</tbody></table>'
        '<h2 id="inside">Inside <code>errors</code></h2><p>Each names a field by JSON pointer.</p>'
        '<table><thead><tr><th scope="col">Code</th><th scope="col">What it means</th></tr></thead>'
        f"<tbody>{fields}</tbody></table></main>"
    )


def _row(code: str, refused: type[Refused]) -> str:
    more = f'<span class="more">{escape(_words(refused))}</span>' if _words(refused) else ""
    again = "yes" if refused.retryable else "no"
    return (
        f'<tr id="{escape(code)}"><td>{_anchor(code, code)}</td>'
        f'<td class="status">{status_of(refused)}</td><td>{escape(refused.title)}.{more}</td>'
        f'<td class="{again}" data-name="Try again">{again}</td></tr>'
    )


def _anchor(place: str, code: str) -> str:
    return f'<a href="#{escape(place)}"><code>{escape(code)}</code></a>'


def _words(refused: type[Refused]) -> str:
    """What its docstring adds, if it has one of its own."""
    return " ".join((refused.__dict__.get("__doc__") or "").split())
