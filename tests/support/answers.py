"""Answers held against the API's description: everything it promises is there, and nothing that it does not name.

Callers may be given more than the description says (that is how it grows); we may not give more by accident.
"""

import json
import re
from functools import cache
from typing import Any

from jsonschema_rs import Validator, validator_for
from sqlalchemy.engine import Connection

from orderwell.access.model import RIGHTS
from orderwell.api import batches
from orderwell.api.openapi import description
from orderwell.api.operations import Look, Operation, Read, Verb
from orderwell.api.reads import seen
from orderwell.api.routes import CAPABILITIES
from orderwell.flows import stories as stories
from orderwell.kit.database import Database
from orderwell.kit.errors import NotFound

# What has to be asked for something, with what every shop of the tests has.
ASKED = {
    "list_lookup": {"code": "lamp"},
    "report_ledger_card": {"account": "receivable"},
    "stock_to_put_away": {"location": "main"},
}

MAY_HAVE_NONE = {"get_delivery_promise"}


@cache
def operations() -> dict[str, Operation]:
    return {each.name: each for module in CAPABILITIES for each in module.operations()}


@cache
def verbs() -> dict[type, str]:
    """Verb by what it asks for."""
    return {each.ask: each.name for each in operations().values() if isinstance(each, Verb)}


def closed(schema: Any) -> Any:
    """The same, where whatever is not named is not allowed."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: closed(each) for name, each in schema.items()}
    if told.get("type") == "object" and "properties" in told:
        told.setdefault("additionalProperties", False)
    return told


@cache
def description_now() -> dict[str, Any]:
    """The description of everything but the test clock, which is not everywhere."""
    told: dict[str, Any] = json.loads(description([*operations().values(), *batches.operations()]))
    return told


@cache
def described() -> dict[str, Any]:
    """The description with its answers closed."""
    return {**description_now(), "components": closed(description_now()["components"])}


def answer_schema(described: dict[str, Any], operation: Operation) -> dict[str, Any]:
    """Of its success; where a dry run answers under the same status, without that."""
    responses = described["paths"][operation.path][operation.method.lower()]["responses"]
    schema: dict[str, Any] = responses["201" if "201" in responses else "200"]["content"]["application/json"]["schema"]
    return schema["anyOf"][0] if "anyOf" in schema and isinstance(operation, Verb) else schema


@cache
def _validator(name: str) -> Validator:
    schema = answer_schema(described(), operations()[name])
    return validator_for({**schema, "components": described()["components"]})


def as_described(name: str, answer: Any) -> Any:
    """The answer of this operation, which is as the description says."""
    broken = next(_validator(name).iter_errors(answer), None)
    assert broken is None, f"{name} does not answer as it is described: {broken}"
    return answer


def of_ask(ask: Any, answer: Any) -> Any:
    """The answer to a request, which is as its address describes it, where it has one."""
    name = verbs().get(type(ask))
    return answer if name is None or answer.get("dry_run") else as_described(name, answer)


@cache
def _addresses() -> list[tuple[str, re.Pattern[str], str]]:
    """Method, pattern and name; of two that fit, the one with fewer parameters comes first."""
    found = sorted(operations().values(), key=lambda each: len(each.path_fields))
    return [(each.method, re.compile(re.sub(r"{\w+}", "[^/]+", each.path) + r"\Z"), each.name) for each in found]


def of_response(method: str, path: str, response: Any) -> Any:
    """What came over HTTP: where it is the answer of an operation, as that is described."""
    if response.is_success:
        answer = response.json()
        name = next((name for each, pattern, name in _addresses() if each == method and pattern.match(path)), None)
        if name is not None and not answer.get("dry_run"):
            as_described(name, answer)
    return response


def look_at_everything(database: Database) -> set[str]:
    """Read every list, and what it leads to, with all that may be expanded; the names of what was read.

    Not every thing has what is in MAY_HAVE_NONE.
    """
    seen: dict[str, list[str]] = {}
    read = set()
    with database.reading() as connection:
        reads = [each for each in operations().values() if isinstance(each, Read)]
        for each in reads:
            if each.path_fields or any(query.required for query in each.query):
                continue
            answer = _read(each, connection, database, {})
            read.add(each.name)
            seen[_collection(each)] = [row["id"] for row in answer.get("data", []) if "id" in row][:5]
        for each in reads:
            for id_ in seen.get(_collection(each), []) if len(each.path_fields) == 1 else []:
                path = {each.path_fields[0]: id_}
                try:
                    _read(each, connection, database, path)
                except NotFound:
                    assert each.name in MAY_HAVE_NONE, each.name
                    continue
                _read(each, connection, database, path, expand=frozenset(each.expands))
                read.add(each.name)
        for name, query in ASKED.items():
            _read(operations()[name], connection, database, {}, query=query)
            read.add(name)
    return read


def _collection(read: Read) -> str:
    return read.path.removeprefix("/api/v1/").split("/")[0]


def _read(
    read: Any, connection: Connection, database: Database, path: dict[str, str], *, query: dict[str, Any] | None = None,
    expand: frozenset[str] = frozenset(),
) -> Any:  # fmt: skip
    answer = seen(read, Look(connection, path, query or {}, expand, database, frozenset(RIGHTS)))
    return as_described(read.name, json.loads(json.dumps(answer)))
