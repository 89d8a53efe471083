"""Refusals as HTTP: the one table from error class to status, and RFC 9457 problem documents."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response

from ..kit.errors import (
    Conflict,
    Denied,
    Failed,
    Invalid,
    KeyMissing,
    KeyReused,
    KeyRunning,
    NotAuthenticated,
    NotFound,
    Problem,
    Refused,
    Stale,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1


class NotJson(Refused):
    code = "not_json"
    title = "The body is not JSON"


class KeyUnfit(Refused):
    code = "idempotency_key_unfit"
    title = "An Idempotency-Key is 1 to 255 visible ASCII characters"


class TooLarge(Refused):
    code = "too_large"
    title = "The body is too large"


class WrongMediaType(Refused):
    code = "wrong_media_type"
    title = "Send application/json"


class NoSuchMethod(Refused):
    code = "method_not_allowed"
    title = "This address does not know that method"


# The nearest class in a refusal's ancestry decides.
STATUS: dict[type[Refused], int] = {
    Invalid: 422,
    NotFound: 404,
    Conflict: 409,
    Denied: 403,
    NotAuthenticated: 401,
    KeyMissing: 400,
    KeyUnfit: 400,
    KeyReused: 422,
    KeyRunning: 409,
    Stale: 412,
    NotJson: 400,
    NoSuchMethod: 405,
    TooLarge: 413,
    WrongMediaType: 415,
    Unavailable: 503,
    Failed: 500,
    Refused: 409,  # whatever is none of these makes sense, and is not possible
}

# What a field can have wrong: the codes inside `errors`.
FIELD_CODES = {
    "missing": "It is required and not there.",
    "unknown_field": "There is no such field; nothing is ignored in silence.",
    "wrong_type": "It has another JSON type than it should.",
    "out_of_range": "It is too long, too short, too large or too small.",
    "not_one_of": "It is not one of the words that are allowed here.",
    "nul_character": "Text with a NUL character cannot be stored.",
    "too_deep": "It is nested deeper than 32 levels.",
    "invalid_value": "It has the right type and cannot be used all the same; the sentence says why.",
}

PYDANTIC = {
    "missing": "missing",
    "missing_argument": "missing",
    "unexpected_keyword_argument": "unknown_field",
    "extra_forbidden": "unknown_field",
    "literal_error": "not_one_of",
    "enum": "not_one_of",
}


def status_of(refused: type[Refused]) -> int:
    for each in refused.__mro__:
        if each in STATUS:
            return STATUS[each]
    raise AssertionError(f"{refused.__name__} has no HTTP status")


def field_code(pydantic_type: str) -> str:
    """Our word for one of pydantic's."""
    if pydantic_type in PYDANTIC:
        return PYDANTIC[pydantic_type]
    if pydantic_type.endswith(("_type", "_parsing", "_from_float")):
        return "wrong_type"
    if pydantic_type.startswith(("too_", "string_too_", "greater_", "less_", "decimal_max", "decimal_whole")):
        return "out_of_range"
    return "invalid_value"


def document(refused: Refused, *, instance: str, request_id: str, docs_url: str) -> dict[str, Any]:
    """The problem as JSON-ready members. What only we should know (traces, SQL) is not in a refusal to begin with."""
    problem: dict[str, Any] = {
        "type": f"{docs_url}/docs/errors#{refused.code}",
        "title": refused.title,
        "status": status_of(type(refused)),
        "detail": refused.detail,
        "instance": instance,
        "code": refused.code,
        "request_id": request_id,
        "retryable": refused.retryable,
        "errors": [_field(each) for each in refused.problems],
    }
    if refused.facts:
        problem["facts"] = refused.facts
    return problem


def _field(problem: Problem) -> dict[str, str]:
    return {"pointer": problem.pointer, "code": problem.code, "detail": problem.detail}


def answer(problem: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    extra = dict(headers or {})
    status = problem["status"]
    if status in (429, 503) or problem["code"] == KeyRunning.code:
        extra["retry-after"] = str(RETRY_AFTER_SECONDS)
    if status == 401:
        extra["www-authenticate"] = "Bearer"
    return Response(to_json(problem), status, extra, media_type=MEDIA_TYPE)
