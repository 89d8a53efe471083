"""What a description of the API promised, held against a newer one: `breaks(old, new)` names what callers would feel.

docs/openapi.json is what is promised. `make openapi` writes it anew, and refuses to where that would break somebody
under the same version: then the change needs a new date in `access.model.API_VERSIONS`, and the old one kept alive.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orderwell.access.model import INCLUDED

Schema = dict[str, Any]

PROMISED = Path(__file__).parents[2] / "docs" / "openapi.json"


def breaks(old: Schema, new: Schema) -> list[str]:
    """What a program written for `old` would trip over with `new`; nothing, where it was only added to."""
    found: list[str] = []
    for path, operations in old["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                found.append(f"{name} is gone")
            else:
                found += [f"{name}: {each}" for each in _operation(operation, now, old, new)]
    return found


def _operation(was: Schema, now: Schema, old: Schema, new: Schema) -> Iterator[str]:
    if was["x-right"] != now["x-right"] and now["x-right"] not in INCLUDED.get(was["x-right"], ()):
        yield f"needs {now['x-right']}, where {was['x-right']} was enough"
    if was["operationId"] != now["operationId"]:
        yield f"is called {now['operationId']}, not {was['operationId']}"
    yield from _parameters(was, now, old, new)
    yield from _body(was, now, old, new)
    for status, response in was["responses"].items():
        if not status.startswith("2"):
            continue
        then, later = _content(response), _content(now["responses"].get(status, {}))
        if later is None:
            yield f"does not answer {status} any more"
        elif then is not None:
            yield from _fits(later, then, new, old, f"answer {status}", asked=False)


def _parameters(was: Schema, now: Schema, old: Schema, new: Schema) -> Iterator[str]:
    before = {(each["name"], each["in"]): each for each in (_resolved(old, each) for each in was["parameters"])}
    after = {(each["name"], each["in"]): each for each in (_resolved(new, each) for each in now["parameters"])}
    for key, parameter in before.items():
        if key not in after:
            yield f"takes no {key[0]} any more"
        else:
            yield from _fits(parameter["schema"], after[key]["schema"], old, new, key[0], asked=True)
    for key, parameter in after.items():
        if parameter.get("required") and not before.get(key, {}).get("required"):
            yield f"wants {key[0]}, which need not have been there"


def _body(was: Schema, now: Schema, old: Schema, new: Schema) -> Iterator[str]:
    before, after = was.get("requestBody"), now.get("requestBody")
    if before is None or after is None:
        if before is not None:
            yield "takes no body any more"
        elif after is not None and after.get("required"):
            yield "wants a body, which need not have been there"
        return
    yield from _fits(_content(before) or {}, _content(after) or {}, old, new, "body", asked=True)


def _content(told: Schema) -> Schema | None:
    content: Schema | None = told.get("content", {}).get("application/json", {}).get("schema")
    return content


def _resolved(document: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _alternatives(document: Schema, schema: Schema) -> list[Schema]:
    schema = _resolved(document, schema)
    parts = schema.get("anyOf") or schema.get("oneOf")
    return [one for part in parts for one in _alternatives(document, part)] if parts else [schema]


def _fits(inner: Schema, outer: Schema, inside: Schema, outside: Schema, where: str, *, asked: bool) -> Iterator[str]:
    """Why a value of `inner` may be none of `outer`. `asked`: a request, where nothing unknown is let through."""
    for one in _alternatives(inside, inner):
        reasons: list[str] | None = None
        for other in _alternatives(outside, outer):
            found = list(_one_fits(one, other, inside, outside, where, asked=asked))
            reasons = found if reasons is None or len(found) < len(reasons) else reasons
        yield from reasons or []


def _one_fits(
    inner: Schema, outer: Schema, inside: Schema, outside: Schema, where: str, *, asked: bool
) -> Iterator[str]:
    allowed, possible = _values(outer), _values(inner)
    if allowed is not None and (possible is None or not set(possible) <= set(allowed)):
        yield f"{where}: {possible or 'anything'}, where it is one of {allowed}"
        return
    if (possible is not None and allowed is not None) or "type" not in outer:
        return
    if inner.get("type") != outer["type"] and (inner.get("type"), outer["type"]) != ("integer", "number"):
        yield f"{where}: {inner.get('type', 'anything')}, where it is {outer['type']}"
        return
    yield from _bounds(inner, outer, where)
    if outer["type"] == "array":
        yield from _fits(inner.get("items", {}), outer.get("items", {}), inside, outside, f"{where}[]", asked=asked)
    if outer["type"] == "object" and "properties" in outer:
        yield from _members(inner, outer, inside, outside, where, asked=asked)


def _values(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _bounds(inner: Schema, outer: Schema, where: str) -> Iterator[str]:
    for least in ("minimum", "exclusiveMinimum", "minLength", "minItems"):
        if least in outer and inner.get(least, float("-inf")) < outer[least]:
            yield f"{where}: {least} {inner.get(least, 'none')}, where it is {outer[least]}"
    for most in ("maximum", "exclusiveMaximum", "maxLength", "maxItems"):
        if most in outer and inner.get(most, float("inf")) > outer[most]:
            yield f"{where}: {most} {inner.get(most, 'none')}, where it is {outer[most]}"
    if "pattern" in outer and inner.get("pattern") != outer["pattern"]:
        yield f"{where}: pattern {inner.get('pattern', 'none')}, where it is {outer['pattern']}"


def _members(
    inner: Schema, outer: Schema, inside: Schema, outside: Schema, where: str, *, asked: bool
) -> Iterator[str]:
    members, allowed = inner.get("properties", {}), outer["properties"]
    for name in sorted(set(outer.get("required", ())) - set(inner.get("required", ()))):
        yield f"{where}.{name}: " + ("may be missing, and is required" if name in members else "is not there")
    for name, schema in members.items():
        if name in allowed:
            yield from _fits(schema, allowed[name], inside, outside, f"{where}.{name}", asked=asked)
        elif asked:
            yield f"{where}.{name}: is not known any more"


def promised() -> Schema:
    told: Schema = json.loads(PROMISED.read_text(encoding="utf-8"))
    return told


def write(now: Schema) -> list[str]:
    """Promise what there is now; what that would break, and nothing written then."""
    then = promised() if PROMISED.exists() else None
    found = breaks(then, now) if then is not None and then["info"]["version"] == now["info"]["version"] else []
    if not found:
        PROMISED.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return found


if __name__ == "__main__":
    from tests.support.answers import description_now

    broken = write(description_now())
    print("\n".join(broken) or f"{PROMISED.name} is what the API is now.")
    sys.exit(1 if broken else 0)
