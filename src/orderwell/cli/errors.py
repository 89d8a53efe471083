"""The one table from what went wrong to an exit code, and how it is told: on standard error, never on standard out."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

OK, FAILURE, USAGE, NOT_FOUND, DENIED, CONFLICT, UNAVAILABLE, BROKEN = range(8)
INTERRUPTED = 130

# The nearest class in a refusal's ancestry decides; what may be tried again comes before all of it.
BY_REFUSAL = {
    **dict.fromkeys(["Invalid", "KeyMissing", "KeyUnfit", "NotJson", "TooLarge", "WrongMediaType"], USAGE),
    "NoSuchMethod": USAGE,
    "NotFound": NOT_FOUND,
    "Denied": DENIED,
    "NotAuthenticated": DENIED,
    "Failed": FAILURE,
    "Refused": CONFLICT,  # whatever is none of these makes sense, and is not possible as things stand
}
BY_STATUS = {
    400: USAGE, 401: DENIED, 403: DENIED, 404: NOT_FOUND, 405: USAGE, 409: CONFLICT, 410: NOT_FOUND, 412: CONFLICT,
    413: USAGE, 415: USAGE, 422: USAGE, 429: UNAVAILABLE, 502: UNAVAILABLE, 503: UNAVAILABLE, 504: UNAVAILABLE,
}  # fmt: skip


class Stop(Exception):
    """End with this exit code; what there is to say has been said."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def exit_code(refusal: Any) -> int:
    """Of a refusal of our own."""
    if refusal.retryable:
        return UNAVAILABLE
    return next(BY_REFUSAL[each.__name__] for each in type(refusal).__mro__ if each.__name__ in BY_REFUSAL)


def exit_code_of_answer(status: int, problem: Any) -> int:
    """Of what a server answered; a conflict that it says may be tried again is worth another try."""
    if isinstance(problem, dict) and problem.get("retryable"):
        return UNAVAILABLE
    if isinstance(problem, dict) and problem.get("code") == "idempotency_key_reused":
        return CONFLICT
    return BY_STATUS.get(status, FAILURE)


def say(text: str) -> None:
    print(text, file=sys.stderr)


def translated(run: Callable[[], Any]) -> int:
    """Run a command; whatever happens becomes an exit code and a sentence. Faults of ours keep their traceback."""
    from typer._click.exceptions import ClickException

    try:
        done = run()
    except Stop as stop:
        return stop.code
    except ClickException as error:
        error.show()
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        return _told(error)
    return done if isinstance(done, int) else OK


def _told(error: Exception) -> int:
    from ..kit.errors import Refused
    from ..kit.session import TryAgain

    if isinstance(error, Refused):
        _tell(error)
        return exit_code(error)
    if isinstance(error, TryAgain) or _out_of_reach(error):
        say(f"orderwell: not available now: {str(getattr(error, 'orig', None) or error).splitlines()[0]}")
        return UNAVAILABLE
    if isinstance(error, OSError):
        say(f"orderwell: {error}")
        return FAILURE
    raise error


def _out_of_reach(error: BaseException) -> bool:
    """The server or the database was not there, or went away before it answered; told by name, to import neither."""
    kinds = {f"{each.__module__.partition('.')[0]}.{each.__name__}" for each in type(error).__mro__}
    return not kinds.isdisjoint({"sqlalchemy.OperationalError", "httpx2.TransportError"})


def may_be_tried_again(error: BaseException) -> bool:
    """Whether another try may help, or nobody knows whether it was done: with the same key it is done once."""
    return bool(getattr(error, "retryable", False)) or isinstance(error, KeyboardInterrupt) or _out_of_reach(error)


def _tell(refusal: Any) -> None:
    if "--json" in sys.argv:
        errors = [problem._asdict() for problem in refusal.problems]
        told = {"code": refusal.code, "title": refusal.title, "detail": refusal.detail, "retryable": refusal.retryable}
        say(json.dumps({**told, "errors": errors, **refusal.facts}, default=str))
        return
    say(f"orderwell: {refusal.title}. {refusal.detail}")
    for problem in refusal.problems:
        if problem.detail != refusal.detail:
            say(f"  {problem.pointer}: {problem.detail}")
