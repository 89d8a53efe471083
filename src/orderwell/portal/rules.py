"""What a secret looks like and what an e-mail address is. Pure but for the random bytes of a new secret."""

import hashlib
import re
import secrets
from base64 import b32encode
from typing import NamedTuple

from ..values.calendar import DAY, SECOND
from .model import ASKS, ASKS_MINUTES, IDLE_DAYS, PortalAccount

RANDOM_BYTES = 25  # 200 bits, 40 letters
SECRET = re.compile(r"[a-z2-7]{40}")
ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f<>,;:\"()\[\]\\]{1,64}@[^@\s\x00-\x1f\x7f<>,;:\"()\[\]\\]{1,190}")


class NewSecret(NamedTuple):
    """A secret just made: shown or mailed once and kept nowhere; its hash is stored."""

    secret: str
    hash: str


def new_secret() -> NewSecret:
    secret = b32encode(secrets.token_bytes(RANDOM_BYTES)).decode().lower()
    return NewSecret(secret, hash_of(secret))


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def is_secret(text: str) -> bool:
    """Whether it could be one at all: nonsense is told apart without asking the database."""
    return SECRET.fullmatch(text) is not None


def address(text: str) -> str | None:
    """An e-mail address as it is kept, in small letters; None for what is none."""
    plain = text.strip()
    return plain.lower() if ADDRESS.fullmatch(plain) else None


def after_asking(account: PortalAccount, now: int) -> PortalAccount | None:
    """The account when it asks for one more link; None where it has asked too often of late."""
    if now - account.asks_since >= ASKS_MINUTES * 60 * SECOND:
        return account._replace(asks=1, asks_since=now)
    return None if account.asks >= ASKS else account._replace(asks=account.asks + 1)


def session_holds(*, expires_at: int, ended_at: int | None, used_at: int, now: int) -> bool:
    return ended_at is None and now < expires_at and now - used_at < IDLE_DAYS * DAY
