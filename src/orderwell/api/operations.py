"""What an address of the API is: a method, a path, the right it needs, and what it does. Declared, never found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from ..access.model import RIGHTS
from .decode import adapter_of, fields_of

if TYPE_CHECKING:
    from .face import Face
    from .keys import Caller

OPEN = "open"  # for everybody, without a key
ANY_KEY = "any key"  # for every caller with a key; what it leads to asks for more
ROOT = "/api/v1"
MAX_NAME = 100  # letters in an id, code or reference that an address names


class Undeclared(Exception):
    """An address that says not who may use it, or names a right there is not. The server does not start."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one address. `right` is a name of access.model.RIGHTS, or one of `without_right`."""

    without_right: ClassVar[tuple[str, ...]] = (OPEN, ANY_KEY)
    dated: ClassVar[bool] = True  # it belongs to a version of the API

    method: str
    path: str
    right: str
    name: str  # operationId
    summary: str
    tag: str = ""
    description: str = ""
    also: tuple[str, ...] = ()  # rights it needs besides

    def __post_init__(self) -> None:
        unknown = [each for each in (self.right, *self.also) if each not in RIGHTS]
        if unknown and not (self.right in self.without_right and not self.also):
            raise Undeclared(f"{self.method} {self.path}: there is no right {unknown[0]!r}")

    @property
    def rights(self) -> tuple[str, ...]:
        return () if self.right in self.without_right else (self.right, *self.also)

    @property
    def path_fields(self) -> list[str]:
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    async def caller(self, face: "Face", request: Request) -> Any:
        """Who asks, with all the rights this needs; None where everybody may. Raises NotAuthenticated or Denied."""
        if self.right == OPEN:
            return None
        caller = await face.keys.caller(request)
        caller.must(self.rights)
        return caller

    async def answer(self, face: "Face", request: Request, caller: Any) -> Response:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Verb(Operation):
    """Performs a flow: body and path make the request, the writer does the rest."""

    ask: type
    status: int
    example: Mapping[str, Any]
    result: Any  # TypedDict that describes the answer
    hot: bool  # decoded in one step; for requests whose every number is bounded by its field
    prepare: "Callable[[Any, Face], tuple[Any, Callable[[bytes], bytes]]] | None"
    body: type  # what the body is decoded to: `ask`, unless `prepare` makes one into the other
    asks: bool = False  # a question that changes nothing: it takes no key, and no answer is kept

    @property
    def adapter(self) -> TypeAdapter[Any]:
        """Made when first asked for: a command that does one thing need not wait for those of a hundred others."""
        return adapter_of(self.body)

    async def answer(self, face: "Face", request: Request, caller: "Caller | None") -> Response:
        from .writes import perform

        assert caller is not None
        return await perform(self, face, request, caller)


@dataclass(frozen=True, slots=True)
class Query:
    """A query parameter; `schema` is JSON Schema, checked before the read runs."""

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string", "minLength": 1, "maxLength": 200})
    many: bool = False
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Read(Operation):
    """Answers from the database as it is, on a thread, without changing anything."""

    look: "Callable[[Look], Mapping[str, Any]]"
    query: Sequence[Query]
    result: Any
    expands: Mapping[str, str]  # what may be expanded → the right it needs besides

    async def answer(self, face: "Face", request: Request, caller: "Caller | None") -> Response:
        from .reads import perform

        assert caller is not None
        return await perform(self, face, request, caller)


@dataclass(frozen=True, slots=True)
class Look:
    """What a read is given. `query` holds only what was asked for and is allowed."""

    connection: Any
    path: Mapping[str, str]
    query: Mapping[str, Any]
    expand: frozenset[str]
    database: Any
    rights: frozenset[str] = frozenset()  # what the caller may see


@dataclass(frozen=True, kw_only=True)
class Plain(Operation):
    """Anything else: health, documentation, the test clock."""

    run: "Callable[[Face, Request, Any], Any]"  # the caller is None where `right` is OPEN
    result: Any = None  # TypedDict of its answer; None: it is not part of the API's description
    body: type | None = None
    example: Mapping[str, Any] = field(default_factory=dict)
    keyed: bool = False  # takes an Idempotency-Key and dry_run

    async def answer(self, face: "Face", request: Request, caller: "Caller | None") -> Response:
        response: Response = await self.run(face, request, caller)
        return response


def verb(
    method: str,
    path: str,
    ask: type,
    *,
    right: str,
    result: Any,
    example: Mapping[str, Any] | None = None,
    status: int = 200,
    summary: str = "",
    hot: bool = False,
    body: type | None = None,
    prepare: Any = None,
    also: tuple[str, ...] = (),
    asks: bool = False,
) -> Verb:
    """Expose a flow. Path parameters fill the request's fields of the same name; the body gives the rest."""
    from ..kit.writer import STORIES

    flow = STORIES[ask].flow
    missing = {part[1:-1] for part in path.split("/") if part.startswith("{")} - fields_of(body or ask)
    if missing:
        raise Undeclared(f"{method} {path}: {ask.__name__} has no field {sorted(missing)}")
    summary = summary or _first_line(flow.__doc__) or flow.__name__.replace("_", " ").capitalize() + "."
    return Verb(
        method=method,
        path=ROOT + path,
        right=right,
        name=flow.__name__,
        summary=summary,
        description=_own_doc(body or ask),
        ask=ask,
        body=body or ask,
        status=status,
        example=example or {},
        result=result,
        hot=hot,
        prepare=prepare,
        also=also,
        asks=asks,
    )


def read(
    path: str,
    look: Callable[[Look], Mapping[str, Any]],
    *,
    name: str,
    right: str,
    summary: str,
    result: Any,
    query: Iterable[Query] = (),
    expands: Mapping[str, str] | None = None,
) -> Read:
    return Read(
        method="GET", path=ROOT + path, right=right, name=name, summary=summary, look=look, query=tuple(query),
        result=result, expands=expands or {},
    )  # fmt: skip


def _first_line(text: str | None) -> str:
    return " ".join((text or "").strip().split("\n\n")[0].split())


def _own_doc(ask: type) -> str:
    """The request's own docstring; dataclasses without one get a signature, which is nobody's text."""
    text = _first_line(ask.__doc__)
    return "" if text.startswith(f"{ask.__name__}(") else text
