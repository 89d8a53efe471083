"""Who is asking: bearer API keys, looked up in the database and remembered for at most a second."""

import time
from collections.abc import Iterable
from typing import NamedTuple

from starlette.requests import Request

from ..access.model import mode_of
from ..access.queries import Holder, holder_of, note_uses
from ..access.rules import hash_of_key, is_key
from ..app import App
from ..business.model import ONLY
from ..business.store import BUSINESS
from ..kit.errors import Denied, NotAuthenticated
from ..values.ids import show
from .threads import Threads

REMEMBERED_SECONDS = 1.0  # so long a revoked key may still open a door of this process
MAX_REMEMBERED = 10_000


class Caller(NamedTuple):
    """Who asks, for the audit trail, and what they may do."""

    actor: str
    key_id: int
    rights: frozenset[str]

    def must(self, rights: Iterable[str]) -> None:
        """Raises Denied naming what is lacking."""
        lacking = [right for right in rights if right not in self.rights]
        if lacking:
            raise Denied(f"This needs the right {', '.join(lacking)}, which your key does not have.", lacking=lacking)


class Keys:
    """Keys as the database has them, at most a second ago."""

    def __init__(self, app: App, threads: Threads) -> None:
        self._app, self._threads = app, threads
        self._remembered: dict[str, tuple[float, Holder | None]] = {}
        self._used: dict[int, int] = {}

    async def caller(self, request: Request) -> Caller:
        """Raises NotAuthenticated: one sentence for all reasons, so that nobody learns which keys exist."""
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        holder = None
        if scheme.lower() == "bearer" and is_key(secret.strip()):
            holder = await self._holder(hash_of_key(secret.strip()))
        now = self._app.clock.now()
        if holder is None or (holder.expires_at is not None and holder.expires_at <= now):
            raise NotAuthenticated("Send a valid API key: `Authorization: Bearer ow_…`.")
        self._used[holder.key_id] = now
        return Caller(show("api_key", holder.key_id), holder.key_id, holder.rights)

    async def _holder(self, key_hash: str) -> Holder | None:
        there = self._remembered.get(key_hash)
        now = time.monotonic()
        if there is not None and there[0] > now:
            return there[1]
        holder = await self._threads.run(self._look_up, key_hash)
        if len(self._remembered) >= MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[key_hash] = (now + REMEMBERED_SECONDS, holder)
        return holder

    def _look_up(self, key_hash: str) -> Holder | None:
        with self._app.database.reading() as connection:
            holder = holder_of(connection, key_hash)
            if holder is None:
                return None
            business = connection.execute(BUSINESS.sa.select().where(BUSINESS.c.id == ONLY)).first()
        return holder if business is not None and holder.mode == mode_of(business.mode) else None

    def write_uses(self) -> None:
        """Write down which keys were used since the last time. Blocks: call it from a thread."""
        uses, self._used = self._used, {}
        if uses:
            with self._app.database.changing() as connection:
                note_uses(connection, uses)
