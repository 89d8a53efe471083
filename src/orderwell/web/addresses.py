"""What a page, a form and an act are: method, path, right, and what they do. Declared, like the API's addresses."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from ..api.decode import adapter_of, fields_of
from ..api.face import Face
from ..api.operations import OPEN, Operation, Undeclared
from .areas import BACK_OFFICE, Area, area_at
from .language import N_ as N_

if TYPE_CHECKING:
    from .visit import Buyer, Viewer, Visit

ANYBODY = OPEN  # also who has not signed in
PERSON = "any person"  # whoever is signed in; what it shows asks for more


@dataclass(frozen=True, kw_only=True)
class WebAddress(Operation):
    """An address for people: who asks is told by the session, not by a key."""

    without_right: ClassVar[tuple[str, ...]] = (ANYBODY, PERSON)
    dated: ClassVar[bool] = False
    area: ClassVar[Area] = BACK_OFFICE

    def __post_init__(self) -> None:
        super().__post_init__()
        if area_at(self.path) is not self.area:
            raise Undeclared(f"{self.method} {self.path} is declared for another area ({self.area.name})")

    def open_to(self, viewer: "Viewer | Buyer | None") -> bool:
        """Whether this person may see it, without asking the database."""
        return self.right == ANYBODY or (viewer is not None and viewer.rights.issuperset(self.rights))

    async def caller(self, face: Face, request: Request) -> Any:
        from .sessions import viewer_of

        return await viewer_of(self, face, request)


@dataclass(frozen=True, kw_only=True)
class Page(WebAddress):
    """`look` gathers all that `template` shows; it may read and nothing else."""

    again: ClassVar[bool] = True  # whether a form that was refused may show it; not where looking at it is counted
    look: "Callable[[Visit], Mapping[str, Any]]"
    template: str

    async def answer(self, face: Face, request: Request, caller: Any) -> Response:
        from .showing import show_page

        return await show_page(self, face, request, caller)

    def named_by(self, path: str) -> Mapping[str, str] | None:
        """The path's parameters, when it is this page's."""
        match = self.pattern.match(path)
        return match.groupdict() if match else None

    @property
    def pattern(self) -> re.Pattern[str]:
        return compile_path(self.path)[0]


class Undo(NamedTuple):
    """The act that takes another one back, and what to post there. Offered for ten seconds."""

    path: str
    fields: Mapping[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class Form(WebAddress):
    """Performs a flow with what was typed; the path's parameters fill the request's fields of the same name."""

    ask: type
    adapter: TypeAdapter[Any]
    done: str  # what is said when it is done, marked with N_
    prepare: "Callable[[Visit, dict[str, Any]], dict[str, Any]] | None"
    then: Callable[[Mapping[str, Any]], str] | None  # from the answer: where to go; None: back to the page it was on
    undo: Callable[[Mapping[str, str], Mapping[str, Any]], Undo | None] | None  # from path and answer

    def check(self, typed: Mapping[str, str]) -> None:
        """Raises Invalid for a field that people may not fill in, though the request has it."""

    async def answer(self, face: Face, request: Request, caller: Any) -> Response:
        from .posting import perform

        return await perform(self, face, request, caller)


@dataclass(frozen=True, kw_only=True)
class Act(WebAddress):
    """A POST that is no flow of its own, such as signing in. Checked against forgery like every form."""

    run: "Callable[[Face, Request, Any, Mapping[str, str]], Any]"

    async def answer(self, face: Face, request: Request, caller: Any) -> Response:
        from .posting import act

        return await act(self, face, request, caller)


@dataclass(frozen=True, kw_only=True)
class Stream(WebAddress):
    """A GET that answers in its own way: the event stream, a file."""

    run: "Callable[[Face, Request, Any], Any]"

    async def answer(self, face: Face, request: Request, caller: Any) -> Response:
        response: Response = await self.run(face, request, caller)
        return response


class Entry(NamedTuple):
    """A line of the navigation, for whoever has the right. `key` is pressed after `g`."""

    label: str  # marked with N_
    path: str
    icon: str
    right: str
    group: str  # one of GROUPS
    key: str = ""


GROUPS = (N_("Sell"), N_("Goods"), N_("Money"), N_("House"))


class Found(NamedTuple):
    """One thing that the palette offers; what has exactly the number that was typed comes before all else."""

    label: str
    detail: str
    path: str
    icon: str
    exact: bool = False


@dataclass(frozen=True)
class Finder:
    """Looks for things by what was typed into the palette; at most `limit`, quickly."""

    right: str
    find: Callable[[Any, str, int], list[Found]]  # connection, text, limit
    title: str = field(default="")  # marked with N_


def page(path: str, look: "Callable[[Visit], Mapping[str, Any]]", *, right: str, template: str) -> Page:
    return Page(
        method="GET", path=path, right=right, name=function_name(look), summary="", look=look, template=template
    )


def form(
    path: str,
    ask: type,
    *,
    right: str,
    done: str,
    also: tuple[str, ...] = (),
    prepare: "Callable[[Visit, dict[str, Any]], dict[str, Any]] | None" = None,
    then: Callable[[Mapping[str, Any]], str] | None = None,
    undo: Callable[[Mapping[str, str], Mapping[str, Any]], Undo | None] | None = None,
) -> Form:
    """Expose a flow to people. Raises Undeclared where the path names what the request has no field for."""
    missing = {part[1:-1] for part in path.split("/") if part.startswith("{")} - fields_of(ask)
    if missing:
        raise Undeclared(f"POST {path}: {ask.__name__} has no field {sorted(missing)}")
    return Form(
        method="POST", path=path, right=right, also=also, name=ask.__name__, summary="", ask=ask,
        adapter=adapter_of(ask), done=done, prepare=prepare, then=then, undo=undo,
    )  # fmt: skip


def act(path: str, run: Callable[[Face, Request, Any, Mapping[str, str]], Any], *, right: str) -> Act:
    return Act(method="POST", path=path, right=right, name=function_name(run), summary="", run=run)


def stream(path: str, run: Callable[[Face, Request, Any], Any], *, right: str) -> Stream:
    return Stream(method="GET", path=path, right=right, name=function_name(run), summary="", run=run)


def function_name(function: Callable[..., Any]) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__.strip('_')}"
