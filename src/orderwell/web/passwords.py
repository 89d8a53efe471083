"""Passwords: hashed with argon2id, two at once at most, and tried only so often by account, address and device."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..access.model import HOUR, Password, Person
from ..access.queries import device_known, forget_tries, note_try, password_for
from ..access.rules import hash_of_token
from ..api.face import Face
from ..kit.errors import NotAuthenticated, Overloaded, TooManyTries
from ..kit.log import log

T = TypeVar("T")

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODYS = HASHER.hash("nobody has this password, it only takes as long")
AT_ONCE, MAX_WAITING = 2, 50
PER_ACCOUNT, PER_ADDRESS, PER_DEVICE = 20, 60, 20  # tries an hour


class Right(NamedTuple):
    """Somebody gave the right password. `rehashed` is its hash when ours are made in another way by now."""

    person: Person
    password: Password
    rehashed: str | None


class Passwords:
    def __init__(self, face: Face) -> None:
        self._app, self._reading = face.app, face.threads
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._alone(HASHER.hash, password)

    async def check(self, email: str, password: str, *, address: str, device: str) -> Right:
        """Raises NotAuthenticated in one sentence for all reasons, or TooManyTries before anything is compared."""
        found, buckets = await self._reading.run(self._look_up, email, address, device)
        kept = found[1].hash if found is not None else NOBODYS
        fits = await self._alone(_fits, kept, password)
        if found is None or not fits:
            log.warning("sign_in.refused", address=address, known=found is not None)
            raise NotAuthenticated("The e-mail address or the password is not right.")
        await self._reading.run(self._forget, buckets)
        rehashed = await self.hash(password) if HASHER.check_needs_rehash(kept) else None
        return Right(*found, rehashed)

    def _look_up(self, email: str, address: str, device: str) -> tuple[tuple[Person, Password] | None, list[str]]:
        """Count this try first: whoever comes at once with others is counted with them."""
        with self._app.database.reading() as connection:
            found = password_for(connection, email)
            known = found is not None and device_known(connection, found[0].id, device)
        account = hash_of_token(email.lower())
        if known:  # the owner gets in while others guess: their browser has an allowance of its own
            limits = {f"device/{account}/{device}": PER_DEVICE}
        else:
            limits = {f"account/{account}": PER_ACCOUNT, f"address/{address}": PER_ADDRESS}
        hour = self._app.clock.now() // HOUR
        with self._app.database.changing() as connection:
            over = [bucket for bucket, most in limits.items() if note_try(connection, bucket, hour) > most]
        if over:
            log.warning("sign_in.throttled", address=address, by=over[0].partition("/")[0])
            raise TooManyTries("Too many tries. Wait an hour, or use a browser you signed in with before.")
        return found, [bucket for bucket in limits if not bucket.startswith("address/")]

    async def count_code(self, person_id: int) -> None:
        """One try at a second step. Raises TooManyTries: six digits are guessed when nobody counts."""
        await self._reading.run(self._count, f"code/{person_id}", PER_ACCOUNT)

    async def count_address(self, address: str) -> None:
        """One try with a passkey. Raises TooManyTries."""
        await self._reading.run(self._count, f"passkey/{address}", PER_ADDRESS)

    def _count(self, bucket: str, most: int) -> None:
        with self._app.database.changing() as connection:
            tries = note_try(connection, bucket, self._app.clock.now() // HOUR)
        if tries > most:
            log.warning("sign_in.throttled", by=bucket.partition("/")[0])
            raise TooManyTries("Too many tries. Wait an hour.")

    async def forget_codes(self, person_id: int) -> None:
        await self._reading.run(self._forget, [f"code/{person_id}"])

    def _forget(self, buckets: list[str]) -> None:
        with self._app.database.changing() as connection:
            forget_tries(connection, buckets)

    async def _alone(self, function: Callable[..., T], *arguments: str) -> T:
        """Hashing is dear on purpose: so few at once that nobody can stop the house with it."""
        if self._waiting >= MAX_WAITING:
            raise Overloaded("Too many sign in at once; try again in a moment.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)
        finally:
            self._waiting -= 1


def _fits(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
