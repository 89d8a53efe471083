"""The API's description, OpenAPI 3.1, made from the same declarations that the router is made from."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json

from ..access.model import API_VERSIONS
from ..values.ids import PREFIXES, show
from .answers.service import ProblemAnswer
from .dated import HEADER, NEWEST
from .decode import MAX_WHOLE, adapter_of
from .operations import MAX_NAME, OPEN, Operation, Plain, Read, Verb
from .versions import addressed

REF = "#/components/schemas/{model}"
EXAMPLE_NUMBER = 885_391_110_000_640  # any id will do, as long as it is always the same

INTRODUCTION = """Orders, stock, shipping, invoices and payments of one business.

* Send your key as `Authorization: Bearer ow_…`.
* Every POST with an effect needs an `Idempotency-Key`; the same key with the same body gives the first answer again.
* Amounts are whole minor units (cents) beside a currency; quantities and unit prices are decimal strings.
* Refusals are `application/problem+json`; see [the error codes](/docs/errors).
* `?dry_run=true` on any POST shows what would be written to the history, and writes nothing.
* Answers only grow within a version of the API. A request means the version its key was made under, unless it names one
  in `Orderwell-Version`; the answer says which it was.
* Every answer has a `Request-Id`; send your own to find it in the events.
"""

PROBLEMS = {
    "400": "The request cannot be read, or lacks its Idempotency-Key.",
    "401": "No key, or none that is valid.",
    "403": "The key lacks a right.",
    "404": "There is no such thing.",
    "409": "Not possible as things stand.",
    "412": "It has changed since it was read.",
    "413": "The body is too large.",
    "415": "The body is not application/json.",
    "422": "The input is not valid; `errors` names every field.",
    "429": "The key asks too often; try again after `Retry-After`.",
    "503": "Not now; try again after `Retry-After`.",
}

HEADERS = {
    "RequestId": {"description": "Of this request.", "schema": {"type": "string"}},
    "Version": {"description": "The version of the API this answer follows.", "schema": {"type": "string"}},
}


def description(operations: Sequence[Operation]) -> bytes:
    """As JSON bytes."""
    shown = [each for each in operations if not isinstance(each, Plain) or each.result is not None]
    schemas, components = _schemas(shown)
    paths: dict[str, dict[str, Any]] = {}
    for operation in shown:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas, components)
    return to_json(
        {
            "openapi": "3.1.0",
            "info": {"title": "Orderwell", "version": NEWEST, "description": INTRODUCTION},
            "paths": paths,
            "components": {
                "schemas": components,
                "parameters": {"Version": _version(), "IdempotencyKey": _idempotency_key(), "DryRun": _dry()},
                "headers": HEADERS,
                "responses": {f"Problem{code}": {**_problem(), "description": text} for code, text in PROBLEMS.items()},
                "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key, `ow_…`."}},
            },
            "security": [{"key": []}],
        }
    )


def _schemas(operations: Sequence[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """Schemas by what they are of, and the components they refer to."""
    bodies = {each.body for each in operations if isinstance(each, Verb | Plain) and each.body is not None}
    results = {ProblemAnswer, *(each.result for each in operations if isinstance(each, Verb | Read | Plain))}
    wanted: list[Any] = [(body, "validation", adapter_of(body)) for body in sorted(bodies, key=_name)]
    wanted += [(result, "serialization", TypeAdapter(result)) for result in sorted(results, key=_name)]
    by_key, document = TypeAdapter.json_schemas(wanted, ref_template=REF)
    components = document.get("$defs", {})
    _bound(components)
    return {key: schema for (key, _), schema in by_key.items()}, components


def _name(kind: type) -> str:
    return f"{kind.__name__} {kind.__module__}"


def _bound(schema: Any) -> None:
    """Say what is refused everywhere: numbers the database has no room for, decimals with too many digits."""
    if isinstance(schema, dict):
        if schema.get("type") == "integer":
            if not schema.keys() & {"minimum", "exclusiveMinimum"}:
                schema["minimum"] = -MAX_WHOLE
            if not schema.keys() & {"maximum", "exclusiveMaximum"}:
                schema["maximum"] = MAX_WHOLE
        for each in schema.values():
            _bound(each)
    elif isinstance(schema, list):
        for each in schema:
            _bound(each)


def _operation(operation: Operation, schemas: Mapping[Any, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag or operation.path.removeprefix("/api/v1/").split("/")[0].replace("_", " ")],
        "summary": operation.summary,
        "description": f"{operation.description}\n\nNeeds: {_needs(operation)}".strip(),
        "x-right": operation.right,
        "parameters": [
            *(_path_parameter(operation.path, name) for name in operation.path_fields),
            _named("parameters", "Version"),
        ],
    }
    if operation.right == OPEN:
        made["security"] = []
    if isinstance(operation, Read):
        made["parameters"] += _read_parameters(operation)
        made["responses"] = _responses("200", schemas[operation.result])
        return made
    assert isinstance(operation, Verb | Plain)
    keyed = operation.keyed if isinstance(operation, Plain) else not operation.asks
    if keyed:
        made["parameters"] += [_named("parameters", "IdempotencyKey"), _named("parameters", "DryRun")]
    if operation.method == "POST" and addressed(operation.path) is not None:
        made["parameters"].append(_if_match())
    if operation.body is not None:
        made["requestBody"] = _body(operation, schemas[operation.body], components)
    status = operation.status if isinstance(operation, Verb) else 200
    made["responses"] = _responses(str(status), schemas[operation.result])
    if status != 200:
        made["responses"]["200"] = {"description": "What a dry run would have done.", "content": _dry_run()}
    elif isinstance(operation, Verb):
        done = made["responses"]["200"]["content"]["application/json"]
        done["schema"] = {"anyOf": [done["schema"], _dry_run()["application/json"]["schema"]]}
    return made


def _needs(operation: Operation) -> str:
    return ", ".join(f"`{each}`" for each in operation.rights) or operation.right


def _body(operation: Verb | Plain, schema: Mapping[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    """The request without what the path says already."""
    whole = components[schema["$ref"].rsplit("/", 1)[-1]]
    named = operation.path_fields
    required = [name for name in whole.get("required", ()) if name not in named]
    if named:
        properties = {name: each for name, each in whole.get("properties", {}).items() if name not in named}
        schema = {**whole, "properties": properties, "required": required}
    content = {"application/json": {"schema": schema, "example": dict(operation.example)}}
    return {"required": bool(required), "content": content}


def _if_match() -> dict[str, Any]:
    return {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag that was read; refused with 412 when there is a newer version.",
        "schema": {"type": "string"},
        "example": '"3"',
    }


def _named(kind: str, name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _version() -> dict[str, Any]:
    return {
        "name": HEADER,
        "in": "header",
        "description": "The version of the API this request means; left out, the one that its key was made under.",
        "schema": {"type": "string", "enum": list(API_VERSIONS)},
    }


def _idempotency_key() -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "New for each request, the same again for each retry of it. Kept 30 days.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
        "example": "5f1c6a1e-order-1001",
    }


def _dry() -> dict[str, Any]:
    return {
        "name": "dry_run",
        "in": "query",
        "description": "Show what would be written to the history, and write nothing.",
        "schema": {"type": "boolean", "default": False},
    }


def _read_parameters(read: Read) -> list[dict[str, Any]]:
    found = []
    for query in read.query:
        schema = {"type": "array", "items": dict(query.schema), "maxItems": 100} if query.many else dict(query.schema)
        named = {"name": query.name, "in": "query", "description": query.description}
        found.append({**named, "required": query.required, "schema": schema})
    if read.expands:
        items = {"type": "string", "enum": list(read.expands)}
        found.append(
            {
                "name": "expand[]",
                "in": "query",
                "description": "What to put in place of its id. Each needs its own right.",
                "schema": {"type": "array", "items": items, "maxItems": 20},
            }
        )
    return found


def _path_parameter(path: str, name: str) -> dict[str, Any]:
    about = addressed(path)
    kind = about.kind if about is not None and about.parameter == name else name
    example = show(kind, EXAMPLE_NUMBER) if kind in PREFIXES else "main"
    schema = {"type": "string", "minLength": 1, "maxLength": MAX_NAME}
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def _responses(status: str, schema: Any) -> dict[str, Any]:
    headers = {"Request-Id": _named("headers", "RequestId"), HEADER: _named("headers", "Version")}
    made: dict[str, Any] = {
        status: {"description": "Done.", "headers": headers, "content": {"application/json": {"schema": schema}}}
    }
    return made | {code: _named("responses", f"Problem{code}") for code in PROBLEMS}


def _problem() -> dict[str, Any]:
    example = {
        "type": "/docs/errors#not_found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no order 'ord_0000000000001'.",
        "instance": "/api/v1/orders/ord_0000000000001",
        "code": "not_found",
        "request_id": "req_3ft3m5cjc50jblms",
        "retryable": False,
        "errors": [],
    }
    schema = {"$ref": REF.format(model="ProblemAnswer")}
    return {
        "description": "A problem document.",
        "content": {"application/problem+json": {"schema": schema, "example": example}},
    }


def _dry_run() -> dict[str, Any]:
    return {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["dry_run", "effects"],
                "properties": {"dry_run": {"const": True}, "effects": {"type": "object"}},
            }
        }
    }
