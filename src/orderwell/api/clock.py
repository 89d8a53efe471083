"""The test clock over HTTP: there only where the application runs on one, and it only goes forward."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from annotated_types import Len
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..app import App
from ..kit.clock import TestClock
from ..kit.errors import Conflict, Invalid
from ..kit.sentences import Sentence
from ..values.calendar import DAY, instant, instant_text
from .answers.service import ClockAnswer
from .decode import adapter_of, body_of, decode, must_be_json
from .face import Face
from .keys import Caller
from .operations import ROOT, Operation, Plain

MAX_STEP_DAYS = 366


class ClockGoesForward(Conflict):
    code = "clock_goes_forward"
    title = "A test clock only goes forward, and not too far at once"


@dataclass(frozen=True, slots=True)
class AdvanceClock:
    """`to` is an instant such as 2026-02-01T09:00:00Z. Sent twice it is done once: no Idempotency-Key needed."""

    to: Annotated[str, Len(20, 40)]


def operations(app: App) -> Sequence[Operation]:
    if not isinstance(app.clock, TestClock):
        return []
    return [
        Plain(
            method="GET", path=f"{ROOT}/test_clock", right="business:read", name="get_test_clock", run=_now,
            summary="What time the test clock says.", result=ClockAnswer,
        ),
        Plain(
            method="POST", path=f"{ROOT}/test_clock/advance", right="clock:advance", name="advance_test_clock",
            run=_advance, summary="Move the test clock forward.", description=AdvanceClock.__doc__ or "",
            body=AdvanceClock, example={"to": "2026-02-01T09:00:00Z"}, result=ClockAnswer,
        ),
    ]  # fmt: skip


async def _now(face: Face, request: Request, caller: Caller) -> Response:
    return JSONResponse({"object": "test_clock", "now": instant_text(face.app.clock.now())})


async def _advance(face: Face, request: Request, caller: Caller) -> Response:
    body = await body_of(request, face.settings.body_limit_bytes)
    must_be_json(request, body)
    wanted: AdvanceClock = decode(adapter_of(AdvanceClock), body, {})
    try:
        moment = datetime.fromisoformat(wanted.to)
        to = instant(moment) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        to = None
    if to is None:
        raise Invalid.at("/to", "An instant is like 2026-02-01T09:00:00Z, with its time zone.")
    clock = face.app.clock
    assert isinstance(clock, TestClock)
    now = clock.now()
    if not now <= to <= now + MAX_STEP_DAYS * DAY:
        raise ClockGoesForward(
            Sentence(
                "It is {now}; go forward from there, at most {most} days at once.",
                now=instant_text(now),
                most=MAX_STEP_DAYS,
            ),
            now=instant_text(now),
        )
    clock.advance_to(to)
    return await _now(face, request, caller)
