"""Many operations in one request: each with its own key, status and problem; one refused does not stop the others."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from annotated_types import Len
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from ..kit.errors import NotFound, Refused
from ..kit.idempotency import hash_of
from ..kit.sentences import Sentence
from ..kit.writer import Call, Outcome
from . import errors
from .answers.service import BatchAnswer
from .decode import adapter_of, body_of, decode, must_be_json
from .face import Face
from .keys import Caller
from .operations import ANY_KEY, ROOT, Operation, Plain, Verb
from .writes import dry_run_of, key_of, told_of_path, weight_of

MAX_OPERATIONS = 500
Path = Annotated[str, Len(1, 300)]


@dataclass(frozen=True, slots=True)
class Item:
    """One operation: `POST` to a path under /api/v1 such as `/orders`, and its body."""

    path: Path
    body: dict[str, Any] = field(default_factory=dict)
    method: Literal["POST", "PATCH"] = "POST"


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to 500 operations. They are done in order, each for itself; the n-th has the key `<Idempotency-Key>/<n>`."""

    operations: Annotated[list[Item], Len(1, MAX_OPERATIONS)]


EXAMPLE = {
    "operations": [
        {"path": "/orders", "body": {"channel": "web", "lines": [{"sku": "lamp", "quantity": "1"}]}},
        {"path": "/orders/ord_32SN7ZE200401/ship"},
    ]
}


def operations() -> list[Operation]:
    return [
        Plain(
            method="POST", path=f"{ROOT}/batches", right=ANY_KEY, name="run_batch", run=_run,
            summary="Do up to 500 operations in one request.", description=" ".join((Batch.__doc__ or "").split()),
            body=Batch, example=EXAMPLE, result=BatchAnswer, keyed=True,
        ),
    ]  # fmt: skip


@dataclass(slots=True)
class Found:
    """What an item turned out to be: a verb with what its path says."""

    verb: Verb
    path: dict[str, str]


async def _run(face: Face, request: Request, caller: Caller) -> Response:
    dry_run = dry_run_of(request)
    key = key_of(request, required=not dry_run)
    body = await body_of(request, face.settings.body_limit_bytes)
    must_be_json(request, body)
    batch: Batch = decode(adapter_of(Batch), body, {}, hot=True)
    request_id: str = request.scope["orderwell.request_id"]
    waiting: list[tuple[Item, Found | None, asyncio.Future[Outcome] | Refused]] = []
    for n, item in enumerate(batch.operations, 1):
        found: Found | None = None
        result: asyncio.Future[Outcome] | Refused
        try:
            found = _find(face, item)
            caller.must(found.verb.rights)
            result = face.submit(_call(found, item, caller, request_id, None if dry_run else f"{key}/{n}", dry_run))
        except Refused as refusal:
            result = refusal
        waiting.append((item, found, result))
    return await _answered(face, waiting, request_id)


async def _answered(face: Face, waiting: Sequence[tuple[Item, Found | None, Any]], request_id: str) -> Response:
    """Bodies are joined as they are, so that a batch sent again gets the same bytes."""
    parts = []
    replayed = True
    for item, found, result in waiting:
        outcome = Outcome(refusal=result) if isinstance(result, Refused) else await result
        replayed = replayed and outcome.replayed
        if outcome.refusal is not None:
            refusal = told_of_path(outcome.refusal, found.path if found else {})
            problem = errors.document(
                refusal, instance=ROOT + item.path, request_id=request_id, docs_url=face.settings.public_url
            )
            parts.append(b'{"status":%d,"body":%b}' % (problem["status"], to_json(problem)))
        else:
            assert found is not None
            body = outcome.body if outcome.body is not None else to_json(outcome.answer)
            status = 200 if outcome.body is None else found.verb.status
            parts.append(b'{"status":%d,"body":%b}' % (status, body))
    headers = {"idempotent-replayed": "true"} if replayed else {}
    content = b'{"object":"batch","data":[%b]}' % b",".join(parts)
    return Response(content, 200, headers, media_type="application/json")


def _call(found: Found, item: Item, caller: Caller, request_id: str, key: str | None, dry_run: bool) -> Call:
    body = to_json(item.body)
    ask = decode(found.verb.adapter, body, found.path, hot=found.verb.hot)
    return Call(
        ask,
        actor=caller.actor,
        request_id=request_id,
        key=key,
        input_hash=hash_of(f"{item.method} {ROOT}{item.path}", body) if key is not None else "",
        dry_run=dry_run,
        weight=weight_of(ask),
    )


def _find(face: Face, item: Item) -> Found:
    """The verb an item's method and path mean. Raises NotFound or Invalid."""
    if "batch_verbs" not in face.cache:
        face.cache["batch_verbs"] = _fixed(face), _verbs(face)
    fixed: Mapping[tuple[str, str], Found]
    table: Mapping[tuple[str, str, int], list[tuple[list[str], Verb]]]
    fixed, table = face.cache["batch_verbs"]
    found = fixed.get((item.method, item.path))
    if found is not None:
        return found
    parts = [unquote(part) for part in item.path.removeprefix(ROOT).strip("/").split("/")]
    for pattern, verb in table.get((item.method, parts[0], len(parts)), ()):
        path = {p[1:-1]: part for p, part in zip(pattern, parts, strict=True) if p.startswith("{")}
        if all(p == part or p.startswith("{") for p, part in zip(pattern, parts, strict=True)):
            return Found(verb, path)
    raise NotFound(Sentence("A batch knows no {method} {path}.", method=item.method, path=item.path))


def _fixed(face: Face) -> dict[tuple[str, str], Found]:
    """Verbs whose path is always the same, found at once. The same verbs are among `_verbs`, for other spellings."""
    return {
        (each.method, each.path.removeprefix(ROOT)): Found(each, {})
        for each in face.operations
        if isinstance(each, Verb) and each.prepare is None and not each.path_fields
    }


def _verbs(face: Face) -> dict[tuple[str, str, int], list[tuple[list[str], Verb]]]:
    """Verbs by method, first part and length of their path. Those that show a secret go alone."""
    found: dict[tuple[str, str, int], list[tuple[list[str], Verb]]] = {}
    for each in face.operations:
        if isinstance(each, Verb) and each.prepare is None:
            parts = each.path.removeprefix(ROOT).strip("/").split("/")
            found.setdefault((each.method, parts[0], len(parts)), []).append((parts, each))
    for those in found.values():
        those.sort(key=lambda each: sum(part.startswith("{") for part in each[0]))
    return found
