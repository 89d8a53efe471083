"""Who is asking: bearer API keys, looked up in the database and remembered for at most a second."""

from collections.abc import Collection
from typing import NamedTuple

from starlette.requests import Request

from ..access.model import mode_of
from ..access.queries import holder_of, note_uses
from ..access.rules import hash_of_key, is_key
from ..app import App
from ..business.model import ONLY
from ..business.store import BUSINESS
from ..kit.errors import Denied, NotAuthenticated
from ..kit.sentences import Sentence
from ..settings import Settings
from ..values.ids import show
from .headers import header
from .limits import Limits
from .remembered import Remembered
from .threads import Threads


class Caller(NamedTuple):
    """Who asks, for the audit trail, and what they may do."""

    actor: str
    key_id: int
    rights: frozenset[str]
    api_version: str

    def must(self, rights: Collection[str]) -> None:
        """Raises Denied naming what is lacking."""
        if self.rights.issuperset(rights):
            return
        lacking = [right for right in rights if right not in self.rights]
        if lacking:
            raise Denied(
                Sentence("This needs the right {rights}, which your key does not have.", rights=lacking),
                lacking=lacking,
            )


class Known(NamedTuple):
    """A key that opens doors, until it expires."""

    caller: Caller
    expires_at: int | None


class Keys:
    """Keys as the database had them at most a second ago."""

    def __init__(self, app: App, threads: Threads, settings: Settings) -> None:
        self._app = app
        self.limits = Limits(settings)
        self._remembered: Remembered[Known | None] = Remembered(threads, self._look_up)
        self._used: dict[int, int] = {}

    async def caller(self, request: Request) -> Caller:
        """Raises TooManyRequests, or NotAuthenticated: one sentence for all reasons; nobody learns which keys exist."""
        scheme, _, secret = (header(request, b"authorization") or "").partition(" ")
        known = await self._known(secret.strip()) if scheme.lower() == "bearer" else None
        now = self._app.clock.now()
        if known is None or (known.expires_at is not None and known.expires_at <= now):
            raise NotAuthenticated("Send a valid API key: `Authorization: Bearer ow_…`.")
        self.limits.take(known.caller.key_id)
        self._used[known.caller.key_id] = now
        return known.caller

    async def _known(self, secret: str) -> Known | None:
        key_hash = hash_of_key(secret)
        return await self._remembered.get(key_hash) if is_key(secret) else None

    def _look_up(self, key_hash: str) -> Known | None:
        with self._app.database.reading() as connection:
            holder = holder_of(connection, key_hash)
            if holder is None:
                return None
            business = connection.execute(BUSINESS.sa.select().where(BUSINESS.c.id == ONLY)).first()
        if business is None or holder.mode != mode_of(business.mode):
            return None
        caller = Caller(show("api_key", holder.key_id), holder.key_id, holder.rights, holder.api_version)
        return Known(caller, holder.expires_at)

    def write_uses(self) -> None:
        """Write down which keys were used since the last time. Blocks: call it from a thread."""
        uses, self._used = self._used, {}
        if uses:
            with self._app.database.changing() as connection:
                note_uses(connection, uses)
