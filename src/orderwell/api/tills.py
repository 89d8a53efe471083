"""Tills and their cash drawers over HTTP."""

from collections.abc import Mapping
from typing import Any

from ..flows.keep_drawer import CloseDrawer, KeepTill, OpenDrawer, PayIn, PayOut
from ..kit.errors import NotFound
from ..kit.sentences import Sentence
from ..tills import queries
from ..tills.store import DRAWER_SESSIONS
from ..values.ids import parse
from .answers import page_of
from .answers.tills import (
    CashMovementAnswer,
    ClosedDrawerAnswer,
    DrawerMoveAnswer,
    DrawerReportAnswer,
    DrawerSessionAnswer,
    ListedTillAnswer,
    OpenedDrawerAnswer,
    TillAnswer,
)
from .lists import CURSOR, LIMIT, queried, row_of
from .operations import Look, Operation, read, verb

READ, USE = "tills:read", "tills:use"


def operations() -> list[Operation]:
    till = {"code": "front", "name": "Front counter", "location": "main"}
    session = "/drawer_sessions/{session}"
    return [
        verb("POST", "/tills", KeepTill, right="business:manage", result=TillAnswer, example=till),
        queried(
            "/tills", queries.listed, right=READ, result=ListedTillAnswer,
            filters={"location": "location", "status": None},
        ),
        verb(
            "POST", "/tills/{till}/open_drawer", OpenDrawer, right=USE, result=OpenedDrawerAnswer, status=201,
            example={"person": "noor@example.com", "counted": 15000},
        ),
        verb(
            "POST", "/tills/{till}/pay_in", PayIn, right=USE, result=CashMovementAnswer, status=201,
            example={"amount": 5000, "reason": "change from the bank"},
        ),
        verb(
            "POST", "/tills/{till}/pay_out", PayOut, right=USE, result=CashMovementAnswer, status=201,
            example={"amount": 1250, "reason": "window cleaner"},
        ),
        queried(
            "/drawer_sessions", queries.sessions, right=READ, result=DrawerSessionAnswer,
            filters={"till": "till", "status": None},
        ),
        read(
            session, _z_report, name="get_drawer_session", right=READ, result=DrawerReportAnswer,
            summary="The Z report of a drawer's session: totals by payment method, expected, counted, difference.",
        ),
        read(
            f"{session}/moves", _moves, name="list_drawer_moves", right=READ, query=[LIMIT, CURSOR],
            result=page_of(DrawerMoveAnswer),
            summary="List what went in and out of a drawer during a session, newest first.",
        ),
        verb(
            "POST", f"{session}/close", CloseDrawer, right=USE, result=ClosedDrawerAnswer,
            example={"counted": 48765, "deposited": 33765},
        ),
    ]  # fmt: skip


def _z_report(look: Look) -> Mapping[str, Any]:
    number = parse("drawer_session", look.path["session"])
    found = queries.z_report(look.connection, number) if number is not None else None
    if found is None:
        raise NotFound(Sentence("There is no drawer session {name!r}.", name=look.path["session"]))
    return found


def _moves(look: Look) -> Mapping[str, Any]:
    session = row_of(look.connection, DRAWER_SESSIONS, "drawer_session", look.path["session"])
    return {"object": "list", **queries.moves(look.connection, session.id, **look.query)}
