"""From bytes to a typed request: everything wrong with it is told at once, by JSON pointer."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from pydantic_core import from_json, to_json
from starlette.requests import ClientDisconnect, Request

from ..kit.errors import Invalid, Problem
from .errors import NotJson, TooLarge, WrongMediaType, field_code
from .headers import header

MAX_DEPTH = 32
MAX_WHOLE = 2**63 - 1
MAX_DIGITS = 28
MAX_PROBLEMS = 100
ESCAPED_NUL = b"\\u0000"


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
        raise TooLarge(f"A body has at most {limit} bytes; this one has {told}.")
    parts, size, more = [], 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size > limit:
            raise TooLarge(f"A body has at most {limit} bytes.")
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
        raise NotJson(f"The body is not JSON: {error}.") from None


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
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        Problem("".join(f"/{_escape(str(part))}" for part in each["loc"]), field_code(each["type"]), f"{each['msg']}.")
        for each in found
    ]


def _sentence(problems: list[Problem]) -> str:
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{first.pointer or 'The body'}: {first.detail}{more}"


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
        return [Problem(pointer, "too_deep", f"Nesting goes {MAX_DEPTH} levels deep at most.")]
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
