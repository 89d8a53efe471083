"""`serve`: the API and the worker in one process, or in several on PostgreSQL, until somebody says stop.

The HTTP server runs inside this process, not under a supervisor: whoever kills it has killed all of it, and the lease
on an SQLite file goes with it. See docs/decisions/one-process.md.
"""

import asyncio
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from .errors import FAILURE, Stop, say
from .terminal import DEFAULT_URL, Quiet, Schema, Url

if TYPE_CHECKING:
    from .ways_in import WayIn

DRAIN_SECONDS = 8.0  # for requests that are under way when the server is told to stop
BACKLOG = 2048
GARBAGE_THRESHOLDS = 50_000, 20, 50
YOUNG_SECONDS = 5.0  # a process that ends so soon after its start would do so again


class First(NamedTuple):
    """What is told at the start and never again: a way in for people, and the first API key if there was none."""

    link: "WayIn | None" = None
    key: str | None = None


NOTHING = First()


class Place(NamedTuple):
    """Where a server listens and what it serves."""

    database: str
    schema: str | None
    host: str
    port: int
    demo: bool = False  # with the simulated payment provider
    customers: bool = False  # simulated ones, who order meanwhile

    @property
    def url(self) -> str:
        host = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::", "::1") else self.host
        return f"http://{host}:{self.port}"


def serve(
    database: Url = DEFAULT_URL,
    schema: Schema = None,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="At which port.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes (PostgreSQL only).", min=1, max=64)] = 1,
    demo: Annotated[bool, typer.Option("--demo", help="Make a demonstration business if there is none.")] = False,
    customers: Annotated[
        bool,
        typer.Option(
            "--customers/--no-customers",
            envvar="ORDERWELL_DEMO_CUSTOMERS",
            show_envvar=False,
            help="With --demo: simulated customers order meanwhile.",
        ),
    ] = True,
    small: Annotated[bool, typer.Option("--small", help="With --demo: only a few weeks of history.")] = False,
    quiet: Quiet = False,
) -> None:
    """Run the server: the API, its documentation, and what runs later. Ctrl-C stops it cleanly.

    \b
    orderwell serve --demo
    orderwell serve --database postgresql://shop@localhost/shop --port 8080 --workers 4
    """
    place = Place(database, schema, host, port, demo, demo and customers)
    first = _prepare(place, small=small, workers=workers)
    _must_be_free(place)
    if workers == 1:
        run(place, first, quiet=quiet)
    else:
        _run_several(place, workers, first, quiet=quiet)


def _prepare(place: Place, *, small: bool, workers: int) -> First:
    """Refuse what cannot be served; what is to be told once."""
    from ..kit.errors import Conflict, Invalid
    from .opening import opened
    from .setting_up import business_of, first_key, has_keys
    from .ways_in import way_in

    if workers > 1 and place.database.startswith("sqlite"):
        raise Invalid("--workers: an SQLite file has one writing process; several need PostgreSQL.")
    if place.demo:
        from .demonstrating import prepare_demo, provider_secret

        prepare_demo(place.database, place.schema, small=small)
        provider_secret()
    with opened(place.database, place.schema) as app:
        if business_of(app) is None:
            raise Conflict(
                "There is no business yet; run `orderwell init`, or `orderwell serve --demo` to look around."
            )
        return First(way_in(app, demo=place.demo), None if has_keys(app) else first_key(app))


