"""Performing a form: proof, rights and version are checked, the writer is waited for, and the page told what became."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import sqlalchemy as sa
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response

from ..api.decode import body_of, decode_members
from ..api.face import Face
from ..api.headers import header
from ..api.versions import precondition_of
from ..api.writes import told_of_path, weight_of
from ..business.model import ONLY, Business
from ..business.store import BUSINESS
from ..kit.errors import Invalid, Refused, Stale
from ..kit.events import EVENTS
from ..kit.idempotency import hash_of
from ..kit.writer import Call
from ..reports.order_page import named
from ..values.ids import KINDS, parse
from .addresses import Act, Form, Page, Undo
from .areas import BACK_OFFICE, area_at
from .asked_fields import members_of
from .refusals import Forged, Told
from .showing import Asked, shown_page, visit_of
from .site import Site, site_of
from .visit import Buyer, Viewer, plain_query

MAX_FIELDS = 5_000
OURS = ("_key", "_proof", "_version", "_seen", "_back")


async def perform(form: Form, face: Face, request: Request, viewer: Viewer | Buyer) -> Response:
    site = site_of(face)
    asked = Asked.of(request, site, viewer)
    body = await body_of(request, face.settings.body_limit_bytes)
    fields = fields_of(request, body)
    key = asked.proofs.check(request, fields)
    try:
        answer = await _performed(form, face, request, viewer, asked, fields, key, body)
    except Refused as refused:
        return await _refused(form, site, request, asked, fields, refused)
    undo = form.undo(request.path_params, answer) if form.undo is not None else None
    return await _done(form, site, request, asked, fields, answer, undo)


async def _performed(
    form: Form, face: Face, request: Request, viewer: Viewer | Buyer, asked: Asked, fields: Mapping[str, str],
    key: str, body: bytes,
) -> Mapping[str, Any]:  # fmt: skip
    """The flow's answer. Raises its refusal."""
    path: dict[str, str] = request.path_params
    ask = await face.threads.run(_ask, form, face, asked, path, fields)
    version = fields.get("_version")
    call = Call(
        ask,
        actor=viewer.actor,
        request_id=asked.request_id,
        key=key,
        input_hash=hash_of(f"POST {asked.path}", body),
        weight=weight_of(ask),
        precondition=precondition_of(f'"{version}"', form.path, path) if version else None,
    )
    outcome = await face.submit(call)
    if outcome.refusal is not None:
        raise told_of_path(outcome.refusal, path)
    answer = outcome.answer if outcome.body is None else from_json(outcome.body)
    assert isinstance(answer, dict)
    return answer


def _ask(form: Form, face: Face, asked: Asked, path: Mapping[str, str], fields: Mapping[str, str]) -> Any:
    typed = {name: value for name, value in fields.items() if name not in OURS}
    form.check(typed)
    with face.app.database.reading() as connection:
        house = connection.execute(sa.select(BUSINESS.sa).where(BUSINESS.c.id == ONLY)).one()
        business = Business._make(house)
        members = members_of(form.ask, typed, language=asked.language, currency=business.currency)
        if form.prepare is not None:
            members = form.prepare(visit_of(site_of(face), connection, path, asked, typed), members)
    return decode_members(form.adapter, members, path)


async def act(declared: Act, face: Face, request: Request, viewer: Viewer | Buyer | None) -> Response:
    asked = Asked.of(request, site_of(face), viewer)
    fields = fields_of(request, await body_of(request, face.settings.body_limit_bytes))
    asked.proofs.check(request, fields)
    try:
        response: Response = await declared.run(face, request, viewer, fields)
    except Refused as refused:
        return await _refused(declared, site_of(face), request, asked, fields, refused)
    return response


