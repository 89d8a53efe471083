"""What a key looks like, and what its holder may do. Pure but for the random bytes of a new key."""

import hashlib
import re
import secrets
from base64 import b32encode
from collections.abc import Iterable
from typing import Literal, NamedTuple

from .model import INCLUDED

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


def with_included(rights: Iterable[str]) -> frozenset[str]:
    """These rights, and those that come with them."""
    given = frozenset(rights)
    return given.union(*(INCLUDED[each] for each in given & INCLUDED.keys()))


def rights_of_key(scopes: Iterable[str], granted: Iterable[str] | None) -> frozenset[str]:
    """`granted` is what the person or role behind the key may; None when there is neither."""
    narrowed = with_included(scopes)
    if granted is None:
        return narrowed
    return narrowed & frozenset(granted) if narrowed else frozenset(granted)


def new_token() -> str:
    """For a cookie or a link: 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_of_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


MIN_PASSWORD, MAX_PASSWORD = 15, 128


def weakness(password: str, *, name: str = "", email: str = "") -> str | None:
    """Why a password will not do, as a code; None when it will. Length is what counts: no rules about signs."""
    if len(password) < MIN_PASSWORD:
        return "too_short"
    if len(password) > MAX_PASSWORD:
        return "too_long"
    plain = "".join(letter for letter in password.lower() if letter.isalnum())
    if len(set(plain)) < 5 or _repeats(plain):
        return "too_simple"
    own = [word for word in re.split(r"[\W_]+", f"{name} {email} orderwell".lower()) if word]
    for word in sorted((*own, *COMMON), key=len, reverse=True):
        plain = plain.replace(word, "")
    return "too_simple" if len(plain) < 6 else None


def _repeats(text: str) -> bool:
    """Whether it is one short piece over and over."""
    return any(text == (text[:n] * len(text))[: len(text)] for n in range(1, min(7, len(text) // 2) + 1))


# What passwords are made of that are guessed first; whoever uses only these has no password.
COMMON = (
    "password", "passwort", "wachtwoord", "passw0rd", "qwertyuiop", "qwerty", "azerty", "asdfghjkl", "zxcvbnm",
    "1234567890", "123456789", "12345678", "0123456789", "987654321", "123123", "123456", "12345", "1234", "123", "321",
    "abcdefghijklmnopqrstuvwxyz", "abcdefgh", "abcdef", "abc", "iloveyou", "letmein", "welcome", "welkom", "monkey",
    "dragon", "sunshine", "princess", "football", "baseball", "superman", "batman", "trustno", "master", "shadow",
    "administrator", "admin", "changeme", "default", "secret", "geheim", "hello", "hallo", "login", "access", "summer",
    "winter", "spring", "autumn", "zomer", "herfst", "lente", "january", "correcthorsebatterystaple", "2024", "2025",
    "2026", "2027", "000", "111", "222", "333", "444", "555", "666", "777", "888", "999",
)  # fmt: skip
