"""What a key looks like, and what its holder may do. Pure but for the random bytes of a new key."""

import hashlib
import secrets
from base64 import b32encode
from collections.abc import Iterable
from typing import Literal, NamedTuple

RANDOM_BYTES = 20  # 160 bits, 32 letters
CHECK_LETTERS = 6
LENGTH = len("ow_live_") + RANDOM_BYTES * 8 // 5 + CHECK_LETTERS


class NewKey(NamedTuple):
    """A key just made. The secret is shown once and kept nowhere; the rest is stored."""

    secret: str
    hash: str
    hint: str


def new_key(mode: Literal["live", "test"]) -> NewKey:
    body = f"ow_{mode}_" + b32encode(secrets.token_bytes(RANDOM_BYTES)).decode().lower()
    secret = body + _check(body)
    return NewKey(secret, hash_of_key(secret), secret[-4:])


def hash_of_key(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def is_key(text: str) -> bool:
    """Whether it could be a key at all: a typing error is told apart without asking the database."""
    if len(text) != LENGTH or not text.startswith(("ow_live_", "ow_test_")) or not text.isascii():
        return False
    return secrets.compare_digest(_check(text[:-CHECK_LETTERS]), text[-CHECK_LETTERS:])


def _check(body: str) -> str:
    return b32encode(hashlib.sha256(body.encode()).digest())[:CHECK_LETTERS].decode().lower()


def rights_of_key(scopes: Iterable[str], granted: Iterable[str] | None) -> frozenset[str]:
    """`granted` is what the person or role behind the key may; None when there is neither."""
    narrowed = frozenset(scopes)
    if granted is None:
        return narrowed
    return narrowed & frozenset(granted) if narrowed else frozenset(granted)
