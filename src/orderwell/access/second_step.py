"""The second step of signing in: one-time codes of an app (RFC 6238), and codes to recover with. Pure but for the
random bytes of new secrets."""

import hashlib
import hmac
import secrets
import struct
from base64 import b32decode, b32encode
from urllib.parse import quote

SECRET_BYTES = 20
STEP_SECONDS = 30
DIGITS = 6
AROUND = 1  # steps before and after now: clocks differ, and people take their time
RECOVERY_CODES = 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # no two that look alike
RECOVERY_LENGTH = 12


def new_secret() -> str:
    return b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def address(secret: str, *, account: str, house: str) -> str:
    """What a QR code for an authenticator app holds."""
    label = quote(f"{house}:{account}", safe="")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(house, safe='')}"


def code_at(secret: str, step: int) -> str:
    digest = hmac.new(b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: str, code: str, now: int) -> int | None:
    """The step (of 30 seconds since 1970) that a code is of, around now in microseconds; None for a wrong one."""
    plain = "".join(code.split())
    current = now // (STEP_SECONDS * 1_000_000)
    found = None
    for step in range(current - AROUND, current + AROUND + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), plain.encode()):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Ten, of almost 60 bits each: `7hk2-9xpq-4mwz`."""
    made = []
    for _ in range(RECOVERY_CODES):
        text = "".join(secrets.choice(LETTERS) for _ in range(RECOVERY_LENGTH))
        made.append("-".join(text[n : n + 4] for n in range(0, RECOVERY_LENGTH, 4)))
    return made


def hash_of_recovery(code: str) -> str:
    """However it was typed: capitals, blanks and strokes do not matter."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(f"recovery {plain}".encode()).hexdigest()


def is_recovery(code: str) -> bool:
    """Whether it could be one: then it is looked up instead of compared with what an app would say."""
    return len([letter for letter in code if letter.isalnum()]) == RECOVERY_LENGTH