def fields_of(request: Request, body: bytes) -> dict[str, str]:
    """What was typed, by name. Raises Invalid for what no page of ours sends."""
    kind = (header(request, b"content-type") or "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Forged("Forms are sent as application/x-www-form-urlencoded.")
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=MAX_FIELDS,
            errors="strict",
        )  # fmt: skip
    except ValueError:
        raise Invalid("This is no form that a page of ours sends.") from None
    if any("\0" in name or "\0" in value for name, value in pairs):  # no browser types one, no database keeps one
        raise Invalid("This is no form that a page of ours sends.")
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


# -- how it is told


async def _done(
    form: Form, site: Site, request: Request, asked: Asked, fields: Mapping[str, str], answer: Mapping[str, Any],
    undo: Undo | None,
) -> Response:  # fmt: skip
    told = {"text": form.done, "undo": undo._asdict() if undo is not None else None}
    back = back_of(fields)
    then = form.then(answer) if form.then is not None else back
    found = _page_at(site, asked, back) if then == back and asked.fragment else None
    if found is None:
        htmx = header(request, b"hx-request") == "true"
        response = Response(None, 200 if htmx else 303, {"hx-redirect" if htmx else "location": then})
        asked.proofs.tell_next(response, told)
        return response
    asked.proofs.tell_now(told)
    response = await site.face.threads.run(_page_again, site, *found, asked, back, None)
    asked.proofs.dress(response)
    return response


async def _refused(
    declared: Form | Act, site: Site, request: Request, asked: Asked, fields: Mapping[str, str], refused: Refused
) -> Response:
    """The page that the form was on, as it is now, with the refusal in it."""
    back = back_of(fields)
    found = _page_at(site, asked, back)
    if found is None:
        raise refused
    typed = {name: value for name, value in fields.items() if name not in OURS and "password" not in name}
    told = Told(asked.path, refused, asked.request_id, typed)
    response = await site.face.threads.run(_page_again, site, *found, asked, back, _with_changes(told, fields))
    asked.proofs.dress(response)
    return response


def _with_changes(told: Told, fields: Mapping[str, str]) -> Told:
    seen = fields.get("_seen", "")
    if isinstance(told.refused, Stale) and seen.isascii() and seen.isdigit() and len(seen) <= 18:
        told.seen = int(seen)
    return told


def _page_at(site: Site, asked: Asked, back: str) -> tuple[Page, Mapping[str, str]] | None:
    """The page that a form says it was on, where whoever sent it may see that one: they can say anything."""
    found = site.page_at(urlsplit(back).path)
    if found is None or not found[0].again:
        return None
    return found if area_at(asked.path) is found[0].area and found[0].open_to(asked.viewer) else None


def _page_again(
    site: Site, page: Page, path: Mapping[str, str], asked: Asked, back: str, told: Told | None
) -> Response:
    parts = urlsplit(back)
    if told is not None and told.seen is not None and page.area is BACK_OFFICE:  # customers learn no names of ours
        told.changes = changes_since(site, path, told.seen)
    asked.path, asked.query = parts.path, plain_query(parse_qsl(parts.query))
    return shown_page(site, page, path, asked, told)


def changes_since(site: Site, path: Mapping[str, str], seen: int) -> list[dict[str, Any]]:
    """What happened to the thing a page is about since a form on it was opened."""
    subjects = [number for text in path.values() if text[:3] in KINDS and (number := parse(KINDS[text[:3]], text))]
    query = (
        sa.select(EVENTS.c.type, EVENTS.c.at, EVENTS.c.actor)
        .where(EVENTS.c.subject_id.in_(subjects), EVENTS.c.at >= seen)
        .order_by(EVENTS.c.id)
        .limit(50)
    )
    with site.face.app.database.reading() as connection:
        return named(connection, [dict(row._mapping) for row in connection.execute(query)])


def back_of(fields: Mapping[str, str]) -> str:
    """The address of the page a form was on: one of ours, whatever was sent."""
    back = fields.get("_back", "")
    fit = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable() and len(back) <= 2_000
    return back if fit else "/"
