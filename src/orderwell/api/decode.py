"""From bytes to a typed request: everything wrong with it is told at once, by JSON pointer."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from pydantic_core import ErrorDetails, from_json, to_json
from starlette.requests import ClientDisconnect, Request

from ..kit.errors import Invalid, Problem
from ..kit.sentences import Sentence
from .errors import NotJson, TooLarge, WrongMediaType, field_code
from .headers import header

MAX_DEPTH = 32
MAX_WHOLE = 2**63 - 1
MAX_DIGITS = 28
MAX_PROBLEMS = 100
ESCAPED_NUL = b"\\u0000"


# What pydantic can find wrong with our requests → what the pages say in other languages instead of its English.
CHECKS = {
    "missing": "It has to be filled in.",
    "unexpected_keyword_argument": "There is no such field.",
    "dataclass_type": "It should have fields of its own.",
    "string_type": "It should be a text.",
    "string_too_short": "At least {min_length} characters.",
    "string_too_long": "At most {max_length} characters.",
    "int_type": "It should be a whole number.",
    "int_from_float": "It should be a whole number.",
    "int_parsing_size": "The number is too large.",
    "decimal_type": "It should be a number.",
    "decimal_parsing": "It should be a number.",
    "finite_number": "It should be a number.",
    "greater_than": "More than {gt}.",
    "greater_than_equal": "At least {ge}.",
    "less_than_equal": "At most {le}.",
    "bool_type": "It is either true or false.",
    "list_type": "It should be a list.",
    "tuple_type": "It should be a list.",
    "too_short": "At least {min_length} of them.",
    "too_long": "At most {max_length} of them.",
    "literal_error": "One of these: {expected}.",
}


@cache
def adapter_of(ask: type) -> TypeAdapter[Any]:
    """Decodes requests of this type: nothing is guessed (strict) and nothing ignored (forbid)."""
    with_config(ConfigDict(extra="forbid", strict=True))(ask)
    return TypeAdapter(ask)


def fields_of(ask: type) -> set[str]:
    return {each.name for each in fields(ask)}


async def body_of(request: Request, limit: int) -> bytes:
    """The raw body, never more of it in memory than `limit`. Raises TooLarge."""
    told = header(request, b"content-length") or ""
    if told.isdigit() and int(told) > limit:
        raise TooLarge(Sentence("A body has at most {limit} bytes; this one has {told}.", limit=limit, told=told))
    parts, size, more = [], 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size > limit:
            raise TooLarge(Sentence("A body has at most {limit} bytes.", limit=limit))
        parts.append(part)
    return b"".join(parts)


def must_be_json(request: Request, body: bytes) -> None:
    """Raises WrongMediaType. A body that is not there needs no type."""
    told = header(request, b"content-type") or ""
    if told == "application/json":
        return
    kind, _, parameters = told.partition(";")
    charset = parameters.strip().lower().replace('"', "").replace(" ", "")
    if kind.strip().lower() == "application/json" and charset in ("", "charset=utf-8"):
        return
    if kind or body:
        raise WrongMediaType("Send the body as application/json in UTF-8.")


def decode(adapter: TypeAdapter[Any], body: bytes, path: Mapping[str, str], *, hot: bool = False) -> Any:
    """The request that body and path make. Raises NotJson, or Invalid with every field that is wrong."""
    if hot and not path and ESCAPED_NUL not in body:
        try:
            return adapter.validate_json(body)
        except ValidationError:
            pass  # the long way finds out what is wrong with it
    members = json_of(body)
    if not isinstance(members, dict):
        raise Invalid.at("", "The body must be a JSON object.", "wrong_type")
    return decode_members(adapter, members, path)


def json_of(body: bytes) -> Any:
    """Raises NotJson."""
    try:
        return from_json(body, allow_inf_nan=False) if body.strip() else {}
    except ValueError as error:
        raise NotJson(Sentence("The body is not JSON: {error}.", error=str(error))) from None


def decode_members(adapter: TypeAdapter[Any], members: Mapping[str, Any], path: Mapping[str, str]) -> Any:
    problems = [Problem(f"/{_escape(name)}", "unknown_field", "It is in the address already.") for name in path
                if name in members]  # fmt: skip
    whole = {**members, **path}
    problems += _unfit(whole)
    if not problems:
        try:
            ask = adapter.validate_json(to_json(whole))
        except ValidationError as error:
            problems = _problems(error)
        else:
            problems = [Problem(pointer, "out_of_range", "It has too many digits.") for pointer in _too_long(ask)]
            if not problems:
                return ask
    raise Invalid(_sentence(problems), problems[:MAX_PROBLEMS])


def _problems(error: ValidationError) -> list[Problem]:
    return [
        Problem("".join(f"/{_escape(str(part))}" for part in each["loc"]), field_code(each["type"]), _said(each))
        for each in error.errors(include_url=False, include_input=False)
    ]


def _said(found: ErrorDetails) -> str:
    """In pydantic's words, which the pages say in their own."""
    text, template = f"{found['msg']}.", CHECKS.get(found["type"])
    if template is None:
        return text
    values = dict(found.get("ctx", {}))
    if "expected" in values:
        values["expected"] = values["expected"].replace(" or ", ", ")
    return Sentence.made_of(text, template, values)


def _sentence(problems: list[Problem]) -> str:
    first, more = problems[0], len(problems) - 1
    where = first.pointer or Sentence("The body")
    if more:
        return Sentence("{where}: {what} (and {more} more)", where=where, what=first.detail, more=more)
    return Sentence("{where}: {what}", where=where, what=first.detail)


def _unfit(value: Any, pointer: str = "", depth: int = 1) -> list[Problem]:
    """What no field may hold, wherever it is: NUL, numbers the database has no room for, deep nesting."""
    if isinstance(value, str):
        return [Problem(pointer, "nul_character", "NUL characters cannot be stored.")] if "\0" in value else []
    if isinstance(value, int):
        return [] if abs(value) <= MAX_WHOLE else [Problem(pointer, "out_of_range", "The number is too large.")]
    if isinstance(value, float):
        return [] if abs(value) < 1e300 else [Problem(pointer, "out_of_range", "The number is too large.")]
    if not isinstance(value, dict | list):
        return []
    if depth > MAX_DEPTH:
        return [Problem(pointer, "too_deep", Sentence("Nesting goes {most} levels deep at most.", most=MAX_DEPTH))]
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[Problem] = []
    for name, each in inside:
        if isinstance(name, str) and "\0" in name:
            found.append(Problem(pointer, "nul_character", "NUL characters cannot be stored."))
        found += _unfit(each, f"{pointer}/{_escape(str(name))}", depth + 1)
        if len(found) >= MAX_PROBLEMS:
            break
    return found


def _too_long(value: Any, pointer: str = "") -> Iterator[str]:
    """Decimals with more digits than anything here has."""
    if isinstance(value, Decimal):
        _, digits, exponent = value.as_tuple()
        if len(digits) > MAX_DIGITS or not isinstance(exponent, int) or abs(exponent) > MAX_DIGITS:
            yield pointer
    elif isinstance(value, list):
        for n, each in enumerate(value):
            yield from _too_long(each, f"{pointer}/{n}")
    elif is_dataclass(value):
        for each in fields(value):
            yield from _too_long(getattr(value, each.name), f"{pointer}/{each.name}")


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
