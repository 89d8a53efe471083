"""Server-sent events: what happened, told to every page that is open, as far as its viewer may see it.

One look at the feed a quarter of a second, by one task of the process, only while somebody listens. Each event says
its type and which things it is about; what they look like now, a page asks for itself.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ..api.face import Face
from ..kit import feed
from ..kit.errors import Overloaded
from ..kit.events import Event
from ..kit.log import log
from ..values.ids import KINDS, PREFIXES, parse, show
from .visit import Viewer

POLL_SECONDS = 0.25
BEAT_SECONDS = 2.0  # a page that hears nothing for longer says so
MAX_LISTENERS, MAX_PER_SESSION = 500, 12
KEPT_EVENTS = 2_000  # for those who come back after a moment; whoever was away longer loads the page anew
LIMIT = 500

# Kind of the thing an event is about → the right to see it. What is not named here is told to nobody.
RIGHTS_OF_SUBJECTS = {
    "order": "orders:read",
    "payment": "payments:read",
    "payout": "payments:read",
    "provider": "payments:read",
    "customer": "customers:read",
    "credit_note": "invoices:read",
    "sku": "catalog:read",
    "product": "catalog:read",
    "adjustment": "stock:read",
    "count": "stock:read",
    "transfer": "stock:read",
    "purchase_order": "purchasing:read",
    "proposal": "purchasing:read",
    "supplier": "purchasing:read",
    "return": "returns:read",
    "manual_entry": "ledger:read",
    "books": "ledger:read",
    "task": "tasks:read",
    "job": "tasks:read",
    "business": "business:read",
    "channel": "business:read",
    "location": "business:read",
    "tax_rate": "business:read",
    "carrier": "business:read",
    "person": "access:read",
    "role": "access:read",
    "api_key": "access:read",
    "session": "access:read",
    "webhook_endpoint": "webhooks:manage",
    "bank_statement": "payments:read",
    "bank_line": "payments:read",
    "bin": "stock:read",
    "pick_list": "shipping:read",
    "delivery_method": "business:read",
    "closed_day": "business:read",
    "till": "tills:read",
    "drawer_session": "tills:read",
    "portal_account": "customers:read",
    "message": "customers:write",
    "view": "orders:read",
    "proof": "business:read",
}


class News:
    """One event, ready to be sent."""

    __slots__ = ("position", "right", "text")

    def __init__(self, fed: feed.Fed) -> None:
        self.position = fed.position
        self.right = RIGHTS_OF_SUBJECTS.get(fed.event.subject)
        said = json.dumps({"type": fed.event.type, "about": about(fed.event)}, separators=(",", ":"))
        self.text = f"id: {fed.position}\nevent: news\ndata: {said}\n\n"


def about(event: Event) -> list[str]:
    """The thing itself, and those that its facts name: a payment's order, a parcel."""
    ids = [show(event.subject, event.subject_id)] if event.subject in PREFIXES else []
    for value in json.loads(event.data).values():
        if isinstance(value, str) and value[:3] in KINDS and parse(KINDS[value[:3]], value) is not None:
            ids.append(value)
    return ids


class Hub:
    """Fan-out of the feed to whoever listens in this process."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._recent: deque[News] = deque(maxlen=KEPT_EVENTS)
        self._position = -1  # of the last event read; -1 while nobody listens
        self._listeners: dict[asyncio.Queue[News | None], int] = {}
        self._task: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()

    async def listen(self, token: str, viewer: Viewer, after: int | None) -> AsyncIterator[str]:
        """Events behind a position as text, with a beat between them; ends when the session does."""
        from .site import site_of

        sessions = site_of(self._face).sessions
        queue: asyncio.Queue[News | None] = asyncio.Queue(KEPT_EVENTS)
        missed = await self._join(queue, viewer, after)
        for news in missed:
            queue.put_nowait(news)
        try:
            known_from = self._recent[0].position - 1 if self._recent else self._position
            first = "behind" if after is not None and after < known_from else "beat"
            yield f"retry: 1000\nid: {known_from if after is None else after}\nevent: {first}\ndata: 1\n\n"
            seen = after or 0
            while not self._closed.is_set():
                heard = await self._next(queue)
                now = await sessions.viewer(token)
                if now is None or self._closed.is_set():
                    break
                if heard is None:
                    yield "event: beat\ndata: 1\n\n"
                elif heard.position > seen and heard.right is not None and heard.right in now.rights:
                    seen = heard.position
                    yield heard.text
        finally:
            self._listeners.pop(queue, None)

    async def _join(self, queue: asyncio.Queue[News | None], viewer: Viewer, after: int | None) -> list[News]:
        """Raises Overloaded. What happened between `after` and now comes back, as far as it is kept."""
        mine = sum(each == viewer.session_id for each in self._listeners.values())
        if len(self._listeners) >= MAX_LISTENERS or mine >= MAX_PER_SESSION:
            raise Overloaded("Too many pages listen at once; close some.")
        if not self._listeners or self._position < 0:
            self._position = await self._face.threads.run(self._start_at, after)
        self._listeners[queue] = viewer.session_id
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._poll())
        return [news for news in self._recent if after is not None and news.position > after]

    async def _next(self, queue: asyncio.Queue[News | None]) -> News | None:
        try:
            return await asyncio.wait_for(queue.get(), BEAT_SECONDS)
        except TimeoutError:
            return None

    def _start_at(self, after: int | None) -> int:
        with self._face.app.database.reading() as connection:
            last = feed.last_position(connection)
        return last if after is None else max(min(after, last), last - KEPT_EVENTS)

    async def _poll(self) -> None:
        while self._listeners and not self._closed.is_set():
            try:
                for news in await self._face.threads.run(self._read):
                    self._position = news.position
                    self._recent.append(news)
                    for queue in list(self._listeners):
                        if not queue.full():  # who is so far behind will load the page anew
                            queue.put_nowait(news)
            except sa.exc.SQLAlchemyError as error:
                log.warning("live.no_database", error=str(error))
            await asyncio.sleep(POLL_SECONDS)
        self._recent.clear()
        self._position = -1

    def _read(self) -> list[News]:
        with self._face.app.database.reading() as connection:
            return [News(each) for each in feed.read(connection, after=max(self._position, 0), limit=LIMIT)]

    def close(self) -> None:
        """The server stops: streams end at their next breath."""
        self._closed.set()
        if self._task is not None:
            self._task.cancel()
        for queue in list(self._listeners):
            if not queue.full():
                queue.put_nowait(None)


async def serve(face: Face, request: Request, caller: Any) -> Response:
    from .sessions import COOKIE, cookie
    from .site import site_of

    told = request.headers.get("last-event-id") or request.query_params.get("after") or ""
    after = int(told) if told.isascii() and told.isdigit() and len(told) <= 18 else None
    stream = site_of(face).hub.listen(cookie(request, COOKIE) or "", caller, after)
    first = await anext(stream)  # refusals come before the answer has begun

    async def whole() -> AsyncIterator[str]:
        yield first
        async for each in stream:
            yield each

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(whole(), 200, headers, media_type="text/event-stream")
