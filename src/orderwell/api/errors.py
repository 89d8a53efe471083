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
    TooManyTries,
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


class UnknownVersion(Refused):
    """Leave the header out to get the version that your key was made under."""

    code = "unknown_version"
    title = "There is no such version of the API"


class TooManyRequests(Refused):
    """The header Retry-After says in how many seconds the next one is let through."""

    code = "too_many_requests"
    title = "This key asks too often"
    retryable = True


# The nearest class in a refusal's ancestry decides.
STATUS: dict[type[Refused], int] = {
    Invalid: 422,
    NotFound: 404,
    Conflict: 409,
    Denied: 403,
    NotAuthenticated: 401,
    KeyMissing: 400,
    KeyUnfit: 400,
    UnknownVersion: 400,
    KeyReused: 422,
    KeyRunning: 409,
    Stale: 412,
    NotJson: 400,
    NoSuchMethod: 405,
    TooLarge: 413,
    WrongMediaType: 415,
    TooManyTries: 429,
    TooManyRequests: 429,
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
    "one_of": "Exactly one of several fields must be there.",
    "required": "It may be left out elsewhere, not here; the sentence says why.",
    "named_twice": "The same thing is named in two places of one request.",
    "not_whole_units": "The SKU is not sold in parts that small.",
    "not_stocked": "The SKU is a service and has no stock.",
    "retired_sku": "The SKU is no longer sold.",
    "barcode_taken": "The barcode is on another SKU.",
    "amount_too_large": "It amounts to more than the books can hold.",
    "discount_too_large": "The discount is more than what it is taken from.",
    "no_cost": "No cost was sent and the supplier's terms hold none.",
    "no_provider": "The payment has no provider behind it.",
    "not_at_a_till": "This is no way to pay at a till.",
    "other_location": "It stands at another location.",
    "not_cash": "Only cash is handed over and gives change.",
    "not_in_coins": "Cash cannot be paid in amounts smaller than the smallest coin.",
    "not_open": "It is settled already.",
    "no_heading": "The first line of a CSV must head its columns.",
    "not_csv": "It cannot be read as CSV.",
    "not_camt": "It is no CAMT.053 statement.",
    "went_out": "The bank line went out, and is no payment of a customer.",
    "not_an_address": "It is no e-mail address.",
    "not_a_day": "It is no day, such as 2026-01-31.",
    "in_the_past": "The day is before today.",
    "is_collected": "The order is fetched by the customer, and goes nowhere.",
    "is_a_reversal": "It is a reversal itself, and cannot be reversed.",
    "same_customer": "It is the same customer.",
    "same_account": "Debit and credit are the same account.",
    "same_location": "It is there already.",
    "control_account": "The account has records of its own; entries by hand would part it from them.",
    "not_https": "Only https is sent to.",
    "private_address": "The address is inside; nothing is sent there.",
    "other_currency": "It is in another currency than the business's books.",
    "too_large": "There is more of it than is read at once.",
    "not_a_notification": "It is signed, and is no notification of a payment.",
    "too_simple": "It is among the first that anybody would guess.",
    "not_a_query": "It is no query string as in a URL.",
    "unknown_account": "There is no such account.",
    "unknown_bin": "There is no such bin at this location.",
    "unknown_carrier": "There is no such carrier.",
    "unknown_channel": "There is no such channel.",
    "unknown_customer": "There is no such customer.",
    "unknown_delivery_method": "There is no such method of delivery.",
    "unknown_line": "There is no such line.",
    "unknown_location": "There is no such location.",
    "unknown_open_item": "There is no such open item of a customer.",
    "unknown_person": "There is no such person.",
    "unknown_product": "There is no such product.",
    "unknown_proposal": "There is no such proposal.",
    "unknown_provider": "There is no such payment provider.",
    "unknown_right": "There is no such right.",
    "unknown_role": "There is no such role.",
    "unknown_sku": "There is no such SKU.",
    "unknown_supplier": "There is no such supplier.",
    "unknown_till": "There is no such till.",
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
        extra["retry-after"] = str(problem.get("facts", {}).get("retry_after", RETRY_AFTER_SECONDS))
    if status == 401:
        extra["www-authenticate"] = "Bearer"
    return Response(to_json(problem), status, extra, media_type=MEDIA_TYPE)
