"""Is it alive, is it ready: for whatever watches over the process. Without a key, and saying nothing else."""

from typing import Any

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..business.store import BUSINESS
from ..kit.errors import Unavailable
from .face import Face
from .operations import OPEN, Operation, Plain


def operations() -> list[Operation]:
    return [
        Plain(method="GET", path="/health/live", right=OPEN, name="live", summary="The process answers.", run=_live),
        Plain(method="GET", path="/health/ready", right=OPEN, name="ready", summary="The database too.", run=_ready),
    ]


async def _live(face: Face, request: Request, caller: Any) -> Response:
    return JSONResponse({"status": "live"})


async def _ready(face: Face, request: Request, caller: Any) -> Response:
    try:
        await face.threads.run(_read_something, face)
    except sa.exc.SQLAlchemyError:
        raise Unavailable("The database does not answer.") from None
    return JSONResponse({"status": "ready"})


def _read_something(face: Face) -> None:
    with face.app.database.reading() as connection:
        connection.execute(sa.select(BUSINESS.c.id)).first()
