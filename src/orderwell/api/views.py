"""Saved views over HTTP: whoever asks sees their own, and those of their roles."""

from typing import Any

from pydantic_core import to_json
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response

from ..access.queries import roles_of
from ..access.store import API_KEYS
from ..flows.keep_views import AddView, ChangeView, RemoveView
from ..kit.errors import Invalid
from ..kit.sentences import Sentence
from ..views import queries
from .answers import page_of
from .answers.views import ViewAnswer
from .face import Face
from .keys import Caller
from .lists import row_of
from .operations import ROOT, Operation, Plain, verb

RIGHT = "orders:read"


def operations() -> list[Operation]:
    add = {"page": "orders", "name": "Late", "query": "status=placed&fulfilment=backordered", "role": "shop_floor"}
    return [
        verb("POST", "/views", AddView, right=RIGHT, result=ViewAnswer, status=201, example=add),
        Plain(
            method="GET", path=f"{ROOT}/views", right=RIGHT, name="list_views", run=_views, result=page_of(ViewAnswer),
            summary="List the newest hundred saved views of one's own and of one's roles.",
        ),
        verb(
            "POST", "/views/{view}/change", ChangeView, right=RIGHT, result=ViewAnswer, example={"name": "Very late"},
        ),
        verb("POST", "/views/{view}/remove", RemoveView, right=RIGHT, result=ViewAnswer),
    ]  # fmt: skip


async def _views(face: Face, request: Request, caller: Caller) -> Response:
    if request.query_params:
        name = next(iter(request.query_params))
        raise Invalid.at(f"/{name}", Sentence("There is no parameter {name!r} here.", name=name), "unknown_field")
    found = await face.threads.run(_seen_by, face, caller)
    return Response(to_json({"object": "list", **found}), media_type="application/json")


def _seen_by(face: Face, caller: Caller) -> dict[str, Any]:
    with face.app.database.reading() as connection:
        person_id, roles = _behind(connection, caller)
        return queries.listed(connection, person_id=person_id, roles=roles, limit=100)


def _behind(connection: Connection, caller: Caller) -> tuple[int | None, list[str]]:
    key = row_of(connection, API_KEYS, "api_key", caller.actor)
    roles = roles_of(connection, [key.person_id])[key.person_id] if key.person_id is not None else []
    return key.person_id, [*roles, *([key.role] if key.role is not None else [])]
