"""Between a right password and a session: a cookie for ten minutes that says the password was right, and no more."""

from starlette.requests import Request
from starlette.responses import Response

from ..access.queries import authenticator_of
from ..access.rules import hash_of_token, new_token
from ..api.face import Face
from ..flows.sign_in import MakeLink
from ..kit.writer import Call
from .sessions import DEVICE, DEVICE_SECONDS, is_secure, put_cookie
from .showing import url

STEP = "orderwell_step"
STEP_SECONDS = 600


def has_second_step(face: Face, person_id: int) -> bool:
    with face.app.database.reading() as connection:
        found = authenticator_of(connection, person_id)
    return found is not None and found.status == "active"


async def ask_for_code(face: Face, request: Request, person: str, device: str, then: str) -> Response:
    """The password was right; the code is still to come."""
    token, secure = new_token(), is_secure(request)
    ask = MakeLink("second_step", hash_of_token(token), person)
    call = Call(ask, actor=person, request_id=request.scope["orderwell.request_id"])
    (await face.submit(call)).value()
    response = Response(None, 303, {"location": url("/sign-in/code", {"then": then if then != "/" else None})})
    put_cookie(response, STEP, token, secure=secure, seconds=STEP_SECONDS)
    put_cookie(response, DEVICE, device, secure=secure, seconds=DEVICE_SECONDS)
    return response
