"""A refusal as people read it: what was refused, why, what can be done now, and the number to name when asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..kit.errors import (
    Conflict,
    Denied,
    Failed,
    Invalid,
    KeyReused,
    KeyRunning,
    NotAuthenticated,
    NotFound,
    OutcomeUnknown,
    Refused,
    Stale,
    TooManyTries,
    Unavailable,
)
from ..portal.actions import LinkNotGood
from .language import N_

# What can be done now. The nearest class in a refusal's ancestry decides.
ADVICE: dict[type[Refused], str] = {
    Stale: N_("Look at what is there now; if it still makes sense, do it again."),
    Invalid: N_("Correct what is marked and send it again. Nothing was changed."),
    NotFound: N_("Go back to the list and look for it there."),
    Conflict: N_("Nothing was changed. Look at what is there now and decide anew."),
    Denied: N_("Ask an owner of the business for this right."),
    LinkNotGood: N_("Ask for a new link; it comes by mail."),
    NotAuthenticated: N_("Check both and try again."),
    KeyReused: N_("This form was sent before with something else in it. Load the page again and send it anew."),
    KeyRunning: N_("The first one is still being done. Wait a moment and load the page again."),
    OutcomeUnknown: N_("Send the same form again: it is done once, however often you send it."),
    TooManyTries: N_("Wait, then try again."),
    Unavailable: N_("Nothing was changed. Try again in a moment."),
    Failed: N_("Nothing was changed. Try again; if it happens again, tell whoever runs this system the number below."),
    Refused: N_("Nothing was changed."),
}


class Forged(Denied):
    code = "forged"
    title = "This form did not come from a page of ours"


ADVICE[Forged] = N_("Load the page again and send the form from there. Nothing was changed.")


@dataclass
class Told:
    """Shown in the form that was refused where that is on the page, else at its top; `placed` says it has been."""

    action: str
    refused: Refused
    request_id: str
    typed: Mapping[str, str] = field(default_factory=dict)
    changes: Sequence[Mapping[str, Any]] = ()  # what happened since the form was opened
    seen: int | None = None
    placed: bool = False

    def place(self) -> str:
        """Called where it is shown."""
        self.placed = True
        return ""

    @property
    def what(self) -> str:
        return self.refused.title

    @property
    def why(self) -> str:
        return self.refused.detail

    @property
    def advice(self) -> str:
        return next(ADVICE[each] for each in type(self.refused).__mro__ if each in ADVICE)

    @property
    def fields(self) -> dict[str, str]:
        """Name of a form's field → what is wrong with it: `/lines/0/quantity` is `lines.0.quantity`."""
        return {each.pointer.strip("/").replace("/", "."): each.detail for each in self.refused.problems}
