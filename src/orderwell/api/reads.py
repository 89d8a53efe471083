"""Performing a read: parameters are checked against what the address allows, SQL runs on a thread."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from ..kit.errors import Denied, Invalid, Problem, Unavailable
from ..kit.log import log
from ..kit.sentences import Sentence, word
from .expand import put_in
from .face import Face
from .keys import Caller
from .operations import Look, Query, Read
from .versions import tag

MAX_EXPAND_DEPTH = 4
MAX_EXPANDS = 20


async def perform(read: Read, face: Face, request: Request, caller: Caller) -> Response:
    query = query_of(read, request)
    expand = _expand(read, request, caller)
    path = dict(request.path_params)
    body, version = await face.threads.run(_look, read, face, path, query, expand, caller.rights)
    headers = {"etag": tag(version)} if version is not None else {}
    return Response(body, 200, headers, media_type="application/json")


def _look(
    read: Read,
    face: Face,
    path: Mapping[str, str],
    query: Mapping[str, Any],
    expand: frozenset[str],
    rights: frozenset[str],
) -> tuple[bytes, int | None]:
    database = face.app.database
    try:
        with database.reading() as connection:
            found = seen(read, Look(connection, path, query, expand, database, rights))
    except (sa.exc.OperationalError, sa.exc.TimeoutError) as error:
        log.error("read.failed", read=read.name, exc=error)
        raise Unavailable("The database is busy or gone; try again in a moment.") from None
    version = found.get("version")
    return to_json(found), version if isinstance(version, int) and "{" in read.path and not expand else None


def seen(read: Read, look: Look) -> Mapping[str, Any]:
    """What it finds, with what is to be put in place of its ids."""
    found = dict(read.look(look))
    if look.expand:
        put_in(look.connection, found, look.expand)
    return found


def query_of(read: Read, request: Request) -> dict[str, Any]:
    """The parameters that are allowed, in their types. Raises Invalid with all that are wrong."""
    allowed = {each.name: each for each in read.query}
    found: dict[str, Any] = {}
    problems = []
    for name, text in request.query_params.multi_items():
        if name in ("expand[]", "expand") and read.expands:
            continue
        if name not in allowed:
            known = sorted(allowed) or word("none")
            problems.append(
                Problem(
                    f"/{name}",
                    "unknown_field",
                    Sentence("There is no parameter {name!r} here, only: {known}.", name=name, known=known),
                )
            )
            continue
        if name in found and not allowed[name].many:
            problems.append(Problem(f"/{name}", "invalid_value", "It is given twice."))
            continue
        value, problem = _value(allowed[name], text)
        if problem is not None:
            problems.append(problem)
        elif allowed[name].many:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    if problems:
        raise Invalid(problems[0].detail, problems)
    return found


def _value(query: Query, text: str) -> tuple[Any, Problem | None]:
    pointer, schema = f"/{query.name}", query.schema
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        return None, Problem(pointer, "nul_character", "NUL characters and half characters cannot be looked for.")
    if schema.get("type") == "integer":
        if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit() or len(text) > 18:
            return None, Problem(pointer, "wrong_type", Sentence("{name} is a whole number.", name=query.name))
        number = int(text)
        if not schema.get("minimum", number) <= number <= schema.get("maximum", number):
            sentence = Sentence(
                "{name} is {least} to {most}.", name=query.name, least=schema.get("minimum"), most=schema.get("maximum")
            )
            return None, Problem(pointer, "out_of_range", sentence)
        return number, None
    if "enum" in schema and text not in schema["enum"]:
        return None, Problem(
            pointer, "not_one_of", Sentence("{name} is one of {allowed}.", name=query.name, allowed=schema["enum"])
        )
    if not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 1000):
        return None, Problem(pointer, "out_of_range", Sentence("{name} is too long or empty.", name=query.name))
    return text, None


def _expand(read: Read, request: Request, caller: Caller) -> frozenset[str]:
    """What to expand; each thing, and each on the way to it, needs its own right. Raises Invalid or Denied."""
    asked = [
        part.strip()
        for name, text in request.query_params.multi_items()
        if name in ("expand[]", "expand")
        for part in text.split(",")
    ]
    if not asked or not read.expands:
        return frozenset()
    if len(asked) > MAX_EXPANDS or any(part.count(".") >= MAX_EXPAND_DEPTH for part in asked):
        raise Invalid.at(
            "/expand",
            Sentence("Expand at most {most} things, {deep} levels deep.", most=MAX_EXPANDS, deep=MAX_EXPAND_DEPTH),
        )
    unknown = [part for part in asked if part not in read.expands]
    if unknown:
        raise Invalid.at(
            "/expand",
            Sentence("{name!r} cannot be expanded here, only: {allowed}.", name=unknown[0], allowed=list(read.expands)),
        )
    ways = {".".join(words[:n]) for words in (part.split(".") for part in asked) for n in range(1, len(words) + 1)}
    lacking = sorted({read.expands[way] for way in ways & read.expands.keys()} - caller.rights)
    if lacking:
        raise Denied(Sentence("To expand this you need the right {rights}.", rights=lacking), lacking=lacking)
    return frozenset(asked)
