"""The way in: `create_app(app, settings)` gives the ASGI application of the API and its documentation.

For whoever starts a server:

    app = open_app(url)                    # the database, the clock, the writer
    app.writer.start()                     # the caller starts the writer, and stops it with app.close()
    asgi = create_app(app, from_environment())
    granian: Server(asgi, interface="asgi") with lifespan on; any other ASGI server will do

The lifespan only keeps the notes of when keys were last used; without one everything else works.
The first API key is made in process, before the server starts:

    key = new_key("test")                  # access.rules; "live" where the business's mode is production
    app.writer.ask(CreateApiKey("First key", key.hash, key.hint, role="owner"))
    print(key.secret)                      # once: nobody can show it again

Start-up fails with `Undeclared` when any address does not say which right it needs.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..app import App
from ..kit.errors import NotFound
from ..kit.log import log
from ..settings import Settings
from .face import Face
from .front import Address, Addresses, Front, Tell
from .keys import Keys
from .operations import Operation, Undeclared, Verb
from .routes import operations_of
from .threads import Threads

NOTE_USES_SECONDS = 60
Beside = Callable[[Face], Coroutine[Any, Any, None]]


class Api(Front):
    """The application; `operations` is the inventory of all it answers to."""

    def __init__(self, router: Addresses, face: Face, tell: Tell | None) -> None:
        super().__init__(router, face, tell)
        self.router = router

    @property
    def operations(self) -> Sequence[Operation]:
        return self.face.operations


def create_app(
    app: App,
    settings: Settings | None = None,
    *,
    more: Sequence[Operation] = (),
    tell: Tell | None = None,
    beside: Sequence[Beside] = (),
) -> Api:
    """Raises Undeclared rather than serve an address nobody has thought about. `more` are further addresses, `tell`
    answers what is refused at them, and what is `beside` runs as long as the application does."""
    settings = settings or Settings()
    threads = Threads(settings.read_threads)
    face = Face(app, settings, threads, Keys(app, threads, settings))
    face.operations = [*operations_of(app), *more]
    for verb in (each for each in face.operations if isinstance(each, Verb)):
        _ = verb.adapter  # made now, so that no request waits for it
    routes = routes_of(face)
    check(routes)
    router = Addresses(routes, default=_nothing_here, redirect_slashes=False, lifespan=_lifespan(face, beside))
    return Api(router, face, tell)


def routes_of(face: Face) -> list[BaseRoute]:
    """One route per path, in the order of declaration; fixed paths before those with parameters."""
    by_path: dict[str, dict[str, Operation]] = defaultdict(dict)
    for operation in face.operations:
        if operation.method in by_path[operation.path]:
            raise Undeclared(f"{operation.method} {operation.path} is declared twice")
        by_path[operation.path][operation.method] = operation
    ordered = sorted(by_path, key=lambda path: path.count("{"))
    return [Route(path, Address(face, by_path[path]), include_in_schema=False) for path in ordered]


def check(routes: Sequence[BaseRoute]) -> None:
    """Raises Undeclared for a route that was put there by hand and asks nobody who they are."""
    for route in routes:
        if not (isinstance(route, Route) and isinstance(route.endpoint, Address)):
            raise Undeclared(f"{route} declares no right")


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    raise NotFound("There is nothing at this address.")


def _lifespan(face: Face, beside: Sequence[Beside]):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def lifespan(_: ASGIApp) -> AsyncIterator[None]:
        running = [asyncio.create_task(each(face)) for each in (_note_uses, *beside)]
        try:
            yield
        finally:
            for each in running:
                each.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await face.threads.run(_write_uses, face)
            face.threads.close()

    return lifespan


async def _note_uses(face: Face) -> None:
    while True:
        await asyncio.sleep(NOTE_USES_SECONDS)
        await face.threads.run(_write_uses, face)


def _write_uses(face: Face) -> None:
    try:
        face.keys.write_uses()
    except Exception as error:  # a note that is lost harms nobody; a server that stops for it would
        log.warning("key_uses.not_noted", error=str(error))