def _must_be_free(place: Place) -> None:
    from ..kit.errors import Conflict

    with socket.socket(socket.AF_INET6 if ":" in place.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
        except OSError as error:
            raise Conflict(f"{place.host}:{place.port} cannot be listened at: {error.strerror}.") from None


# -- one process


def run(place: Place, first: First = NOTHING, *, quiet: bool = False) -> None:
    """Serve until a signal; then finish what is under way and give the database back."""
    import uvloop

    from ..settings import from_environment
    from ..web.asgi import create_site
    from ..worker import Worker
    from .opening import opened

    with ExitStack() as closing:
        app = closing.enter_context(opened(place.database, place.schema))
        app.writer.start()
        worker = Worker(app)
        worker.start()
        closing.callback(worker.stop)
        if place.demo:
            from .demonstrating import living

            closing.enter_context(living(app, place.url, customers=place.customers))
        asgi = create_site(app, from_environment())
        _spare_the_collector()
        uvloop.run(_serve(asgi, place, (lambda: None) if quiet else (lambda: _announce(place, first))))


def _spare_the_collector() -> None:
    """What is there now stays until the end, so the garbage collector need not look through it, nor look so often.

    Measured with 64 clients on PostgreSQL, six runs each in turn: 1,284 µs of CPU an order without this, 1,093 with
    the freeze alone, 1,062 with both. Shorter turns between the writer's thread and the event loop than Python's 5 ms
    (sys.setswitchinterval) made no difference beyond the noise: 1,219 µs at 1 ms, 1,352 at 0.5 ms, and 31 or 32 orders
    a commit whatever it was.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)


async def _serve(asgi: Any, place: Place, listening: Callable[[], None]) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    server: Any = Server(
        asgi, address=place.host, port=place.port, interface=Interfaces.ASGI, backlog=BACKLOG, log_enabled=False,
        websockets=False, http=HTTPModes.http1,
    )  # fmt: skip
    loop = asyncio.get_running_loop()

    def stop() -> None:
        asgi.face.stop()
        server.stop()
        loop.call_later(DRAIN_SECONDS, lambda: [worker.kill() for worker in server.wrks])

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    serving = loop.create_task(server.serve())
    announcing = loop.create_task(_when_listening(place, listening))
    with suppress(asyncio.CancelledError):  # somebody did not finish within the time there is
        await serving
    announcing.cancel()


async def _when_listening(place: Place, listening: Callable[[], None]) -> None:
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(
                "localhost" if place.host == "0.0.0.0" else place.host, place.port
            )
            writer.close()
            return listening()
        await asyncio.sleep(0.05)


def _announce(place: Place, first: First) -> None:
    from ..settings import from_environment

    url = from_environment().public_url or place.url
    print(f"Orderwell is running: {url} (API docs: {url}/docs)")
    if first.link:
        print(f"{first.link.words}, once and within the hour: {url}{first.link.path}")
    if place.demo:
        print(f"Customers sign in at {url}/portal")
    if first.key is not None:
        print(f"First API key, shown this once: {first.key}")
        print(f"Try it: curl -H 'Authorization: Bearer {first.key}' {url}/api/v1/orders")
    sys.stdout.flush()


# -- several processes


def _run_several(place: Place, workers: int, first: First, *, quiet: bool) -> None:
    """Processes like the one above, all at the same port. One that dies is replaced; all end with this one."""
    from multiprocessing import connection, get_context

    context = get_context("spawn")
    alive, kept_open = context.Pipe(duplex=False)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())

    def start(n: int, announce: bool) -> Any:
        mine = place if n == 0 else place._replace(demo=False)  # there is one simulated provider, not several
        process = context.Process(target=_run_child, args=(mine, alive, first if announce else NOTHING, not announce))
        process.start()
        return process

    running = [start(n, announce=n == 0 and not quiet) for n in range(workers)]
    young_until = time.monotonic() + YOUNG_SECONDS
    while not stopping.is_set():
        if not connection.wait([process.sentinel for process in running], timeout=0.5) or stopping.is_set():
            continue
        if time.monotonic() < young_until:  # it would only fail again
            say("orderwell: a server process could not start")
            break
        say("orderwell: a server process ended; starting another")
        running = [each if each.is_alive() else start(n, announce=False) for n, each in enumerate(running)]
        young_until = time.monotonic() + YOUNG_SECONDS
    for process in running:
        process.terminate()
    for process in running:
        process.join(DRAIN_SECONDS + 2)
        if process.is_alive():
            process.kill()
    kept_open.close()
    # One that was still starting had nothing to finish, and no handler yet: the signal itself ended it.
    if any(process.exitcode not in (0, -signal.SIGTERM) for process in running):
        raise Stop(FAILURE)


def _run_child(place: Place, alive: Any, first: First, quiet: bool) -> None:
    def end_with_parent() -> None:
        with suppress(EOFError, OSError):
            alive.recv()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end_with_parent, daemon=True).start()
    run(place, first, quiet=quiet)
