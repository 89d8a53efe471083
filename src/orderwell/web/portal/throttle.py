"""How often strangers may try: links that open nothing, counted by address in memory; asked-for links, in the database.

A page writes nothing, so misses of pages are remembered by this process alone. The secrets have 200 bits; this only
keeps whoever guesses from being a burden.
"""

from collections.abc import Mapping

from starlette.requests import Request

from ...access.model import HOUR
from ...access.queries import note_try
from ...access.rules import hash_of_token
from ...api.face import Face
from ...kit.errors import TooManyTries
from ...kit.log import log
from ...values.calendar import SECOND
from ..language import N_
from ..sessions import network_address
from ..visit import Visit
from .addresses import buyer

MISSES_A_MINUTE = 20
MAX_ADDRESSES = 10_000  # remembered at once
PER_ADDRESS, PER_NETWORK_ADDRESS = 10, 60  # links asked for in an hour
INVITATIONS = 20  # by one person, in an hour


class Misses:
    """Secrets that opened nothing, by where they came from, in this minute and the one before."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._minute, self._now, self._before = 0, dict[str, int](), dict[str, int]()

    def check(self, request: Request) -> None:
        """Raises TooManyTries."""
        address = network_address(self._face, request)
        self._turn()
        if max(self._now.get(address, 0), self._before.get(address, 0)) >= MISSES_A_MINUTE:
            raise TooManyTries(N_("Too many links that open nothing. Wait two minutes."))

    def note(self, request: Request) -> None:
        self._turn()
        address = network_address(self._face, request)
        if address in self._now or len(self._now) < MAX_ADDRESSES:
            self._now[address] = self._now.get(address, 0) + 1

    def _turn(self) -> None:
        minute = self._face.app.clock.now() // (60 * SECOND)
        if minute != self._minute:
            self._before = self._now if minute == self._minute + 1 else {}
            self._minute, self._now = minute, {}


def misses(face: Face) -> Misses:
    found = face.cache.get("portal_misses")
    if found is None:
        found = face.cache["portal_misses"] = Misses(face)
    assert isinstance(found, Misses)
    return found


async def asked_for_link(face: Face, request: Request, email: str) -> None:
    """Count one more; raises TooManyTries. By what was typed, whether anybody has that address or not."""
    limits = {
        f"portal/{hash_of_token(email.lower())}": PER_ADDRESS,
        f"portal/from/{network_address(face, request)}": PER_NETWORK_ADDRESS,
    }
    if await face.threads.run(_over, face, limits):
        log.warning("portal.sign_in_throttled", address=network_address(face, request))
        raise TooManyTries(N_("Too many links were asked for. Wait an hour, or use the last one that came."))


def count_invitation(visit: Visit) -> None:
    """Raises TooManyTries."""
    account = buyer(visit).actor
    with visit.database.changing() as connection:
        tries = note_try(connection, f"portal/invites/{account}", visit.now // HOUR)
    if tries > INVITATIONS:
        log.warning("portal.invitations_throttled", account=account)
        raise TooManyTries(N_("Many people were invited just now. Wait an hour with the next."))


def _over(face: Face, limits: Mapping[str, int]) -> bool:
    hour = face.app.clock.now() // HOUR
    with face.app.database.changing() as connection:
        return any([note_try(connection, bucket, hour) > most for bucket, most in limits.items()])
