"""PINs over HTTP. A PIN is hashed and compared here, on a thread; it goes no further and is kept nowhere.

These take no Idempotency-Key: with it a fingerprint of the body would be kept, and a PIN is soon found from one.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from annotated_types import Len
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from ..access.pin_rules import fits, hash_of_pin
from ..access.pin_store import PINS
from ..access.pins import WrongPin
from ..flows.keep_pins import RecordPinTry, RemovePin, SetPin, TryPin
from ..kit.writer import Call
from ..values.ids import parse
from .answers.access import PinAnswer, PinCheckAnswer
from .decode import adapter_of, body_of, decode, must_be_json
from .face import Face
from .headers import header
from .keys import Caller
from .operations import ROOT, Operation, Plain, verb
from .versions import precondition_of
from .writes import told_of_path

USE = "tills:use"
PERSON = f"{ROOT}/people/{{person}}"


@dataclass(frozen=True, slots=True)
class PinAsk:
    """4 to 8 digits."""

    pin: Annotated[str, Len(1, 20)]


def operations() -> list[Operation]:
    return [
        Plain(
            method="POST", path=f"{PERSON}/set_pin", right=USE, name="set_pin", run=_set, body=PinAsk, result=PinAnswer,
            summary="Set the PIN that unlocks a till: one's own, or that of others by who manages access.",
            description="Sent twice it is set once: no Idempotency-Key needed.", example={"pin": "470318"},
        ),
        Plain(
            method="POST", path=f"{PERSON}/verify_pin", right=USE, name="verify_pin", run=_verify, body=PinAsk,
            result=PinCheckAnswer, example={"pin": "470318"},
            summary="Check the PIN of who takes over a till; wrong ones are counted and slow down.",
        ),
        verb("POST", "/people/{person}/remove_pin", RemovePin, right=USE, result=PinAnswer),
    ]  # fmt: skip


async def _set(face: Face, request: Request, caller: Caller) -> Response:
    asked = await _asked(face, request)
    pin_hash = await face.threads.run(hash_of_pin, asked.pin)
    told = await _perform(face, request, caller, SetPin(request.path_params["person"], pin_hash))
    return Response(to_json(told), media_type="application/json")


async def _verify(face: Face, request: Request, caller: Caller) -> Response:
    asked = await _asked(face, request)
    tried = await _perform(face, request, caller, TryPin(request.path_params["person"]))
    right = await face.threads.run(_fits, face, tried["person"], asked.pin)
    told = await _perform(face, request, caller, RecordPinTry(tried["person"], "right" if right else "wrong"))
    if not right:
        raise WrongPin("This is not the PIN of this person.")
    return Response(to_json(told), media_type="application/json")


async def _asked(face: Face, request: Request) -> PinAsk:
    body = await body_of(request, face.settings.body_limit_bytes)
    must_be_json(request, body)
    asked: PinAsk = decode(adapter_of(PinAsk), body, {})
    return asked


async def _perform(face: Face, request: Request, caller: Caller, ask: Any) -> Any:
    call = Call(
        ask, actor=caller.actor, request_id=request.scope["orderwell.request_id"],
        precondition=precondition_of(header(request, b"if-match"), PERSON, request.path_params),
    )  # fmt: skip
    outcome = await face.submit(call)
    if outcome.refusal is not None:
        raise told_of_path(outcome.refusal, request.path_params)
    return outcome.answer


def _fits(face: Face, person: str, pin: str) -> bool:
    with face.app.database.reading() as connection:
        found = connection.execute(sa.select(PINS.c.hash).where(PINS.c.person_id == parse("person", person))).scalar()
    return bool(found) and fits(pin, str(found))
