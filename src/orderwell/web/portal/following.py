"""Following one order by its link, without signing in: where the goods are, and nothing about people or money."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response

from ...api.face import Face
from ...flows.keep_portal import LinkOrder, RevokeOrderLink
from ...kit.errors import NotFound
from ...kit.writer import Call
from ...portal.rules import new_secret
from ...reports.tracking import tracked
from ..addresses import N_, WebAddress
from ..visit import Buyer, Visit
from .addresses import BY_LINK, PortalPage, act, form
from .throttle import misses


@dataclass(frozen=True, kw_only=True)
class FollowPage(PortalPage):
    """A page whose secret may be wrong only so often."""

    again: ClassVar[bool] = False

    async def answer(self, face: Face, request: Request, caller: Any) -> Response:
        misses(face).check(request)
        try:
            return await super().answer(face, request, caller)
        except NotFound:
            misses(face).note(request)
            raise


def addresses() -> list[WebAddress]:
    return [
        FollowPage(
            method="GET", path="/portal/track/{secret}", right=BY_LINK, name="following.follow", summary="",
            look=follow, template="portal/follow.html",
        ),
        act("/portal/orders/{order}/link", _link),
        form(
            "/portal/links/{order_link}/revoke", RevokeOrderLink, done=N_("The link opens nothing any more."),
            takes=(), prepare=lambda visit, members: {},
        ),
    ]  # fmt: skip


def follow(visit: Visit) -> Mapping[str, Any]:
    return {"order": tracked(visit.connection, visit.path["secret"], visit.now)}


async def _link(face: Face, request: Request, who: Buyer, fields: Mapping[str, str]) -> Response:
    """A link to pass on. Its secret is in the address it leads to, and is kept nowhere."""
    made = new_secret()
    ask = LinkOrder(request.path_params["order"], made.hash)
    call = Call(ask, actor=who.actor, request_id=request.scope["orderwell.request_id"])
    (await face.submit(call)).value()
    return Response(None, 303, {"location": f"/portal/track/{made.secret}"})
