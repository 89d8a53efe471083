"""Answering a form with what is shown once: a new key, a link that works once, a signing secret, recovery codes.

The secret is made here and goes into this one page; the writer gets its hash, and no redirect, cookie or log carries
it. The same form sent again finds that it was done, and shows the page without the secret.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from ..api.face import Face
from ..api.writes import told_of_path
from ..kit.errors import Conflict
from ..kit.idempotency import hash_of
from ..kit.writer import Call
from .showing import Asked, shown_page
from .site import site_of
from .visit import Viewer


class ShownBefore(Conflict):
    code = "shown_before"
    title = "This was done already, and what it made was shown then"


async def done_once(
    face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str], ask: Any, told: str
) -> Mapping[str, Any]:
    """The flow's answer. Raises its refusal, or ShownBefore with `told` when this very form was sent before."""
    body = urlencode(sorted(fields.items())).encode()
    call = Call(
        ask, actor=viewer.actor, request_id=request.scope["orderwell.request_id"], key=fields["_key"],
        input_hash=hash_of(f"POST {request.url.path}", body),
    )  # fmt: skip
    outcome = await face.submit(call)
    if outcome.refusal is not None:
        raise told_of_path(outcome.refusal, request.path_params)
    if outcome.replayed:
        raise ShownBefore(told)
    answer: Mapping[str, Any] = outcome.value()
    return answer


async def show_once(face: Face, request: Request, viewer: Viewer, path: str, once: Mapping[str, Any]) -> Response:
    """The page at `path`, with what is never shown again."""
    site = site_of(face)
    asked = Asked.of(request, site, viewer)
    asked.path, asked.query, asked.fragment = path, {}, ""
    found = site.page_at(path)
    assert found is not None, path
    response = await face.threads.run(shown_page, site, *found, asked, None, once)
    asked.proofs.dress(response)
    return response
