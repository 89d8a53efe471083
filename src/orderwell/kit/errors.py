"""Refusals: what a request may not do, by name. The faces translate them once; nothing here knows a status code.

Refused
├── Invalid       the input is wrong, here is what and where
├── NotFound      what it names is not there (or not for this caller)
├── Conflict      it makes sense, but not as things stand now
├── Denied        this caller may not
├── KeyReused     same idempotency key, other input
└── Unavailable   not now; try again
    ├── Overloaded
    ├── TooManyTries
    └── OutcomeUnknown
"""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

CODES: dict[str, type["Refused"]] = {}


class Problem(NamedTuple):
    """One thing wrong with the input: where (JSON pointer), which code, and a sentence."""

    pointer: str
    code: str
    detail: str


class Refused(Exception):
    """A request that is turned down and leaves no trace. `code` is stable and documented; `detail` is for people."""

    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request was refused"
    retryable: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            assert cls.code not in CODES or CODES[cls.code].__qualname__ == cls.__qualname__, f"{cls.code} is taken"
            CODES[cls.code] = cls

    def __init__(self, detail: str, problems: Sequence[Problem] = (), **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = tuple(problems)
        self.facts = facts  # e.g. allowed moves, what is available; JSON-ready


class Invalid(Refused):
    code = "invalid"
    title = "The input is not valid"

    @classmethod
    def at(cls, pointer: str, detail: str, code: str = "invalid_value") -> "Invalid":
        return cls(detail, [Problem(pointer, code, detail)])


class NotFound(Refused):
    code = "not_found"
    title = "Not found"


class Conflict(Refused):
    code = "conflict"
    title = "Not possible as things stand"


class Denied(Refused):
    code = "denied"
    title = "Not allowed"


class NotAuthenticated(Refused):
    code = "not_authenticated"
    title = "Who is asking?"


class KeyMissing(Refused):
    code = "idempotency_key_missing"
    title = "This request needs an Idempotency-Key"


class KeyReused(Refused):
    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request"


class KeyRunning(Conflict):
    code = "idempotency_key_running"
    title = "The first request with this key is still running"
    retryable = True


class Stale(Refused):
    code = "stale"
    title = "It has changed since it was read"


class Unavailable(Refused):
    code = "unavailable"
    title = "Not available now"
    retryable = True


class Overloaded(Unavailable):
    code = "overloaded"
    title = "Too many requests are waiting"


class TooManyTries(Unavailable):
    code = "too_many_tries"
    title = "Tried too often"


class OutcomeUnknown(Unavailable):
    """The database did not say whether it committed. Only a retry with the same key can tell."""

    code = "outcome_unknown"
    title = "The outcome is unknown: retry with the same key"


class Failed(Refused):
    """A fault of ours, not of the caller. It left no trace."""

    code = "internal"
    title = "Something went wrong on our side"
