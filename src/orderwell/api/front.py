"""The outermost layer: gives every answer its request id and headers, and turns whatever was raised into a problem."""

import random
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..kit.errors import Failed, NotFound, Refused
from ..kit.log import log
from . import errors
from .dated import HEADER_NAME, NEWEST, version_of
from .errors import NoSuchMethod
from .face import Face
from .operations import MAX_NAME, OPEN, Operation

PROGRAMS = ("/api/", "/docs", "/health/")  # below these a refusal is a problem document, elsewhere a page
Tell = Callable[[Face, Refused, Scope, Mapping[str, str]], Awaitable[Response]]

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}\Z")

# No script, no frame, nothing from elsewhere: an API answer is not a page. Pages bring a policy of their own.
UNLESS_THERE = [
    (
        b"content-security-policy",
        b"default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
]
ALWAYS = [
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]


class Front:
    """The last resort is here: whatever goes wrong below, the caller gets a problem with a request id and no more."""

    def __init__(self, inner: ASGIApp, face: Face, tell: Tell | None = None) -> None:
        self.inner, self.face, self.tell = inner, face, tell
        self.secure = face.settings.public_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            else:
                await self.inner(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope["orderwell.request_id"] = request_id
        scope["orderwell.secure"] = self.secure or scope.get("scheme") == "https"
        started = False

        async def send_dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _dress(message, request_id, scope.get("orderwell.version", NEWEST))
            elif scope["method"] == "HEAD" and message["type"] == "http.response.body":
                message = {"type": "http.response.body", "body": b"", "more_body": message.get("more_body", False)}
            await send(message)

        try:
            await self.inner(scope, receive, send_dressed)
        except ClientDisconnect:
            return
        except Exception as error:
            if started:
                raise
            response = await self._problem(error, scope, request_id)
            await response(scope, receive, send_dressed)

    async def _problem(self, error: Exception, scope: Scope, request_id: str) -> Response:
        refused, headers = _refusal(error, request_id)
        if self.tell is not None and not scope["path"].startswith(PROGRAMS):
            return await self.tell(self.face, refused, scope, headers)
        problem = errors.document(
            refused,
            instance=quote(scope["path"], safe="/:@!$&'()*+,;=~-._"),
            request_id=request_id,
            docs_url=self.face.settings.public_url,
        )
        return errors.answer(problem, headers)


class Address:
    """All methods of one path. Asks who it is and whether they may before anything else is looked at."""

    def __init__(self, face: Face, operations: Mapping[str, Operation]) -> None:
        self.face, self.operations = face, operations
        self.allowed = ", ".join(sorted({*operations, *({"HEAD"} if "GET" in operations else ())}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        operation = self.operations.get(method)
        if operation is None:
            raise HTTPException(405, headers={"Allow": self.allowed})
        request = Request(scope, receive)
        caller = await operation.caller(self.face, request)
        if operation.right != OPEN:
            if any("\0" in value or len(value) > MAX_NAME for value in request.path_params.values()):
                raise NotFound("There is nothing at this address.")
        scope["orderwell.version"] = version_of(request, caller) if operation.dated else ""
        response = await operation.answer(self.face, request, caller)
        await response(scope, receive, send)


class Addresses(Router):
    """Tries only routes that begin like the request's path: with all of them in one row, a late one costs 100 µs."""

    def __init__(self, routes: Sequence[BaseRoute], **more: Any) -> None:
        super().__init__(routes, **more)
        self._by_beginning: dict[tuple[int, str], list[Route]] = defaultdict(list)
        self._others: list[Route] = []  # they begin with a parameter
        for route in routes:
            assert isinstance(route, Route), f"{route} is no address"
            key = _beginning(route.path)
            (self._others if "{" in key[1] else self._by_beginning[key]).append(route)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        for route in (*self._by_beginning.get(_beginning(path), ()), *self._others):
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                await route.handle(scope, receive, send)
                return
        await self.default(scope, receive, send)


def _beginning(path: str) -> tuple[int, str]:
    """How many parts a path has, and the first three of them: /api/v1/orders."""
    return path.count("/"), "/".join(path.split("/", 4)[:4])


def _refusal(error: Exception, request_id: str) -> tuple[Refused, Mapping[str, str]]:
    if isinstance(error, Refused):
        return error, {}
    if isinstance(error, HTTPException) and error.status_code == 404:
        return NotFound("There is nothing at this address."), {}
    if isinstance(error, HTTPException) and error.status_code == 405:
        return NoSuchMethod("This address does not know that method; see the header Allow."), error.headers or {}
    log.error("request.crashed", request_id=request_id, exc=error)
    return Failed("Something went wrong on our side."), {}


def _request_id(scope: Scope) -> str:
    """The caller's, where it is fit to be logged; else a new one."""
    for name, value in scope["headers"]:
        if name == b"request-id":
            text: str = value.decode("latin-1")
            if REQUEST_ID.match(text):
                return text
    return f"req_{random.getrandbits(80):020x}"  # tells requests apart in the log; nobody need be unable to guess it


def _dress(message: Message, request_id: str, version: str) -> None:
    """A page may bring its own policy and may be kept by the browser; everything else is the same everywhere."""
    headers = [*message["headers"], (b"request-id", request_id.encode()), *ALWAYS]
    if version:
        headers.append((HEADER_NAME, version.encode()))
    there = {name for name, _ in message["headers"]}
    message["headers"] = headers + [each for each in UNLESS_THERE if each[0] not in there]
