"""What is asked of the writer and what comes of it: calls, outcomes, and which flow answers which request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import Refused
from .picture import Tx


@dataclass(slots=True)
class Outcome:
    """What became of a call: its answer (a JSON-ready dict), or the refusal. `body` is the answer's exact bytes."""

    told: Any = None  # the answer, or a function that tells it
    body: bytes | None = None
    replayed: bool = False
    refusal: Refused | None = None

    def value(self) -> Any:
        """The answer; raises the refusal."""
        if self.refusal is not None:
            raise self.refusal
        return self.answer

    @property
    def answer(self) -> Any:
        """Told when somebody asks: many callers only want to know that it happened."""
        if callable(self.told):
            self.told = self.told()
        return self.told


@dataclass(slots=True, eq=False)
class Call:
    """One request on its way through the writer, with who asks and under which key."""

    ask: Any
    actor: str = "system"
    request_id: str = ""
    key: str | None = None
    input_hash: str = ""
    at: int | None = None  # business time, for calls under a test clock; else the writer's clock
    dry_run: bool = False
    weight: int = 1
    precondition: Callable[[Tx], None] | None = None  # raises a refusal, e.g. when the caller saw an older version
    done: Callable[[Outcome], None] | None = None
    outcome: Outcome | None = field(default=None, init=False)
    ids: list[int] = field(default_factory=list, init=False)  # drawn so far: the same again when the flow runs again


Flow = Callable[[Tx, Any], Any]


@dataclass(frozen=True, slots=True)
class Story:
    """A flow and, if it says so, what it will need at first: a hint that saves a round, never a must."""

    flow: Flow
    needs: Callable[[Any], Sequence[tuple[Any, Any]]] | None = None


STORIES: dict[type, Story] = {}


def flow(ask: type, needs: Callable[[Any], Sequence[tuple[Any, Any]]] | None = None) -> Callable[[Flow], Flow]:
    """Register the flow that answers requests of this type."""

    def register(function: Flow) -> Flow:
        assert ask not in STORIES, f"two flows answer {ask.__name__}"
        STORIES[ask] = Story(function, needs)
        return function

    return register
