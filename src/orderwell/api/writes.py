"""Performing a verb: key, body and version are checked, the writer is waited for, its answer passed on byte by byte."""

import re
from collections.abc import Callable
from typing import Any

from pydantic_core import from_json, to_json
from starlette.requests import Request
from starlette.responses import Response

from ..kit.errors import Invalid, KeyMissing, NotFound, Refused
from ..kit.idempotency import hash_of
from ..kit.sentences import Sentence
from ..kit.writer import Call, Outcome
from .decode import body_of, decode, must_be_json
from .errors import KeyUnfit
from .face import Face
from .headers import header
from .keys import Caller
from .operations import Verb
from .versions import precondition_of, tag_of

MAX_KEY = 255
KEY = re.compile(rf"[!-~]{{1,{MAX_KEY}}}\Z")


async def perform(verb: Verb, face: Face, request: Request, caller: Caller) -> Response:
    dry_run = dry_run_of(request)
    key = None if verb.asks else key_of(request, required=not dry_run)
    body = await body_of(request, face.settings.body_limit_bytes)
    must_be_json(request, body)
    path: dict[str, str] = request.path_params
    ask = decode(verb.adapter, body, path, hot=verb.hot)
    finish = None
    if verb.prepare is not None:
        ask, finish = verb.prepare(ask, face)
    call = Call(
        ask,
        actor=caller.actor,
        request_id=request.scope["orderwell.request_id"],
        key=None if dry_run else key,
        input_hash=hash_of(f"{verb.method} {request.scope['path']}", body),
        dry_run=dry_run,
        weight=weight_of(ask),
        precondition=precondition_of(header(request, b"if-match"), verb.path, path),
    )
    outcome = await face.submit(call)
    return _answered(verb, outcome, path, finish)


def _answered(verb: Verb, outcome: Outcome, path: dict[str, str], finish: Callable[[bytes], bytes] | None) -> Response:
    if outcome.refusal is not None:
        raise told_of_path(outcome.refusal, path)
    body = outcome.body if outcome.body is not None else to_json(outcome.answer)
    headers = {}
    if outcome.replayed:
        headers["idempotent-replayed"] = "true"
    elif finish is not None:
        body = finish(body)
    answer = outcome.answer if outcome.answer is not None else from_json(body)
    if (tag := tag_of(answer, verb.path)) is not None:
        headers["etag"] = tag
    status = 200 if isinstance(answer, dict) and answer.get("dry_run") is True else verb.status
    return Response(body, status, headers, media_type="application/json")


def told_of_path(refusal: Refused, path: dict[str, str]) -> Refused:
    """Something unknown that the address itself names is not found; in a body it would be invalid."""
    if isinstance(refusal, Invalid) and refusal.problems:
        pointers = {problem.pointer for problem in refusal.problems}
        unknown = all(problem.code.startswith("unknown_") for problem in refusal.problems)
        if unknown and pointers <= {f"/{name}" for name in path}:
            return NotFound(refusal.detail)
    return refusal


def weight_of(ask: Any) -> int:
    """How heavy a request is for the writer: its lines."""
    lines = getattr(ask, "lines", None)
    return len(lines) if isinstance(lines, list) and lines else 1


def key_of(request: Request, *, required: bool) -> str | None:
    """The Idempotency-Key. Raises KeyMissing or KeyUnfit."""
    key = header(request, b"idempotency-key")
    if key is None:
        if required:
            raise KeyMissing("Send a header Idempotency-Key: a new one per request, the same one when you try again.")
        return None
    if KEY.match(key) is None:
        raise KeyUnfit(
            Sentence("An Idempotency-Key is 1 to {most} visible ASCII characters, without spaces.", most=MAX_KEY)
        )
    return key


def dry_run_of(request: Request) -> bool:
    """Raises Invalid for other query parameters: a verb takes none but this."""
    dry_run = False
    if not request.scope["query_string"]:
        return dry_run
    for name, value in request.query_params.multi_items():
        if name != "dry_run":
            raise Invalid.at(f"/{name}", "A verb takes no query parameter but dry_run.", "unknown_field")
        if value not in ("true", "false"):
            raise Invalid.at("/dry_run", "dry_run is true or false.", "wrong_type")
        dry_run = value == "true"
    return dry_run
