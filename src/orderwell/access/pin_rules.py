"""What a PIN may be, how it is kept, and how long one waits after wrong ones. Pure but for the salt of a new hash."""

from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from ..kit.errors import Invalid
from ..kit.sentences import Sentence

FEWEST, MOST = 4, 8  # digits
FREE_TRIES = 5  # wrong ones before anybody has to wait
LAST_TRY = 20  # then the PIN opens nothing until it is set anew
MINUTE = 60_000_000
LONGEST_WAIT = 60 * MINUTE
HASHER = PasswordHasher()  # argon2id


def hash_of_pin(pin: str) -> str:
    """Raises Invalid for what is no PIN, or the first that anybody would try. Takes its time: not for the writer."""
    if not (pin.isascii() and pin.isdigit() and FEWEST <= len(pin) <= MOST):
        raise Invalid.at("/pin", Sentence("A PIN is {fewest} to {most} digits.", fewest=FEWEST, most=MOST))
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {9}):
        raise Invalid.at("/pin", "All the same, or one after the other, is what is tried first.", "too_simple")
    return HASHER.hash(pin)


def fits(pin: str, pin_hash: str) -> bool:
    """Whether it is this PIN. Takes its time: not for the writer."""
    try:
        return HASHER.verify(pin_hash, pin)
    except (VerifyMismatchError, InvalidHashError):
        return False


def wait_until(tries: int, tried_at: int | None) -> int | None:
    """When the next try is allowed after so many that were not right; None for at once."""
    if tried_at is None or tries < FREE_TRIES:
        return None
    return int(tried_at + min(LONGEST_WAIT, MINUTE << min(tries - FREE_TRIES, 10)))
