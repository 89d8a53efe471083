"""Declaring what the portal answers to: who may ask, and whose the things are that an address names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from starlette.requests import Request

from ...api.decode import adapter_of, fields_of
from ...api.face import Face
from ...api.operations import Undeclared
from ...kit.errors import Invalid, NotFound
from ..addresses import ANYBODY, Act, Form, Page, Undo, WebAddress, function_name
from ..areas import PORTAL
from ..language import N_
from ..visit import Buyer, Viewer, Visit

BY_LINK = "whoever has the link"  # which opens one thing, for a while
SIGNED_IN = "any buyer"
ADMIN = "admins of a customer"

# What a path may name → what kind of thing it is. Whoever does not own it is told that it is not there.
OWNED = {
    "order": "order",
    "order_link": "order_link",
    "invoice": "invoice",
    "payment": "payment",
    "return_id": "return",
    "portal_session": "portal_session",
    "portal_account": "portal_account",
    "portal_passkey": "portal_passkey",
}
SECRET = "secret"


@dataclass(frozen=True, kw_only=True)
class PortalAddress(WebAddress):
    without_right: ClassVar[tuple[str, ...]] = (ANYBODY, BY_LINK, SIGNED_IN, ADMIN)
    area = PORTAL

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.right not in self.without_right or self.also:
            raise Undeclared(f"{self.method} {self.path}: the portal knows no right {self.right!r}")
        known = {SECRET} if self.right in (ANYBODY, BY_LINK) else OWNED.keys()
        unknown = set(self.path_fields) - set(known)
        if unknown:
            raise Undeclared(f"{self.method} {self.path}: nobody says whose {sorted(unknown)[0]!r} is")

    def open_to(self, viewer: Viewer | Buyer | None) -> bool:
        return self.right in (ANYBODY, BY_LINK) or (
            isinstance(viewer, Buyer) and (self.right != ADMIN or viewer.role == "admin")
        )

    async def caller(self, face: Face, request: Request) -> Any:
        from .sessions import buyer_of

        return await buyer_of(self, face, request)


@dataclass(frozen=True, kw_only=True)
class PortalPage(PortalAddress, Page):
    pass


@dataclass(frozen=True, kw_only=True)
class PortalForm(PortalAddress, Form):
    """`takes`: which of the request's fields a customer may fill in. A price is not among them."""

    takes: frozenset[str]

    def check(self, typed: Mapping[str, str]) -> None:
        for name in typed:
            if name.partition(".")[0].lstrip("=") not in self.takes:
                raise Invalid.at(f"/{name.replace('.', '/')}", "This form has no such field.", "unknown_field")


@dataclass(frozen=True, kw_only=True)
class PortalAct(PortalAddress, Act):
    pass


def page(path: str, look: Callable[[Visit], Mapping[str, Any]], *, template: str, right: str = SIGNED_IN) -> PortalPage:
    return PortalPage(
        method="GET", path=path, right=right, name=function_name(look), summary="", look=look,
        template=f"portal/{template}",
    )  # fmt: skip


def form(
    path: str,
    ask: type,
    *,
    done: str,
    takes: tuple[str, ...],
    prepare: Callable[[Visit, dict[str, Any]], dict[str, Any]],
    right: str = SIGNED_IN,
    then: Callable[[Mapping[str, Any]], str] | None = None,
    undo: Callable[[Mapping[str, str], Mapping[str, Any]], Undo | None] | None = None,
) -> PortalForm:
    """Expose a flow to customers: `prepare` says all that they do not say themselves, first of all who they are."""
    missing = {part[1:-1] for part in path.split("/") if part.startswith("{")} - fields_of(ask)
    if missing:
        raise Undeclared(f"POST {path}: {ask.__name__} has no field {sorted(missing)}")
    return PortalForm(
        method="POST", path=path, right=right, name=ask.__name__, summary="", ask=ask, adapter=adapter_of(ask),
        done=done, prepare=prepare, then=then, undo=undo, takes=frozenset(takes),
    )  # fmt: skip


def act(path: str, run: Callable[[Face, Request, Any, Mapping[str, str]], Any], *, right: str = SIGNED_IN) -> PortalAct:
    return PortalAct(method="POST", path=path, right=right, name=function_name(run), summary="", run=run)


def buyer(visit: Visit) -> Buyer:
    """Whoever is signed in, on a page that asks for that."""
    if visit.buyer is None:
        raise NotFound(N_("There is nothing at this address."))
    return visit.buyer
